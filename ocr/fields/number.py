"""Number and symbol: "Số: 123/QĐ-UBND", "30/2020/NĐ-CP", "15-QĐ/TU", or a number by hand."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ocr.evidence import Evidence
from ocr.fields.head import HEAD_DEPTH, NUMBER_START, Head
from ocr.fields.lexicon import ALL_CODES, CODE_OF_TYPE, ORGAN_CODES
from ocr.geometry import Frame, overlap, union
from ocr.lines import Line, fold, one_wrong
from ocr.types import Box, Field, Word

SURE_DIGITS = 0.80
"""Confidence (0 to 1) under which recognised digits of a number or date are left to a person."""
SURE_FUSED = 0.4
DIGIT_LOOKALIKES = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1", "|": "1", "!": "1"})
NUMBER = re.compile(
    r"^(?P<so>[Ss][^\s:.;/\d]{0,2}|S\d)\s*[:.;,]{0,2}\s*"
    r"(?P<num>[\dOoIl|!.…_ ]{0,14}?[a-zđ]?)\s*"
    r"(?:(?P<sep>[/⁄\\])\s*(?:(?P<year>(?:19|20)\d{2})\s*/\s*)?|(?P<dash>[-–])\s*(?=[A-ZĐ]))"
    r"(?P<notation>[^\W\d_][^,;:]*)$"
)
NO_SLASH = re.compile(
    r"^(?P<so>[Ss]\S{0,3}?)[:.;]?\s+(?P<num>\d{1,5})(?P<notation>[A-ZĐ][A-Za-zĐđ]{0,4}-[A-ZĐ]\S*)$"
)
LOOSE_NUMBER = re.compile(
    r"^(?P<so>[Ss]\S{0,3}?)[:.;]?\s+(?P<num>.{0,20}?)\s*(?P<sep>[/⁄\\])\s*"
    r"(?:(?P<year>(?:19|20)\d{2})\s*/\s*)?(?P<notation>[A-ZĐƯÔĂÂÊƠ][^\s,;:]*(?:\s?[-–/]\s?\S+)*)$"
)


@dataclass(frozen=True, slots=True)
class NumberLine:
    """The line of number and symbol, and its parts as they were read."""

    line: Line
    number: str
    year: str | None
    notation: str
    party: bool


def find_number(head: Head) -> NumberLine | None:
    """The line of number and symbol in the left column; an arrival stamp's “Số:” has no symbol."""
    best: tuple[float, NumberLine] | None = None
    lowest = head.nation.box[1] + HEAD_DEPTH if head.nation else 0.3
    for index, line in enumerate(head.left):
        if line.middle > lowest:
            break
        found = _parse(_from_number_word(line))
        if found is None and NUMBER_START.match(fold(line.words[0].text)):
            found = _joined(head.left, index)
        if found is None:
            continue
        score = line.confidence + (0.5 if _known(found.notation, head.title_type)[1] else 0.0)
        if best is None or score > best[0]:
            best = (score, found)
    return best[1] if best else None


def _from_number_word(line: Line) -> Line:
    """The line from its word "Số" on: a stamp's word may stand before it."""
    for index, word in enumerate(line.words):
        if NUMBER_START.match(fold(word.text)):
            return Line(line.words[index:], union([w.box for w in line.words[index:]]) or line.box)
    return line


def _joined(lines: list[Line], index: int) -> NumberLine | None:
    """“Số:” and “/QĐ-UBND” that came apart into two lines of about one level."""
    line = lines[index]
    for other in lines[max(0, index - 2) : index + 3]:
        if other is not line and abs(other.middle - line.middle) < 1.1 * line.height:
            words = tuple(sorted((*line.words, *other.words), key=lambda w: w.box[0]))
            found = _parse(
                _from_number_word(Line(words, union([w.box for w in words]) or line.box))
            )
            if found:
                return found
    return None


def _parse(line: Line) -> NumberLine | None:
    text = line.text.replace("⁄", "/")
    match = NUMBER.match(text) or LOOSE_NUMBER.match(text) or NO_SLASH.match(text)
    if match is None or not fold(match["so"]).startswith("S"):
        return None
    parts = match.groupdict()
    notation = re.sub(r"\s*([-–/.])\s*", r"\1", parts["notation"]).replace("–", "-").strip(" .")
    notation = notation.split()[0] if notation.split() else ""
    if not any(c.isupper() for c in notation) or len(notation) < 2:
        return None
    return NumberLine(
        line, parts["num"] or "", parts.get("year"), notation, bool(parts.get("dash"))
    )


def number_fields(head: Head, evidence: Evidence) -> dict[str, Field | None]:
    """`code_number` and `code_notation`; of a number by hand only its place."""
    found = find_number(head)
    if found is None:
        return {"code_number": None, "code_notation": None}
    frame = Frame.of(head.page)
    line_box = frame.to_shown(found.line.box)
    notation, certainty = repair_notation(found.notation, head.title_type)
    year = f"{found.year}/" if found.year else ""
    confidence = _confidence(found.line, notation_words(found.line)) * certainty
    symbol = Field(year + notation, min(0.99, confidence), 1, line_box, found.line.text)
    return {"code_number": _number(head, found, evidence), "code_notation": symbol}


def _number(head: Head, found: NumberLine, evidence: Evidence) -> Field:
    """The number, or null with its place where it stands by hand or is missing."""
    frame = Frame.of(head.page)
    slot = slot_between(found.line)
    digits_at = [w for w in found.line.words if any(c.isdigit() for c in _before_slash(w, found))]
    text = found.line.text
    value = clean_digits(found.number)
    if not value:
        ink = head.ocr and has_ink(slot, evidence)
        dirty = bool(re.sub(r"[\s.…_]", "", found.number))
        by_hand = ink or dirty or (head.ocr and slot[2] - slot[0] > 0.03)
        return Field(None, 0.0, 1, frame.to_shown(slot), text, by_hand)
    if head.ocr and not printed(digits_at, found.line, evidence, slot):
        return Field(None, 0.0, 1, frame.to_shown(slot), text, handwritten=True)
    if not head.ocr:
        return Field(value, 0.97, 1, frame.to_shown(found.line.box), text)
    box = union([w.box for w in digits_at]) or found.line.box
    return Field(value, _confidence(found.line, digits_at), 1, frame.to_shown(box), text)


def _before_slash(word: Word, found: NumberLine) -> str:
    """The part of a word that belongs to the number."""
    return re.split(r"[/⁄\\]", word.text)[0] if word.text else ""


def clean_digits(raw: str) -> str:
    """Digits of a number as read ("3 5 4", "l23", "9a"); "" where none stands."""
    text = re.sub(r"[\s.…_]", "", raw)
    suffix = text[-1] if text and text[-1].isalpha() and text[-1] in "abcdđ" else ""
    core = (text[:-1] if suffix else text).translate(DIGIT_LOOKALIKES)
    if not re.fullmatch(r"\d{1,6}", core) or not any(c.isdigit() for c in text):
        return ""
    return core + suffix


def slot_between(line: Line) -> Box:
    """The place between “Số:” and the slash, where the number stands or should stand."""
    first, last = line.words[0], line.words[-1]
    start = first.box[2]
    if re.search(r"\d", first.text[1:]):
        start = (first.box[0] + first.box[2]) / 2
    end = last.box[0]
    for word in line.words:
        cut = re.search(r"[/⁄\\]", word.text)
        if cut:
            end = word.box[0] + (word.box[2] - word.box[0]) * cut.start() / len(word.text)
            break
    pad = line.height * 0.4
    return (start, line.box[1] - pad, max(end, start + 0.01), line.box[3] + pad)


def has_ink(slot: Box, evidence: Evidence) -> bool:
    return any(overlap(slot, piece) > 0.35 for piece in evidence.loose)


def printed(digits: list[Word], line: Line, evidence: Evidence, slot: Box) -> bool:
    """Whether recognised digits are print: sure, black, of the height and level of their line,
    with no other ink beside them in their place."""
    if any(word.confidence < 100 * _needed(word) for word in digits):
        return False
    if any(overlap(word.box, pen) > 0.8 for word in digits for pen in evidence.pen):
        return False
    if has_ink(slot, evidence):
        return False
    others = [w for w in line.words if w not in digits and len(w.text) > 1]
    if not others or not digits:
        return True
    top = min(w.box[1] for w in others)
    bottom = max(w.box[3] for w in others)
    height = max(bottom - top, 1e-6)
    return all(w.box[1] > top - 0.35 * height and w.box[3] < bottom + 0.35 * height for w in digits)


def _needed(word: Word) -> float:
    """Digits that are one word with a printed symbol are print themselves: less is asked there."""
    fused = re.search(r"\d[a-z]?[/⁄\\-]?\S*[A-ZĐ]{2}", word.text)
    return SURE_FUSED if fused else SURE_DIGITS


def notation_words(line: Line) -> list[Word]:
    return [w for w in line.words if re.search(r"[/⁄\\-]", w.text)] or list(line.words)


def _confidence(line: Line, words: list[Word]) -> float:
    return min(0.99, min((w.confidence for w in words or line.words), default=0.0) / 100)


def repair_notation(notation: str, kind: str | None) -> tuple[str, float]:
    """A symbol put right by the grammar, and how sure it is (factor 0 to 1).

    The first part is one of the type codes, or an organ's code for a công văn; the following parts
    are codes of organs and units. `kind` is the type that the title names: its code wins over a
    misreading of one or two letters.
    """
    parts = re.split(r"([-/])", notation)
    first, known = _known(parts[0], kind)
    out = [first, *(p if p in "-/" else _organ_code(p) for p in parts[1:])]
    wanted = CODE_OF_TYPE.get(kind or "")
    conflict = bool(wanted) and known and first in ALL_CODES and first != wanted
    certainty = 0.6 if conflict else 1.0 if known else 0.85
    return "".join(out), certainty


def _known(first: str, kind: str | None) -> tuple[str, bool]:
    """The first part of a symbol as a known code, if it is one."""
    token = re.split(r"[-/]", first)[0]
    wanted = CODE_OF_TYPE.get(kind or "")
    if token == wanted or (token in ALL_CODES and not wanted):
        return token, True
    if wanted and _close_to(token, wanted):
        return wanted, True
    if token in ALL_CODES:
        return token, True
    same = [code for code in ALL_CODES if fold(code) == fold(token)]
    if len(same) == 1:
        return same[0], True
    organ = _organ_code(token)
    if organ in ORGAN_CODES:
        return organ, True
    near = [code for code in ALL_CODES if len(code) > 2 and _close_to(token, code)]
    return (near[0], True) if len(near) == 1 else (token, False)


def _close_to(token: str, code: str) -> bool:
    """Whether a token may be a misreading of a code: T, I, 1, l and ] look alike."""
    alike = str.maketrans({"1": "T", "I": "T", "L": "T", "]": "T", "|": "T", "0": "D", "O": "D"})
    a, b = fold(token).translate(alike), fold(code).translate(alike)
    return a == b or (len(code) > 2 and one_wrong(a, b)) or (len(code) == 2 and a[:2] == b)


def _organ_code(token: str) -> str:
    """A code of an organ or unit with its marks put right ("HDND" to "HĐND")."""
    core = token.strip(".,;")
    if "." in core:
        return ".".join(_organ_code(part) for part in core.split("."))
    if core in ORGAN_CODES or not core:
        return core or token
    same = [code for code in ORGAN_CODES if fold(code) == fold(core)]
    if len(same) == 1:
        return same[0]
    if len(core) >= 4:
        near = [c for c in ORGAN_CODES if len(c) >= 4 and one_wrong(fold(c), fold(core))]
        if len(near) == 1:
            return near[0]
    return core
