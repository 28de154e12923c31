"""Notices of the actor's posts and delegations, and how many are unread."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import now, today
from app.notifications.models import Notification, NotificationSetting, OutgoingMail
from app.organisation.models import Delegation, DelegationState, Person
from app.organisation.queries import holders
from app.security import Actor

NOTHING = "Không có gì mới."  # why a mail was not sent, though nothing is wrong
GONE = "Thông báo đã bị xóa."


def visible_notifications(actor: Actor, on: date | None = None) -> sa.Select[tuple[Notification]]:
    """Notices to any post the actor holds or acts for; a digest's entries from its day on."""
    return sa.select(Notification).where(
        Notification.post_id.in_(sorted(actor.post_ids)),
        sa.or_(Notification.digest_on.is_(None), Notification.digest_on <= (on or today())),
    )


def unread_count(session: Session, actor: Actor) -> int:
    return int(session.execute(counted_unread(actor)).one()[0])


def counted_unread(actor: Actor) -> sa.Select[tuple[int, int]]:
    """The number at the bell, never red."""
    rows = visible_notifications(actor).where(Notification.read_at.is_(None))
    return rows.with_only_columns(sa.func.count(), sa.literal_column("0", sa.Integer))


def newest(
    session: Session, actor: Actor, *, before: int | None = None, limit: int = 30
) -> list[Notification]:
    """A page of notices, newest first; `before` is the last id of the page above.

    The reminders of today are left out: `digest_of` gives them together.
    """
    rows = visible_notifications(actor).where(
        sa.or_(Notification.digest_on.is_(None), Notification.digest_on != today())
    )
    rows = rows.order_by(Notification.id.desc()).limit(limit)
    if before is not None:
        rows = rows.where(Notification.id < before)
    return list(session.scalars(rows))


def digest_of(session: Session, actor: Actor, on: date, *, limit: int = 100) -> list[Notification]:
    """The reminders of a day for the actor's posts, in the order in which they were left."""
    rows = visible_notifications(actor, on).where(Notification.digest_on == on)
    return list(session.scalars(rows.order_by(Notification.id).limit(limit)))


def digest(session: Session, on: date) -> dict[int, list[Notification]]:
    """The unread reminders of a day by post: one mail or one card each, not one a reminder."""
    rows = sa.select(Notification).where(
        Notification.digest_on == on, Notification.read_at.is_(None)
    )
    found: dict[int, list[Notification]] = {}
    for notice in session.scalars(rows.order_by(Notification.post_id, Notification.id)):
        found.setdefault(notice.post_id, []).append(notice)
    return found


def setting_of(session: Session, person_id: int) -> NotificationSetting | None:
    """How the person wants to be told, if they ever chose."""
    return session.get(NotificationSetting, person_id)


def can_be_mailed() -> sa.ColumnElement[bool]:
    """Somebody who works here and has an address."""
    return sa.and_(
        Person.is_active.is_(True), Person.is_machine.is_(False), sa.func.trim(Person.email) != ""
    )


def people_to_mail_now(session: Session, post_id: int) -> list[int]:
    """Who holds the post today or acts for it at this moment, and wants urgent notices by mail."""
    moment, lent, setting = now(), Delegation, NotificationSetting
    acting = sa.select(lent.to_person_id).where(
        lent.from_post_id == post_id,
        lent.state == DelegationState.APPROVED,
        lent.valid_from <= moment,
        lent.valid_to > moment,
    )
    held = [person.id for person in holders(session, post_id)]
    rows = (
        sa.select(Person.id)
        .outerjoin(setting, setting.person_id == Person.id)
        .where(
            can_be_mailed(),
            sa.func.coalesce(setting.urgent_by_mail, sa.true()),
            sa.or_(Person.id.in_(held), Person.id.in_(acting)),
        )
    )
    return list(session.scalars(rows.order_by(Person.id)))


def unread_between(
    session: Session,
    actor: Actor,
    since: datetime,
    until: datetime,
    *,
    reminders: bool,
    limit: int,
) -> tuple[list[Notification], int]:
    """The newest unread notices, or reminders, that were left after `since`; and how many of them
    there are in all."""
    is_reminder = Notification.digest_on.is_not(None)
    rows = visible_notifications(actor).where(
        Notification.read_at.is_(None),
        is_reminder if reminders else ~is_reminder,
        Notification.created_at > since,
        Notification.created_at <= until,
    )
    count = session.scalar(sa.select(sa.func.count()).select_from(rows.subquery())) or 0
    return list(session.scalars(rows.order_by(Notification.id.desc()).limit(limit))), count


def count_mails(session: Session, since: datetime) -> tuple[int, int]:
    """How many mails were sent since a moment, and how many the server will never take."""
    row = OutgoingMail
    refused = sa.and_(
        row.sent_at.is_(None), row.not_sent != "", row.not_sent.not_in((NOTHING, GONE))
    )
    found = session.execute(
        sa.select(
            sa.func.count().filter(row.sent_at.is_not(None)), sa.func.count().filter(refused)
        ).where(row.made_at >= since)
    ).one()
    return found[0], found[1]
