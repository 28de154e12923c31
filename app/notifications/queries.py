"""Notices of the actor's posts and delegations, and how many are unread."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import today
from app.notifications.models import Notification
from app.security import Actor


def visible_notifications(actor: Actor, on: date | None = None) -> sa.Select[tuple[Notification]]:
    """Notices to any post the actor holds or acts for; a digest's entries from its day on."""
    return sa.select(Notification).where(
        Notification.post_id.in_(sorted(actor.post_ids)),
        sa.or_(Notification.digest_on.is_(None), Notification.digest_on <= (on or today())),
    )


def unread_count(session: Session, actor: Actor) -> int:
    rows = visible_notifications(actor).where(Notification.read_at.is_(None)).subquery()
    return session.scalar(sa.select(sa.func.count()).select_from(rows)) or 0


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
