"""The search itself: the index finds ids, the rooms show what the actor may see of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app import kinds
from app.clock import today
from app.finding import engine
from app.finding.indexer import thing_of
from app.kinds import Card
from app.security import Actor
from search import Filters, Hit, Results, Sort

FACETS: Mapping[str, str] = {  # field of the index -> heading on the page
    "kind": "Loại nội dung",
    "year": "Năm",
    "type": "Loại văn bản",
    "organ": "Cơ quan ban hành",
    "unit": "Đơn vị xử lý",
    "state": "Trạng thái",
}
PAGE_SIZE = 10


@dataclass(frozen=True, slots=True)
class Found:
    """A hit with what the room shows of it now. `url` opens the page at the hit."""

    hit: Hit
    card: Card

    @property
    def url(self) -> str:
        return f"{self.card.url}?page={self.hit.page}" if self.hit.page else self.card.url


@dataclass(frozen=True, slots=True)
class Answer:
    """One page of results. A stale index shows fewer rows here, never a forbidden one."""

    results: Results
    found: list[Found]
    page: int

    @property
    def pages(self) -> int:
        return min(-(-self.results.total // PAGE_SIZE), 1000)


def search(
    session: Session,
    actor: Actor,
    words: str,
    *,
    chosen: Mapping[str, tuple[str, ...]],
    page: int = 1,
    sort: Sort = Sort.RELEVANCE,
) -> Answer:
    """Find `words` among what the actor may see.

    `chosen` maps facet fields to ticked values. Raises the errors of `search.errors` when the
    index is being built or the engine is away.
    """
    results = engine.backend().find(
        words,
        acl=actor.terms,
        filters=Filters(values={k: v for k, v in chosen.items() if k in FACETS and v}),
        facets=tuple(FACETS),
        limit=PAGE_SIZE,
        offset=(page - 1) * PAGE_SIZE,
        sort=sort,
        today=today(),
    )
    things = [thing_of(hit.id) for hit in results.hits]
    cards = {(card.kind, card.id): card for card in kinds.cards(session, actor, things)}
    found = [
        Found(hit, cards[thing])
        for hit, thing in zip(results.hits, things, strict=True)
        if thing in cards
    ]
    return Answer(results, found, page)
