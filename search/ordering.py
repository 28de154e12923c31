"""Among the best hits, those first that hold the words in the order in which they were typed.

Who remembers a few words of a paper mostly remembers them in its order. No engine scores that, so
the best hits are looked at here.
"""

from collections.abc import Sequence
from itertools import pairwise

from search.analysis import fold_term, normalise, places
from search.fields import from_source
from search.ranking import read_words
from search.types import Query, SearchRecord

LOOKED_AT = 20  # the best hits
FEWEST = 3  # words: two stand in order by chance
READ = 20_000  # characters of a record
REWARD = 0.3  # of the score, when all words stand in order
STEEPNESS = 4


def wanted_order(query: Query) -> tuple[str, ...]:
    """The loose words as they were typed, folded; empty when there are too few."""
    typed = tuple(fold_term(term) for word in read_words(query.words) for term in word.exact)
    return typed if len(set(typed)) >= FEWEST else ()


def by_order(
    records: Sequence[tuple[float, str]], typed: tuple[str, ...]
) -> list[tuple[float, str]]:
    """The hits as (score, source), best first, with the reward added to their scores."""
    rewarded = [
        (score * (1 + REWARD * share_in_order(from_source(source), typed) ** STEEPNESS), source)
        for score, source in records
    ]
    return sorted(rewarded, key=lambda hit: -hit[0])


def share_in_order(record: SearchRecord, typed: tuple[str, ...]) -> float:
    """How many of the neighbouring words follow each other where they first stand, 0 to 1; 1 as
    well when somewhere only they stand, in this order."""
    text = normalise(" \n ".join((record.title, record.text, *record.pages))[:READ])
    found = places(text, frozenset(typed))
    terms = tuple(place.folded for place in found)
    if any(terms[at : at + len(typed)] == typed for at in range(len(terms) - len(typed) + 1)):
        return 1.0
    first: dict[str, int] = {}
    for place in found:
        first.setdefault(place.folded, place.start)
    at = [first[term] for term in typed if term in first]
    if len(at) < FEWEST:
        return 0.0
    return sum(a <= b for a, b in pairwise(at)) / (len(typed) - 1)
