"""From what was asked to what the engines are asked: matching, weights, loosening.

Matching: every word, folded, must stand somewhere in the record. Ranking, strongest first: the
words in a row as typed, in a row without marks, near each other, in the head of the record
(title, number, organ, signer), each word as typed. A record's own number beats all. The weights
were found by trial on known-item queries (`docs/finding.md` has the figures).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import Enum, auto
from itertools import pairwise

from search.analysis import codes, exact_terms, fold, fold_term, has_marks, own_numbers
from search.data_files import replacements
from search.plan import (
    ID_FIELD,
    Best,
    Bool,
    Boost,
    Days,
    Every,
    Fixed,
    Fuzzy,
    Node,
    OneOf,
    Phrase,
    Term,
)
from search.types import EVERYTHING, Acl, Filters, Query, Relaxation

BODY, BODY_EXACT, HEAD, CODES, NUMBERS = "body", "body_exact", "head", "codes", "numbers"
WORDS_OF = {name: f"{name}_words" for name in ("organ", "signer", "type", "state", "unit")}
"""Fields of the index by what they hold; see `search.fields`."""

FUZZY_FROM = 4  # letters; with one of three letters changed every syllable is another word
MAX_VARIANTS = 4  # ways to write the same query with abbreviations
_LOOK_ALIKE = (
    ("rn", "m"), ("m", "rn"), ("cl", "d"), ("d", "cl"), ("vv", "w"), ("ii", "u"), ("li", "h"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Weights:
    """Factors on BM25 scores; `own_number`, `fresh`, `all_exact` and those of nearness are scores.

    Nearness scores for each word of the query.
    """

    phrase_exact: float = 10.0
    phrase_folded: float = 10.0
    one_move: float = 8.0
    pairs: tuple[tuple[int, float], ...] = ((1, 5.0), (2, 5.0))  # moves, score
    exact: float = 0.7
    exact_unmarked: float = 0.2
    all_exact: float = 10.0
    head: float = 0.1
    head_phrase: float = 2.0
    own_number: float = 200.0
    fresh: float = 1.0


WEIGHTS = Weights()


@dataclass(frozen=True, slots=True)
class Word:
    """One typed word: its terms (several for `145/TTr-KTHT`) and other ways to find it."""

    exact: tuple[str, ...]
    also: tuple[Node, ...] = ()

    @property
    def folded(self) -> tuple[str, ...]:
        """The terms without marks."""
        return tuple(fold_term(term) for term in self.exact)


def phrase_or_term(field: str, terms: Sequence[str], slop: int = 0) -> Node:
    """A `Term` for one term, a `Phrase` for several."""
    if len(terms) == 1:
        return Term(field, terms[0])
    return Phrase(field, tuple(terms), slop)


def _code_nodes(text: str) -> tuple[Node, ...]:
    """A symbol, date or grouped number also matches as one piece, however it was written."""
    bare = fold(text).strip(".,;:()")
    forms = codes(bare)[:1] if not bare.isdigit() else [bare] if len(bare) > 4 else []
    if not forms and re.fullmatch(r"[^\W\d_]+(?:-[^\W_]+)+", bare):
        forms = [bare]
    return tuple(Term(CODES, form) for form in forms)


def read_words(texts: Sequence[str]) -> list[Word]:
    """Typed words with their terms; those without any are left out."""
    words = [Word(tuple(exact_terms(text)), _code_nodes(text)) for text in texts]
    return [word for word in words if word.exact]


def _replaceable(terms: Sequence[str]) -> Iterator[tuple[int, tuple[str, ...], tuple[str, ...]]]:
    """Where something stands that has another form: position, what stands there, the other."""
    known = replacements()
    for at, term in enumerate(terms):
        for source, target in known.get(term, ()):
            if tuple(terms[at : at + len(source)]) == source:
                yield at, source, target


def variants(folded: Sequence[str]) -> list[tuple[str, ...]]:
    """The same folded words with abbreviations written out or words abbreviated, first as given."""
    found: dict[tuple[str, ...], None] = {tuple(folded): None}
    for at, source, target in reversed(list(_replaceable(folded))):
        for known in list(found):
            if known[at : at + len(source)] == source:  # from the right, so that places stay
                found.setdefault((*known[:at], *target, *known[at + len(source) :]), None)
    return list(found)[:MAX_VARIANTS]


def _must_match(words: Sequence[Word], *, fuzzy: bool = False) -> list[Node]:
    """One node for each word; words of a known name are together replaced by its short form."""
    nodes: list[Node | None] = [_word_node(word, fuzzy=fuzzy) for word in words]
    flat = [word.folded[0] if len(word.folded) == 1 else "" for word in words]
    for at, source, target in _replaceable(flat):
        parts = [node for node in nodes[at : at + len(source)] if node is not None]
        if len(source) > 1 and len(parts) == len(source):
            nodes[at] = Best((Bool(must=tuple(parts)), phrase_or_term(BODY, target)))
            nodes[at + 1 : at + len(source)] = [None] * (len(source) - 1)
    return [node for node in nodes if node is not None]


def _word_node(word: Word, *, fuzzy: bool) -> Node:
    ways: list[Node] = [phrase_or_term(BODY, word.folded), *word.also]
    ways += [
        phrase_or_term(BODY, target)
        for _, source, target in _replaceable(word.folded)
        if source == word.folded
    ]
    if fuzzy and len(word.folded) == 1 and len(word.folded[0]) >= FUZZY_FROM:
        term = word.folded[0]
        ways += [Fuzzy(BODY, term), *(Term(BODY, other) for other in misread(term))]
    return ways[0] if len(ways) == 1 else Best(tuple(ways))


def misread(term: str) -> list[str]:
    """What a scan may have made of a term, or the term of what a scan made of it."""
    return [term.replace(seen, meant, 1) for seen, meant in _LOOK_ALIKE if seen in term]


def _rewards(words: Sequence[Word], weights: Weights, *, in_a_row: bool) -> list[Node]:
    """What lifts a matching record above others; none of it must match.

    `in_a_row`: all that match hold the words in a row, so nearness would lift all alike.
    """
    exact = [term for word in words for term in word.exact]
    folded = [fold_term(term) for term in exact]
    marked = any(map(has_marks, exact))
    nodes: list[Node] = [Boost(Term(HEAD, term), weights.head) for term in dict.fromkeys(folded)]
    if marked:
        for term in dict.fromkeys(exact):
            by = weights.exact if has_marks(term) else weights.exact_unmarked
            nodes.append(Boost(Term(BODY_EXACT, term), by))
        typed = tuple(Term(BODY_EXACT, term) for term in dict.fromkeys(exact) if has_marks(term))
        nodes.append(Fixed(Bool(must=typed), weights.all_exact))
    if len(exact) > 1:
        for way in variants(folded):
            if len(way) > 1:
                if not in_a_row:
                    nodes.append(Boost(Phrase(BODY, way), weights.phrase_folded))
                nodes.append(Boost(Phrase(HEAD, way), weights.head_phrase))
        if not in_a_row:
            nodes += _nearness(folded, weights)
        if marked:
            nodes.append(Boost(Phrase(BODY_EXACT, tuple(exact)), weights.phrase_exact))
    return nodes


def _nearness(folded: Sequence[str], weights: Weights) -> list[Node]:
    """Rewards for words that stand nearly in a row, with a word or number between them.

    The engines disagree on what several moves within a phrase of three words are, and on their
    score; on pairs, and on one move, they agree. So nearness is asked pair by pair and scored by
    us: the same query gives the same order on both.
    """
    nodes: list[Node] = [Fixed(Phrase(BODY, tuple(folded), 1), weights.one_move * len(folded))]
    for moves, score in weights.pairs:
        pairs = tuple(Phrase(BODY, pair, moves) for pair in dict.fromkeys(pairwise(folded)))
        nodes.append(Fixed(Bool(must=pairs), score * len(folded)))
    return nodes


def telling_number(text: str, notation: str = "") -> str:
    """The most telling form of a number: `145/ttr-ktht` rather than `145`; empty if none."""
    forms = own_numbers(text, notation)
    return next((form for form in forms if "/" in form), forms[0] if forms else "")


def _number_rewards(query: Query, weights: Weights) -> list[Node]:
    """The record whose own number was typed comes first.

    A plain number counts only when it is all that was asked, or follows "số": in
    "điều 5 luật đất đai" nobody means document 5.
    """
    typed = [fold(text).strip(".,;:()") for text in query.words]
    forms = {telling_number(text) for text in typed if re.match(r"[0-9].*/.*[a-z]", text)}
    bare = typed[1:] if typed[:1] == ["so"] else typed
    if bare and re.fullmatch(r"[0-9]{1,6}[a-z]?", bare[0]):
        if len(bare) == 1 or typed[:1] == ["so"]:
            forms.add(telling_number(bare[0]))
        if len(bare) > 1:  # "145 ttr ktht"
            forms.add(telling_number(bare[0], "-".join(bare[1:])))
    return [Fixed(Term(NUMBERS, form), weights.own_number) for form in sorted(forms) if form]


def _field_node(name: str, value: str) -> Node:
    """A restriction by field: all its words in a row, or one form of the number."""
    if name == "number":
        return OneOf(NUMBERS, frozenset([telling_number(value) or fold(value)]))
    if name == "year":
        return OneOf("year", frozenset(exact_terms(value)[:1]))
    terms = [fold_term(term) for term in exact_terms(value)]
    ways = [phrase_or_term(WORDS_OF[name], way) for way in variants(terms)]
    return Fixed(ways[0] if len(ways) == 1 else Best(tuple(ways)), 1.0)


def _text_node(text: str) -> Node:
    """A phrase, or a word of an OR group or after a minus, as it must stand in the record."""
    exact = exact_terms(text)
    ways = [phrase_or_term(BODY, way) for way in variants([fold_term(term) for term in exact])]
    nodes: tuple[Node, ...] = (*ways, *(_code_nodes(text) if " " not in text else ()))
    return nodes[0] if len(nodes) == 1 else Best(nodes)


def _phrase_rewards(texts: Sequence[str], weights: Weights) -> list[Node]:
    nodes: list[Node] = []
    for terms in map(exact_terms, texts):
        if any(map(has_marks, terms)):
            nodes.append(Boost(phrase_or_term(BODY_EXACT, terms), weights.phrase_exact))
        head = phrase_or_term(HEAD, [fold_term(term) for term in terms])
        nodes.append(Boost(head, weights.head_phrase))
    return nodes


def filter_nodes(query: Query, filters: Filters, acl: Acl, today: date | None = None) -> list[Node]:
    """What a record must be beside its words: seen by the asker, of the ticked values, in time."""
    nodes: list[Node] = [] if acl is EVERYTHING else [OneOf("acl", acl)]
    nodes += [OneOf(name, frozenset(values)) for name, values in filters.values.items() if values]
    for first, last in (
        (query.dated_from, query.dated_to),
        (filters.dated_from, filters.dated_to),
    ):
        if first or last:
            nodes.append(Days(day_number(first) or 1, day_number(last) or 99999999))
    if filters.ids:
        nodes.append(OneOf(ID_FIELD, frozenset(filters.ids)))
    if query.due_within is not None:
        start = today or date.today()  # noqa: DTZ011  # who minds the zone gives the day
        last_day = day_number((start + timedelta(days=query.due_within)).isoformat())
        first_day = 1 if query.due_within < 0 else day_number(start.isoformat())
        nodes.append(Days(first_day, last_day, "due_day"))
    return [Fixed(node, 0.0) for node in nodes]


def day_number(iso: str) -> int:
    """`2026-02-17` as 20260217; 0 for no date."""
    return int(iso[:10].replace("-", "")) if iso else 0


class Part(Enum):
    """What of a question is to be answered."""

    RANKED = auto()
    """All that matches, best first."""
    IN_A_ROW = auto()
    """Only what holds the words in a row, best first: the top of RANKED, and cheaper."""
    COUNTED = auto()
    """All that matches, in no order."""


def has_row(query: Query) -> bool:
    """Whether the records that hold the words in a row surely come first."""
    typed = [term for word in read_words(query.words) for term in word.exact]
    return len(typed) > 1 and not _number_rewards(query, WEIGHTS)


def write_plan(
    query: Query,
    *,
    acl: Acl,
    filters: Filters,
    today: date | None = None,
    relaxed: Relaxation | None = None,
    weights: Weights = WEIGHTS,
    part: Part = Part.RANKED,
) -> Node:
    """The one query that an engine runs for what was asked."""
    if relaxed is Relaxation.WITHOUT_FILTERS:
        filters = Filters()
        query = replace(
            query, fields=(), excluded_fields=(), dated_from="", dated_to="", due_within=None
        )
    words = read_words(query.words)
    near_misses = relaxed in (Relaxation.TYPING_ERRORS, Relaxation.MOST_WORDS)
    wanted = _must_match(words, fuzzy=near_misses)
    must = filter_nodes(query, filters, acl, today)
    must += [_field_node(name, value) for name, value in query.fields]
    must += [_text_node(text) for text in query.phrases]
    must += [Best(tuple(_text_node(text) for text in group)) for group in query.alternatives]
    if relaxed is Relaxation.MOST_WORDS and len(wanted) > 2:
        must.append(Bool(should=tuple(wanted), at_least=most_of(len(wanted))))
    else:
        must += wanted
    never = [_text_node(text) for text in query.excluded]
    never += [_field_node(name, value) for name, value in query.excluded_fields]
    if part is Part.COUNTED:
        return Bool(must=tuple(must or [Every()]), never=tuple(never))
    in_a_row = part is Part.IN_A_ROW
    if in_a_row:
        folded = [term for word in words for term in word.folded]
        rows = [Boost(phrase_or_term(BODY, w), weights.phrase_folded) for w in variants(folded)]
        must = [*must, rows[0] if len(rows) == 1 else Best(tuple(rows))]
    should = _rewards(words, weights, in_a_row=in_a_row) + _phrase_rewards(query.phrases, weights)
    should += _number_rewards(query, weights)
    if today is not None:
        recent = day_number((today - timedelta(days=90)).isoformat())
        should.append(Fixed(Days(recent, 99999999), weights.fresh))
    return Bool(must=tuple(must or [Every()]), should=tuple(should), never=tuple(never))


def most_of(count: int) -> int:
    """How many of `count` words must match when not all do: two of three, three of five."""
    return max(2, -(-count * 3 // 5))


def relaxations(query: Query, filters: Filters) -> list[Relaxation]:
    """The ways in which this query can be loosened, mildest first."""
    terms = [word.folded[0] for word in read_words(query.words) if len(word.folded) == 1]
    ways = []
    if any(len(term) >= FUZZY_FROM for term in terms):
        ways.append(Relaxation.TYPING_ERRORS)
    if len(query.words) > 2:
        ways.append(Relaxation.MOST_WORDS)
    restricted = any(filters.values.values()) or filters.dated_from or filters.dated_to
    dated = query.dated_from or query.dated_to or query.due_within is not None
    if restricted or dated or query.fields or query.excluded_fields:
        ways.append(Relaxation.WITHOUT_FILTERS)
    return ways
