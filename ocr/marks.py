"""Marks that stand alone on the first page, boxed or in red: urgency and secrecy.

The clean-up takes red away, so these are read on the picture as it is: small crops of boxes and of
red words in the upper half are put under each other and read in one call.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ocr.clean import darkest, is_colour, red_ink
from ocr.engine import Image, OcrEngine
from ocr.geometry import overlap
from ocr.lines import Line, fold, is_upper, one_wrong
from ocr.types import Box

UPPER_PART = 0.55
MM_PER_INCH = 25.4
MAX_CROPS = 14
GAP_PX = 36
READING_MODES = (11, 6)
"""Sparse text first; what it does not see, as one block."""
SECRET_WORDS = {"MAT": "MẬT", "TOI MAT": "TỐI MẬT", "TUYET MAT": "TUYỆT MẬT"}
URGENT_WORDS = {
    "KHAN": "KHẨN",
    "THUONG KHAN": "THƯỢNG KHẨN",
    "HOA TOC": "HỎA TỐC",
    "HOA TOC HEN GIO": "HỎA TỐC HẸN GIỜ",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A word of urgency or secrecy that stands alone; box in fractions of the upright page."""

    word: str
    box: Box
    boxed: bool
    red: bool
    confidence: float


@dataclass(frozen=True, slots=True)
class _Crop:
    box: tuple[int, int, int, int]  # x, y, width, height in pixels
    boxed: bool
    red: bool
    image: Image


def known_word(text: str) -> str | None:
    """The urgency or secrecy word that a text is, read with at most one wrong letter.

    Frames are read as strokes: single signs beside the words are left out.
    """
    tokens = [token.strip(" .,:;|-_[](){}/!'\"`’‘") for token in text.split()]
    tokens = [token for token in tokens if sum(c.isalnum() for c in token) >= 2]
    kept = " ".join(tokens)
    folded = fold(kept).replace("0", "O").replace("1", "I")
    words = SECRET_WORDS | URGENT_WORDS
    if not is_upper(kept):
        return None
    if folded in words:
        return words[folded]
    close = [w for w in words if len(w) >= 4 and one_wrong(w, folded)]
    return words[close[0]] if len(close) == 1 else None


def find_marks(image: Image, dpi: int, engine: OcrEngine, lines: Sequence[Line] = ()) -> list[Mark]:
    """Boxed or red marks in the upper part of an upright page image (RGB or gray).

    `lines`: what was read on the page already; a line that is such a word counts if its ink is red
    or a frame stands about it. What one way of reading misses, a second one may see: a mark that
    is overlooked costs more than a call.
    """
    top = np.ascontiguousarray(image[: int(image.shape[0] * UPPER_PART)])
    boxed = _boxed_crops(top, dpi)
    marks = _marks_of_lines(image, lines, boxed)
    unread = _without_repeats(_red_crops(top, dpi) + boxed)[:MAX_CROPS]
    for psm in READING_MODES:
        known = []
        for crop, text, confidence in _read_crops(unread, dpi, engine, psm) if unread else []:
            word = known_word(text)
            if word:
                marks.append(_mark(crop, word, confidence, image))
                known.append(crop)
        unread = [crop for crop in unread if not any(crop is k for k in known)]
    return _best_of_each_place(marks)


def _marks_of_lines(image: Image, lines: Sequence[Line], boxed: Sequence[_Crop]) -> list[Mark]:
    """Marks among the lines that were read: their ink is red, or a frame stands about them."""
    height, width = image.shape[:2]
    found = []
    for line in lines:
        word = known_word(line.text)
        if word is None or line.box[3] > UPPER_PART:
            continue
        x0, y0, x1, y1 = (round(v * s) for v, s in zip(line.box, (width, height) * 2, strict=True))
        patch = image[max(0, y0) : y1, max(0, x0) : x1]
        red = patch.size > 0 and _frame_is_red(patch, (0, 0, patch.shape[1], patch.shape[0]))
        middle = ((x0 + x1) / 2, (y0 + y1) / 2)
        framed = any(_holds(crop.box, middle) for crop in boxed)
        if red or framed:
            found.append(Mark(word, line.box, framed, red, line.confidence))
    return found


def _holds(box: tuple[int, int, int, int], point: tuple[float, float]) -> bool:
    x, y, w, h = box
    return x < point[0] < x + w and y < point[1] < y + h


def _mark(crop: _Crop, word: str, confidence: float, image: Image) -> Mark:
    height, width = image.shape[:2]
    x, y, w, h = crop.box
    box = (x / width, y / height, (x + w) / width, (y + h) / height)
    return Mark(word, box, crop.boxed, crop.red, confidence / 100)


def _best_of_each_place(marks: list[Mark]) -> list[Mark]:
    """A boxed red word is found twice: one mark, both boxed and red."""
    kept: list[Mark] = []
    for mark in sorted(marks, key=lambda m: (-len(m.word), -m.confidence)):
        for index, other in enumerate(kept):
            if overlap(mark.box, other.box) > 0.5:
                kept[index] = Mark(
                    other.word,
                    other.box,
                    other.boxed or mark.boxed,
                    other.red or mark.red,
                    max(other.confidence, mark.confidence),
                )
                break
        else:
            kept.append(mark)
    return kept


def _red_crops(top: Image, dpi: int) -> list[_Crop]:
    """Words and short lines of red ink: letters joined along the line."""
    if top.ndim == 2 or not is_colour(top):
        return []
    red = red_ink(top)
    mask = (red < 140).astype(np.uint8)
    if mask.sum() < dpi:
        return []
    mm = dpi / MM_PER_INCH
    red = _without_rules(red, mask, mm)
    joined = cv2.morphologyEx(
        mask, cv2.MORPH_CLOSE, np.ones((max(1, int(0.6 * mm)), max(1, int(4 * mm))), np.uint8)
    )
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    crops = []
    for x, y, w, h, _area in stats[1:]:
        if 7 * mm <= w <= 90 * mm and 2.2 * mm <= h <= 18 * mm:
            text = _without_rim(red[y : y + h, x : x + w], mm)
            crops.append(_Crop((x, y, w, h), False, True, _pad(text)))
    return crops


def _without_rules(red: Image, mask: Image, mm: float) -> Image:
    """The red layer without the long strokes of frames, which are read as letters."""
    rules = np.zeros_like(mask)
    for shape in ((1, int(9 * mm)), (int(6.5 * mm), 1)):
        rules |= np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones(shape, np.uint8)))
    wide = cv2.dilate(rules, np.ones((3, 3), np.uint8))
    return np.where(wide > 0, 255, red).astype(np.uint8)


def _without_rim(red: Image, mm: float) -> Image:
    """A red crop without pieces of a frame: thin pieces at its rim."""
    height, width = red.shape
    _, labels, stats, _ = cv2.connectedComponentsWithStats((red < 140).astype(np.uint8))
    clean = red.copy()
    for index, (x, y, w, h, _area) in enumerate(stats.tolist()[1:], 1):
        rim = 1.3 * mm
        at_rim = x < rim or y < rim or x + w > width - rim or y + h > height - rim
        thin = min(w, h) < 1.4 * mm and max(w, h) > 2.2 * min(w, h)
        crumb = max(w, h) < 1.2 * mm and (x + w > width - rim or x < rim)
        if at_rim and (thin or crumb):
            clean[labels == index] = 255
    return clean


def _boxed_crops(top: Image, dpi: int) -> list[_Crop]:
    """What stands in drawn frames of the size of a mark (NĐ 30/2020: 20 to 40 × 8 mm)."""
    mm = dpi / MM_PER_INCH
    gray = darkest(top)
    block = int(8 * mm) | 1
    smooth = cv2.GaussianBlur(gray, (3, 3), 0)
    ink = cv2.adaptiveThreshold(
        smooth, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, block, 18
    )
    ink = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    contours, _ = cv2.findContours(ink, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    red = top.ndim == 3 and is_colour(top)
    crops = []
    for contour in contours:
        x, y, w, h = cv2.boundingRect(contour)
        if not (10 * mm <= w <= 90 * mm and 5 * mm <= h <= 20 * mm and w > 1.3 * h):
            continue
        _, (side_a, side_b), _ = cv2.minAreaRect(contour)
        if cv2.contourArea(contour) < 0.82 * side_a * side_b or side_a * side_b <= 0:
            continue
        is_red = red and _frame_is_red(top, (x, y, w, h))
        # Of a red mark the red layer alone: it may have been stamped over the text.
        inner = _inside(red_ink(top) if is_red else gray, (x, y, w, h), mm)
        if inner.size and _has_ink(inner):
            crops.append(_Crop((x, y, w, h), True, is_red, _pad(inner)))
    return crops


def _inside(gray: Image, box: tuple[int, int, int, int], mm: float) -> Image:
    """The inside of a frame without its strokes; what touches the rim is cleared."""
    x, y, w, h = box
    rim = max(2, int(0.9 * mm))
    inner = gray[y + rim : y + h - rim, x + rim : x + w - rim].copy()
    if inner.size == 0:
        return inner
    low, high = np.percentile(inner, (1, 90))
    stretched = np.clip((inner.astype(np.float32) - low) * 255 / max(20.0, high - low), 0, 255)
    return np.asarray(stretched, dtype=np.uint8)


def _has_ink(inner: Image) -> bool:
    share = float((inner < 110).mean())
    return 0.03 < share < 0.6


def _frame_is_red(top: Image, box: tuple[int, int, int, int]) -> bool:
    if top.ndim == 2:
        return False
    x, y, w, h = box
    return bool((red_ink(top[y : y + h, x : x + w]) < 140).mean() > 0.03)


def _pad(image: Image) -> Image:
    edge = 12
    padded = cv2.copyMakeBorder(
        image, edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=(255, 255, 255)
    )
    return np.asarray(padded, dtype=np.uint8)


def _without_repeats(crops: Sequence[_Crop]) -> list[_Crop]:
    """The outer and inner contour of one frame give nearly the same box."""
    kept: list[_Crop] = []
    for crop in crops:
        x, y, w, h = crop.box
        same = any(
            crop.boxed == k.boxed
            and abs(x - k.box[0]) + abs(y - k.box[1]) + abs(w - k.box[2]) + abs(h - k.box[3])
            < 0.5 * min(h, k.box[3])
            for k in kept
        )
        if not same:
            kept.append(crop)
    return kept


def _read_crops(
    crops: Sequence[_Crop], dpi: int, engine: OcrEngine, psm: int
) -> list[tuple[_Crop, str, float]]:
    """Text of each crop: all of them under each other on one sheet, read once."""
    width = max(crop.image.shape[1] for crop in crops) + 2 * GAP_PX
    height = sum(crop.image.shape[0] + GAP_PX for crop in crops) + GAP_PX
    sheet = np.full((height, width), 255, np.uint8)
    tops, y = [], GAP_PX
    for crop in crops:
        h, w = crop.image.shape
        sheet[y : y + h, GAP_PX : GAP_PX + w] = crop.image
        tops.append((y, y + h))
        y += h + GAP_PX
    words = engine.read(sheet, dpi=dpi, psm=psm)
    answers = []
    for crop, (start, end) in zip(crops, tops, strict=True):
        inside = [w for w in words if start <= (w.y0 + w.y1) / 2 < end]
        inside = [w for w in inside if w.confidence >= 40 or known_word(w.text)]
        inside = [w for w in inside if w.y1 - w.y0 > 0.2 * (end - start) and is_upper(w.text)]
        if inside:
            confidence = sum(w.confidence for w in inside) / len(inside)
            answers.append((crop, " ".join(w.text for w in inside), confidence))
    return answers
