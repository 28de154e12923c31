"""From text to the terms of the index: one analysis for all engines, done here.

The engines only split on blanks, so any Elasticsearch will do without plug-ins and both engines
hold the same terms. A term is a run of letters or a run of digits: `145/TTr-KTHT` becomes
`145 ttr ktht`, so its parts are found one by one and the whole as a phrase; `m2` and an OCR's
`Điều3` come apart as well. Numbers lose leading zeros (`05/QĐ` is `5/QĐ`).

Two forms of a term exist: *exact* (lower case, one spelling: hoà = hòa, kỹ = kĩ) and *folded*
(exact without tone marks, đ as d).
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

ANALYSIS_VERSION = 1
"""Raise it with every change that makes other terms of the same text: it forces a rebuild."""

MAX_TERM = 64  # characters; longer runs (base64 garbage) are cut, on both engines alike

_TERM = re.compile(rf"[^\W\d_]{{1,{MAX_TERM}}}|[1-9][0-9]{{0,{MAX_TERM - 1}}}|0(?![0-9])")
_JUNK = re.compile("[\u0300-\u036f\u00ad\u200b-\u200f\u2060\ufeff]")
# Begins with one plain class, which the regex engine skips to: three times as fast on long texts.
_CODE = re.compile(
    r"[0-9](?<!\w[0-9])(?:"
    r"(?P<code>[0-9]{0,5}[a-zđ]?(?:/(?P<year>[0-9]{4}))?/(?P<notation>[^\W\d_]+(?:[-/&][^\W_]+)*))"
    r"|(?P<date>[0-9]?[/.-][0-9]{1,2}[/.-][0-9]{4}\b)"
    r"|(?P<words>[0-9]?\s+tháng\s+[0-9]{1,2}\s+năm\s+[0-9]{4}\b)"
    r"|(?P<grouped>[0-9]{0,2}(?:\.[0-9]{3})+\b))"
)


class _OneToOne(dict[int, int]):
    """A table for `str.translate` that fills itself and keeps every character one character."""

    def __init__(self, strip_marks: bool) -> None:
        super().__init__()
        self._strip_marks = strip_marks

    def __missing__(self, code: int) -> int:
        lowered = chr(code).lower()
        letter = lowered if len(lowered) == 1 else chr(code)
        if self._strip_marks:
            letter = "d" if letter == "đ" else unicodedata.normalize("NFD", letter)[0]
        self[code] = ord(letter)
        return self[code]


_LOWER = _OneToOne(strip_marks=False)
_FOLD = _OneToOne(strip_marks=True)


def normalise(text: str) -> str:
    """NFC, without invisible characters and stray combining marks; `⁄` becomes `/`.

    Text in NFD, or with marks that no letter can carry, would otherwise fall apart into pieces.
    """
    if text.isascii():
        return text
    text = unicodedata.normalize("NFC", text).replace("\u2044", "/")
    return _JUNK.sub("", text) if _JUNK.search(text) else text


def lower(text: str) -> str:
    """Lower case of normalised text, character by character: offsets stay valid."""
    lowered = text.lower()
    # a few letters (İ) become two characters; they are rare, and the other way is slow
    return lowered if len(lowered) == len(text) else text.translate(_LOWER)


def fold(text: str) -> str:
    """Lower case without marks, đ as d, character by character: offsets stay valid."""
    return text.translate(_FOLD)


# Vowels with the five tone marks, always in the same order
_A, _E, _I, _O, _U, _Y = "àáảãạ", "èéẻẽẹ", "ìíỉĩị", "òóỏõọ", "ùúủũụ", "ỳýỷỹỵ"


def _spellings() -> dict[str, str]:
    """Syllables with two accepted spellings, mapped to the one that the index holds.

    Old and new place of the tone mark (hoà, hòa; uỷ, ủy), and y for i after one consonant
    (kỹ, kĩ; quý, quí). Source: Quyết định 240/QĐ of 5 March 1984 of the Ministry of Education
    and the older usage that lives on beside it.
    """
    onsets = (
        "", "b", "c", "ch", "d", "đ", "g", "gh", "gi", "h", "k", "kh", "l", "m", "n", "ng", "ngh",
        "nh", "p", "ph", "r", "s", "t", "th", "tr", "v", "x",
    )  # fmt: skip
    table: dict[str, str] = {}
    for onset, tone in product(onsets, range(5)):
        table[f"{onset}o{_A[tone]}"] = f"{onset}{_O[tone]}a"
        table[f"{onset}o{_E[tone]}"] = f"{onset}{_O[tone]}e"
        table[f"{onset}u{_Y[tone]}"] = f"{onset}{_U[tone]}y"
    for onset, (y, i) in product(
        ("h", "k", "l", "m", "s", "t", "qu"), list(zip("y" + _Y, "i" + _I, strict=True))
    ):
        table[onset + y] = onset + i
    for wrong, right in zip(_U, _I, strict=True):  # qúy, a frequent slip for quý
        table[f"q{wrong}y"] = f"qu{right}"
    return table


_SPELLING = _spellings()
_OTHER_SPELLINGS: dict[str, set[str]] = {}
for _written, _kept in _SPELLING.items():
    if _written.translate(_FOLD) != _kept.translate(_FOLD):
        _OTHER_SPELLINGS.setdefault(_kept.translate(_FOLD), set()).add(_written.translate(_FOLD))


def exact_terms(text: str) -> list[str]:
    """The exact terms of any text, in order."""
    spelling = _SPELLING.get
    return [spelling(term, term) for term in _TERM.findall(lower(normalise(text)))]


class _FoldedTerms(dict[str, str]):
    """Folded forms of terms seen: looking one up is far quicker than folding it again."""

    def __missing__(self, term: str) -> str:
        if len(self) >= 200_000:  # OCR makes new words without end
            self.clear()
        self[term] = folded = term.translate(_FOLD)
        return folded


_FOLDED = _FoldedTerms()


def fold_term(term: str) -> str:
    """The folded form of an exact term."""
    return _FOLDED[term]


def fold_terms(terms: list[str]) -> list[str]:
    """The folded forms of exact terms."""
    known = _FOLDED
    return [known[term] for term in terms]


def folded_terms(text: str) -> list[str]:
    """The folded terms of any text, in order; as many as `exact_terms` gives."""
    return fold_terms(exact_terms(text))


def has_marks(term: str) -> bool:
    """Whether an exact term was written with a tone mark or a Vietnamese letter."""
    return fold_term(term) != term


@dataclass(frozen=True, slots=True)
class Place:
    """A term and where it stands in a text (`text[start:end]`)."""

    exact: str
    folded: str
    start: int
    end: int


@lru_cache(maxsize=256)
def _finder(folded: frozenset[str]) -> re.Pattern[str]:
    """A pattern for folded terms in folded text, in every spelling that gives them."""
    letters = {other for term in folded for other in (term, *_OTHER_SPELLINGS.get(term, ()))}
    digits = {term for term in letters if term.isdigit()}
    ways = []
    for terms, kind, lead in ((letters - digits, r"[^\W\d_]", ""), (digits, "[0-9]", "0*")):
        if terms:
            any_of = "|".join(map(re.escape, sorted(terms, key=len, reverse=True)))
            ways.append(f"(?<!{kind}){lead}(?:{any_of})(?!{kind})")
    return re.compile("|".join(ways) or r"(?!)")


def places(normalised: str, folded: frozenset[str]) -> list[Place]:
    """Where the terms that fold to one of `folded` stand in a *normalised* text, in order."""
    found = []
    for match in _finder(folded).finditer(fold(normalised)):
        start, end = match.span()
        term = lower(normalised[start:end]).lstrip("0") or "0"
        exact = _SPELLING.get(term, term)
        found.append(Place(exact, fold_term(exact), start, end))
    return found


def _iso(day: str, month: str, year: str) -> str | None:
    if 1 <= int(day) <= 31 and 1 <= int(month) <= 12:
        return f"{year}-{int(month):02d}-{int(day):02d}"
    return None


def _code_forms(found: re.Match[str]) -> Iterator[str | None]:
    written = found.group()
    if found["code"] is not None:
        number = written.partition("/")[0].lstrip("0") or "0"
        number, notation = fold(number), fold(found["notation"])
        yield f"{number}/{notation}"
        yield notation
        if found["year"]:
            yield f"{number}/{found['year']}/{notation}"
            yield f"{number}/{found['year']}"
    elif found["grouped"] is not None:
        yield written.replace(".", "")
    else:
        yield _iso(*re.findall(r"[0-9]+", written))


def codes(text: str) -> list[str]:
    """What is searched as one piece, each once, in order, without blanks inside.

    Document symbols (`145/ttr-ktht`, `ttr-ktht`, `249/2025/nd-cp`, `249/2025`), dates in any
    writing as `2026-03-12`, and grouped numbers without their dots (`1.500.000` as `1500000`).
    """
    forms: dict[str, None] = {}
    for found in _CODE.finditer(lower(normalise(text))):
        forms.update((form, None) for form in _code_forms(found) if form)
    return list(forms)


def own_numbers(number: str, notation: str) -> list[str]:
    """The forms under which a record's own number is looked up.

    `("145", "TTr-KTHT")` and `("145/TTr-KTHT", "")` both give `145`, `145/ttr-ktht`, `ttr-ktht`.
    """
    written = normalise(number).strip()
    if notation and "/" not in written:
        written = f"{written}/{normalise(notation).strip()}"
    written = re.sub(r"\s+", "", written)
    plain = re.match(r"\d+[^\W\d_]?", written)
    forms = [fold(plain.group()).lstrip("0") or "0"] if plain else []
    whole = codes(written)
    if not whole and not (plain and plain.group() == written):
        whole = [fold(written)] if written.strip("/") else []
    forms += whole
    return list(dict.fromkeys(forms))
