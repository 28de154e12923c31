"""TIFF, PNG and JPEG as PDF, the same pixels: JPEG data as it is, all else packed lossless."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
from PIL import Image as PilImage

from ocr.documents import open_document
from ocr.inspect import FileType
from ocr.types import ReadOptions

UPRIGHT = (0, 1)


def write_image_pdf(path: Path, target: Path, options: ReadOptions) -> None:
    """One page a frame, at the resolution that the image tells."""
    with open_document(path, options) as document, pikepdf.new() as pdf:
        for number in range(1, len(document) + 1):
            width, height, dpi = document.size(number)
            jpeg = _plain_jpeg(path) if document.kind is FileType.JPEG else None
            image = jpeg if jpeg is not None else _packed(document.image(number))
            _add_page(pdf, image, width * 72 / dpi, height * 72 / dpi)
        pdf.save(target)


def _plain_jpeg(path: Path) -> dict[str, Any] | None:
    """The data of a JPEG that needs no turning and no change of colours, as it is in the file."""
    with PilImage.open(path) as image:
        if image.mode not in ("L", "RGB") or image.getexif().get(0x0112, 1) not in UPRIGHT:
            return None
        return {
            "data": path.read_bytes(),
            "filter": "/DCTDecode",
            "size": image.size,
            "space": "/DeviceGray" if image.mode == "L" else "/DeviceRGB",
            "bits": 8,
        }


def _packed(pixels: Any) -> dict[str, Any]:
    """Raw pixels, deflated; pages of pure black and white with one bit a pixel."""
    height, width = pixels.shape[:2]
    space, bits, data = "/DeviceRGB", 8, pixels
    if pixels.ndim == 2:
        space = "/DeviceGray"
        if not np.any((pixels != 0) & (pixels != 255)):
            bits, data = 1, np.packbits(pixels > 127, axis=1)
    return {
        "data": zlib.compress(np.ascontiguousarray(data).tobytes(), 6),
        "filter": "/FlateDecode",
        "size": (width, height),
        "space": space,
        "bits": bits,
    }


def _add_page(pdf: Any, image: dict[str, Any], width: float, height: float) -> None:
    stream = pikepdf.Stream(pdf, image["data"])
    stream.Type, stream.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    stream.Width, stream.Height = image["size"]
    stream.ColorSpace = pikepdf.Name(image["space"])
    stream.BitsPerComponent = image["bits"]
    stream.Filter = pikepdf.Name(image["filter"])
    page = pdf.add_blank_page(page_size=(width, height))
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=stream))
    page.Contents = pikepdf.Stream(pdf, f"q {width:.3f} 0 0 {height:.3f} 0 0 cm /Im0 Do Q".encode())
