"""Turns a born-digital PDF into what a scanner, a fax or a telephone makes of the paper.

Every fault is seeded: the same PDF, quality and seed give the same bytes.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from app.demo.ink import font_file

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image as PilImage

    Pixels = NDArray[np.float32]


class Quality(StrEnum):
    """Where the image comes from."""

    CLEAN = "clean"  # an office scanner, grey, straight
    SKEWED = "skewed"  # the same, put in crooked, paper a little grey
    FAX = "fax"  # black and white, 200 dpi, specks and worn letters
    COLOUR = "colour"  # an office scanner in colour: red seal, blue ink
    PHONE = "phone"  # a photograph on a desk: perspective, shadow, soft focus


class Container(StrEnum):
    """The file type of the result; JPEG holds the first page only."""

    PDF = "pdf"
    TIFF = "tiff"
    JPEG = "jpeg"


@dataclass(frozen=True, slots=True)
class _Device:
    """What one device does to a page. Angles in degrees, blur as sigma in pixels."""

    dpi: int
    colour: bool
    skew: float
    blur: float
    noise: float
    jpeg: int
    paper: int = 255  # the grey of blank paper
    fade: float = 0.0  # share of the ink that is lost


DEVICES: dict[Quality, _Device] = {
    Quality.CLEAN: _Device(200, False, 0.15, 0.45, 0.8, 50),
    Quality.SKEWED: _Device(200, False, 1.6, 0.6, 1.6, 42, paper=243, fade=0.08),
    Quality.FAX: _Device(200, False, 0.9, 0.8, 46.0, 0, fade=0.38),
    Quality.COLOUR: _Device(200, True, 0.35, 0.5, 0.9, 50, paper=251),
    Quality.PHONE: _Device(165, True, 0.9, 0.85, 2.2, 58, paper=233),
}


def scan(pdf: bytes, quality: Quality, seed: int, container: Container = Container.PDF) -> bytes:
    """The pages of `pdf` as images without a text layer, with the faults of `quality`."""
    device = DEVICES[quality]
    images = [_page(page, quality, device, seed + n) for n, page in enumerate(_raster(pdf, device))]
    if container is Container.TIFF:
        return _tiff(images, device)
    encoded = [_encode(image, device) for image in images]
    return encoded[0] if container is Container.JPEG else _pdf(images, encoded, device)


def _raster(pdf: bytes, device: _Device) -> Iterator["Pixels"]:
    import numpy as np
    import pypdfium2 as pdfium

    document = pdfium.PdfDocument(pdf)
    for page in document:
        image = page.render(scale=device.dpi / 72).to_pil().convert("RGB")
        yield np.asarray(image).astype(np.float32)
    document.close()


def _page(pixels: "Pixels", quality: Quality, device: _Device, seed: int) -> "PilImage":
    import cv2
    import numpy as np
    from PIL import Image

    rng = np.random.default_rng(seed)
    pixels = 255 - (255 - pixels) * (1 - device.fade)
    if quality is Quality.PHONE:
        pixels = _on_a_desk(pixels, rng)
    else:
        pixels = _turn(pixels, float(rng.choice((-1, 1))) * device.skew * rng.uniform(0.75, 1.0))
    pixels = cv2.GaussianBlur(pixels, (0, 0), device.blur).astype(np.float32)
    if quality is Quality.FAX:
        return _fax(pixels, rng, device)
    pixels = pixels * (device.paper / 255)
    grain = rng.normal(0, device.noise, pixels.shape[:2]).astype(np.float32)
    pixels = pixels + grain[..., None] * (pixels < device.paper - 6)  # scanners clip blank paper
    image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    return image if device.colour else image.convert("L")


def _turn(pixels: "Pixels", degrees: float) -> "Pixels":
    import cv2
    import numpy as np

    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    white = (255.0, 255.0, 255.0)
    turned = cv2.warpAffine(
        pixels, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=white
    )
    return np.asarray(turned, dtype=np.float32)


def _fax(pixels: "Pixels", rng: "np.random.Generator", device: _Device) -> "PilImage":
    """Worn black and white: the threshold wanders, specks fall, a feeding line runs down."""
    import cv2
    import numpy as np
    from PIL import Image

    grey = pixels.mean(axis=2)
    height, width = grey.shape
    grain = rng.normal(0, device.noise, grey.shape).astype(np.float32)
    rough = cv2.GaussianBlur(grain, (0, 0), 0.8)
    drift = cv2.resize(rng.uniform(-14, 14, (9, 7)).astype(np.float32), (width, height))
    black = grey + rough + drift < 178
    for _ in range(130):
        x, y = int(rng.integers(0, width)), int(rng.integers(0, height))
        black[y : y + int(rng.integers(1, 4)), x : x + int(rng.integers(1, 4))] = True
    line = int(rng.uniform(0.86, 0.93) * width)
    black[:, line] |= rng.random(height) < 0.5
    image = Image.fromarray(np.where(black, 0, 255).astype(np.uint8))
    return _fax_header(image).convert("1", dither=Image.Dither.NONE)


def _fax_header(image: "PilImage") -> "PilImage":
    from PIL import ImageDraw, ImageFont

    font = ImageFont.truetype(font_file("LiberationMono-Regular"), 24)
    line = "FAX  0900 000 301      GUI TU: MAY FAX SO 2      TRANG 01"
    ImageDraw.Draw(image).text((110, 26), line, font=font, fill=0)
    return image


def _on_a_desk(pixels: "Pixels", rng: "np.random.Generator") -> "Pixels":
    """The sheet seen at an angle on a wooden desk, light from one side, the shadow of an arm."""
    import cv2
    import numpy as np

    height, width = pixels.shape[:2]
    pixels = pixels * np.array([1.0, 0.99, 0.965], np.float32)
    around = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    shift = rng.uniform(0.012, 0.04, (4, 2)) * np.array([width, height])
    inward = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]])
    corners = (around + shift * inward).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(around, corners)
    grain = rng.normal(0, 7, (height, 1)).astype(np.float32)
    desk = np.full((height, width, 3), (122, 92, 66), np.float32) + grain[..., None]
    sheet = cv2.warpPerspective(pixels, matrix, (width, height), flags=cv2.INTER_CUBIC)
    ones = np.ones((height, width), np.float32)
    mask = cv2.warpPerspective(ones, matrix, (width, height))[..., None]
    seen = sheet * mask + desk * (1 - mask)
    across, down = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    light = 1 - 0.20 * across - 0.08 * down
    light *= 1 - 0.17 / (1 + np.exp(-(across + 0.75 * down - 1.42) * 22))
    lit: Pixels = (seen * light[..., None]).astype(np.float32)
    return lit


def _encode(image: "PilImage", device: _Device) -> bytes:
    out = io.BytesIO()
    if image.mode == "1":
        image.save(out, "PNG", optimize=True)
    else:
        image.save(out, "JPEG", quality=device.jpeg, optimize=True, dpi=(device.dpi, device.dpi))
    return out.getvalue()


def _tiff(images: list["PilImage"], device: _Device) -> bytes:
    """CCITT group 4 for black and white, as fax servers keep them, else JPEG inside the TIFF."""
    out = io.BytesIO()
    kind = "group4" if images[0].mode == "1" else "jpeg"
    images[0].save(
        out,
        "TIFF",
        compression=kind,
        dpi=(device.dpi, device.dpi),
        save_all=True,
        append_images=images[1:],
    )
    return out.getvalue()


def _pdf(images: list["PilImage"], encoded: list[bytes], device: _Device) -> bytes:
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pageCompression=1, invariant=1)
    canvas.setProducer("Scan")
    for image, data in zip(images, encoded, strict=True):
        width, height = (side * 72 / device.dpi for side in image.size)
        canvas.setPageSize((width, height))
        canvas.drawImage(ImageReader(io.BytesIO(data)), 0, 0, width, height)
        canvas.showPage()
    canvas.save()
    return out.getvalue()
