"""Type and summary: the title and the lines under it, or "V/v …" under the number of a công văn."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ocr.fields.head import TO_LINE, Head
from ocr.fields.lexicon import ALL_CODES, OFFICIAL_LETTER
from ocr.fields.number import find_number, repair_notation
from ocr.geometry import Frame, union
from ocr.lines import Line, fold, is_upper
from ocr.marks import known_word
from ocr.types import Field

ABOUT = re.compile(r"^\W*V\s*[/⁄1lI]\s*[Vv]\b|^\W*V[/⁄]v", re.IGNORECASE)
BODY_START = re.compile(
    r"^\W*(?:CAN CU|KINH GUI|THUC HIEN (?:QUYET|NGHI|CONG|KE|CHI)|PHAN |CHUONG |DIEU \d"
    r"|[IVX]{1,3}\. |\d{1,2}[.)] |A\. |[A-Z]\d?\) |[-+] "
    r"|XET DE NGHI|THEO DE NGHI|TRONG THOI GIAN|NGAY \d|SAU KHI|DE THUC HIEN|NHAM )"
)
AUTHORITY_LINE = re.compile(
    r"^(?:CHU TICH|UY BAN NHAN DAN|HOI DONG NHAN DAN|GIAM DOC|BO TRUONG|THU TUONG|CHANH|TRUONG"
    r"|HIEU)"
)
MAX_LINES = 8
LINE_GAP = 0.95
"""Between two lines of a summary lies less than so many line heights."""


def type_and_subject(head: Head) -> dict[str, Field | None]:
    """`document_type` and `subject_summary`."""
    about = _about_lines(head)
    kind, certainty, source = _kind(head, bool(about))
    kind_field = None
    if kind is not None:
        box = head.title.box if head.title and source != OFFICIAL_LETTER else None
        shown = Frame.of(head.page).to_shown(box) if box else None
        kind_field = Field(kind, certainty, 1, shown, source)
    lines = about if about and head.title_type is None else _under_title(head)
    return {"document_type": kind_field, "subject_summary": _subject(head, lines)}


def _kind(head: Head, about: bool) -> tuple[str | None, float, str]:
    """Type, how sure it is, and what told it. If symbol and title differ, it is doubtful."""
    number = find_number(head)
    told = None
    if number:
        notation, _ = repair_notation(number.notation, head.title_type)
        first = re.split(r"[-/]", notation)[0]
        told = ALL_CODES.get(first)
    if head.title_type and head.title:
        sure = 0.98 if told == head.title_type else 0.9 if told is None else 0.5
        return head.title_type, sure, head.title.text
    if about or (number and told is None and _has_addressees(head)):
        return OFFICIAL_LETTER, 0.97 if about else 0.8, OFFICIAL_LETTER
    if told:
        return told, 0.7, number.line.text if number else ""
    return None, 0.0, ""


def _has_addressees(head: Head) -> bool:
    return any(TO_LINE.match(fold(line.text)) for line in head.body[:3])


def _about_lines(head: Head) -> list[Line]:
    """“V/v …” and the lines under it in the left column."""
    number = find_number(head)
    column = [line for line in head.left if not number or line.middle > number.line.middle]
    for index, line in enumerate(column):
        if ABOUT.match(line.text) and not (number and line.box[1] < number.line.box[1]):
            return _together(column[index:], centred_on=line)
    return []


def _under_title(head: Head) -> list[Line]:
    """The lines under the title, until the body begins."""
    if head.title is None:
        return _in_bold_place(head)
    below = [line for line in head.body[1:] if not known_word(line.text)]
    if not below or below[0].box[1] - head.title.box[3] > 2.5 * head.title.height:
        return []
    return _together(below, centred_on=head.title)


def _in_bold_place(head: Head) -> list[Line]:
    """Under a title that could not be read: centred lines that do not fill the page."""
    start = next((i for i, x in enumerate(head.body[:4]) if _looks_centred(x)), None)
    if start is None or _has_addressees(head):
        return []
    return _together(head.body[start:], centred_on=head.body[start])


def _looks_centred(line: Line) -> bool:
    middle = (line.box[0] + line.box[2]) / 2
    return 0.46 < middle < 0.6 and line.box[0] > 0.18 and len(line.words) >= 3


def _together(lines: Sequence[Line], centred_on: Line) -> list[Line]:
    """The first lines that belong together: near each other, about one middle, no body yet."""
    middle = (centred_on.box[0] + centred_on.box[2]) / 2
    taken: list[Line] = []
    for line in lines[: MAX_LINES * 3]:
        key = fold(line.text)
        if taken and _is_read(line) and _ends(taken[-1], line, key):
            break
        if not taken and (BODY_START.match(key) or AUTHORITY_LINE.match(key)):
            break
        if abs((line.box[0] + line.box[2]) / 2 - middle) > 0.09:
            if taken and abs(line.middle - taken[-1].middle) > line.height and _is_read(line):
                break
            continue
        if _is_speck(line):
            continue
        taken.append(line)
        if len(taken) == MAX_LINES:
            break
    return taken


def _ends(before: Line, line: Line, key: str) -> bool:
    gap = line.box[1] - before.box[3]
    if line.box[2] - line.box[0] > 0.68 and line.box[2] - before.box[2] > 0.12:
        return True  # the line before was not full, so it was the last one
    body = bool(BODY_START.match(key)) or (is_upper(line.text) and bool(AUTHORITY_LINE.match(key)))
    return gap > LINE_GAP * max(before.height, line.height) or body


def _is_read(line: Line) -> bool:
    """Whether a line is text: strokes of a pen between two lines end nothing."""
    return line.confidence >= 0.45


def _is_speck(line: Line) -> bool:
    """A rule or a speck that was read as a sign or two."""
    return sum(c.isalnum() for c in line.text) < 2 or line.confidence < 0.3


def _subject(head: Head, lines: Sequence[Line]) -> Field | None:
    if not lines:
        return None
    raw = " ".join(line.text for line in lines)
    text = re.sub(r"\s+", " ", raw).strip(" _-–—.|'\"*~")
    text = re.sub(r"^V\s*[/⁄1lI]\s*[vVyY]\s*[:.]?\s*", "V/v ", text)
    text = re.sub(r"\s+([,;:.])", r"\1", text)
    box = union([line.box for line in lines])
    shown = Frame.of(head.page).to_shown(box) if box else None
    letters = sum(len(w.text) for line in lines for w in line.words)
    mean = sum(w.confidence * len(w.text) for x in lines for w in x.words) / max(1, letters) / 100
    worst = min(w.confidence for line in lines for w in line.words) / 100
    confidence = min(0.97, mean * (0.75 + 0.25 * worst))
    return Field(text, confidence if head.ocr else 0.95, 1, shown, raw)
