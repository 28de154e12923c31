"""The block of the signature read again on its own: seal and strokes of the pen lie over it.

On colour pages the lightest channel is read, in which red and blue ink vanish both; that would
cost blue print elsewhere, so only this block is read so, and only if it was read badly. On gray
pages the seal is lighter than the print under it: what is clearly lighter becomes paper.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ocr.clean import is_colour
from ocr.engine import Image, OcrEngine, OcrWord, mean_confidence
from ocr.lines import fold

READ_BADLY = 88.0
"""Mean confidence of the block in percent under which it is read again."""
INK_BELOW = 190
"""Gray level (0 black, 255 white) under which a pixel is ink, of a pen, a seal or the print."""
SEAL_LIGHTER = 60
"""Gray levels between print and seal at least, for the seal to be told from the print."""
LEFT_EDGE = 0.47
HEIGHT = 0.27
ABOVE = 0.03


def without_inks(image: Image) -> Image:
    """Gray image of a colour page without red and blue ink: the lightest channel."""
    red, green, blue = cv2.split(image)
    return np.asarray(cv2.max(cv2.max(red, green), blue), dtype=np.uint8)


def without_light_ink(gray: Image) -> Image:
    """A gray picture with its darkest ink only; unchanged where all ink is about as dark.

    Otsu's threshold between the pixels that are ink tells print from a seal's gray.
    """
    ink = gray[gray < INK_BELOW]
    if ink.size == 0:
        return gray
    level, _ = cv2.threshold(ink.reshape(-1, 1), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    dark, light = ink[ink <= level], ink[ink > level]
    if not dark.size or not light.size or np.median(light) - np.median(dark) < SEAL_LIGHTER:
        return gray
    return np.where(gray <= level, gray, 255).astype(np.uint8)


def signature_block(
    words: Sequence[OcrWord], width: int, height: int
) -> tuple[int, int, int, int] | None:
    """Edges (x0, y0, x1, y1) in pixels of the block at the right of “Nơi nhận:”."""
    for first, second in zip(reversed(words[:-1]), reversed(words[1:]), strict=True):
        if fold(first.text).strip(".:-_'`|") == "NOI" and fold(second.text).startswith("NHAN"):
            if first.x0 > 0.4 * width:
                continue
            text_ends = [w.y1 for w in words if w.x1 < LEFT_EDGE * width and w.y1 <= first.y0]
            top = int(max(0, first.y0 - ABOVE * height, *text_ends))
            bottom = min(height, int(first.y1 + HEIGHT * height))
            return int(LEFT_EDGE * width), top, width, bottom
    return None


def look_again(
    gray: Image, upright: Image, words: list[OcrWord], engine: OcrEngine, dpi: int
) -> list[OcrWord]:
    """The words of a page, those of the signature's block read again if that reads better.

    `gray`: the straightened, cleaned page; `upright`: the same page with its colours.
    """
    height, width = gray.shape
    block = signature_block(words, width, height)
    if block is None:
        return words
    inside = [w for w in words if _within(w, block)]
    before = mean_confidence(_wordy(inside))
    if not inside or (before >= READ_BADLY and len(_wordy(inside)) > 0.8 * len(inside)):
        return words
    x0, y0, x1, y1 = block
    coloured = upright.ndim == 3 and is_colour(upright)
    crop = np.ascontiguousarray((upright if coloured else gray)[y0:y1, x0:x1])
    crop = without_inks(crop) if coloured else without_light_ink(crop)
    again = [_moved(w, x0, y0) for w in engine.read(crop, dpi=dpi, psm=6)]
    if _score(again) <= _score(inside):
        return words
    others = [w for w in words if not _within(w, block)]
    return others + _wordy(again)


def _within(word: OcrWord, block: tuple[int, int, int, int]) -> bool:
    x, y = (word.x0 + word.x1) / 2, (word.y0 + word.y1) / 2
    return block[0] <= x <= block[2] and block[1] <= y <= block[3]


def _wordy(words: Sequence[OcrWord]) -> list[OcrWord]:
    """Words that are words: strokes of a pen are read as a sign or two of low confidence."""
    return [w for w in words if sum(c.isalpha() for c in w.text) >= 2 and w.confidence >= 30]


def _score(words: Sequence[OcrWord]) -> float:
    """Letters read with certainty."""
    return sum(len(w.text) * (w.confidence - 50) for w in _wordy(words))


def _moved(word: OcrWord, x: int, y: int) -> OcrWord:
    line = (10_000 + word.line[0], word.line[1], word.line[2])
    return OcrWord(
        word.text, word.x0 + x, word.y0 + y, word.x1 + x, word.y1 + y, word.confidence, line
    )
