"""Words of a recognised page in the order in which a person reads them.

The engine cuts a page into blocks by white space: a word that stands under its like in ten lines
becomes a column, and the distribution list becomes one line with the signature beside it. Here
lines are made anew from where the words stand. The head, the end with “Nơi nhận” and pages set in
two columns are read column by column; all else, tables too, row by row.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from ocr.engine import OcrWord
from ocr.fields.lexicon import NATION, POSTS
from ocr.lines import Line, fold, group_lines, is_upper, one_wrong, rows_of
from ocr.types import Word

NEW_PARAGRAPH = 1.0
"""White between two rows, in heights of a row, from which a paragraph ends."""
HEAD_WITHIN = 0.4
"""Share of the page's height in which its head ends."""
HEAD_BY = 0.3
"""Share of the page's height in which the name of the country stands."""
LIST_WITHIN = 0.4
"""Share of the page's width in which “Nơi nhận” begins."""
SIGN_GUTTER = 0.46
"""Where the distribution list ends and the signature begins, as a share of the page's width."""
COLUMN_ROWS = 8
"""So many rows of two pieces with one gutter make a page of two columns."""
COLUMN_WIDTH = 0.3
"""Share of the page's width that both columns take at least; narrower ones are a table."""

_POSTS = frozenset(fold(post) for post in POSTS)

Row = list[Line]


@dataclass(frozen=True, slots=True)
class Zone:
    """Rows (from, before) that are read left of the gutter first, then right of it."""

    start: int
    end: int
    gutter: float


def in_reading_order(words: Sequence[OcrWord], width: float, height: float) -> list[OcrWord]:
    """The same words, ordered and with `line` = (paragraph, 0, line); `width`, `height` in pixels
    of the straightened image."""
    plain = [
        Word(w.text, (w.x0 / width, w.y0 / height, w.x1 / width, w.y1 / height), w.confidence)
        for w in words
    ]
    origin = {id(p): word for p, word in zip(plain, words, strict=True)}
    said: list[OcrWord] = []
    for number, (paragraph, row) in enumerate(_numbered(plain, width / height)):
        said += [
            replace(origin[id(word)], line=(paragraph, 0, number))
            for line in row
            for word in line.words
        ]
    return said


def _numbered(words: Sequence[Word], aspect: float) -> Iterator[tuple[int, Row]]:
    """Rows of text in reading order, each with the number of its paragraph."""
    paragraph = 0
    for column in columns(rows_of(group_lines(words, aspect))):
        last: Row | None = None
        for row in column:
            if last is None or _parted(last, row):
                paragraph += 1
            yield paragraph, row
            last = row


def columns(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Runs of rows that are read from top to bottom, in reading order."""
    at = 0
    for zone in _zones(rows):
        if zone.start > at:
            yield list(rows[at : zone.start])
        for left in (True, False):
            side = [[x for x in row if _is_left(x, zone) == left] for row in _rows(rows, zone)]
            yield [row for row in side if row]
        at = zone.end
    if at < len(rows):
        yield list(rows[at:])


def _zones(rows: Sequence[Row]) -> list[Zone]:
    head, end = _head(rows), _end(rows)
    found = [zone for zone in (head, end) if zone is not None]
    start = head.end if head else 0
    body = _two_columns(rows, start, end.start if end and end.start >= start else len(rows))
    if head and end and end.start < head.end:
        found = [head]
    return sorted([*found, *body], key=lambda zone: zone.start)


def _head(rows: Sequence[Row]) -> Zone | None:
    """The issuing organ at the left, the country, place and date at the right."""
    for index, row in enumerate(rows):
        if row[0].box[1] > HEAD_BY:
            return None
        nation = next((x for x in row if x.box[0] > 0.3 and _is_nation(x)), None)
        if nation is None:
            continue
        gutter = nation.box[0] - 0.01
        start, end = index, index + 1
        while start > 0 and _fits(rows[start - 1], gutter):
            start -= 1
        while end < len(rows) and _fits(rows[end], gutter) and _is_head(rows[end][0]):
            end += 1
        return Zone(start, end, gutter)
    return None


def _end(rows: Sequence[Row]) -> Zone | None:
    """The distribution list at the left, authority, signature and name at the right."""
    index = _last(rows, lambda row: _begins_list(row[0]))
    if index is None:  # misread: the authority stands beside it
        index = _last(rows, lambda row: len(row) > 1 and _is_authority(row[-1]))
    if index is None:
        return None
    start, end = index, index + 1
    while start > 0 and any(_is_authority(x) for x in rows[start - 1]):
        start -= 1  # the authority may begin above the list
    while end < len(rows) and _fits(rows[end], SIGN_GUTTER):
        end += 1
    return Zone(start, end, SIGN_GUTTER)


def _last(rows: Sequence[Row], wanted: Callable[[Row], bool]) -> int | None:
    return next((at for at in range(len(rows) - 1, -1, -1) if wanted(rows[at])), None)


def _two_columns(rows: Sequence[Row], start: int, end: int) -> list[Zone]:
    found: list[Zone] = []
    at = start
    while at < end:
        stop, left, right = at, 0.0, 1.0
        while stop < end and len(rows[stop]) == 2:
            edges = max(left, rows[stop][0].box[2]), min(right, rows[stop][1].box[0])
            if edges[0] >= edges[1]:
                break
            left, right = edges
            stop += 1
        if stop - at >= COLUMN_ROWS and _wide(rows[at:stop]):
            found.append(Zone(at, stop, (left + right) / 2))
        at = max(stop, at + 1)
    return found


def _wide(rows: Sequence[Row]) -> bool:
    return all(
        statistics.median(row[side].box[2] - row[side].box[0] for row in rows) >= COLUMN_WIDTH
        for side in (0, 1)
    )


def _fits(row: Row, gutter: float) -> bool:
    """Whether no piece of a row lies across the gutter."""
    return all(x.box[2] < gutter + 0.04 or x.box[0] > gutter - 0.06 for x in row)


def _is_left(line: Line, zone: Zone) -> bool:
    return (line.box[0] + line.box[2]) / 2 < zone.gutter


def _rows(rows: Sequence[Row], zone: Zone) -> Sequence[Row]:
    return rows[zone.start : zone.end]


def _parted(last: Row, row: Row) -> bool:
    height = statistics.median(line.height for line in (*last, *row))
    white = min(line.box[1] for line in row) - max(line.box[3] for line in last)
    return white > NEW_PARAGRAPH * height


def _is_head(line: Line) -> bool:
    return line.box[3] < HEAD_WITHIN and not fold(line.text).startswith("KINH GUI")


def _begins_list(line: Line) -> bool:
    return line.box[0] <= LIST_WITHIN and fold(line.text).startswith("NOI NHAN")


def _is_authority(line: Line) -> bool:
    """Whether a piece at the right is “KT. GIÁM ĐỐC” or a post: “Nơi nhận” beside it was lost."""
    if line.box[0] < LIST_WITHIN or not is_upper(line.text):
        return False
    text = re.sub(r"^(TM|KT|TL|TUQ|Q)\.\s*", "", fold(line.text))
    return text in _POSTS


def _is_nation(line: Line) -> bool:
    text = fold(line.text)
    return any(text == name or one_wrong(text, name) for name in NATION) or text.startswith(
        ("CONG HOA XA HOI", "DANG CONG SAN")
    )
