"""Place and date of the head: "Ninh Bình, ngày 05 tháng 01 năm 2026", or a day by hand."""

from __future__ import annotations

import re
from datetime import date

from ocr.evidence import Evidence
from ocr.fields.head import Head
from ocr.fields.lexicon import PROVINCES
from ocr.fields.number import DIGIT_LOOKALIKES, SURE_DIGITS, has_ink
from ocr.fields.snap import snap
from ocr.geometry import Frame, overlap
from ocr.lines import Line, fold
from ocr.types import Box, Field, Word

FIRST_YEAR, LAST_YEAR = 1945, 2100
DATE = re.compile(
    r"(?P<place>^.*?)[,.;:]?\s*\bN[GC]AY?\s*(?P<d>\S{0,5}(?:\s\d)?)\s*TH[A4]N[GC]\s*"
    r"(?P<m>\S{0,4}(?:\s\d)?)\s*N[A4]M\s*(?P<y>\S*(?:\s?\d)*)"
)


def plain(text: str) -> str:
    """Folded letter by letter, so that places in both texts agree."""
    return "".join(fold(c) or " " for c in text)


def date_line(head: Head) -> Line | None:
    """The line of place and date in the right column (or wherever it stands above the body)."""
    for line in [*head.right, *head.left]:
        if DATE.search(plain(line.text)):
            return line
    return None


def date_fields(head: Head, evidence: Evidence) -> dict[str, Field | None]:
    """`issue_place` and `issued_date`; of a day or month by hand only the place of the line."""
    line = date_line(head)
    match = DATE.search(plain(line.text)) if line else None
    if line is None or match is None:
        return {"issue_place": None, "issued_date": None}
    shown = Frame.of(head.page).to_shown(line.box)
    place_text = line.text[match.start("place") : match.end("place")].strip(" ,.;:-")
    return {
        "issue_place": _place(place_text, line, shown),
        "issued_date": _date(head, line, match, evidence, shown),
    }


def _place(text: str, line: Line, shown: Box) -> Field | None:
    text = re.sub(r"^[^\w]+", "", text)
    if not text or not text[0].isalpha():
        return None
    snapped, known = snap(text, (*PROVINCES, "Thành phố", "TP."))
    count = len(text.split())
    words = line.words[:count]
    confidence = sum(w.confidence for w in words) / max(1, len(words)) / 100
    confidence = min(0.98, confidence + 0.2) if known == 1 else min(0.9, confidence * 0.95)
    return Field(snapped, confidence, 1, shown, line.text)


def _date(head: Head, line: Line, match: re.Match[str], evidence: Evidence, shown: Box) -> Field:
    text = line.text
    day, month = _number(match["d"]), _number(match["m"])
    year = _number(match["y"].strip(" ./,;"))
    parts = [_part_words(line, match, name) for name in ("d", "m")]
    complete = day is not None and month is not None and year is not None
    if head.ocr and (not complete or not _printed(line, parts, match, evidence)):
        return Field(None, 0.0, 1, shown, text, handwritten=True)
    value = _iso(day, month, year)
    if value is None:
        return Field(None, 0.0, 1, shown, text, handwritten=False)
    words = [w for part in parts for w in part]
    confidence = min((w.confidence for w in words), default=90.0) / 100 if head.ocr else 0.97
    return Field(value, min(0.99, confidence), 1, shown, text)


def _number(raw: str) -> int | None:
    digits = raw.replace(" ", "").strip(".,;:").translate(DIGIT_LOOKALIKES)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 4 else None


def _iso(day: int | None, month: int | None, year: int | None) -> str | None:
    if day is None or month is None or year is None or not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _part_words(line: Line, match: re.Match[str], name: str) -> list[Word]:
    """The words of a line in which a group of the match lies."""
    start, end = match.span(name)
    found, at = [], 0
    for word in line.words:
        if at < end and start < at + len(word.text):
            found.append(word)
        at += len(word.text) + 1
    return found


def _printed(line: Line, parts: list[list[Word]], match: re.Match[str], evidence: Evidence) -> bool:
    """Whether day and month are print, and no other ink stands in their places."""
    words = [w for part in parts for w in part]
    if any(w.confidence < 100 * SURE_DIGITS for w in words):
        return False
    if any(overlap(w.box, pen) > 0.8 for w in words for pen in evidence.pen):
        return False
    if has_ink(_slot(line, match), evidence):
        return False
    others = [w for w in line.words if w not in words and len(w.text) > 1]
    if not others:
        return True
    top, bottom = min(w.box[1] for w in others), max(w.box[3] for w in others)
    height = max(bottom - top, 1e-6)
    return all(w.box[1] > top - 0.3 * height and w.box[3] < bottom + 0.3 * height for w in words)


def _slot(line: Line, match: re.Match[str]) -> Box:
    """From after “ngày” to “năm”: where day and month stand."""
    words = line.words
    start = next((w.box[2] for w in words if fold(w.text).startswith("NGAY")), words[0].box[0])
    end = next((w.box[0] for w in words if fold(w.text).startswith("NAM")), words[-1].box[2])
    return (start, line.box[1], max(end, start + 0.01), line.box[3])
