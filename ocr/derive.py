"""Things made from a file: pictures, a searchable PDF, parts of it, a stamped copy.

The original is only read. Everything here runs inside the sandbox and writes into the current
folder; each function gives the name of what it wrote.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
from PIL import Image as PilImage

from ocr.documents import Document, open_document
from ocr.errors import FileRefused
from ocr.image_pdf import write_image_pdf
from ocr.inspect import FileType
from ocr.text_overlay import overlay_pages
from ocr.types import Box, PageText, ReadOptions

MAX_WIDTH_PX = 4000
MAX_PICTURE_DPI = 400
MAX_PICTURE_PIXELS = 40_000_000
FIRST_LOOK_DPI = 72


def page_picture(
    document: Document, number: int, width_px: int, box: Box | None = None
) -> PilImage.Image:
    """A page as it is shown, or a box of it, about `width_px` wide (at most 4,000)."""
    if not 1 <= number <= len(document):
        raise FileRefused("bad_request", f"page {number} of {len(document)}")
    width, height, dpi = document.size(number)
    share = max(0.02, (box[2] - box[0]) if box else 1.0)
    wanted = min(max(16, width_px), MAX_WIDTH_PX) / share
    target = min(dpi * wanted / width, MAX_PICTURE_DPI if box else dpi * wanted / width)
    while width * height * (target / dpi) ** 2 > MAX_PICTURE_PIXELS:
        target *= 0.8
    target_dpi = max(4, round(target))
    pixels = document.image(number, target_dpi)
    picture = PilImage.fromarray(np.asarray(pixels))
    if box:
        w, h = picture.size
        edges = (int(box[0] * w), int(box[1] * h), int(box[2] * w) + 1, int(box[3] * h) + 1)
        left, top = max(0, min(edges[0], w - 1)), max(0, min(edges[1], h - 1))
        picture = picture.crop((left, top, max(left + 1, edges[2]), max(top + 1, edges[3])))
    final = min(max(16, width_px), MAX_WIDTH_PX)
    if picture.width > final:
        size = (final, max(1, round(picture.height * final / picture.width)))
        picture = picture.resize(size, PilImage.Resampling.LANCZOS)
    return picture


def searchable_pdf(path: str, pages: Sequence[PageText], options: ReadOptions, target: str) -> str:
    """A PDF with the images as they were and the recognised words, invisible, in their places.

    Pages whose text was in the file already are left as they are.
    """
    with _as_pdf(path, options) as pdf:
        overlay_pages(pdf, pages)
        _save(pdf, target)
    return target


def split_pdf(path: str, groups: Sequence[Sequence[int]], options: ReadOptions) -> list[str]:
    """One PDF a group of page numbers from 1, in the order given: part-0.pdf, part-1.pdf, …"""
    names = []
    with _as_pdf(path, options) as pdf:
        count = len(pdf.pages)
        for index, group in enumerate(groups):
            if not group or any(not 1 <= n <= count for n in group):
                raise FileRefused("bad_request", f"pages {list(group)} of {count}")
            with pikepdf.new() as part:
                for number in group:
                    part.pages.append(pdf.pages[number - 1])
                names.append(_save(part, f"part-{index}.pdf"))
    return names


def _shown_box(page: pikepdf.Page) -> pikepdf.Rectangle:
    """What a viewer shows of a page: its crop box, as far as the medium reaches. The trim box,
    which would be taken otherwise, is the printer's."""
    crop, media = pikepdf.Rectangle(page.cropbox), pikepdf.Rectangle(page.mediabox)
    left, right = max(crop.llx, media.llx), min(crop.urx, media.urx)
    bottom, top = max(crop.lly, media.lly), min(crop.ury, media.ury)
    if left >= right or bottom >= top:
        return media
    return pikepdf.Rectangle(left, bottom, right, top)


def overlay_pdf(path: str, stamp_pdf: str, page: int, target: str) -> str:
    """A copy with the first page of `stamp_pdf` laid over one page, whole page on whole page."""
    with _open_pdf(path) as pdf, _open_pdf(stamp_pdf) as stamp:
        if not 1 <= page <= len(pdf.pages) or not len(stamp.pages):
            raise FileRefused("bad_request", f"page {page} of {len(pdf.pages)}")
        below = pdf.pages[page - 1]
        below.add_overlay(stamp.pages[0], _shown_box(below))
        _save(pdf, target)
    return target


def image_to_pdf(path: str, options: ReadOptions, target: str) -> str:
    """TIFF, PNG or JPEG as a PDF: each page an image of the same pixels."""
    with open_document(path, options) as document:
        if document.kind is FileType.PDF:
            raise FileRefused("bad_request", "is a PDF already")
    write_image_pdf(Path(path), Path(target), options)
    return target


def _as_pdf(path: str, options: ReadOptions) -> Any:
    with open_document(path, options) as document:
        kind = document.kind
    if kind is FileType.PDF:
        return _open_pdf(path)
    write_image_pdf(Path(path), Path("converted.pdf"), options)
    return _open_pdf("converted.pdf")


def _open_pdf(path: str) -> Any:
    try:
        return pikepdf.open(path)
    except pikepdf.PasswordError as error:
        raise FileRefused("encrypted") from error
    except pikepdf.PdfError as error:
        raise FileRefused("broken", str(error)[:200]) from error


def _save(pdf: Any, name: str) -> str:
    pdf.save(name, compress_streams=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return name
