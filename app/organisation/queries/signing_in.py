"""Who is signed in where, and who is locked out."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import now
from app.organisation.models import ApiToken, Person, Post, SignInSession, SignInThrottle


def open_sessions(session: Session, person_id: int, *, idle: timedelta) -> list[SignInSession]:
    """The person's sessions that still open a page, the last used first."""
    at = now()
    rows = (
        sa.select(SignInSession)
        .where(
            SignInSession.person_id == person_id,
            SignInSession.revoked_at.is_(None),
            SignInSession.expires_at > at,
            SignInSession.last_seen_at > at - idle,
        )
        .order_by(SignInSession.last_seen_at.desc(), SignInSession.id.desc())
    )
    return list(session.scalars(rows))


def locked_until(session: Session, person: Person) -> datetime | None:
    """Until when wrong passwords or codes keep the person out; None if they do not."""
    rows = sa.select(sa.func.max(SignInThrottle.blocked_until)).where(
        SignInThrottle.key.in_([f"login:{person.login}", f"code:{person.id}"])
    )
    until = session.scalar(rows)
    return until if until is not None and until > now() else None


def last_sign_in(session: Session, person_ids: list[int]) -> dict[int, datetime]:
    """When each person last signed in, in one query; those who never did are left out."""
    rows = (
        sa.select(SignInSession.person_id, sa.func.max(SignInSession.created_at))
        .where(SignInSession.person_id.in_(person_ids))
        .group_by(SignInSession.person_id)
    )
    return dict(session.execute(rows).tuples().all())


def api_tokens(session: Session) -> list[tuple[ApiToken, Post]]:
    """All tokens with their posts, those in force first."""
    rows = (
        sa.select(ApiToken, Post)
        .join(Post, Post.id == ApiToken.post_id)
        .order_by(ApiToken.revoked_at.is_not(None), ApiToken.id.desc())
    )
    return [(token, post) for token, post in session.execute(rows)]
