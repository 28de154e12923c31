"""Engines that turn an image into words. `TesseractEngine` is the real one."""

from __future__ import annotations

import os
import tempfile
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import cv2
import numpy as np
import numpy.typing as npt

from ocr.errors import FileRefused

Image = npt.NDArray[np.uint8]
WORD_LEVEL = "5"
SAME_LETTERS = str.maketrans({"\u2044": "/", "\u2215": "/", "\ufb01": "fi", "\ufb02": "fl"})


@dataclass(frozen=True, slots=True)
class OcrWord:
    """A word in pixels of the image that was read; `line` groups the words of one line."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    confidence: float
    line: tuple[int, int, int] = (0, 0, 0)


class OcrEngine(Protocol):
    """Reads one image. Pure: the same image gives the same words."""

    def read(self, image: Image, *, dpi: int, psm: int = 3) -> list[OcrWord]:
        """Words of a gray image (uint8, 0 black), in reading order, confidence 0 to 100.

        `psm` is Tesseract's page segmentation mode: 3 a page, 6 one block, 7 one line, 11 sparse.
        """
        ...

    def turn(self, image: Image, *, dpi: int) -> int:
        """Degrees (0, 90, 180, 270) to turn the image clockwise so that its text stands upright."""
        ...


class TesseractEngine:
    """Tesseract by pytesseract: one process a call, so a crash there costs one page."""

    def __init__(self, language: str = "vie", seconds: float = 60.0) -> None:
        self.language = language
        self.seconds = seconds

    def read(self, image: Image, *, dpi: int, psm: int = 3) -> list[OcrWord]:
        import pytesseract  # and with it pandas: a second that only the sandbox pays

        config = f"--psm {psm} --oem 1 --dpi {dpi}"
        return parse_tsv(str(self._call(pytesseract.image_to_data, image, config, self.language)))

    def turn(self, image: Image, *, dpi: int) -> int:
        import pytesseract

        try:
            answer = self._call(pytesseract.image_to_osd, image, f"--psm 0 --dpi {dpi}", "osd")
        except pytesseract.TesseractError:
            return 0  # too few letters to tell
        values = dict(line.split(":", 1) for line in str(answer).splitlines() if ":" in line)
        if float(values.get("Orientation confidence", 0)) < 1.0:
            return 0
        return int(values.get("Rotate", 0)) % 360

    def _call(self, function: Any, image: Image, config: str, language: str) -> Any:
        import pytesseract

        os.environ["OMP_THREAD_LIMIT"] = "1"  # four times faster on two cores (docs/reading.md)
        with tempfile.NamedTemporaryFile(suffix=".pgm", prefix="page-") as file:
            cv2.imwrite(file.name, image)  # an uncompressed format: nothing to encode twice
            try:
                return function(file.name, lang=language, config=config, timeout=self.seconds)
            except pytesseract.TesseractNotFoundError as error:
                raise FileRefused("no_engine") from error
            except RuntimeError as error:
                if "timeout" in str(error).lower():
                    raise FileRefused("timeout", "recognition of a page") from error
                if "rror opening data file" in str(error):
                    raise FileRefused("no_engine", f"language {language}") from error
                raise


class NullEngine:
    """Reads nothing: for tests, and for text layers alone."""

    def read(self, image: Image, *, dpi: int, psm: int = 3) -> list[OcrWord]:
        return []

    def turn(self, image: Image, *, dpi: int) -> int:
        return 0


class FailingEngine:
    """Always fails, as an engine that is not installed does."""

    def read(self, image: Image, *, dpi: int, psm: int = 3) -> list[OcrWord]:
        raise FileRefused("no_engine")

    def turn(self, image: Image, *, dpi: int) -> int:
        raise FileRefused("no_engine")


def parse_tsv(tsv: str) -> list[OcrWord]:
    """Words of Tesseract's TSV. Boxes without a word (confidence -1) are dropped.

    Source: Tesseract manual, "tsv": level, page, block, par, line, word, left, top, width, height,
    conf, text. Tesseract writes U+2044 for a slash.
    """
    words = []
    for row in tsv.splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) < 12 or cells[0] != WORD_LEVEL:
            continue
        text = unicodedata.normalize("NFC", cells[11].translate(SAME_LETTERS)).strip()
        confidence = float(cells[10])
        if not text or confidence < 0:
            continue
        x, y, w, h = (float(v) for v in cells[6:10])
        line = (int(cells[2]), int(cells[3]), int(cells[4]))
        words.append(OcrWord(text, x, y, x + w, y + h, min(confidence, 100.0), line))
    return words


def mean_confidence(words: Sequence[OcrWord]) -> float:
    """Confidence of a page in percent, weighted by word length; 0 for a page without words.

    Long words weigh more: stray marks are read as one or two characters whose confidence says
    nothing about the text around them.
    """
    letters = sum(len(word.text) for word in words)
    return sum(w.confidence * len(w.text) for w in words) / letters if letters else 0.0
