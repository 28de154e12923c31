"""Office papers made for measuring: pages with known lines, and scans of them in three qualities.

Nothing is taken from outside: the words are of this file, the paper is drawn, then spoilt by a
seeded generator: skew, blur, noise, uneven light, a pen's stroke, and the losses of JPEG.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

DPI = 200
SIZE = (1654, 2339)  # A4 in pixels of DPI
FONTS = Path("/usr/share/fonts/truetype/liberation2")
PHRASES = (
    "thực hiện chỉ đạo của Ủy ban nhân dân tỉnh", "đề nghị các cơ quan, đơn vị khẩn trương",
    "rà soát, tổng hợp hồ sơ còn tồn đọng", "bảo đảm đúng thời hạn theo quy định",
    "báo cáo kết quả bằng văn bản", "phối hợp với Phòng Tài chính để thẩm định",
    "công khai thủ tục hành chính tại bộ phận một cửa", "nghiêm túc chấn chỉnh kỷ luật, kỷ cương",
    "đẩy mạnh chuyển đổi số và cải cách hành chính", "hướng dẫn người dân nộp hồ sơ trực tuyến",
    "phân công cán bộ chịu trách nhiệm theo dõi", "kiến nghị cấp có thẩm quyền xem xét",
)  # fmt: skip
HEAD = (
    ("ỦY BAN NHÂN DÂN", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
    ("XÃ MẪU", "Độc lập - Tự do - Hạnh phúc"),
)
MARGIN, LEADING, TEXT_SIZE = 220, 50, 36


@dataclass(frozen=True, slots=True)
class Quality:
    """How a page is spoilt.

    Attributes:
        skew: degrees at most to either side.
        blur: standard deviation in pixels.
        noise: standard deviation in gray levels.
        light: share of the light lost in the darkest corner.
        fade: share of the ink lost.
        jpeg: quality 0 to 100.
        strokes: strokes of a pen across the text.
    """

    skew: float
    blur: float
    noise: float
    light: float
    fade: float
    jpeg: int
    strokes: int


QUALITIES: Mapping[str, Quality] = {
    "clean": Quality(0.2, 0.2, 2, 0.03, 0.05, 90, 0),
    "typical": Quality(1.2, 0.6, 5, 0.12, 0.15, 72, 1),
    "bad": Quality(2.0, 1.0, 11, 0.3, 0.3, 42, 3),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line and its box (x0, y0, x1, y1) in pixels of the unspoilt page."""

    text: str
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan and what stands on it; `angle` are the degrees counter-clockwise it was turned."""

    path: Path
    lines: tuple[Line, ...]
    angle: float


def make_scan(folder: Path, quality: str, seed: int) -> Scan:
    """Write one scan as a PDF of one page. The same arguments give the same pixels."""
    chance = random.Random(f"{quality}-{seed}")
    page, lines = draw(chance)
    image, angle = spoil(np.asarray(page), QUALITIES[quality], chance)
    path = folder / f"{quality}-{seed}.pdf"
    jpeg = QUALITIES[quality].jpeg
    Image.fromarray(image).save(path, "PDF", resolution=DPI, quality=jpeg)
    return Scan(path, tuple(lines), angle)


def draw(chance: random.Random) -> tuple[Image.Image, list[Line]]:
    """An unspoilt page: a head of two columns and paragraphs."""
    page = Image.new("L", SIZE, 255)
    pen = ImageDraw.Draw(page)
    text = ImageFont.truetype(FONTS / "LiberationSerif-Regular.ttf", TEXT_SIZE)
    bold = ImageFont.truetype(FONTS / "LiberationSerif-Bold.ttf", 32)
    lines: list[Line] = []

    def put(x: float, y: float, words: str, font: ImageFont.FreeTypeFont) -> None:
        pen.text((x, y), words, font=font, fill=0)
        lines.append(Line(words, pen.textbbox((x, y), words, font=font)))

    for row, sides in enumerate(HEAD):
        for middle, words in zip((440, 1170), sides, strict=True):
            put(middle - bold.getlength(words) / 2, 150 + 48 * row, words, bold)
    put(300, 270, f"Số: {chance.randint(1, 4999)}/UBND-VP", text)
    y = 400
    for _ in range(8):
        for words in wrapped(chance, text):
            put(MARGIN, y, words, text)
            y += LEADING
        y += 20
    return page, lines


def wrapped(chance: random.Random, font: ImageFont.FreeTypeFont) -> list[str]:
    """A paragraph of three phrases, in lines of the page's width."""
    said = "; ".join(chance.sample(PHRASES, 3)) + "."
    lines = [""]
    for word in (said[0].upper() + said[1:]).split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) > SIZE[0] - 2 * MARGIN:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def spoil(
    page: npt.NDArray[np.uint8], quality: Quality, chance: random.Random
) -> tuple[npt.NDArray[np.uint8], float]:
    """The page as a scanner gives it, and the degrees it was turned."""
    height, width = page.shape
    inked = page.copy()
    for _ in range(quality.strokes):
        left, top = chance.randint(MARGIN, width - 500), chance.randint(400, 1400)
        across = np.arange(0, 260, 4)
        down = 14 * np.sin(across / chance.uniform(12, 30)) + chance.uniform(-0.1, 0.1) * across
        points = np.stack([left + across, top + down], axis=1).astype(np.int32)
        stroke = np.full_like(page, 255)
        cv2.polylines(stroke, [points], False, 60, 4, cv2.LINE_AA)
        inked = np.asarray(cv2.min(inked, stroke), dtype=np.uint8)
    faded = 255 - (255 - inked.astype(np.float32)) * (1 - quality.fade)
    fall = np.linspace(1, 1 - quality.light, width, dtype=np.float32)[None, :]
    angle = chance.uniform(-quality.skew, quality.skew)
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    turned = cv2.warpAffine(faded * fall, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    blurred = cv2.GaussianBlur(turned, (0, 0), quality.blur)
    grain = np.random.default_rng(chance.randrange(2**32)).normal(0, quality.noise, page.shape)
    return np.clip(np.asarray(blurred) + grain, 0, 255).astype(np.uint8), angle


def unturned(x: float, y: float, angle: float) -> tuple[float, float]:
    """Where a point of the scan stood before it was turned."""
    across, down = x - SIZE[0] / 2, y - SIZE[1] / 2
    cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    return (
        SIZE[0] / 2 + cosine * across - sine * down,
        SIZE[1] / 2 + sine * across + cosine * down,
    )
