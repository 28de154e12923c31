"""Lines and passages: words in reading order, and the way back from a match to its place."""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import cast

from app.outgoing.checking.reading import StyledWord
from app.outgoing.checking.types import Spot
from ocr.geometry import union
from ocr.lines import Line, is_upper
from ocr.types import Box

OPENING = re.compile(r"(Điều \d{1,3}[.:]|Căn cứ |Theo đề nghị |\d{1,2}\. |[a-zđ]\) )")
"""What begins a paragraph wherever the sentence before it has ended."""


@dataclass(frozen=True)
class Passage:
    """Words that are read one after the other: a line, or the lines of a paragraph.

    `text` joins them by one space each (none where a line breaks at a hyphen of a symbol, as in
    “TTr-/SGDĐT”); `at(start, end)` tells where a piece of it stands.
    """

    page: int
    words: tuple[StyledWord, ...]

    @cached_property
    def text(self) -> str:
        return "".join(
            " " * (start - end) + word.text
            for (start, _), word, end in zip(
                self.spans, self.words, [0, *(end for _, end in self.spans)], strict=False
            )
        )

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        """Where each word begins and ends in `text`."""
        found: list[tuple[int, int]] = []
        for index, word in enumerate(self.words):
            before = self.words[index - 1] if index else None
            joined = before is None or _broken(before, word)
            start = (found[-1][1] if found else 0) + (0 if joined else 1)
            found.append((start, start + len(word.text)))
        return found

    @cached_property
    def box(self) -> Box:
        return union([word.box for word in self.words]) or (0.0, 0.0, 0.0, 0.0)

    @property
    def spot(self) -> Spot:
        return Spot(self.page, self.box)

    @property
    def upper(self) -> bool:
        return is_upper(self.text)

    @property
    def height(self) -> float:
        return statistics.median(word.box[3] - word.box[1] for word in self.words)

    @property
    def middle(self) -> float:
        return (self.box[1] + self.box[3]) / 2

    @property
    def centre(self) -> float:
        return (self.box[0] + self.box[2]) / 2

    @cached_property
    def size(self) -> float:
        """The size of most letters, in points."""
        sizes: dict[float, int] = {}
        for word in self.words:
            size = round(word.size, 1)
            sizes[size] = sizes.get(size, 0) + len(word.text)
        return max(sizes, key=lambda size: sizes[size])

    @cached_property
    def bold(self) -> bool:
        return self.share(lambda word: word.bold) > 0.5

    @cached_property
    def italic(self) -> bool:
        return self.share(lambda word: word.italic) > 0.5

    def share(self, holds: Callable[[StyledWord], bool]) -> float:
        """The share of letters whose word has a property, 0 to 1."""
        letters = sum(len(word.text) for word in self.words)
        return sum(len(word.text) for word in self.words if holds(word)) / max(1, letters)

    def at(self, start: int, end: int) -> Spot:
        """The place of `text[start:end]`."""
        touched = [
            word.box
            for (first, last), word in zip(self.spans, self.words, strict=True)
            if first < end and start < last
        ]
        return Spot(self.page, union(touched[:12]) or self.box)

    def find(self, pattern: str | re.Pattern[str]) -> Iterator[tuple[re.Match[str], Spot]]:
        for match in re.finditer(pattern, self.text):
            yield match, self.at(*match.span())


def _broken(before: StyledWord, word: StyledWord) -> bool:
    """Whether a symbol is broken at its hyphen, at the end of a line."""
    if len(before.text) < 2 or not before.text.endswith("-") or not before.text[-2].isalpha():
        return False
    return word.box[1] > before.box[1] + 0.005 and word.text[:1].isupper()


@dataclass(frozen=True)
class Paragraph(Passage):
    """A paragraph of the body with its lines. The page is that of its first line."""

    lines: tuple[Passage, ...] = ()


def passage(page: int, line: Line) -> Passage:
    """An `ocr` line, whose words are ours, as a passage."""
    return Passage(page, cast(tuple[StyledWord, ...], line.words))


def whole(lines: Sequence[Passage]) -> Passage | None:
    """Lines of one page as one passage; None for none."""
    if not lines:
        return None
    return Passage(lines[0].page, tuple(word for line in lines for word in line.words))


def inside(lines: Iterable[Passage], box: Box | None, slack: float = 0.004) -> list[Passage]:
    """Lines whose middle lies in a box."""
    if box is None:
        return []
    x0, y0, x1, y1 = box
    return [
        line
        for line in lines
        if x0 - slack <= line.centre <= x1 + slack and y0 - slack <= line.middle <= y1 + slack
    ]


def paragraphs(lines: Sequence[Passage]) -> list[Paragraph]:
    """Lines of running text, page by page, joined to paragraphs.

    A paragraph begins with an indented line, after a wide gap and after a line that stops far
    short. Ragged and widely spaced text is kept together, so that its faults can be seen.
    """
    found: list[list[Passage]] = []
    if not lines:
        return []
    column = _column(lines)
    for line in lines:
        if found and not _begins(found[-1][-1], line, column):
            found[-1].append(line)
        else:
            found.append([line])
    return [
        Paragraph(group[0].page, tuple(w for line in group for w in line.words), tuple(group))
        for group in found
    ]


def _usual(edges: list[float], lowest: bool) -> float:
    """The edge of the text: the outermost one that several lines share."""
    ordered = sorted(edges, reverse=not lowest)
    for edge in ordered:
        if sum(abs(other - edge) < 0.006 for other in edges) >= min(2, len(edges)):
            return edge
    return ordered[0]


@dataclass(frozen=True)
class _Column:
    """Edges of the text and the usual gap between two of its lines."""

    left: float
    right: float
    gap: float


def _column(lines: Sequence[Passage]) -> _Column:
    left = _usual([line.box[0] for line in lines], lowest=True)
    right = _usual([line.box[2] for line in lines], lowest=False)
    gaps = [
        line.box[1] - before.box[3]
        for before, line in pairwise(lines)
        if line.page == before.page and abs(line.box[0] - left) < 0.01
    ]
    return _Column(left, right, statistics.median(gaps) if gaps else 0.0)


def _begins(before: Passage, line: Passage, column: _Column) -> bool:
    indented = line.box[0] > column.left + 0.015
    short = before.box[2] < column.right - 0.05
    far_short = before.box[2] < column.left + 0.62 * (column.right - column.left)
    if line.page != before.page:
        return indented or far_short
    wide = line.box[1] - before.box[3] > max(0.9, column.gap / line.height + 0.5) * line.height
    hanging = indented and abs(before.box[0] - line.box[0]) < 0.012
    ended = before.text.endswith((".", ";", ":"))
    if ended and OPENING.match(line.text):
        return True
    return far_short or wide or (indented and (short or ended or not hanging))
