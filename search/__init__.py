"""Finding: Vietnamese office documents by words, numbers and names, on two engines alike.

A library of its own: plain values in, plain values out. `open_backend` makes an engine;
`search.types` holds the values, `docs/finding.md` the rules of matching and ranking.
"""

from search.errors import (
    EngineUnavailable,
    IndexCorrupt,
    IndexMissing,
    IndexOutdated,
    SearchError,
    WriterBusy,
)
from search.types import (
    EVERYTHING,
    FACET_FIELDS,
    Acl,
    Filters,
    Hit,
    Query,
    Relaxation,
    Results,
    SearchBackend,
    SearchRecord,
    Snippet,
    Sort,
    Stats,
    Suggestion,
)

__all__ = [
    "EVERYTHING",
    "FACET_FIELDS",
    "Acl",
    "EngineUnavailable",
    "Filters",
    "Hit",
    "IndexCorrupt",
    "IndexMissing",
    "IndexOutdated",
    "Query",
    "Relaxation",
    "Results",
    "SearchBackend",
    "SearchError",
    "SearchRecord",
    "Snippet",
    "Sort",
    "Stats",
    "Suggestion",
    "WriterBusy",
    "open_backend",
]


def open_backend(kind: str, location: str) -> SearchBackend:
    """Make an engine: `tantivy` with a folder, or `elasticsearch` with `http://host:port/name`.

    Nothing is opened or created yet: a missing index shows at the first use.

    Raises:
        ValueError: there is no such engine.
    """
    if kind == "tantivy":
        from search.tantivy_backend import TantivyBackend

        return TantivyBackend(location)
    if kind == "elasticsearch":
        from search.elasticsearch_backend import ElasticsearchBackend

        return ElasticsearchBackend(location)
    raise ValueError(f"no search backend named {kind!r}")
