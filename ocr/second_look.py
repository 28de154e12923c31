"""Places where ink lies over print, read again without it: seal and pen of the signature, notes.

On colour pages coloured ink is made paper; that would cost blue print elsewhere, so only the block
of the signature and the lines that pen or stamp cross are read so, and only if they were read
badly. On gray pages the seal is lighter than the print under it: what is lighter becomes paper.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from ocr.clean import is_colour
from ocr.engine import Image, OcrEngine, OcrWord, mean_confidence
from ocr.lines import fold
from ocr.two_readings import covers, score, wordy

READ_BADLY = 88.0
"""Mean confidence of the block in percent under which it is read again."""
INK_BELOW = 190
"""Gray level (0 black, 255 white) under which a pixel is ink, of a pen, a seal or the print."""
SEAL_LIGHTER = 60
"""Gray levels between print and seal at least, for the seal to be told from the print."""
INK_LEAD = 45
"""Levels between the strongest and the weakest channel of a pixel from which it is coloured ink."""
DOUBTED = 60.0
"""Confidence of a word in percent under which its line is worth a second look."""
PRINT_BELOW = 95
"""Gray level under which a pixel is print, whatever tint the ink over it gives it."""
INK_SHARE = 0.02
"""Share of coloured pixels in the box of a word from which ink lies over it."""
MOST_OF_PAGE = 0.2
"""Share of the page's height that one band may take: more is a coloured page, not a note."""
LEFT_EDGE = 0.47
HEIGHT = 0.27
ABOVE = 0.03


def without_inks(image: Image) -> Image:
    """Gray image of a colour page in which coloured ink is paper; print under it stays.

    Of each pixel the lightest channel; what is coloured and not nearly black becomes white.
    """
    red, green, blue = cv2.split(image)
    lightest = cv2.max(cv2.max(red, green), blue)
    ink = cv2.dilate(coloured_ink(image), np.ones((3, 3), np.uint8))
    return np.where((ink == 1) & (np.asarray(lightest) > PRINT_BELOW), 255, lightest).astype(
        np.uint8
    )


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


def crossed_lines(words: Sequence[OcrWord], upright: Image) -> Iterator[tuple[int, int, int, int]]:
    """Edges in pixels of the bands of whole lines that coloured ink crosses where words were
    doubted; not the line of the number, where handwriting may be the number itself."""
    height, width = upright.shape[:2]
    ink = coloured_ink(upright)
    doubted = sorted(
        (w for w in words if w.confidence < DOUBTED and _crossed(w, ink)), key=lambda w: w.y0
    )
    bands: list[tuple[int, int]] = []
    for word in doubted:
        top, bottom = _whole_lines(words, word)
        if bands and top <= bands[-1][1]:
            bands[-1] = (bands[-1][0], max(bottom, bands[-1][1]))
        else:
            bands.append((top, bottom))
    for top, bottom in bands:
        inside = [w for w in words if top <= (w.y0 + w.y1) / 2 <= bottom]
        if bottom - top < MOST_OF_PAGE * height and not any(
            fold(w.text)[:2] == "SO" for w in inside
        ):
            yield 0, max(0, top), width, min(height, bottom)


def coloured_ink(rgb: Image) -> Image:
    """1 where a pixel is coloured ink, else 0."""
    red, green, blue = cv2.split(rgb)
    high, low = cv2.max(cv2.max(red, green), blue), cv2.min(cv2.min(red, green), blue)
    return np.asarray(cv2.subtract(high, low) > INK_LEAD, dtype=np.uint8)


def look_again(
    gray: Image, upright: Image, words: list[OcrWord], engine: OcrEngine, dpi: int
) -> list[OcrWord]:
    """The words of a page, those under ink read again where that reads better.

    `gray`: the straightened, cleaned page; `upright`: the same page with its colours.
    """
    height, width = gray.shape
    coloured = upright.ndim == 3 and is_colour(upright)
    block = signature_block(words, width, height)
    if block is not None and _read_badly(words, block):
        words = _better(upright if coloured else gray, block, words, engine, dpi)
    if coloured:
        for band in list(crossed_lines(words, upright)):
            words = _better(upright, band, words, engine, dpi)
    return words


def _read_badly(words: Sequence[OcrWord], block: tuple[int, int, int, int]) -> bool:
    inside = [w for w in words if _within(w, block)]
    real = wordy(inside)
    return bool(inside) and (mean_confidence(real) < READ_BADLY or len(real) <= 0.8 * len(inside))


def _better(
    page: Image, block: tuple[int, int, int, int], words: list[OcrWord], engine: OcrEngine, dpi: int
) -> list[OcrWord]:
    """The words with those of a block read again without ink, if that reads more."""
    x0, y0, x1, y1 = block
    crop = np.ascontiguousarray(page[y0:y1, x0:x1])
    crop = without_inks(crop) if crop.ndim == 3 else without_light_ink(crop)
    again = [_moved(w, x0, y0) for w in engine.read(crop, dpi=dpi, psm=6)]
    inside = [w for w in words if _within(w, block)]
    if score(again) <= score(inside):
        return words
    beyond = [w for w in words if not _within(w, block)]
    cut_off = [w for w in beyond if w.y0 < y1 and w.y1 > y0]  # at the edge: read whole before
    return beyond + [w for w in wordy(again) if not any(covers(w, b) for b in cut_off)]


def _crossed(word: OcrWord, ink: Image) -> bool:
    """Whether coloured ink lies in the box of a word."""
    patch = ink[max(0, int(word.y0)) : int(word.y1) + 1, max(0, int(word.x0)) : int(word.x1) + 1]
    return patch.size > 0 and float(patch.mean()) > INK_SHARE


def _whole_lines(words: Sequence[OcrWord], doubted: OcrWord) -> tuple[int, int]:
    """Upper and lower edge of the lines that a word stands in, or that run through its box."""
    usual = float(np.median([w.y1 - w.y0 for w in words]))
    middle = (doubted.y0 + doubted.y1) / 2
    reach = min(doubted.y1 - doubted.y0, 2.5 * usual) / 2
    near = [
        w
        for w in words
        if w.confidence >= DOUBTED
        and w.y1 - w.y0 < 2 * usual
        and w.y0 < middle + reach
        and w.y1 > middle - reach
    ]
    edges = near or [doubted]
    return int(min(w.y0 for w in edges) - usual / 3), int(max(w.y1 for w in edges) + usual / 3)


def _within(word: OcrWord, block: tuple[int, int, int, int]) -> bool:
    x, y = (word.x0 + word.x1) / 2, (word.y0 + word.y1) / 2
    return block[0] <= x <= block[2] and block[1] <= y <= block[3]


def _moved(word: OcrWord, x: int, y: int) -> OcrWord:
    line = (10_000 + word.line[0], word.line[1], word.line[2])
    return OcrWord(
        word.text, word.x0 + x, word.y0 + y, word.x1 + x, word.y1 + y, word.confidence, line
    )
