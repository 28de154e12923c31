"""The search itself: the index finds ids, the rooms show what the actor may see of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from app import kinds
from app.clock import today
from app.finding import engine
from app.finding.names import Thing, record_id, thing_of
from app.kinds import Card
from app.security import Actor
from search import Filters, Hit, Relaxation, Results, Sort, Suggestion

FACETS: Mapping[str, str] = {  # field of the index -> heading on the page
    "kind": "Loại nội dung",
    "year": "Năm",
    "type": "Loại văn bản",
    "organ": "Cơ quan ban hành",
    "unit": "Đơn vị xử lý",
    "state": "Trạng thái",
    "urgency": "Độ khẩn",
    "signer": "Người ký",
}
PAGE_SIZE = 10
MARKED = re.compile(r"<mark>(.*?)</mark>")


@dataclass(frozen=True, slots=True)
class Found:
    """A hit with what the room shows of it now. `url` opens the page at the hit."""

    hit: Hit
    card: Card

    @property
    def url(self) -> str:
        """The thing's page, open where the words stand, with them marked as they are written
        there: what was typed may lack the tone marks."""
        if not self.hit.page:
            return self.card.url
        words = " ".join(dict.fromkeys(MARKED.findall(self.hit.snippet)))
        return f"{self.card.url}?{urlencode({'page': self.hit.page, 'q': unescape(words)})}"


@dataclass(frozen=True, slots=True)
class Offer:
    """How what is being typed may go on: a thing to open, or (without one) a value to search."""

    suggestion: Suggestion
    card: Card | None


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
    relax: Relaxation | None = None,
) -> Answer:
    """Find `words` among what the actor may see.

    `chosen` maps facet fields to ticked values; `relax` takes up an offer of an answer. Raises
    the errors of `search.errors` when the index is being built or the engine is away.
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
        relax=relax,
    )
    return Answer(results, _shown(session, actor, results.hits), page)


def similar(session: Session, actor: Actor, record: str) -> list[Found]:
    """Other things about the same as the thing of an index id; none for what is not to be seen."""
    return _shown(session, actor, engine.backend().similar(record, acl=actor.terms))


def suggestions(session: Session, actor: Actor, typed: str) -> list[Offer]:
    """How what is being typed may go on, as far as the actor may see it."""
    found = engine.backend().suggest(typed, acl=actor.terms)
    cards = _cards(session, actor, [one.id for one in found if one.id])
    return [Offer(one, cards.get(one.id)) for one in found if not one.id or one.id in cards]


def matching(
    actor: Actor, words: str, chosen: Mapping[str, tuple[str, ...]], *, limit: int
) -> list[Thing] | None:
    """All things that a search finds now; None when they are more than `limit`."""
    wanted = Filters(values={k: v for k, v in chosen.items() if k in FACETS and v})
    found = engine.backend().find(words, acl=actor.terms, filters=wanted, limit=limit)
    if found.total > limit:
        return None
    return [] if found.relaxed else [thing_of(hit.id) for hit in found.hits]


def _shown(session: Session, actor: Actor, hits: Sequence[Hit]) -> list[Found]:
    cards = _cards(session, actor, [hit.id for hit in hits])
    return [Found(hit, cards[hit.id]) for hit in hits if hit.id in cards]


def _cards(session: Session, actor: Actor, records: Sequence[str]) -> dict[str, Card]:
    """Cards by index id; what the actor may not see now has none."""
    cards = kinds.cards(session, actor, [thing_of(record) for record in records])
    return {record_id((card.kind, card.id)): card for card in cards}
