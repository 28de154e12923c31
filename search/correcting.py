"""“Có phải ý bạn là …”: what the near misses hold where the typed words are not found."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from html import unescape

from search.analysis import fold, folded_terms
from search.query import compose
from search.ranking import FUZZY_FROM, misread
from search.snippets import Wanted
from search.types import Hit, Query, SearchRecord

READ = 50_000  # characters of a record
_MARKED = re.compile(r"<mark>(.*?)</mark>")


def corrected(query: Query, hits: Iterable[Hit]) -> str:
    """The line with each word that was not found replaced by the one that most hits hold in its
    place, as they write it; empty when no hit tells."""
    seen = Counter(
        word.lower()
        for hit in hits
        for html in (hit.title_html, *(snippet.html for snippet in hit.snippets))
        for mark in _MARKED.findall(html)
        for word in unescape(mark).split()
    )
    known = {fold(word) for word in seen}
    words = [
        word if fold(word) in known else _nearest(fold(word), seen) or word for word in query.words
    ]
    return compose(replace(query, words=tuple(words))) if tuple(words) != query.words else ""


def with_near_misses(want: Wanted, record: SearchRecord) -> Wanted:
    """What is to be marked in a record that was found by near misses: they too."""
    text = " ".join((record.title, record.text, *record.pages))[:READ]
    there = set(folded_terms(text)) - want.folded
    typed = [term for term in want.folded if len(term) >= FUZZY_FROM]
    near = {term for term in there if any(is_near(one, term) for one in typed)}
    return replace(want, terms={**want.terms, **dict.fromkeys(near, frozenset[str]())})


def _nearest(typed: str, seen: Counter[str]) -> str:
    """The most frequent word that is one step away from what was typed."""
    near = (word for word, _count in seen.most_common() if is_near(typed, fold(word)))
    return next(near, "")


def is_near(one: str, other: str) -> bool:
    """Whether one letter is wrong, missing, too many or changed places with its neighbour, or a
    scan misreads the one as the other."""
    if one == other or other in misread(one) or one in misread(other):
        return True
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1:
        return False
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    if len(one) < len(other):
        return one[at:] == other[at + 1 :]
    swapped = one[at + 1 : at + 2] + one[at : at + 1]
    return one[at + 1 :] == other[at + 1 :] or (
        swapped == other[at : at + 2] and one[at + 2 :] == other[at + 2 :]
    )
