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
from ocr.types import PageText

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
    lines = group_lines(words, aspect)
    nation = _nation(lines)
    boundary = nation.box[0] if nation else DEFAULT_BOUNDARY
    start = _body_start(lines)
    bottom = lines[start].box[1] if start < len(lines) else HEAD_BOTTOM
    above = [line for line in lines if line.middle < min(bottom, HEAD_BOTTOM)]
    left, right = _columns(above, boundary, aspect)
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


def _nation(lines: Sequence[Line]) -> Line | None:
    """The country's title (or the Party's) at the top right."""
    best: tuple[int, Line] | None = None
    for line in lines[:24]:
        for index, word in enumerate(line.words):
            if word.box[0] < 0.25:
                continue
            for wanted in NATION:
                piece = line.words[index : index + len(wanted.split())]
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
        over_both = (line.box[0] + line.box[2]) / 2 > 0.42  # the left column may go on below
        if bottom is not None and line.box[1] > bottom and line.box[0] > 0.1 and over_both:
            return index
        if line.box[1] > 0.18 and fold(line.text).startswith(("CAN CU ", "THUC HIEN ", "DIEU 1")):
            return index
    return len(lines)


def _columns(
    lines: Sequence[Line], boundary: float, aspect: float
) -> tuple[list[Line], list[Line]]:
    """Lines of the left and the right column, those of one level joined."""
    left: list[Line] = []
    right: list[Line] = []
    for line in lines:
        cut = _cut_of(line, boundary, aspect)
        for words, column in (
            ([w for w in line.words if (w.box[0] + w.box[2]) / 2 < cut], left),
            ([w for w in line.words if (w.box[0] + w.box[2]) / 2 >= cut], right),
        ):
            if words:
                column.append(make_line(words))
    joined_left = [piece for row in rows_of(left) for piece in _pieces(row, aspect)]
    joined_right = [make_line([w for line in row for w in line.words]) for row in rows_of(right)]
    return joined_left, joined_right


def _pieces(row: list[Line], aspect: float) -> list[Line]:
    """A row of the left column as one line; what stands far to the left is an arrival stamp's."""
    words = sorted((w for line in row for w in line.words), key=lambda w: w.box[0])
    for index in range(len(words) - 1, 0, -1):
        gap = (words[index].box[0] - words[index - 1].box[2]) * aspect
        height = max(w.box[3] - w.box[1] for w in words)
        if gap > 1.5 * height and words[index - 1].box[2] < STAMP_EDGE:
            return [make_line(words[:index]), make_line(words[index:])]
    return [make_line(words)]


def _cut_of(line: Line, boundary: float, aspect: float) -> float:
    """Where a line that reaches over both columns is cut: in the widest gap about the boundary,
    if it is a column's gap; any other line lies in the column where its middle is."""
    row = line.words
    if row[0].box[0] >= boundary - 0.08 or row[-1].box[2] <= boundary + 0.12:
        return 1.0 if (line.box[0] + line.box[2]) / 2 < boundary else 0.0
    best, width = boundary - 0.01, 0.9 * line.height
    for before, after in pairwise(row):
        middle = (before.box[2] + after.box[0]) / 2
        gap = (after.box[0] - before.box[2]) * aspect
        if boundary - 0.14 <= middle <= boundary + 0.06 and gap > width:
            best, width = middle, gap
    return best


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
