"""What changed is shown to the kept searches: whoever asked for it is told of new results."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from app.db import reading, transaction
from app.errors import NotFound
from app.finding import engine, saved, services
from app.finding.names import Thing, record_id, thing_of
from app.organisation.queries import actor_for
from app.security import Actor
from search import Filters, SearchError

log = logging.getLogger(__name__)

ASKED_AT_ONCE = 500  # changed things


def look(things: Sequence[Thing]) -> None:
    """Ask each kept search about the things that were just indexed. Failures are only logged:
    what was missed is told at the thing's next change."""
    try:
        for start in range(0, len(things), ASKED_AT_ONCE):
            _look(tuple(record_id(thing) for thing in things[start : start + ASKED_AT_ONCE]))
    except (SearchError, OSError):
        log.exception("kept searches were not asked")


def _look(records: tuple[str, ...]) -> None:
    with reading() as session:
        searches = saved.telling_searches(session)
        actors: dict[int, Actor | None] = {}
        for one in searches:
            if one.person_id not in actors:
                try:
                    actors[one.person_id] = actor_for(session, one.person_id)
                except NotFound:  # has left the office
                    actors[one.person_id] = None
    for one in searches:
        actor = actors[one.person_id]
        if actor is None:
            continue
        found = engine.backend().find(
            one.words, acl=actor.terms, filters=Filters(one.filters, ids=records),
            limit=len(records),
        )  # fmt: skip
        if found.hits and not found.relaxed:
            results = {thing_of(hit.id): hit.title for hit in found.hits}
            with transaction("finding.tell") as session:
                services.tell(session, search_id=one.id, results=results)
