"""Words of an upright page grouped into lines, cut where a column ends."""

from __future__ import annotations

import re
import statistics
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from ocr.geometry import center, union
from ocr.types import Box, Word

COLUMN_GAP = 1.7
"""A gap between words of this many line heights ends a line: another column begins."""
RIGHT_HEAD = re.compile(r"^(CỘNG|CONG|CỌNG|CÔNG|Độc|Đôc|Doc|ĐẢNG|ĐANG)$")
RIGHT_HEAD_NEXT = re.compile(r"^(HÒA|HOÀ|HOA|lập|lâp|lap|CỘNG|CONG)$")


@dataclass(frozen=True, slots=True)
class Line:
    """Words side by side, on the straightened upright page; boxes in fractions of it."""

    words: tuple[Word, ...]
    box: Box

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def height(self) -> float:
        return statistics.median(word.box[3] - word.box[1] for word in self.words)

    @property
    def middle(self) -> float:
        return (self.box[1] + self.box[3]) / 2

    @property
    def confidence(self) -> float:
        """Mean confidence of the words, weighted by length, 0 to 1."""
        letters = sum(len(word.text) for word in self.words)
        return sum(w.confidence * len(w.text) for w in self.words) / max(1, letters) / 100


def make_line(words: Sequence[Word]) -> Line:
    """A line of words; ValueError for none."""
    box = union([word.box for word in words])
    if box is None:
        raise ValueError("a line has words")
    return Line(tuple(words), box)


def group_lines(words: Sequence[Word], aspect: float) -> list[Line]:
    """Lines from top to bottom, on one level from left to right.

    A word joins the line that ends shortly before it on its level. Lines of two columns with
    different pitches are so kept apart, however their levels mix. `aspect`: width of the page
    over its height, to compare gaps with heights.
    """
    open_lines: list[list[Word]] = []
    for word in sorted(words, key=lambda w: (w.box[0], w.box[1])):
        best = min(
            (line for line in open_lines if _follows(line[-1], word, aspect)),
            key=lambda line: abs(center(line[-1].box)[1] - center(word.box)[1]),
            default=None,
        )
        if best is None:
            open_lines.append([word])
        else:
            best.append(word)
    lines = [make_line(piece) for line in open_lines for piece in _cut(line)]
    return [line for row in rows_of(lines) for line in row]


def _follows(before: Word, word: Word, aspect: float) -> bool:
    """Whether a word may be the next one of a line: near, on its level, of a like height."""
    low, high = sorted((before.box[3] - before.box[1], word.box[3] - word.box[1]))
    gap = (word.box[0] - before.box[2]) * aspect
    if not -0.8 * high <= gap <= COLUMN_GAP * max(low, 0.7 * high):
        return False
    shared = min(before.box[3], word.box[3]) - max(before.box[1], word.box[1])
    return shared > 0.5 * low


def rows_of(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines on one level, from left to right; rows from top to bottom."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda x: x.middle):
        row = rows[-1] if rows else []
        if row and line.middle - row[0].middle < 0.5 * min(line.height, row[0].height):
            row.append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda x: x.box[0]) for row in rows]


def _cut(words: list[Word]) -> list[list[Word]]:
    """A line in pieces where the head of the right column begins."""
    pieces = [[words[0]]]
    for index, word in enumerate(words[1:], 1):
        after = words[index + 1] if index + 1 < len(words) else None
        if _starts_right_head(word, after):
            pieces.append([])
        pieces[-1].append(word)
    return pieces


def _starts_right_head(word: Word, after: Word | None) -> bool:
    """Whether the country's title or motto begins here: nothing stands before it in its column."""
    if after is None or word.box[0] < 0.3 or word.box[1] > 0.3:
        return False
    return bool(RIGHT_HEAD.match(word.text) and RIGHT_HEAD_NEXT.match(after.text))


def fold(text: str) -> str:
    """Capitals without marks, đ as D, single spaces: what two spellings have in common."""
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(plain.upper().split())


def is_upper(text: str) -> bool:
    """Whether a text is set in capitals: nearly all its letters are."""
    letters = [c for c in text if c.isalpha()]
    return bool(letters) and sum(c.isupper() for c in letters) >= 0.85 * len(letters)


def one_wrong(a: str, b: str) -> bool:
    """Whether two strings are equal but for one letter changed, added or left out."""
    if abs(len(a) - len(b)) > 1:
        return False
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    if len(a) == len(b):
        return a[start + 1 :] == b[start + 1 :]
    longer, shorter = (a, b) if len(a) > len(b) else (b, a)
    return longer[start + 1 :] == shorter[start:]
