"""The lists that come with the library, read once."""

from functools import cache
from pathlib import Path

from search.analysis import folded_terms

_FOLDER = Path(__file__).parent / "data"


def _lines(name: str) -> list[str]:
    lines = (_FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


@cache
def same_meaning() -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """Pairs of (short form, words) as folded terms: `(("ubnd",), ("uy", "ban", "nhan", "dan"))`."""
    pairs = []
    for line in _lines("abbreviations.txt"):
        short, _, words = line.partition("=")
        pairs.append((tuple(folded_terms(short)), tuple(folded_terms(words))))
    return tuple(pairs)


@cache
def replacements() -> dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]]:
    """The pairs in both directions, as (what stands there, what means the same), by first term."""
    table: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
    for short, long in same_meaning():
        table.setdefault(short[0], []).append((short, long))
        table.setdefault(long[0], []).append((long, short))
    return table


@cache
def document_types() -> tuple[str, ...]:
    """Names of document types, longest first, as they are written."""
    return tuple(sorted(_lines("document_types.txt"), key=len, reverse=True))
