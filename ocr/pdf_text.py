"""The text layer of one PDF page: words with boxes, text, names of fonts."""

from __future__ import annotations

import ctypes
import unicodedata
from dataclasses import dataclass
from typing import Any

import pypdfium2.raw as raw

from ocr.types import Box, Word

GRID = 1 << 20
"""The page is measured on a grid this wide and high, so that fractions are exact enough."""
NOT_LETTERS = frozenset({0, 0xFFFE, 0xFFFF, 0xAD})
LINE_END_HYPHEN = 2
"""pdfium gives this code for a hyphen at the end of a line, and no line break after it."""
FONT_SAMPLES = 40


@dataclass(frozen=True, slots=True)
class Embedded:
    """Words and text of a page, names of its fonts, share of the page that lies under images."""

    words: tuple[Word, ...]
    text: str
    fonts: tuple[str, ...]
    image_cover: float


def read_layer(page: Any, image_cover: float) -> Embedded:
    """The text layer of a pdfium page; words come in the order of the page's content."""
    textpage = page.get_textpage()
    try:
        count = textpage.count_chars()
        words: list[Word] = []
        parts: list[str] = []
        start: int | None = None
        for index in range(count + 1):
            code = raw.FPDFText_GetUnicode(textpage, index) if index < count else 32
            space = code in (9, 10, 13, 32, 0xA0)
            if space and start is not None:
                word = _word(page, textpage, start, index)
                start = None
                if word:
                    words.append(word)
                    parts.append(word.text)
            elif code == LINE_END_HYPHEN and start is not None:
                word = _word(page, textpage, start, index + 1)
                start = None
                if word:
                    words.append(word)
                    parts += [word.text, "\n"]
                continue
            if code in (10, 13) and parts and parts[-1] != "\n":
                parts.append("\n")
            if not space and start is None:
                start = index
        text = " ".join(parts).replace(" \n ", "\n").strip()
        return Embedded(tuple(words), text, _fonts(textpage, count), image_cover)
    finally:
        textpage.close()


def _word(page: Any, textpage: Any, start: int, end: int) -> Word | None:
    codes = [raw.FPDFText_GetUnicode(textpage, i) for i in range(start, end)]
    codes = [ord("-") if code == LINE_END_HYPHEN else code for code in codes]
    letters = "".join(chr(c) for c in codes if c not in NOT_LETTERS and c <= 0x10FFFF)
    text = unicodedata.normalize("NFC", letters)
    if not text:
        return None
    first, last = _char_box(page, textpage, start), _char_box(page, textpage, end - 1)
    box = (
        min(first[0], last[0]),
        min(first[1], last[1]),
        max(first[2], last[2]),
        max(first[3], last[3]),
    )
    return Word(text, box, 100.0)


def _char_box(page: Any, textpage: Any, index: int) -> Box:
    """Box of a letter with the full height of its font, as fractions of the shown page."""
    rect = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(textpage, index, rect)
    x0, y0 = _on_page(page, rect.left, rect.top)
    x1, y1 = _on_page(page, rect.right, rect.bottom)
    return (_unit(min(x0, x1)), _unit(min(y0, y1)), _unit(max(x0, x1)), _unit(max(y0, y1)))


def _on_page(page: Any, x: float, y: float) -> tuple[float, float]:
    across, down = ctypes.c_int(), ctypes.c_int()
    raw.FPDF_PageToDevice(page, 0, 0, GRID, GRID, 0, x, y, across, down)
    return across.value / GRID, down.value / GRID


def _unit(value: float) -> float:
    return min(1.0, max(0.0, value))


def _fonts(textpage: Any, count: int) -> tuple[str, ...]:
    """Names of the fonts at a few places of the page: they tell the legacy encodings."""
    names: set[str] = set()
    flags = ctypes.c_int()
    for index in range(0, count, max(1, count // FONT_SAMPLES)):
        length = raw.FPDFText_GetFontInfo(textpage, index, None, 0, flags)
        if not 0 < length < 1024:
            continue
        buffer = ctypes.create_string_buffer(length)
        raw.FPDFText_GetFontInfo(textpage, index, buffer, length, flags)
        names.add(buffer.value.decode("utf-8", "replace"))
    return tuple(sorted(names))
