"""Whose turn it is to be looked at, and what came of the look."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import now
from app.feeds.fetching import Seen
from app.feeds.models import FeedPoll, FeedSource
from app.feeds.preparing import SourceInfo
from app.feeds.queries import info_of

LEASE = timedelta(minutes=2)
LONGEST_BACK_OFF = timedelta(hours=1)
MOST_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class PollClaim:
    """A source that is ours to look at until the lease ends."""

    source: SourceInfo
    token: str
    seen: Seen
    cursor: str


def claim_due(session: Session) -> list[PollClaim]:
    """Lease the polled sources that are due; a second poller sees them when the lease ends."""
    at = now()
    rows = session.execute(
        sa.select(FeedPoll, FeedSource)
        .join(FeedSource, FeedSource.id == FeedPoll.source_id)
        .where(
            FeedSource.is_active,
            FeedPoll.due_at <= at,
            sa.or_(FeedPoll.leased_until.is_(None), FeedPoll.leased_until <= at),
        )
        .order_by(FeedPoll.due_at, FeedPoll.source_id)
        .limit(MOST_AT_ONCE)
        .with_for_update(skip_locked=True, of=FeedPoll)
    ).tuples()
    claims = []
    for poll, source in rows:
        poll.lease_token, poll.leased_until = secrets.token_urlsafe(12), at + LEASE
        seen = Seen(poll.etag, poll.last_modified)
        claims.append(PollClaim(info_of(source), poll.lease_token, seen, poll.cursor))
    return claims


def succeed(session: Session, claim: PollClaim, seen: Seen, cursor: str) -> None:
    """Everything that came is kept: the next look begins behind it."""
    poll = _held(session, claim)
    if poll is None:
        return
    poll.etag, poll.last_modified, poll.cursor = seen.etag, seen.last_modified, cursor[:500]
    poll.looked_at = poll.succeeded_at = now()
    poll.failures, poll.last_error = 0, ""
    _plan(session, poll)


def fail(session: Session, claim: PollClaim, sentence: str) -> None:
    """Nothing came: again later, each time twice as late, an hour at most."""
    poll = _held(session, claim)
    if poll is None:
        return
    poll.looked_at, poll.last_error = now(), sentence[:500]
    poll.failures += 1
    _plan(session, poll)


def _plan(session: Session, poll: FeedPoll) -> None:
    source = session.get_one(FeedSource, poll.source_id)
    poll.due_at = next_look(now(), source.poll_seconds, poll.failures)
    poll.lease_token, poll.leased_until = None, None


def next_look(at: datetime, seconds: int, failures: int) -> datetime:
    """The next look after so many failures in a row."""
    pause = timedelta(seconds=seconds) * (1 << min(failures, 20))
    return at + max(timedelta(seconds=seconds), min(pause, LONGEST_BACK_OFF))


def _held(session: Session, claim: PollClaim) -> FeedPoll | None:
    poll = session.get(FeedPoll, claim.source.id, with_for_update=True)
    return poll if poll is not None and poll.lease_token == claim.token else None


def is_polling(session: Session) -> bool:
    """Whether any source is polled at all."""
    rows = sa.select(FeedPoll.source_id).join(FeedSource, FeedSource.id == FeedPoll.source_id)
    return session.scalar(rows.where(FeedSource.is_active).limit(1)) is not None
