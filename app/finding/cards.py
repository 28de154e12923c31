"""How a kept search is shown elsewhere: a notice leads to its results."""

from __future__ import annotations

from collections.abc import Sequence

from flask import url_for
from sqlalchemy.orm import Session

from app.finding.models import SavedSearch
from app.finding.saved import KIND, visible_searches
from app.kinds import Card, Kind
from app.security import Actor


def address_of(search: SavedSearch) -> str:
    """Where its results are."""
    return url_for("finding.index", q=search.words, **search.chosen)


def cards(session: Session, actor: Actor, ids: Sequence[int]) -> list[Card]:
    """What a notice leads to: the results."""
    rows = session.scalars(visible_searches(actor).where(SavedSearch.id.in_(ids)))
    return [Card(KIND, row.id, row.name, row.words, address_of(row)) for row in rows]


kind = Kind(KIND, "Tìm kiếm đã lưu", "search", cards)
