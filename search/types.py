"""The values that go into an index and come out of it, and the protocol of its engines.

Plain values only: nothing here knows of an application, a database or a web page.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from enum import Enum, StrEnum
from typing import Final, Protocol, Self


class Everything(Enum):
    """Type of the one value that lifts the rights filter: maintenance and tests only."""

    EVERYTHING = "everything"


EVERYTHING: Final = Everything.EVERYTHING
Acl = frozenset[str] | Everything
"""Terms of the person who asks (`public`, `unit:12`, `post:31`); an empty set sees nothing."""

FACET_FIELDS: Final = (
    "kind", "type", "organ", "unit", "year", "state", "urgency", "signer",
)  # fmt: skip
"""Fields with a closed set of values: they can be filtered by and counted."""


class Sort(StrEnum):
    """Order of the hits. Records without a date or number come last."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"
    NUMBER = "number"


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRecord:
    """One thing that can be found. Writing the same `id` again replaces it.

    `text` is what stands on no page (a note, a directive) or the whole text of a thing without
    pages; `pages` is the text page by page, the first is page 1. `acl` holds the terms of those
    who may see it; a record with an empty `acl` is seen by nobody but `EVERYTHING`.
    """

    id: str
    kind: str
    title: str
    acl: frozenset[str]
    text: str = ""
    pages: tuple[str, ...] = ()
    number: str = ""  # "145", or the whole "145/TTr-KTHT"
    notation: str = ""  # "TTr-KTHT"
    organ: str = ""  # who issued it
    unit: str = ""  # which unit holds it
    type: str = ""  # "Tờ trình"
    state: str = ""
    urgency: str = ""
    signer: str = ""
    people: tuple[str, ...] = ()  # others who are named with it
    date: str = ""  # ISO 8601, "2026-02-17"
    due: str = ""  # ISO 8601; only while something is still to be done
    year: str = ""  # of the register; taken from `date` if empty

    def __post_init__(self) -> None:
        """Refuse what an index could not keep; fill `year`."""
        if not self.id:
            raise ValueError("a search record needs an id")
        for value in (self.date, self.due):
            if value:
                date.fromisoformat(value)
        if self.date and not self.year:
            object.__setattr__(self, "year", self.date[:4])

    @classmethod
    def from_mapping(cls, raw: Mapping[str, object]) -> Self:
        """Make a record of one JSON object; unknown keys are ignored, `\\f` in `text` parts pages.

        Raises:
            ValueError: a value is missing or of the wrong kind.
        """
        known = {f.name for f in fields(cls)}
        values: dict[str, object] = {k: v for k, v in raw.items() if k in known and v is not None}
        values = {k: str(v) if isinstance(v, int | float) else v for k, v in values.items()}
        for name in ("acl", "pages", "people"):
            given = values.get(name, ())
            if not isinstance(given, list | tuple | frozenset | set):
                raise ValueError(f"{name} must be a list of strings")
            values[name] = (frozenset if name == "acl" else tuple)(str(v) for v in given)
        text = values.get("text")
        if isinstance(text, str) and "\f" in text and not values["pages"]:
            values["text"], values["pages"] = "", tuple(text.removesuffix("\f").split("\f"))
        values.setdefault("kind", "document")
        values.setdefault("title", "")
        values.setdefault("id", "")
        wrong = [k for k, v in values.items() if not isinstance(v, str | tuple | frozenset)]
        if wrong:
            raise ValueError(f"{', '.join(sorted(wrong))} must be text")
        return cls(**values)  # type: ignore[arg-type]  # checked just above


@dataclass(frozen=True, slots=True)
class Filters:
    """Restrictions beside the words.

    `values` maps a field of `FACET_FIELDS` to the values of which one must match; dates are
    inclusive bounds of `SearchRecord.date`, ISO 8601; `ids` are the only records asked about,
    if there are any.
    """

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    dated_from: str = ""
    dated_to: str = ""
    ids: tuple[str, ...] = ()

    def without(self, name: str) -> "Filters":
        """The same filters, but for one field."""
        rest = {k: v for k, v in self.values.items() if k != name}
        return Filters(rest, self.dated_from, self.dated_to, self.ids)


@dataclass(frozen=True, slots=True)
class Query:
    """What a person asked for, taken apart by `search.query.parse`.

    `words` are loose words in the order typed, `alternatives` the groups of which one must match
    (OR), `fields` pairs of field name and value, `explain` Vietnamese sentences about what was
    not understood or how it was read. A query never fails: what is not understood is a word.
    """

    source: str
    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()  # words or phrases
    alternatives: tuple[tuple[str, ...], ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    excluded_fields: tuple[tuple[str, str], ...] = ()
    dated_from: str = ""
    dated_to: str = ""
    due_within: int | None = None  # days from today; -1: the due date has passed
    explain: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing is asked for, so that every visible record matches."""
        return not (
            self.words or self.phrases or self.excluded or self.alternatives
            or self.fields or self.excluded_fields or self.dated_from or self.dated_to
            or self.due_within is not None
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of the text around the words.

    `html` is escaped and holds no tag but `<mark>`, so a page may print it as it is.
    """

    html: str
    page: int | None = None  # counted from 1; None where the text stands on no page


@dataclass(frozen=True, slots=True)
class Hit:
    """One record that matches. `title_html` is escaped like a snippet; a higher score is better."""

    id: str
    score: float
    title: str
    title_html: str
    kind: str
    snippets: tuple[Snippet, ...] = ()

    @property
    def snippet(self) -> str:
        """The best snippet as HTML, or an empty string."""
        return self.snippets[0].html if self.snippets else ""

    @property
    def page(self) -> int | None:
        """The page of the best snippet."""
        return self.snippets[0].page if self.snippets else None


class Relaxation(StrEnum):
    """How a query without a result can be loosened, mildest first."""

    TYPING_ERRORS = "typing_errors"
    MOST_WORDS = "most_words"
    WITHOUT_FILTERS = "without_filters"


@dataclass(frozen=True, slots=True)
class Results:
    """The answer to one query.

    `relaxed` says how the words were loosened because nothing matched them as they stood;
    `offers` gives how many records each loosening would find. Filters are never dropped unasked,
    so `WITHOUT_FILTERS` is only ever offered. `explain` comes from `Query`.
    """

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, Mapping[str, int]]  # field -> value -> count, most frequent first
    took_ms: float
    relaxed: Relaxation | None = None
    offers: Mapping[Relaxation, int] = field(default_factory=dict)
    explain: tuple[str, ...] = ()
    instead: str = ""  # what was probably meant, when near misses tell


@dataclass(frozen=True, slots=True)
class Suggestion:
    """How what is being typed may go on.

    `field` is `organ`, `signer` or `type` with the whole `text` of a value and the `count` of
    records that have it; or it is empty, and `id` names the one record whose title is `text`.
    """

    text: str
    field: str = ""
    count: int = 1
    id: str = ""


@dataclass(frozen=True, slots=True)
class Stats:
    """The state of an index, for a health page."""

    backend: str
    records: int
    bytes: int
    schema: str
    rebuilding: str | None = None  # token of an unfinished rebuild


class SearchBackend(Protocol):
    """An index of records. Calls may be repeated: the last write for an id wins.

    Only one process writes. What is put or deleted is found by everyone after `commit()`.

    Raises, from any method: `IndexMissing`, `IndexOutdated`, `IndexCorrupt`, `WriterBusy`,
    `EngineUnavailable` of `search.errors`.
    """

    def put_many(self, records: Iterable[SearchRecord], *, rebuild: str | None = None) -> int:
        """Write records; returns how many.

        Without `rebuild` they go to the index in use *and* to a rebuild that is under way;
        with a token of `begin_rebuild()` only to the new index.
        """
        ...

    def delete_many(self, ids: Iterable[str]) -> None:
        """Forget records, also in a rebuild under way; unknown ids are no error."""
        ...

    def commit(self) -> None:
        """Make everything written so far durable and visible."""
        ...

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
        """Records that match `words` and that a holder of `acl` may see.

        `relax` loosens the words as an earlier answer offered it.
        `facets` names fields of `FACET_FIELDS` to count; a field's counts leave out its own
        filter, so that a second value can be ticked. With `today` fresh records weigh a little
        more. No words: all visible records, newest first.
        """
        ...

    def suggest(self, typed: str, *, acl: Acl, limit: int = 8) -> tuple[Suggestion, ...]:
        """How what is being typed may go on: the last word is taken as unfinished.

        Names of organs, signers and types first, then the newest records whose head (title,
        number …) holds the words. Empty for less than two letters or digits.
        """
        ...

    def similar(self, record_id: str, *, acl: Acl, limit: int = 5) -> tuple[Hit, ...]:
        """Records of other titles about the same, by the words of the record's title; none for an
        unknown record, or one that a holder of `acl` may not see."""
        ...

    def stats(self) -> Stats:
        """Size and state of the index."""
        ...

    def fingerprints(self) -> Iterator[tuple[str, str]]:
        """(id, digest) of every record, in no order; compare with `search.fields.digest`."""
        ...

    def begin_rebuild(self) -> str:
        """Open a new, empty index beside the one in use, or go on with an unfinished one.

        Returns its token.
        """
        ...

    def finish_rebuild(self, rebuild: str) -> None:
        """Commit the new index, put it in the place of the old one and remove that."""
        ...

    def abandon_rebuild(self, rebuild: str) -> None:
        """Throw the new index away."""
        ...

    def purge(self, ids: Iterable[str]) -> None:
        """Remove records so that none of their words is left in the files of the index."""
        ...

    def close(self) -> None:
        """Let go of the writer and of files or connections; a later call opens them again."""
        ...
