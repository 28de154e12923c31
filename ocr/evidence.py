"""What the pixels of page 1 tell about its head, beyond the words.

Ink that no word covers (a number by hand that was not recognised), and words in blue ink (a pen).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from ocr.clean import is_colour
from ocr.engine import Image
from ocr.types import Box, Word, as_box

HEAD_PART = 0.4
MAX_PIECES = 120
PAPER = 255


@dataclass(frozen=True, slots=True)
class Evidence:
    """`loose`: boxes of ink that no word covers. `pen`: boxes of words in blue ink.

    Both on the straightened upright page, in fractions, in the upper part only.
    """

    loose: tuple[Box, ...] = ()
    pen: tuple[Box, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            name: [[round(v, 4) for v in b] for b in getattr(self, name)]
            for name in ("loose", "pen")
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Evidence:
        return cls(*(tuple(as_box(b) for b in data.get(name, ())) for name in ("loose", "pen")))


def look(image: Image, gray: Image, words: Sequence[Word]) -> Evidence:
    """Look at the upper part of an upright, straightened page.

    `image`: RGB or gray as shown; `gray`: the same cleaned (paper white, red removed).
    """
    height, width = gray.shape
    rows = int(height * HEAD_PART)
    ink = (gray[:rows] < 150).astype(np.uint8)
    for word in words:
        x0, y0, x1, y1 = _pixels(word.box, width, height)
        pad = max(1, (y1 - y0) // 8)
        ink[max(0, y0 - pad) : y1 + pad, max(0, x0 - pad) : x1 + pad] = 0
    return Evidence(_pieces(ink, width, height), _pen_words(image, words))


def _pixels(box: Box, width: int, height: int) -> tuple[int, int, int, int]:
    return (
        max(0, int(box[0] * width)),
        max(0, int(box[1] * height)),
        min(width, int(box[2] * width) + 1),
        min(height, int(box[3] * height) + 1),
    )


def _pieces(ink: Image, width: int, height: int) -> tuple[Box, ...]:
    """Boxes of the larger pieces of ink; rules (long and flat) and dust are left out."""
    unit = max(1, width // 400)  # about half a millimetre on A4
    joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((3 * unit, 3 * unit), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    boxes = []
    for x, y, w, h, area in sorted(stats[1:].tolist(), key=lambda s: -s[4])[:MAX_PIECES]:
        flat = h <= 2 * unit or w <= unit
        if flat or area < 8 * unit * unit or w > 0.5 * width:
            continue
        boxes.append((x / width, y / height, (x + w) / width, (y + h) / height))
    return tuple(boxes)


def _pen_words(image: Image, words: Sequence[Word]) -> tuple[Box, ...]:
    if image.ndim == 2 or not is_colour(image):
        return ()
    height, width = image.shape[:2]
    pen = []
    for word in words:
        if word.box[1] > HEAD_PART:
            continue
        x0, y0, x1, y1 = _pixels(word.box, width, height)
        patch = image[y0:y1, x0:x1].astype(np.int16)
        if patch.size == 0:
            continue
        dark = patch[patch.min(axis=2) < 0.6 * PAPER]
        if len(dark) and float((dark[:, 2] - dark[:, 0]).mean()) > 40:
            pen.append(word.box)
    return tuple(pen)
