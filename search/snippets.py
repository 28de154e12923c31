"""Pieces of the text around the words, escaped, with the page they stand on.

Made from the kept text by our own code, so both engines show the same. Offsets are found in the
text as it is kept, so what is shown is what was written.
"""

import html
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from search.analysis import Place, exact_terms, fold_term, has_marks, normalise, places
from search.ranking import misread, variants
from search.types import Query, SearchRecord, Snippet

WIDTH = 220  # characters of a snippet, ellipses not counted
MAX_CHARACTERS = 200_000  # of one record that are looked through


@dataclass(frozen=True, slots=True)
class Wanted:
    """The terms to mark: `exact` forms by folded term; an empty set means any marks will do."""

    terms: dict[str, frozenset[str]]
    rows: frozenset[tuple[str, str]] = field(default_factory=frozenset)  # neighbours in the query
    near_misses: bool = False

    def find(self, normalised: str) -> list[Place]:
        """The places of wanted terms in a normalised text."""
        return places(normalised, self.folded) if self.folded else []

    @property
    def folded(self) -> frozenset[str]:
        """All wanted terms without marks."""
        return frozenset(self.terms)


def wanted(query: Query, *, near_misses: bool = False) -> Wanted:
    """What to mark for a query; with `near_misses` also what a scan may have misread."""
    texts = [" ".join(query.words), *query.phrases]
    texts += [text for group in query.alternatives for text in group]
    texts += [value for name, value in query.fields if name in ("number", "organ", "signer")]
    terms: dict[str, set[str]] = {}
    rows: set[tuple[str, str]] = set()
    for text in texts:
        exact = exact_terms(text)
        for term in exact:
            forms = terms.setdefault(fold_term(term), set())
            if has_marks(term):
                forms.add(term)
            if near_misses:
                for other in misread(fold_term(term)):
                    terms.setdefault(other, set())
        for way in variants([fold_term(term) for term in exact]):
            for term in way:
                terms.setdefault(term, set())
            rows.update(pairwise(way))
    return Wanted({k: frozenset(v) for k, v in terms.items()}, frozenset(rows), near_misses)


def mark(text: str, want: Wanted) -> str:
    """A whole (short) text, escaped, its wanted terms marked."""
    text = normalise(text)
    return _marked(text, 0, len(text), _chosen(want.find(text), want))


def snippets(record: SearchRecord, want: Wanted, *, count: int = 2) -> tuple[Snippet, ...]:
    """The best pieces of a record's text, best first; without a match its beginning.

    Records are taken as the index keeps them, so their text is normalised already.
    """
    parts: list[tuple[int | None, str]] = [(None, record.text)] if record.text else []
    parts += [(number, page) for number, page in enumerate(record.pages, start=1)]
    found: list[tuple[float, int, int | None, str, int, int, list[Place]]] = []
    left = MAX_CHARACTERS
    matches: list[tuple[int | None, str, list[Place]]] = []
    for page, text in parts:
        matches.append((page, text, want.find(text[:left])))
        left -= len(text)
        if left <= 0:
            break
    all_places = _chosen([place for _, _, some in matches for place in some], want)
    keep = {id(place) for place in all_places}
    for order, (page, text, some) in enumerate(matches):
        chosen = [place for place in some if id(place) in keep]
        if chosen:
            score, first, last = _best_window(chosen, want)
            found.append((-score, order, page, text, first, last, chosen))
    found.sort(key=lambda item: item[:2])
    if not found:
        opening = next(((page, text) for page, text in parts if text.strip()), None)
        return (_opening(*opening),) if opening else ()
    return tuple(
        Snippet(_cut(text, chosen, first, last), page)
        for _, _, page, text, first, last, chosen in found[:count]
    )


def _chosen(found: Sequence[Place], want: Wanted) -> list[Place]:
    """Where a term stands as typed, its other spellings are not marked: đề, so not để."""
    as_typed = {place.folded for place in found if place.exact in want.terms[place.folded]}
    return [
        place
        for place in found
        if place.folded not in as_typed or place.exact in want.terms[place.folded]
    ]


def _best_window(found: Sequence[Place], want: Wanted) -> tuple[float, int, int]:
    """Score of the best window and the first and last place in it.

    Different terms count by their length; neighbours of the query that are neighbours here more.
    """
    rows = [
        6.0 if two.start - one.end <= 3 and (one.folded, two.folded) in want.rows else 0.0
        for one, two in pairwise(found)
    ]
    best, first, score = (-1.0, 0, 0), 0, 0.0
    inside: Counter[str] = Counter()
    for last, place in enumerate(found):
        score += rows[last - 1] if last > first else 0.0
        score += 0.0 if inside[place.folded] else 1 + len(place.folded)
        inside[place.folded] += 1
        while place.end - found[first].start > WIDTH and first < last:
            left = found[first].folded
            inside[left] -= 1
            score -= rows[first] + (0.0 if inside[left] else 1 + len(left))
            first += 1
        if score > best[0]:
            best = (score, first, last)
    return best


def _cut(text: str, found: Sequence[Place], first: int, last: int) -> str:
    """Escaped HTML of the window around the places, cut at blanks."""
    spare = max(0, WIDTH - (found[last].end - found[first].start))
    start = max(0, found[first].start - spare // 2)
    end = min(len(text), start + WIDTH)
    start = max(0, min(start, end - WIDTH))
    if start > 0:
        blank = text.find(" ", start, found[first].start)
        start = blank + 1 if blank >= 0 else found[first].start
    if end < len(text):
        blank = text.rfind(" ", found[last].end, end)
        end = blank if blank >= 0 else max(end, found[last].end)
    inside = [place for place in found if place.start >= start and place.end <= end]
    body = _marked(text, start, end, inside)
    return ("… " if start > 0 else "") + body + (" …" if end < len(text) else "")


def _marked(text: str, start: int, end: int, found: Iterable[Place]) -> str:
    """`text[start:end]` escaped, with one `<mark>` around places parted by blanks only."""
    spans: list[list[int]] = []
    for place in found:
        if spans and not text[spans[-1][1] : place.start].strip(" \n\t/.-"):
            spans[-1][1] = place.end
        else:
            spans.append([place.start, place.end])
    out: list[str] = []
    at = start
    for opening, closing in spans:
        out += [_plain(text[at:opening]), "<mark>", _plain(text[opening:closing]), "</mark>"]
        at = closing
    out.append(_plain(text[at:end]))
    return "".join(out).strip()


def _plain(text: str) -> str:
    """Escaped, blanks of any kind and number as one."""
    if not text:
        return ""
    squeezed = " ".join(text.split())
    before = " " if text[0].isspace() else ""
    after = " " if text[-1].isspace() and squeezed else ""
    return html.escape(before + squeezed + after)


def _opening(page: int | None, text: str) -> Snippet:
    short = text[: WIDTH + 1]
    if len(text) > WIDTH and " " in short:
        short = short[: short.rindex(" ")]
    return Snippet(_plain(short).strip() + (" …" if len(text) > len(short) else ""), page)
