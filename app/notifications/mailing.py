"""Who is mailed, and when: an urgent notice at once, everything else in one digest a day."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import outbox
from app.clock import local, now
from app.errors import InvalidInput, PermissionDenied
from app.notifications import mail, queries
from app.notifications.events import MailReady
from app.notifications.models import DIGEST_HOUR, Notification, NotificationSetting, OutgoingMail
from app.organisation.models import Person
from app.security import Actor
from app.worktime.queries import load_calendar

HOURS = range(5, 21)  # of the Vietnamese day, from which a digest may be chosen
FIRST_DIGEST_COVERS = timedelta(days=1)


def choose(
    session: Session,
    actor: Actor,
    *,
    digest_by_mail: bool,
    digest_hour: int,
    urgent_by_mail: bool,
) -> NotificationSetting:
    """Set how the actor is told. Raises InvalidInput for an hour outside `HOURS`."""
    if actor.person_id is None:
        raise PermissionDenied("only a person is told anything")
    if digest_hour not in HOURS:
        raise InvalidInput("Hãy chọn giờ trong danh sách.", "digest_hour")
    row = session.get(NotificationSetting, actor.person_id)
    if row is None:
        row = NotificationSetting(person_id=actor.person_id)
        session.add(row)
    row.digest_by_mail, row.digest_hour = digest_by_mail, digest_hour
    row.urgent_by_mail = urgent_by_mail
    session.flush()
    return row


def mail_urgent(session: Session, notice: Notification) -> int:
    """Let everybody at the notice's post be mailed at once who wants to. Returns how many."""
    if mail.configured() is None:
        return 0
    made = 0
    for person_id in queries.people_to_mail_now(session, notice.post_id):
        row = OutgoingMail(person_id=person_id, notification_id=notice.id, since=now())
        made += _ready(session, row)
    return made


def mail_digests(session: Session, moment: datetime, *, limit: int = 100) -> bool:
    """Make the digests of the day whose hour has come. Returns whether some are left to make.

    A person has one a day, however many schedulers ask for it: a constraint says so.
    """
    at, day = local(moment), local(moment).date()
    if mail.configured() is None or not load_calendar(session).is_working_day(day):
        return False
    for person_id in _without_digest(session, day, at.hour, limit):
        row = OutgoingMail(
            person_id=person_id, digest_on=day, since=_last_digest(session, person_id, moment)
        )
        _ready(session, row)
    return bool(_without_digest(session, day, at.hour, 1))


def _ready(session: Session, row: OutgoingMail) -> bool:
    """Keep the row and let it be sent; False when another process did so at this moment."""
    row.message_id, row.made_at = mail.new_message_id(secrets.token_urlsafe(18)), now()
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    outbox.publish(session, MailReady(mail_id=row.id))
    return True


def _without_digest(session: Session, day: date, hour: int, limit: int) -> list[int]:
    setting, made = NotificationSetting, OutgoingMail
    rows = (
        sa.select(Person.id)
        .outerjoin(setting, setting.person_id == Person.id)
        .where(
            queries.can_be_mailed(),
            sa.func.coalesce(setting.digest_by_mail, sa.true()),
            sa.func.coalesce(setting.digest_hour, DIGEST_HOUR) <= hour,
            ~sa.exists().where(made.person_id == Person.id, made.digest_on == day),
        )
        .order_by(Person.id)
    )
    return list(session.scalars(rows.limit(limit)))


def _last_digest(session: Session, person_id: int, moment: datetime) -> datetime:
    """Since when notices were in no digest yet."""
    rows = sa.select(sa.func.max(OutgoingMail.made_at)).where(
        OutgoingMail.person_id == person_id, OutgoingMail.digest_on.is_not(None)
    )
    last: datetime | None = session.scalar(rows)
    return last or moment - FIRST_DIGEST_COVERS
