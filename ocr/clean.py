"""Clean-up of a page image before recognition. Each step is a pure function of pixels.

What pays was measured (docs/reading.md): the red channel, division by the paper, straightening, and
a small median for poor pages. Non-local means and binarisation do not pay.
"""

from __future__ import annotations

import cv2
import numpy as np

from ocr.engine import Image

MIN_SKEW = 0.3
"""Degrees from which straightening helps."""
MAX_SKEW = 8.0
_PROFILE_WIDTH = 700
RED_LEAD = 45
"""How much red must exceed green and blue (0 to 255) to count as red ink."""


def is_colour(rgb: Image) -> bool:
    """Whether a page image has coloured ink: more than one pixel in two thousand."""
    red, green, blue = cv2.split(np.ascontiguousarray(rgb[::4, ::4]))
    spread = cv2.subtract(cv2.max(cv2.max(red, green), blue), cv2.min(cv2.min(red, green), blue))
    return bool((np.asarray(spread) > RED_LEAD).mean() > 0.0005)


def darkest(image: Image) -> Image:
    """Gray image in which ink of every colour is dark: the least of the channels."""
    if image.ndim == 2:
        return image
    red, green, blue = cv2.split(image)
    return np.asarray(cv2.min(cv2.min(red, green), blue), dtype=np.uint8)


def to_gray(image: Image) -> Image:
    """Gray image for recognition. Of colour pages the red channel, in which red ink vanishes."""
    if image.ndim == 2:
        return image
    if is_colour(image):
        return np.ascontiguousarray(image[:, :, 0])
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def red_ink(rgb: Image) -> Image:
    """Gray image in which red ink is black and all else white.

    Paper of a warm tone is not red ink: the lead over green and blue counts from `RED_LEAD` on.
    """
    red, green, blue = cv2.split(rgb)
    lead = np.asarray(cv2.subtract(red, cv2.max(green, blue)), dtype=np.int16)
    return np.asarray(255 - np.clip((lead - RED_LEAD // 2) * 4, 0, 255), dtype=np.uint8)


def divide_background(gray: Image) -> Image:
    """Even out light and paper: each pixel divided by the paper around it.

    The paper is what remains of a quarter-size image when dark strokes are closed and a median has
    smoothed it.
    """
    height, width = gray.shape
    size = (max(1, width // 4), max(1, height // 4))
    small = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (13, 13))
    paper = cv2.medianBlur(cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel), 21)
    paper = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.divide(gray, paper, scale=255), dtype=np.uint8)


def find_skew(gray: Image) -> float:
    """Degrees counter-clockwise by which rotation makes the lines level; 0 if unsure.

    The row profile of a straight page has the sharpest steps between lines and gaps.
    """
    scale = _PROFILE_WIDTH / gray.shape[1]
    size = (_PROFILE_WIDTH, max(1, int(gray.shape[0] * scale)))
    small = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
    ink = (255 - small).astype(np.float32)
    ink[small > 200] = 0
    margin = _PROFILE_WIDTH // 25
    ink = ink[margin : -margin or None, margin:-margin]
    if not (ink > 0).mean() > 0.002:
        return 0.0
    coarse = max(np.arange(-MAX_SKEW, MAX_SKEW + 0.1, 0.5), key=lambda a: _sharpness(ink, float(a)))
    fine = np.arange(coarse - 0.5, coarse + 0.51, 0.1)
    return float(max(fine, key=lambda a: _sharpness(ink, float(a))))


def _sharpness(ink: cv2.typing.MatLike, degrees: float) -> float:
    height, width = ink.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    rows = cv2.warpAffine(ink, matrix, (width, height)).sum(axis=1)
    return float(np.square(np.diff(rows)).sum())


def rotate(gray: Image, degrees: float) -> Image:
    """Rotate about the centre, counter-clockwise, same size, paper white."""
    height, width = gray.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    turned = cv2.warpAffine(
        gray, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(turned, dtype=np.uint8)


def turn(image: Image, degrees: int) -> Image:
    """Turn clockwise by 0, 90, 180 or 270 degrees."""
    return np.ascontiguousarray(np.rot90(image, k=-(degrees // 90)))


def soften(gray: Image) -> Image:
    """A 3 x 3 median: helps pages with noise, hurts clean ones."""
    return np.asarray(cv2.medianBlur(gray, 3), dtype=np.uint8)
