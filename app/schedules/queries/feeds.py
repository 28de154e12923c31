"""Calendar feeds: whose address it is and what it shows."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import today
from app.errors import NotFound
from app.organisation.queries import actor_for
from app.schedules.models import CalendarFeed, FeedScope
from app.schedules.queries.rows import SheetRow
from app.schedules.queries.weeks import rows_between

BACK, AHEAD = timedelta(days=90), timedelta(days=366)


def hash_token(token: str) -> str:
    """What is kept of an address."""
    return hashlib.sha256(token.encode()).hexdigest()


def feed_for(session: Session, token: str) -> CalendarFeed | None:
    """The feed of an address; None when there is none, or it was revoked."""
    rows = sa.select(CalendarFeed).where(
        CalendarFeed.token_hash == hash_token(token), CalendarFeed.revoked_at.is_(None)
    )
    return session.scalar(rows)


def feeds_of(session: Session, person_id: int) -> Sequence[CalendarFeed]:
    """A person's feeds that are in force, the newest first."""
    rows = sa.select(CalendarFeed).where(
        CalendarFeed.person_id == person_id, CalendarFeed.revoked_at.is_(None)
    )
    return session.scalars(rows.order_by(CalendarFeed.id.desc())).all()


def feed_rows(
    session: Session, feed: CalendarFeed, *, first: date | None = None, last: date | None = None
) -> list[SheetRow]:
    """The rows of a feed, called off ones too, from three months back to a year ahead.

    They are read with the rights the person has today: who left reads nothing. Of what the person
    may not read a room's feed says “Bận”, for the room is taken; the organ's leaves it out.
    """
    try:
        actor = actor_for(session, feed.person_id)
    except NotFound:
        return []
    if not actor.holdings:
        return []
    begins, ends = first or today() - BACK, last or today() + AHEAD
    if feed.scope is FeedScope.PERSON:
        return rows_between(session, actor, begins, ends, post_ids=sorted(actor.post_ids))
    if feed.scope is FeedScope.ROOM:
        return rows_between(session, actor, begins, ends, resource_id=feed.resource_id)
    rows = rows_between(session, actor, begins, ends)
    return [row for row in rows if not row.masked]
