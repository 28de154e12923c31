"""Invisible words over the pages of a PDF, so that a scan can be searched and copied."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pikepdf
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from ocr.errors import FileRefused
from ocr.types import PageText, Word

FONT = "OcrInvisible"
FONT_FILES = (
    "/usr/share/fonts/truetype/liberation2/LiberationSans-Regular.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf",
    "/usr/share/fonts/liberation-sans/LiberationSans-Regular.ttf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
)
INVISIBLE = 3
ASCENT = 0.78
"""How much of a word's box lies above its baseline, on average over Vietnamese words."""
MIN_SIZE, MAX_SIZE = 1.0, 400.0


def overlay_pages(pdf: Any, pages: Sequence[PageText]) -> None:
    """Lay the recognised words of `pages` over the pages of an open pikepdf document."""
    wanted = [p for p in pages if p.source == "ocr" and p.words and p.number <= len(pdf.pages)]
    if not wanted:
        return
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pageCompression=1, invariant=True)
    _register_font()
    for page in wanted:
        width, height = shown_size(pdf.pages[page.number - 1])
        canvas.setPageSize((width, height))
        for word in page.words:
            _write_word(canvas, word, width, height)
        canvas.showPage()
    canvas.save()
    with pikepdf.open(buffer) as texts:
        for text_page, page in zip(texts.pages, wanted, strict=True):
            pdf.pages[page.number - 1].add_overlay(text_page)


def shown_size(page: Any) -> tuple[float, float]:
    """Width and height in points as a viewer shows the page (crop box, turned by /Rotate)."""
    x0, y0, x1, y1 = (float(v) for v in page.cropbox)
    width, height = abs(x1 - x0), abs(y1 - y0)
    turned = int(page.obj.get("/Rotate", 0)) % 180 != 0
    return (height, width) if turned else (width, height)


def _write_word(canvas: Canvas, word: Word, width: float, height: float) -> None:
    x0, y0, x1, y1 = word.box
    size = min(MAX_SIZE, max(MIN_SIZE, (y1 - y0) * height * 0.9))
    natural = pdfmetrics.stringWidth(word.text, FONT, size)
    if natural <= 0 or x1 <= x0:
        return
    text = canvas.beginText()
    text.setTextRenderMode(INVISIBLE)
    text.setFont(FONT, size)
    text.setHorizScale(100.0 * (x1 - x0) * width / natural)
    text.setTextOrigin(x0 * width, height - (y0 + (y1 - y0) * ASCENT) * height)
    text.textOut(word.text + " ")
    canvas.drawText(text)


def _register_font() -> None:
    if FONT in pdfmetrics.getRegisteredFontNames():
        return
    for file in FONT_FILES:
        if Path(file).is_file():
            pdfmetrics.registerFont(TTFont(FONT, file))
            return
    raise FileRefused("no_engine", "no font with Vietnamese letters (fonts-liberation2)")
