"""What both engines share: reading the query, loosening it, counting facets, making hits."""

import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from search import ordering, ranking, similarity, suggesting
from search.correcting import corrected, with_near_misses
from search.fields import from_source, head
from search.plan import Node
from search.query import parse
from search.ranking import Part
from search.snippets import mark, snippets, wanted
from search.types import (
    FACET_FIELDS,
    Acl,
    Filters,
    Hit,
    Query,
    Relaxation,
    Results,
    Sort,
    Suggestion,
)

FACET_VALUES = 50  # values of one facet that are counted
APPLIED = (Relaxation.TYPING_ERRORS, Relaxation.MOST_WORDS)
"""Loosened without being asked; what a person restricted on purpose is only offered to go."""
MAX_WINDOW = 10_000  # offset + limit


@dataclass(frozen=True, slots=True)
class Found:
    """What an engine answers to a plan: how many match, and some of them as (score, source)."""

    total: int
    records: Sequence[tuple[float, str]]


class Engine(ABC):
    """Finding by plans; the subclasses run them."""

    looked_at = 0
    """Newest records that are read to see whether they hold words in a row; 0: the engine is
    asked for such rows at once."""

    @abstractmethod
    def _search(self, plan: Node, *, limit: int, offset: int, sort: Sort) -> Found:
        """Run a plan."""

    @abstractmethod
    def _count_values(
        self, plan: Node, fields: Sequence[str], size: int
    ) -> Mapping[str, Mapping[str, int]]:
        """How often each value of the fields occurs among the records that match."""

    def find(
        self,
        words: str | Query,
        *,
        acl: Acl,
        filters: Filters | None = None,
        facets: tuple[str, ...] = (),
        limit: int = 10,
        offset: int = 0,
        sort: Sort = Sort.RELEVANCE,
        today: date | None = None,
        relax: Relaxation | None = None,
    ) -> Results:
        """See `SearchBackend.find`."""
        started = time.perf_counter()
        query = parse(words) if isinstance(words, str) else words
        filters = _checked(filters or Filters(), facets)
        if limit < 0 or offset < 0 or offset + limit > MAX_WINDOW:
            raise ValueError(f"hits can be read up to number {MAX_WINDOW}")
        if sort is Sort.RELEVANCE and query.empty:
            sort = Sort.NEWEST
        ask = _Asked(query, acl, filters, today)
        found = Found(0, ()) if relax else self._found(ask, limit=limit, offset=offset, sort=sort)
        offers = self._offers(ask) if found.total == 0 else {}
        relaxed = relax or next((way for way in APPLIED if offers.get(way)), None)
        if relaxed is not None:
            ask = replace(ask, relaxed=relaxed)
            found = self._search(ask.plan(), limit=limit, offset=offset, sort=sort)
        counts = self._facets(ask, facets) if facets else {}
        hits = _hits(found, query, near_misses=relaxed is not None)
        took_ms = (time.perf_counter() - started) * 1000
        instead = corrected(query, hits) if relaxed is Relaxation.TYPING_ERRORS else ""
        return Results(found.total, hits, counts, took_ms, relaxed, offers, query.explain, instead)

    def suggest(self, typed: str, *, acl: Acl, limit: int = 8) -> tuple[Suggestion, ...]:
        """See `SearchBackend.suggest`."""
        begun = suggesting.read(typed)
        if begun is None:
            return ()
        found: list[Suggestion] = []
        for name in suggesting.VALUES_OF:
            found += self._values_begun(begun, name, acl)
        found = found[: limit // 2]
        return (*found, *self._records_begun(begun, acl, limit - len(found)))

    def _values_begun(self, begun: suggesting.Begun, name: str, acl: Acl) -> list[Suggestion]:
        """Values of a field that hold the words, among the records that may be seen."""
        plan = begun.anywhere(ranking.WORDS_OF[name], acl)
        counts = self._count_values(plan, [name], suggesting.COUNTED)[name]
        return list(islice(begun.fitting(name, counts), suggesting.OF_EACH))

    def _newest(self, plan: Node, limit: int) -> Sequence[str]:
        """The sources of the newest that match, not counted."""
        found = self._search(plan, limit=limit, offset=0, sort=Sort.NEWEST)
        return [source for _score, source in found.records]

    def _newest_in_a_row(self, begun: suggesting.Begun, acl: Acl, limit: int) -> Sequence[str]:
        """The newest with the words in a row. They are mostly among the newest that hold the
        words anywhere, which an engine may find much faster."""
        if begun.before and limit < self.looked_at:
            newest = self._newest(begun.anywhere(ranking.HEAD, acl), self.looked_at)
            rows = [source for source in newest if begun.stands_in(head(from_source(source)))]
            if len(rows) >= limit or len(newest) < self.looked_at:
                return rows[:limit]
        return self._newest(begun.in_a_row(ranking.HEAD, acl), limit)

    def _records_begun(self, begun: suggesting.Begun, acl: Acl, limit: int) -> Iterator[Suggestion]:
        """The newest with the words in a row, then the newest that hold them anywhere."""
        offered: dict[str, str] = {}
        for source in self._newest_in_a_row(begun, acl, limit):
            record = from_source(source)  # a task has the title of its letter
            offered.setdefault(record.title, record.id)
        if begun.before and len(offered) < limit:
            for source in self._newest(begun.anywhere(ranking.HEAD, acl), limit):
                record = from_source(source)
                offered.setdefault(record.title, record.id)
        for title, id_ in islice(offered.items(), limit):
            yield Suggestion(title, id=id_)

    def similar(self, record_id: str, *, acl: Acl, limit: int = 5) -> tuple[Hit, ...]:
        """See `SearchBackend.similar`."""
        one = similarity.itself(record_id, acl)
        own = self._search(one, limit=1, offset=0, sort=Sort.RELEVANCE).records
        plan = similarity.plan(from_source(own[0][1]), acl) if own else None
        if plan is None:
            return ()
        # More than are wanted: a task has the title of the letter that it came from.
        found = self._search(plan, limit=2 * limit, offset=0, sort=Sort.RELEVANCE)
        hits = _hits(found, Query(""), near_misses=False)
        title = from_source(own[0][1]).title
        return tuple(islice((hit for hit in hits if hit.title != title), limit))

    def _found(self, ask: "_Asked", *, limit: int, offset: int, sort: Sort) -> Found:
        """What matches. Most questions are answered by records that hold the words in a row: to
        rank only these takes half the time of ranking all that hold them anywhere."""
        if sort is Sort.RELEVANCE and limit and ranking.has_row(ask.query):
            plan = ask.plan(Part.IN_A_ROW)
            found = self._search(plan, limit=limit, offset=offset, sort=sort)
            if found.total >= offset + limit:
                counted = self._search(ask.plan(Part.COUNTED), limit=0, offset=0, sort=sort)
                return Found(counted.total, found.records)
        typed = ordering.wanted_order(ask.query) if sort is Sort.RELEVANCE and limit else ()
        if not typed or offset >= ordering.LOOKED_AT:
            return self._search(ask.plan(), limit=limit, offset=offset, sort=sort)
        most = max(limit + offset, ordering.LOOKED_AT)
        found = self._search(ask.plan(), limit=most, offset=0, sort=sort)
        best = ordering.by_order(found.records[: ordering.LOOKED_AT], typed)
        records = [*best, *found.records[ordering.LOOKED_AT :]]
        return Found(found.total, records[offset : offset + limit])

    def _offers(self, ask: "_Asked") -> dict[Relaxation, int]:
        """How many records each way of loosening would give."""
        offers = {}
        for way in ranking.relaxations(ask.query, ask.filters):
            plan = replace(ask, relaxed=way).plan(Part.COUNTED)
            offers[way] = self._search(plan, limit=0, offset=0, sort=Sort.RELEVANCE).total
        return offers

    def _facets(self, ask: "_Asked", names: Sequence[str]) -> dict[str, Mapping[str, int]]:
        """Counts by field; a field that is itself filtered is counted without that filter."""
        filtered = [name for name in names if ask.filters.values.get(name)]
        free = [name for name in names if name not in filtered]
        counts: dict[str, Mapping[str, int]] = {}
        if free:
            counts.update(self._count_values(ask.plan(Part.COUNTED), free, FACET_VALUES))
        for name in filtered:
            wider = replace(ask, filters=ask.filters.without(name)).plan(Part.COUNTED)
            counts.update(self._count_values(wider, [name], FACET_VALUES))
        return {name: counts[name] for name in names}


@dataclass(frozen=True, slots=True)
class _Asked:
    """One question with all that belongs to it."""

    query: Query
    acl: Acl
    filters: Filters
    today: date | None
    relaxed: Relaxation | None = None

    def plan(self, part: Part = Part.RANKED) -> Node:
        """The plan for the engine."""
        return ranking.write_plan(
            self.query,
            acl=self.acl,
            filters=self.filters,
            today=self.today,
            relaxed=self.relaxed,
            part=part,
        )


def _checked(filters: Filters, facets: Sequence[str]) -> Filters:
    unknown = {*filters.values, *facets} - set(FACET_FIELDS)
    if unknown:
        raise ValueError(f"no such field to filter or count: {', '.join(sorted(unknown))}")
    return filters


def _hits(found: Found, query: Query, *, near_misses: bool) -> tuple[Hit, ...]:
    asked = wanted(query, near_misses=near_misses)
    hits = []
    for score, source in found.records:
        record = from_source(source)
        want = with_near_misses(asked, record) if near_misses else asked
        hits.append(
            Hit(
                id=record.id,
                score=round(score, 4),
                title=record.title,
                title_html=mark(record.title, want),
                kind=record.kind,
                snippets=snippets(record, want),
            )
        )
    return tuple(hits)
