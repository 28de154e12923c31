"""Opens PDF, TIFF, PNG and JPEG alike: pages as images, and the text that a PDF carries.

Runs inside the sandbox only. Boxes are fractions of the shown page.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image as PilImage
from PIL import ImageOps, UnidentifiedImageError

from ocr.engine import Image
from ocr.errors import FileRefused
from ocr.inspect import SNIFF_BYTES, FileType, sniff
from ocr.pdf_text import Embedded, read_layer
from ocr.types import ReadOptions

POINTS_PER_INCH = 72.0
DEFAULT_DPI = 200
MAX_DPI = 300
MIN_DPI = 72
A4_WIDTH_INCHES = 8.27
WIDGET = 20  # FPDF_ANNOT_WIDGET


class Document(Protocol):
    """An open file of one or more pages, counted from 1."""

    kind: FileType

    def __len__(self) -> int: ...

    def size(self, number: int) -> tuple[int, int, int]:
        """(width, height, dpi) in pixels at which the page is read."""
        ...

    def image(self, number: int, dpi: int | None = None) -> Image:
        """The page as shown: RGB or gray, uint8; at `dpi`, or as `size` says."""
        ...

    def embedded(self, number: int) -> Embedded | None:
        """The text layer of a PDF page; None for images."""
        ...


@contextmanager
def open_document(path: str | Path, options: ReadOptions) -> Iterator[Document]:
    """Open by content. Raises FileRefused for what is not readable or over the limits."""
    path = Path(path)
    kind = check_file(path, options)
    if kind is FileType.PDF:
        document = _open_pdf(path)
        try:
            pages = PdfPages(document, options)
            _check_count(len(pages), options)
            yield pages
        finally:
            document.close()
        return
    with _open_image(path) as image:
        frames = ImagePages(image, kind, options)
        _check_count(len(frames), options)
        yield frames


def check_file(path: Path, options: ReadOptions) -> FileType:
    """Type of a file that may be read; FileRefused for what may not."""
    if not path.is_file():
        raise FileRefused("missing")
    size = path.stat().st_size
    if size == 0:
        raise FileRefused("empty")
    if size > options.max_bytes:
        raise FileRefused("too_big", f"{size} bytes")
    with path.open("rb") as file:
        kind = sniff(file.read(SNIFF_BYTES))
    if not kind.readable:
        raise FileRefused("not_a_document", kind.value)
    return kind


def _check_count(count: int, options: ReadOptions) -> None:
    if count == 0:
        raise FileRefused("zero_pages")
    if count > options.max_pages:
        raise FileRefused("too_many_pages", f"{count} pages, at most {options.max_pages}")


def _open_pdf(path: Path) -> Any:
    try:
        document = pdfium.PdfDocument(path)
        document.init_forms()
        return document
    except pdfium.PdfiumError as error:
        code = "encrypted" if "assword" in str(error) or "ecurity" in str(error) else "broken"
        raise FileRefused(code, str(error)) from error


def _open_image(path: Path) -> PilImage.Image:
    PilImage.MAX_IMAGE_PIXELS = None  # our own limit is checked on every frame
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return PilImage.open(path)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise FileRefused("broken", str(error)) from error


class PdfPages:
    """A PDF. Appearances of signature fields are flattened into each page in memory, so that the
    number and date that lie there are seen; the file is never written."""

    kind = FileType.PDF

    def __init__(self, document: Any, options: ReadOptions) -> None:
        self._document = document
        self._options = options
        self._pages: dict[int, Any] = {}

    def __len__(self) -> int:
        return len(self._document)

    def _page(self, number: int) -> Any:
        if number not in self._pages:
            self._pages.clear()
            page = self._document[number - 1]
            if any(_subtype(page, i) == WIDGET for i in range(raw.FPDFPage_GetAnnotCount(page))):
                page.flatten()
                page = self._document[number - 1]
            self._pages[number] = page
        return self._pages[number]

    def size(self, number: int) -> tuple[int, int, int]:
        page = self._page(number)
        width, height = page.get_size()
        dpi = self._dpi(page, width, height)
        scale = dpi / POINTS_PER_INCH
        return max(1, round(width * scale)), max(1, round(height * scale)), dpi

    def _dpi(self, page: Any, width: float, height: float) -> int:
        """Native resolution of a page that is one image, at most MAX_DPI; else DEFAULT_DPI."""
        if width <= 0 or height <= 0:
            raise FileRefused("broken", "a page without size")
        dpi = DEFAULT_DPI
        for _, _, share, native in _images(page, self._options):
            if share >= 0.5:
                dpi = int(min(MAX_DPI, max(MIN_DPI, round(native))))
        limit = self._options.max_pixels / 4
        while dpi > 20 and width * height * (dpi / POINTS_PER_INCH) ** 2 > limit:
            dpi = dpi * 3 // 4
        if width * height * (dpi / POINTS_PER_INCH) ** 2 > self._options.max_pixels:
            raise FileRefused("too_many_pixels", f"{width:.0f} x {height:.0f} points")
        return dpi

    def image(self, number: int, dpi: int | None = None) -> Image:
        page = self._page(number)
        dpi = dpi or self.size(number)[2]
        list(_images(page, self._options))  # refuses images that are too large to decode
        bitmap = page.render(scale=dpi / POINTS_PER_INCH, rev_byteorder=True)
        pixels: Image = bitmap.to_numpy()
        if pixels.ndim == 3 and pixels.shape[2] == 1:
            return np.ascontiguousarray(pixels[:, :, 0])
        return np.ascontiguousarray(pixels[:, :, :3]) if pixels.ndim == 3 else pixels.copy()

    def embedded(self, number: int) -> Embedded:
        page = self._page(number)
        cover = sum(share for _, _, share, _ in _images(page, self._options))
        return read_layer(page, min(1.0, cover))


def _subtype(page: Any, index: int) -> int:
    annotation = raw.FPDFPage_GetAnnot(page, index)
    try:
        return int(raw.FPDFAnnot_GetSubtype(annotation))
    finally:
        raw.FPDFPage_CloseAnnot(annotation)


def _images(page: Any, options: ReadOptions) -> Iterator[tuple[int, int, float, float]]:
    """(width px, height px, share of the page, resolution) of images; refuses those over limit."""
    width, height = page.get_size()
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        try:
            px_width, px_height = item.get_px_size()
            left, bottom, right, top = item.get_bounds()
        except pdfium.PdfiumError:
            continue
        if px_width * px_height > options.max_pixels:
            raise FileRefused("too_many_pixels", f"{px_width} x {px_height}")
        area = abs(right - left) * abs(top - bottom)
        if area <= 0:
            continue
        share = min(1.0, area / (width * height))
        native = (px_width * px_height / area) ** 0.5 * POINTS_PER_INCH
        yield px_width, px_height, share, native


class ImagePages:
    """TIFF, PNG or JPEG; turned as the camera's orientation tag says, as viewers show it."""

    def __init__(self, image: PilImage.Image, kind: FileType, options: ReadOptions) -> None:
        self._image = image
        self.kind = kind
        self._options = options

    def __len__(self) -> int:
        return int(getattr(self._image, "n_frames", 1))

    def _seek(self, number: int) -> PilImage.Image:
        try:
            self._image.seek(number - 1)
        except (EOFError, OSError, ValueError) as error:
            raise FileRefused("broken", str(error)) from error
        width, height = self._image.size
        if width * height > self._options.max_pixels:
            raise FileRefused("too_many_pixels", f"{width} x {height}")
        if width * height == 0:
            raise FileRefused("zero_pages")
        return self._image

    def size(self, number: int) -> tuple[int, int, int]:
        frame = self._seek(number)
        width, height = frame.size
        if frame.getexif().get(0x0112, 1) >= 5:
            width, height = height, width
        return width, height, _image_dpi(frame)

    def image(self, number: int, dpi: int | None = None) -> Image:
        frame = self._seek(number)
        try:
            shown = ImageOps.exif_transpose(frame)
            mode = "L" if shown.mode in ("1", "L", "LA", "I;16") else "RGB"
            pixels = np.asarray(_flat(shown, mode), dtype=np.uint8)
        except (OSError, ValueError, SyntaxError, EOFError) as error:
            raise FileRefused("broken", str(error)) from error
        if dpi is None:
            return pixels
        scale = dpi / _image_dpi(frame)
        size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
        return np.asarray(PilImage.fromarray(pixels).resize(size), dtype=np.uint8)

    def embedded(self, number: int) -> None:
        return None


def _flat(image: PilImage.Image, mode: str) -> PilImage.Image:
    """Without transparency: what shows through is paper."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        rgba = image.convert("RGBA")
        paper = PilImage.new("RGBA", rgba.size, "white")
        image = PilImage.alpha_composite(paper, rgba)
    return image.convert(mode)


def _image_dpi(image: PilImage.Image) -> int:
    """Resolution that the image tells, or what it would be if its short side were A4's width."""
    told = image.info.get("dpi", (0, 0))
    across = min(image.size) / A4_WIDTH_INCHES
    try:
        value = float(told[0])
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        value = 0.0
    plausible = MIN_DPI < value <= 1200 and 0.3 < across / value < 2.5
    return max(MIN_DPI, round(value if plausible else across))
