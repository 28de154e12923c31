"""Queries about kept searches."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.finding.models import SavedSearch
from app.security import Actor

KIND = "saved_search"


def visible_searches(actor: Actor) -> sa.Select[tuple[SavedSearch]]:
    """Only one's own."""
    return sa.select(SavedSearch).where(SavedSearch.person_id == actor.person_id)


def searches_of(session: Session, actor: Actor) -> Sequence[SavedSearch]:
    """By name."""
    return session.scalars(visible_searches(actor).order_by(SavedSearch.name)).all()


def get_search(session: Session, actor: Actor, token: str, *, lock: bool = False) -> SavedSearch:
    """Raises NotFound."""
    rows = visible_searches(actor).where(SavedSearch.token == token)
    found = session.scalar(rows.with_for_update() if lock else rows)
    if found is None:
        raise NotFound(f"saved search {token}")
    return found


def telling_searches(session: Session) -> Sequence[SavedSearch]:
    """Those whose owners want to be told of new results."""
    rows = sa.select(SavedSearch).where(SavedSearch.tells)
    return session.scalars(rows.order_by(SavedSearch.id)).all()
