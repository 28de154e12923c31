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
    """Lines from top to bottom, in a row from left to right.

    `aspect`: width of the page over its height, to compare gaps with heights.
    """
    lines = []
    for row in rows_of(words):
        for piece in _cut(row, aspect):
            lines.append(make_line(piece))
    return lines


def rows_of(words: Sequence[Word]) -> list[list[Word]]:
    """Words that stand on one level, whatever the gaps between them.

    A word joins the nearest row of which it covers the middle; tall words (a stamp, a brace) must
    not glue two rows, so heights may not differ by more than three times.
    """
    rows: list[list[Word]] = []
    levels: list[tuple[float, float]] = []  # middle and height of each row
    for word in sorted(words, key=lambda w: center(w.box)[1]):
        height = max(word.box[3] - word.box[1], 1e-6)
        middle = center(word.box)[1]
        best: int | None = None
        for index in range(len(rows) - 1, max(-1, len(rows) - 7), -1):
            level, tall = levels[index]
            near = abs(level - middle) < 0.45 * max(min(height, tall), 0.6 * max(height, tall))
            if near and (best is None or abs(level - middle) < abs(levels[best][0] - middle)):
                best = index
        if best is None:
            rows.append([word])
            levels.append((middle, height))
            continue
        rows[best].append(word)
        level, tall = levels[best]
        count = len(rows[best])
        levels[best] = (level + (middle - level) / count, tall + (height - tall) / count)
    order = sorted(range(len(rows)), key=lambda i: levels[i][0])
    return [sorted(rows[i], key=lambda w: w.box[0]) for i in order]


def _cut(row: list[Word], aspect: float) -> list[list[Word]]:
    height = statistics.median(word.box[3] - word.box[1] for word in row)
    pieces = [[row[0]]]
    for index, word in enumerate(row[1:], 1):
        before = row[index - 1]
        after = row[index + 1] if index + 1 < len(row) else None
        gap = (word.box[0] - before.box[2]) * aspect
        if gap > COLUMN_GAP * height or _starts_right_head(word, after):
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
