"""What is being typed, and how it may go on: values that begin so, records whose head holds it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from search.analysis import folded_terms
from search.plan import Begun as BegunPhrase
from search.plan import Bool, Fixed, Node, OneOf, Prefix, Term
from search.types import EVERYTHING, Acl, Suggestion

VALUES_OF = ("organ", "signer", "type")
"""Fields whose values are suggested whole."""
COUNTED = 50  # values of a field that are looked at, the most frequent first
MOST_VALUES = 2000  # of one field that are known before anybody types, the most frequent
TRIED = 6  # of these, before all that somebody may see are asked for
OF_EACH = 2  # values suggested of one field
SHORTEST = 2  # letters or digits


@dataclass(frozen=True, slots=True)
class Begun:
    """Words typed so far, folded; the last may be unfinished."""

    before: tuple[str, ...]
    last: str

    def in_a_row(self, field: str, acl: Acl) -> Node:
        """Records whose field holds the words in a row, the last as the beginning of one."""
        if not self.before:
            return seen(acl, Prefix(field, self.last))
        return seen(acl, BegunPhrase(field, (*self.before, self.last)))

    def anywhere(self, field: str, acl: Acl) -> Node:
        """Records whose field holds all the words, the last as the beginning of one."""
        words = (Term(field, word) for word in dict.fromkeys(self.before))
        return seen(acl, *words, Prefix(field, self.last))

    def stands_in(self, text: str) -> bool:
        """Whether a text holds the words in a row, as `in_a_row` asks it of records."""
        words = folded_terms(text)
        count = len(self.before)
        return any(
            word.startswith(self.last) and tuple(words[at - count : at]) == self.before
            for at, word in enumerate(words)
            if at >= count
        )

    def fitting(self, field: str, counts: Mapping[str, int]) -> Iterator[Suggestion]:
        """Those of the values that hold all the words, as `anywhere` asks it of their records."""
        for value, count in counts.items():
            words = _words(value)
            begins = any(word.startswith(self.last) for word in words)
            if begins and words.issuperset(self.before):
                yield Suggestion(value, field, count)


@lru_cache(maxsize=10_000)
def _words(value: str) -> frozenset[str]:
    return frozenset(folded_terms(value))


def read(typed: str) -> Begun | None:
    """None for too little to go on with."""
    words = folded_terms(typed)
    if sum(map(len, words)) < SHORTEST:
        return None
    return Begun(tuple(words[:-1]), words[-1])


def seen(acl: Acl, *nodes: Node) -> Node:
    """Records that match all the nodes and that may be seen; none scores."""
    rights: tuple[Node, ...] = () if acl is EVERYTHING else (OneOf("acl", acl),)
    return Bool(must=tuple(Fixed(node, 0.0) for node in (*rights, *nodes)))
