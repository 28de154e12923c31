"""Addresses for calendar programs: made, used, revoked."""

from __future__ import annotations

import secrets

from sqlalchemy.orm import Session

from app import audit
from app.clock import now
from app.errors import InvalidInput, NotFound, PermissionDenied
from app.schedules.models import CalendarFeed, FeedScope, Resource
from app.schedules.permissions import READ
from app.schedules.queries.feeds import hash_token
from app.security import Actor, authorize


def make_feed(
    session: Session,
    actor: Actor,
    *,
    scope: FeedScope,
    label: str = "",
    resource_id: int | None = None,
) -> tuple[CalendarFeed, str]:
    """A feed that reads with the actor's rights, and its token, which is shown this once.

    Raises InvalidInput for a room's feed without the room.
    """
    actor = authorize(actor, READ)
    if actor.person_id is None:
        raise PermissionDenied("a feed belongs to a person")
    if scope is not FeedScope.ROOM:
        resource_id = None
    elif resource_id is None or session.get(Resource, resource_id) is None:
        raise InvalidInput("Phải chọn phòng họp hoặc xe.", "resource_id")
    token = secrets.token_urlsafe(32)
    feed = CalendarFeed(
        token_hash=hash_token(token),
        scope=scope,
        label=label.strip()[:120],
        person_id=actor.person_id,
        resource_id=resource_id,
        created_at=now(),
    )
    session.add(feed)
    session.flush()
    audit.record(session, actor, "calendar_feed.made", feed.id, scope=scope.value)
    return feed, token


def revoke_feed(session: Session, actor: Actor, *, feed_id: int) -> None:
    """End an address at once. Raises NotFound for another's."""
    feed = session.get(CalendarFeed, feed_id, with_for_update=True)
    if feed is None or feed.person_id != actor.person_id:
        raise NotFound(f"calendar feed {feed_id}")
    if feed.revoked_at is None:
        feed.revoked_at = now()
        audit.record(session, actor, "calendar_feed.revoked", feed.id)


def note_feed_used(session: Session, *, feed_id: int) -> None:
    """Keep when a calendar program last asked."""
    session.get_one(CalendarFeed, feed_id).last_used_at = now()
