"""What both engines are asked, in a small language of its own.

`search.ranking` writes it, each engine translates it into its own queries. Terms are already
analysed. Unless said otherwise a node scores by BM25.
"""

from dataclasses import dataclass

ID_FIELD = "id"
"""The record's id: not a field of its own everywhere, but all can be asked for it by `OneOf`."""


@dataclass(frozen=True, slots=True)
class Term:
    """Records whose field holds the term."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Records whose field holds the terms (two or more) in a row, or up to `slop` moves away."""

    field: str
    terms: tuple[str, ...]
    slop: int = 0


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """Records whose field holds a term with at most one letter wrong; scores 1."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Prefix:
    """Records whose field holds a term that begins with this text; scores 1."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Begun:
    """Records whose field holds the terms (two or more) in a row, the last only its beginning."""

    field: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OneOf:
    """Records whose field holds at least one of the values; scores 1."""

    field: str
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class Days:
    """Records dated between two days (numbers `20260217`), both included; scores 1."""

    first: int
    last: int
    field: str = "day"


@dataclass(frozen=True, slots=True)
class Every:
    """All records; scores 1."""


@dataclass(frozen=True, slots=True)
class Bool:
    """All of `must`, none of `never`, at least `at_least` of `should`; the scores add up."""

    must: "tuple[Node, ...]" = ()
    should: "tuple[Node, ...]" = ()
    never: "tuple[Node, ...]" = ()
    at_least: int = 0


@dataclass(frozen=True, slots=True)
class Best:
    """At least one of the nodes; the best score counts."""

    nodes: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Boost:
    """The node, its score multiplied."""

    node: "Node"
    by: float


@dataclass(frozen=True, slots=True)
class Fixed:
    """The node, with this score instead of its own."""

    node: "Node"
    score: float


Node = Term | Phrase | Fuzzy | Prefix | Begun | OneOf | Days | Every | Bool | Best | Boost | Fixed
