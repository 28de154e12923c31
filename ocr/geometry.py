"""Boxes between three frames: pixels of the cleaned image, the upright page, the shown page.

A scan may lie on its side (`turn`: 0, 90, 180 or 270 degrees) and be skewed by a little.
Recognition and the grammar of the header work on the upright, straightened page; what is given
out are boxes on the page as it is shown. `angle` of a page is turn + skew in one figure."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from ocr.types import Box, PageText, Word


@dataclass(frozen=True, slots=True)
class Frame:
    """How the upright page lies on the shown page.

    `width`, `height`: of the shown page, in pixels. `turn`: how far the shown page must be turned
    clockwise to stand upright. `skew`: how far, in degrees counter-clockwise, the upright page must
    then be rotated about its centre to have level lines.
    """

    width: float
    height: float
    turn: int = 0
    skew: float = 0.0

    @classmethod
    def of(cls, page: PageText) -> Frame:
        turn = round(page.angle / 90.0) % 4 * 90
        skew = (page.angle - turn + 180.0) % 360.0 - 180.0
        return cls(page.width_px, page.height_px, turn, skew)

    @property
    def angle(self) -> float:
        return self.turn + self.skew

    @property
    def upright_size(self) -> tuple[float, float]:
        return (self.height, self.width) if self.turn in (90, 270) else (self.width, self.height)

    def to_shown(self, box: Box) -> Box:
        """A box of the straightened upright page (fractions) on the shown page."""
        return _clip(_turned(self._rotated(box, -self.skew), (360 - self.turn) % 360))

    def to_upright(self, box: Box) -> Box:
        """A box of the shown page (fractions) on the straightened upright page."""
        return self._rotated(_turned(box, self.turn), self.skew)

    def _rotated(self, box: Box, degrees: float) -> Box:
        """Move a box about the page's centre; its size stays, as words are small."""
        if not degrees:
            return box
        width, height = self.upright_size
        x = ((box[0] + box[2]) / 2 - 0.5) * width
        y = ((box[1] + box[3]) / 2 - 0.5) * height
        c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        dx = (x * c + y * s) / width + 0.5 - (box[0] + box[2]) / 2
        dy = (-x * s + y * c) / height + 0.5 - (box[1] + box[3]) / 2
        return (box[0] + dx, box[1] + dy, box[2] + dx, box[3] + dy)


def _turned(box: Box, degrees: int) -> Box:
    """The same box after the page was turned clockwise."""
    x0, y0, x1, y1 = box
    if degrees == 90:
        return (1 - y1, x0, 1 - y0, x1)
    if degrees == 180:
        return (1 - x1, 1 - y1, 1 - x0, 1 - y0)
    if degrees == 270:
        return (y0, 1 - x1, y1, 1 - x0)
    return box


def _clip(box: Box) -> Box:
    x0, y0, x1, y1 = (min(1.0, max(0.0, value)) for value in box)
    return (x0, y0, x1, y1)


def upright_words(page: PageText) -> list[Word]:
    """The words of a page with boxes on the straightened upright page."""
    frame = Frame.of(page)
    return [replace(word, box=frame.to_upright(word.box)) for word in page.words]


def union(boxes: list[Box]) -> Box | None:
    """The smallest box around all boxes; None for none."""
    if not boxes:
        return None
    xs0, ys0, xs1, ys1 = zip(*boxes, strict=True)
    return (min(xs0), min(ys0), max(xs1), max(ys1))


def center(box: Box) -> tuple[float, float]:
    return ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)


def overlap(a: Box, b: Box) -> float:
    """Area that two boxes share, as a share of the smaller one's area."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    areas = ((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1]))
    return width * height / max(min(areas), 1e-12)
