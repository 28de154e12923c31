"""A PDF as words with boxes, fonts, sizes and colours, and the rules drawn on its pages.

pdfium gives all of it in a few milliseconds a page. Appearances of signature fields are flattened
in memory first, as number and date may lie there; the file is never written.
"""

from __future__ import annotations

import ctypes
import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as raw
from flask_babel import gettext as _

from app.errors import RuleViolated
from ocr.types import Box, PageText, Word

MAX_PAGES = 300
POINTS_PER_MM = 72 / 25.4
GRID = 1 << 20
WIDGET = 20  # FPDF_ANNOT_WIDGET
FLAG_ITALIC = 1 << 6
FLAG_FORCE_BOLD = 1 << 18
SKIPPED = frozenset({0, 0xAD, 0xFFFE, 0xFFFF})
LINE_HYPHEN = 2
"""pdfium gives this code for a hyphen at the end of a line, and no line break after it."""
BLANKS = frozenset({9, 10, 13, 32, 0xA0})
RULE_HEIGHT = 3.0
"""Points: what is drawn flatter than this and wider than `RULE_WIDTH` is a rule."""
RULE_WIDTH = 14.0
FRAME_HEIGHT = 30.0
FACES = ("ps", "mt", "italic", "bold", "regular", "oblique")
"""What follows the family in a font's name, and is taken off its end."""
COLOURED = 60
"""A letter is black (or grey) if its channels differ by no more than this, of 255."""


class UnreadablePdf(RuleViolated):
    """The bytes are no PDF that can be opened; `user_message` says so."""


@dataclass(frozen=True, slots=True)
class StyledWord(Word):
    """A word with the look of its first letter. `size` in points, `colour` red, green, blue.

    `gap` is 1 when a space is typed before it, 0 when the page only shows one (pdfium makes one
    of several); `raw` is the text as it is coded, before NFC.
    """

    font: str = ""
    size: float = 0.0
    bold: bool = False
    italic: bool = False
    colour: tuple[int, int, int] = (0, 0, 0)
    gap: int = 1
    raw: str = ""


@dataclass(frozen=True, slots=True)
class StyledPage:
    """A page: its text in the shape that `ocr` reads, and what else is drawn.

    `width`, `height` in points as shown. `rules`: boxes of horizontal rules; `frames`: of other
    drawings no higher than a line or two; `images`: of images.
    """

    text: PageText
    width: float
    height: float
    rules: tuple[Box, ...]
    frames: tuple[Box, ...]
    images: tuple[Box, ...]

    @property
    def number(self) -> int:
        return self.text.number


def read_pdf(pdf: bytes | Path) -> tuple[StyledPage, ...]:
    """The pages of a PDF. Raises UnreadablePdf."""
    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError as error:
        raise UnreadablePdf(
            _("Không mở được tệp PDF để kiểm tra thể thức."), detail=str(error)
        ) from error
    try:
        if document.get_formtype():
            document.init_forms()
        count = min(len(document), MAX_PAGES)
        return tuple(_read_page(document, number) for number in range(1, count + 1))
    finally:
        document.close()


def _read_page(document: Any, number: int) -> StyledPage:
    page = document[number - 1]
    annotations = range(raw.FPDFPage_GetAnnotCount(page))
    if document.formenv and any(_subtype(page, index) == WIDGET for index in annotations):
        page.flatten()
        page = document[number - 1]
    width, height = page.get_size()
    textpage = page.get_textpage()
    try:
        words = tuple(_Letters(page, textpage).words())
    finally:
        textpage.close()
    rules, frames, images = _drawings(page, width, height)
    text = PageText(
        number=number,
        width_px=max(1, round(width)),
        height_px=max(1, round(height)),
        dpi=72,
        angle=0.0,
        source="embedded",
        confidence=100.0,
        text=" ".join(word.text for word in words),
        words=words,
    )
    return StyledPage(text, width, height, rules, frames, images)


def _subtype(page: Any, index: int) -> int:
    annotation = raw.FPDFPage_GetAnnot(page, index)
    try:
        return int(raw.FPDFAnnot_GetSubtype(annotation))
    finally:
        raw.FPDFPage_CloseAnnot(annotation)


def _drawings(page: Any, width: float, height: float) -> tuple[tuple[Box, ...], ...]:
    """Rules, frames and images, as in `StyledPage`."""
    rules: list[Box] = []
    frames: list[Box] = []
    images: list[Box] = []
    for thing in page.get_objects(max_depth=1):
        if thing.type not in (raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE):
            continue
        left, bottom, right, top = thing.get_bounds()
        x0, y0 = _on_page(page, left, top)
        x1, y1 = _on_page(page, right, bottom)
        box = (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
        flat = (box[3] - box[1]) * height <= RULE_HEIGHT
        if flat and (box[2] - box[0]) * width >= RULE_WIDTH:
            rules.append(box)
        elif thing.type == raw.FPDF_PAGEOBJ_IMAGE:
            images.append(box)
        elif (box[3] - box[1]) * height <= FRAME_HEIGHT:  # a border drawn with the box it is of
            frames.append(box)
    return tuple(rules), tuple(frames), tuple(images)


def _on_page(page: Any, x: float, y: float) -> tuple[float, float]:
    across, down = ctypes.c_int(), ctypes.c_int()
    raw.FPDF_PageToDevice(page, 0, 0, GRID, GRID, 0, x, y, across, down)
    return across.value / GRID, down.value / GRID


class _Letters:
    """Walks over the letters of a page and joins them to words."""

    def __init__(self, page: Any, textpage: Any) -> None:
        self._page = page
        self._text = textpage
        self._fonts: dict[tuple[str, int], tuple[str, bool, bool]] = {}

    def words(self) -> Iterator[StyledWord]:
        count = self._text.count_chars()
        start: int | None = None
        spaces = 0
        for index in range(count + 1):
            code = raw.FPDFText_GetUnicode(self._text, index) if index < count else 32
            if code in BLANKS:
                if start is not None and (word := self._word(start, index, spaces)):
                    yield word
                spaces = max(0 if start is not None else spaces, self._typed(code, index, count))
                start = None
            else:
                start = index if start is None else start
                if code == LINE_HYPHEN:
                    if word := self._word(start, index + 1, spaces):
                        yield word
                    start, spaces = None, 0

    def _typed(self, code: int, index: int, count: int) -> int:
        """1 for a space that is in the file, 0 for one that pdfium put in."""
        if code not in (32, 0xA0) or index >= count:
            return 0
        return 0 if raw.FPDFText_IsGenerated(self._text, index) == 1 else 1

    def _word(self, start: int, end: int, gap: int) -> StyledWord | None:
        codes = [raw.FPDFText_GetUnicode(self._text, i) for i in range(start, end)]
        codes = [ord("-") if code == LINE_HYPHEN else code for code in codes]
        letters = "".join(chr(c) for c in codes if c not in SKIPPED and c <= 0x10FFFF)
        text = unicodedata.normalize("NFC", letters)
        if not text.strip():
            return None
        first, last = self._box(start), self._box(end - 1)
        box = (
            min(first[0], last[0]),
            min(first[1], last[1]),
            max(first[2], last[2]),
            max(first[3], last[3]),
        )
        font, bold, italic = self._font(start)
        look = (font, self._size(start), bold, italic, self._colour(start), gap, letters)
        return StyledWord(text, box, 100.0, *look)

    def _box(self, index: int) -> Box:
        rect = raw.FS_RECTF()
        raw.FPDFText_GetLooseCharBox(self._text, index, rect)
        x0, y0 = _on_page(self._page, rect.left, rect.top)
        x1, y1 = _on_page(self._page, rect.right, rect.bottom)
        return (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))

    def _size(self, index: int) -> float:
        matrix = raw.FS_MATRIX()
        scale = 1.0
        if raw.FPDFText_GetMatrix(self._text, index, matrix):
            scale = math.sqrt(abs(matrix.a * matrix.d - matrix.b * matrix.c)) or 1.0
        return float(raw.FPDFText_GetFontSize(self._text, index)) * scale

    def _font(self, index: int) -> tuple[str, bool, bool]:
        """Family ("times new roman"), bold, italic."""
        flags = ctypes.c_int()
        length = raw.FPDFText_GetFontInfo(self._text, index, None, 0, flags)
        if not 0 < length < 1024:
            return "", False, False
        buffer = ctypes.create_string_buffer(length)
        raw.FPDFText_GetFontInfo(self._text, index, buffer, length, flags)
        name = buffer.value.decode("utf-8", "replace")
        key = (name, flags.value)
        if key not in self._fonts:
            self._fonts[key] = describe_font(name, flags.value)
        return self._fonts[key]

    def _colour(self, index: int) -> tuple[int, int, int]:
        red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
        raw.FPDFText_GetFillColor(self._text, index, red, green, blue, alpha)
        return red.value, green.value, blue.value


def describe_font(name: str, flags: int) -> tuple[str, bool, bool]:
    """Family in small letters, bold, italic, from a PDF's name of a font and its flags.

    >>> describe_font("ABCDEF+TimesNewRomanPS-BoldItalicMT", 0)
    ('timesnewroman', True, True)
    """
    plain = name.split("+", 1)[1] if len(name) > 7 and name[6:7] == "+" else name
    low = plain.lower()
    bold = any(sign in low for sign in ("bold", "black", "heavy")) or bool(flags & FLAG_FORCE_BOLD)
    italic = "italic" in low or "oblique" in low or bool(flags & FLAG_ITALIC)
    family = re.sub(r"[^a-z0-9.]", "", low)
    while cut := next((face for face in FACES if family.endswith(face)), None):
        family = family.removesuffix(cut)
    return family, bold, italic
