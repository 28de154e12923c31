"""Small office papers for the tests: born-digital PDFs after NĐ 30/2020, and scans of them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

FONTS = Path("/usr/share/fonts/truetype/liberation2")
SERIF, BOLD = "TestSerif", "TestSerifBold"
RED = (205, 30, 45)
BODY = (
    "Thực hiện chỉ đạo của Ủy ban nhân dân tỉnh về công tác cải cách hành chính năm 2026,",
    "đề nghị các cơ quan, đơn vị trên địa bàn nghiêm túc triển khai các nhiệm vụ được giao,",
    "báo cáo kết quả thực hiện về Sở Nội vụ trước ngày 20 tháng 3 năm 2026 để tổng hợp theo",
    "quy định tại Quyết định số 15/2024/QĐ-UBND ngày 10 tháng 5 năm 2024 của Ủy ban nhân dân.",
)


@dataclass(frozen=True)
class Paper:
    """What stands on a letter; the defaults make a công văn of one page."""

    parent: str = "UBND TỈNH NINH BÌNH"
    organ: Sequence[str] = ("SỞ NỘI VỤ",)
    number: str = "Số: 123/SNV-CCHC"
    about: Sequence[str] = ("V/v triển khai công tác", "cải cách hành chính năm 2026")
    date: str = "Ninh Bình, ngày 05 tháng 01 năm 2026"
    title: str = ""
    summary: Sequence[str] = ()
    to: Sequence[str] = ("Kính gửi: Ủy ban nhân dân các xã, phường",)
    body: Sequence[str] = BODY
    posts: Sequence[str] = ("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC")
    signer: str = "Nguyễn Văn Bình"
    received: Sequence[str] = ("- Như trên;", "- Lưu: VT, CCHC.")
    pages: int = 1
    extra: Sequence[tuple[float, float, str, float]] = field(default_factory=tuple)
    """(x mm, y mm from the top, text, size) of further lines on page 1."""


def fonts() -> None:
    if SERIF not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(SERIF, FONTS / "LiberationSerif-Regular.ttf"))
        pdfmetrics.registerFont(TTFont(BOLD, FONTS / "LiberationSerif-Bold.ttf"))


def write_pdf(path: Path, paper: Paper) -> Path:
    """A born-digital PDF of the paper."""
    fonts()
    canvas = Canvas(str(path), pagesize=A4, invariant=True)
    _Page(canvas).head(paper)
    for number in range(2, paper.pages + 1):
        canvas.showPage()
        page = _Page(canvas)
        page.y = 30
        page.left(f"Trang {number}", 100)
        for line in paper.body:
            page.left(line)
    canvas.save()
    return path


class _Page:
    def __init__(self, canvas: Canvas) -> None:
        self.canvas, self.y = canvas, 20.0

    def at(self, x: float, y: float, text: str, font: str = SERIF, size: float = 13) -> None:
        """Centred about x, y from the top, both in millimetres."""
        self.canvas.setFont(font, size)
        self.canvas.drawCentredString(x * mm, A4[1] - y * mm, text)

    def left(self, text: str, x: float = 30, size: float = 13) -> None:
        self.canvas.setFont(SERIF, size)
        self.canvas.drawString(x * mm, A4[1] - self.y * mm, text)
        self.y += 6.5

    def head(self, paper: Paper) -> None:
        y = 20.0
        for line, font in [(paper.parent, SERIF), *((x, BOLD) for x in paper.organ)]:
            if line:
                self.at(62, y, line, font, 12)
                y += 5.5
        self.at(62, y + 4, paper.number)
        self.at(140, 20, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", BOLD, 12)
        self.at(140, 25.5, "Độc lập - Tự do - Hạnh phúc", BOLD, 13)
        self.at(140, y + 4, paper.date, SERIF, 13)
        y += 9
        for line in paper.about:
            self.at(62, y, line, SERIF, 12)
            y += 5
        y += 9
        if paper.title:
            self.at(110, y, paper.title, BOLD, 14)
            y += 7
        for line in paper.summary:
            self.at(110, y, line, BOLD, 13)
            y += 6
        self.y = y + 8
        for line in paper.to:
            self.left(line, 60)
        self.y += 6
        for line in paper.body:
            self.left(line)
        self._foot(paper)
        for x, down, text, size in paper.extra:
            self.at(x, down, text, BOLD, size)

    def _foot(self, paper: Paper) -> None:
        self.y += 6
        y = self.y
        if paper.received:
            self.left("Nơi nhận:", 30, 12)
            for line in paper.received:
                self.left(line, 30, 11)
        for line in paper.posts:
            self.at(150, y, line, BOLD, 13)
            y += 6
        if paper.signer:
            self.at(150, y + 26, paper.signer, BOLD, 13)


def render(path: Path, dpi: int = 150) -> npt.NDArray[np.uint8]:
    """Page 1 of a PDF as RGB."""
    with pdfium.PdfDocument(path) as document:
        return np.asarray(document[0].render(scale=dpi / 72).to_pil().convert("RGB"))


def scan(
    path: Path, images: Sequence[npt.NDArray[np.uint8]], dpi: int = 150, quality: int = 85
) -> Path:
    """An image-only PDF of the given pages, as a scanner writes it."""
    canvas = Canvas(str(path), invariant=True)
    for image in images:
        buffer = io.BytesIO()
        Image.fromarray(image).save(buffer, "JPEG", quality=quality, dpi=(dpi, dpi))
        width, height = image.shape[1] * 72 / dpi, image.shape[0] * 72 / dpi
        canvas.setPageSize((width, height))
        from reportlab.lib.utils import ImageReader

        canvas.drawImage(ImageReader(io.BytesIO(buffer.getvalue())), 0, 0, width, height)
        canvas.showPage()
    canvas.save()
    return path


def scanned(tmp: Path, paper: Paper, dpi: int = 150, **how: float) -> Path:
    """A scan of page 1 of a paper; `skew` in degrees, `noise` in gray levels."""
    image = render(write_pdf(tmp / "born.pdf", paper), dpi)
    return scan(tmp / "scan.pdf", [worn(image, **how)], dpi)


def worn(
    image: npt.NDArray[np.uint8], skew: float = 0.0, noise: float = 3.0
) -> npt.NDArray[np.uint8]:
    height, width = image.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), skew, 1.0)
    turned = cv2.warpAffine(image, matrix, (width, height), borderValue=(255, 255, 255))
    rough = turned + np.random.default_rng(1).normal(0, noise, turned.shape)
    return np.asarray(np.clip(rough, 0, 255), dtype=np.uint8)


def stamped(
    image: npt.NDArray[np.uint8],
    word: str,
    at_mm: tuple[float, float],
    dpi: int = 150,
    colour: tuple[int, int, int] = RED,
    frame: bool = True,
) -> npt.NDArray[np.uint8]:
    """The image with a word stamped on it, framed or not; `at_mm`: the top left corner."""
    picture = Image.fromarray(image)
    draw = ImageDraw.Draw(picture)
    unit = dpi / 25.4
    font = ImageFont.truetype(str(FONTS / "LiberationSerif-Bold.ttf"), int(5 * unit))
    x, y = at_mm[0] * unit, at_mm[1] * unit
    box = draw.textbbox((x, y), word, font=font)
    draw.text((x, y), word, font=font, fill=colour)
    if frame:
        pad = 1.8 * unit
        edges = (box[0] - pad, box[1] - pad, box[2] + pad, box[3] + pad)
        draw.rectangle(edges, outline=colour, width=max(2, int(0.5 * unit)))
    return np.asarray(picture)
