"""Keeping searches, and telling of new results once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit
from app.db import insert
from app.errors import InvalidInput, RuleViolated
from app.finding import saved
from app.finding.models import KnownResult, SavedSearch
from app.notifications.services import notify
from app.security import Actor

MOST_SEARCHES = 50  # of a person
MOST_RESULTS = 2000
"""What finds more is too wide to be told of: nobody reads such notices."""

Thing = tuple[str, int]


def save_search(
    session: Session,
    actor: Actor,
    *,
    name: str,
    words: str,
    chosen: Mapping[str, Sequence[str]],
    known: Sequence[Thing] | None = None,
) -> SavedSearch:
    """Keep a search under a name; the same name again replaces it.

    `known` are its results now, for those who want to be told of new ones; None for those who
    do not. Raises InvalidInput without a name or words, RuleViolated for too many.
    """
    name, words = " ".join(name.split())[:100], " ".join(words.split())[:400]
    if not name:
        raise InvalidInput("Hãy đặt tên cho tìm kiếm.", "name")
    if not words and not any(chosen.values()):
        raise InvalidInput("Chưa có gì để lưu: hãy nhập từ cần tìm hoặc chọn bộ lọc.", "words")
    mine = {one.name: one for one in saved.searches_of(session, actor)}
    if name not in mine and len(mine) >= MOST_SEARCHES:
        raise RuleViolated(f"Mỗi người lưu được {MOST_SEARCHES} tìm kiếm. Hãy xóa bớt.")
    search = mine.get(name) or SavedSearch(person_id=actor.person_id, name=name)
    search.post_id = actor.post_id or 0
    search.words, search.tells = words, known is not None
    search.chosen = {field: list(values) for field, values in chosen.items() if values}
    session.add(search)
    session.flush()
    session.execute(sa.delete(KnownResult).where(KnownResult.search_id == search.id))
    add_known(session, search.id, known or ())
    audit.record(session, actor, "saved_search.kept", search.id, tells=search.tells)
    return search


def forget_search(session: Session, actor: Actor, *, token: str) -> None:
    """Raises NotFound for another person's."""
    search = saved.get_search(session, actor, token, lock=True)
    audit.record(session, actor, "saved_search.forgotten", search.id)
    session.execute(sa.delete(KnownResult).where(KnownResult.search_id == search.id))
    session.delete(search)


def tell(session: Session, *, search_id: int, results: Mapping[Thing, str]) -> int:
    """Leave one notice about those `results` (with their titles) that are new. Returns how many."""
    search = session.get(SavedSearch, search_id, with_for_update=True)
    if search is None or not search.tells:
        return 0  # given up meanwhile
    new = add_known(session, search_id, list(results))
    if new:
        notify(
            session,
            event="finding.new_results",
            kind=saved.KIND,
            thing_id=search_id,
            title=f"{len(new)} kết quả mới cho tìm kiếm “{search.name}”",
            text=" · ".join(results[thing] for thing in new[:5]),
            post_ids=[search.post_id],
        )
    return len(new)


def add_known(session: Session, search_id: int, things: Sequence[Thing]) -> list[Thing]:
    """Remember things as results; returns those that were not known, in their order."""
    if not things:
        return []
    rows = [{"search_id": search_id, "kind": kind, "thing_id": id_} for kind, id_ in things]
    statement = insert(KnownResult).on_conflict_do_nothing()
    added = session.execute(
        statement.returning(KnownResult.kind, KnownResult.thing_id), rows
    ).tuples()
    fresh = set(added)
    return [thing for thing in things if thing in fresh]
