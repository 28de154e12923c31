"""The head of page 1 taken apart: left column, right column, title, body (NĐ 30/2020, annex I)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ocr.fields.lexicon import MOTTO, NATION, TITLES
from ocr.fields.snap import edit_distance
from ocr.geometry import Frame, upright_words
from ocr.lines import Line, fold, group_lines, is_upper, make_line, rows_of
from ocr.marks import known_word
from ocr.types import PageText, Word

HEAD_BOTTOM = 0.45
TITLE_BOTTOM = 0.62
DEFAULT_BOUNDARY = 0.46
STAMP_EDGE = 0.19
HEAD_DEPTH = 0.16
"""The number and the date stand at most so far under the country's title."""
DATE_ROW = re.compile(r"NGAY?\b.{0,24}TH[A4]NG\b|TH[A4]NG\b.{0,14}N[A4]M\b")
TO_LINE = re.compile(r"^\W*K[I1L]NH G[UỦO]I\b")
NUMBER_START = re.compile(r"^S[O06Q5]\W{0,2}$|^S[O06Q5]\W?[:.;].*|^S[O06Q5][:.;]?\d.*")
STAMP_LINE = re.compile(r"^(?:\W*(?:CONG VAN )?DEN\W*$|NGAY\s*[:.]|CHUYEN\s*[:.]|SO VA KY HIEU HS)")


@dataclass(frozen=True, slots=True)
class Head:
    """Lines on the upright page. `left` and `right`: the columns above the title.

    `body`: lines from the title (or the addressees) on; all lines in reading order of rows.
    """

    page: PageText
    aspect: float
    nation: Line | None
    left: list[Line]
    right: list[Line]
    body: list[Line]
    title: Line | None = None
    title_type: str | None = None
    boundary: float = DEFAULT_BOUNDARY

    @property
    def ocr(self) -> bool:
        return self.page.source == "ocr"


def read_head(page: PageText) -> Head:
    """Take the head of a page apart."""
    words = [w for w in upright_words(page) if w.text.strip()]
    across, down = Frame.of(page).upright_size
    aspect = across / max(1.0, down)
    rows = rows_of(words)
    nation = _nation(rows)
    boundary = nation.box[0] if nation else DEFAULT_BOUNDARY
    lines = group_lines(words, aspect)
    start = _body_start(lines)
    bottom = lines[start].box[1] if start < len(lines) else HEAD_BOTTOM
    left, right = _columns(rows, min(bottom, HEAD_BOTTOM), boundary, aspect)
    title = lines[start] if start < len(lines) and title_type(lines[start].text) else None
    return Head(
        page=page,
        aspect=aspect,
        nation=nation,
        left=[line for line in left if not _is_noise(line)],
        right=right,
        body=lines[start:],
        title=title,
        title_type=title_type(title.text) if title else None,
        boundary=boundary,
    )


def _nation(rows: Sequence[list[Word]]) -> Line | None:
    """The country's title (or the Party's) at the top right."""
    best: tuple[int, Line] | None = None
    for row in rows[:14]:
        for index, word in enumerate(row):
            if word.box[0] < 0.25:
                continue
            for wanted in NATION:
                piece = row[index : index + len(wanted.split())]
                text = fold(" ".join(w.text for w in piece))
                distance = edit_distance(text, wanted, 9)
                if distance < (best[0] if best else 9):
                    best = (distance, make_line(piece))
    return best[1] if best else None


def title_type(text: str) -> str | None:
    """The kind of document that a title in capitals names, or None."""
    if not is_upper(text):
        return None
    key = fold(text).strip(" .:;,'\"*-")
    if key in TITLES:
        return TITLES[key]
    compact = key.replace(" ", "")
    for known, name in TITLES.items():
        squeezed = known.replace(" ", "")
        if compact == squeezed or (len(squeezed) > 6 and edit_distance(compact, squeezed, 2) < 2):
            return name
    return None


def _body_start(lines: Sequence[Line]) -> int:
    """Index of the title, or of the line with the addressees, whichever is first."""
    for index, line in enumerate(lines):
        if line.box[1] > TITLE_BOTTOM:
            break
        if TO_LINE.match(fold(line.text)):
            return index
        centred = 0.3 < (line.box[0] + line.box[2]) / 2 < 0.7
        if centred and title_type(line.text) and line.box[1] > 0.08:
            return index
    return _after_head(lines)


def _after_head(lines: Sequence[Line]) -> int:
    """Without a title that could be read: the first line well under the row of the date."""
    bottom = None
    for line in lines:
        if line.box[1] < HEAD_BOTTOM and DATE_ROW.search(fold(line.text)) and line.box[0] > 0.3:
            bottom = line.box[3] + 1.2 * line.height
            break
    for index, line in enumerate(lines):
        if bottom is not None and line.box[1] > bottom and line.box[0] > 0.1:
            return index
        if line.box[1] > 0.18 and fold(line.text).startswith(("CAN CU ", "THUC HIEN ", "DIEU 1")):
            return index
    return len(lines)


def _columns(
    rows: Sequence[list[Word]], bottom: float, boundary: float, aspect: float
) -> tuple[list[Line], list[Line]]:
    """Lines of the left and the right column above `bottom`."""
    left: list[Line] = []
    right: list[Line] = []
    for row in rows:
        middle = sum((w.box[1] + w.box[3]) / 2 for w in row) / len(row)
        if middle >= bottom:
            continue
        cut = _cut_of(row, boundary, aspect)
        for words, column in (
            ([w for w in row if (w.box[0] + w.box[2]) / 2 < cut], left),
            ([w for w in row if (w.box[0] + w.box[2]) / 2 >= cut], right),
        ):
            if words:
                column.extend(_pieces(words, aspect))
    return left, right


def _pieces(words: list[Word], aspect: float) -> list[Line]:
    """A row of one column; what stands far to the left of it is an arrival stamp's, not its."""
    pieces = [make_line(words)]
    for index in range(len(words) - 1, 0, -1):
        gap = (words[index].box[0] - words[index - 1].box[2]) * aspect
        height = max(w.box[3] - w.box[1] for w in words)
        if gap > 1.5 * height and words[index - 1].box[2] < STAMP_EDGE:
            pieces = [make_line(words[:index]), make_line(words[index:])]
            break
    return pieces


def _cut_of(row: list[Word], boundary: float, aspect: float) -> float:
    """Where a row is cut: in the widest gap about the boundary of the columns, if it is a column's
    gap; a row without one lies in the column where it begins."""
    height = max(w.box[3] - w.box[1] for w in row)
    best, width = 0.0, 0.9 * height
    for before, after in pairwise(row):
        middle = (before.box[2] + after.box[0]) / 2
        gap = (after.box[0] - before.box[2]) * aspect
        if boundary - 0.14 <= middle <= boundary + 0.06 and gap > width:
            best, width = middle, gap
    if best:
        return best
    if row[0].box[0] < boundary - 0.08 and row[-1].box[2] < boundary + 0.12:
        return 1.0
    return boundary - 0.01


def _is_noise(line: Line) -> bool:
    """Lines of an arrival stamp, marks of urgency, and what is hardly a word."""
    if STAMP_LINE.match(fold(line.text)) or known_word(line.text):
        return True
    if line.box[2] < 0.14:
        return True  # nothing of a head ends in the margin
    letters = sum(c.isalnum() for c in line.text)
    return letters < 2 or (line.confidence < 0.35 and letters < 12)


def is_motto(text: str) -> bool:
    return edit_distance(fold(text), MOTTO, 9) < 9
