"""Telling posts and units, in the transaction of the act itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import outbox
from app.clock import now
from app.notifications import queries
from app.notifications.events import NoticeGiven
from app.notifications.mailing import mail_urgent
from app.notifications.models import Notification
from app.organisation import queries as organisation
from app.security import Actor


def notify(
    session: Session,
    *,
    event: str,
    kind: str,
    thing_id: int,
    title: str,
    post_ids: Iterable[int] = (),
    unit_ids: Iterable[int] = (),
    text: str = "",
    urgent: bool = False,
    digest_on: date | None = None,
) -> int:
    """Leave a notice for posts, and for the heads of units. Returns how many were left.

    Only `urgent` (Hỏa tốc) interrupts. An ordinary reminder gives `digest_on`, the day whose
    digest it belongs to; it is left once for a post, thing, event and day.
    """
    targets = set(post_ids)
    for unit_id in unit_ids:
        head = organisation.head_post(session, unit_id)
        if head is not None:
            targets.add(head.id)
    for post_id in sorted(targets):
        if digest_on is not None and _already(session, post_id, event, kind, thing_id, digest_on):
            continue
        notice = Notification(
            post_id=post_id,
            event=event,
            kind=kind,
            thing_id=thing_id,
            title=title[:300],
            text=text[:500],
            urgent=urgent,
            digest_on=digest_on,
            created_at=now(),
        )
        _leave(session, notice)
    return len(targets)


def _leave(session: Session, notice: Notification) -> None:
    session.add(notice)
    session.flush()
    outbox.publish(session, NoticeGiven(notification_id=notice.id))
    if notice.urgent:
        mail_urgent(session, notice)


def mark_read(
    session: Session,
    actor: Actor,
    *,
    notification_ids: Iterable[int] = (),
    thing: tuple[str, int] | None = None,
) -> int:
    """Mark notices of the actor's posts as read: some, those about a thing, or all."""
    rows = queries.visible_notifications(actor).where(Notification.read_at.is_(None))
    ids = list(notification_ids)
    if ids:
        rows = rows.where(Notification.id.in_(ids))
    if thing is not None:
        rows = rows.where(Notification.kind == thing[0], Notification.thing_id == thing[1])
    found = session.scalars(rows).all()
    for notice in found:
        notice.read_at, notice.read_by = now(), actor.person_id
    return len(found)


def forget_notices(session: Session, kind: str, thing_ids: Iterable[int]) -> None:
    """Remove all notices about things whose content is purged. Mails about them that were not
    sent yet are not sent any more; those that were lie in other hands."""
    gone = sa.delete(Notification).where(
        Notification.kind == kind, Notification.thing_id.in_(set(thing_ids))
    )
    session.execute(gone)


def _already(
    session: Session, post_id: int, event: str, kind: str, thing_id: int, on: date
) -> bool:
    rows = sa.select(Notification.id).filter_by(
        post_id=post_id, event=event, kind=kind, thing_id=thing_id, digest_on=on
    )
    return session.scalar(rows.limit(1)) is not None
