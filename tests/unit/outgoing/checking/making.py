"""Papers drawn for the tests: a correct one, and the same one with a fault.

`Sheet` is a paper as data; `draw` lays it out after the numbered cells of the decree's annex.
All names are invented.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

FONTS = Path("/usr/share/fonts/truetype")
STYLES = {"": "Regular", "b": "Bold", "i": "Italic", "bi": "BoldItalic"}
A4_WIDTH = 210
LEFT_COLUMN, RIGHT_COLUMN = 62.0, 146.0
"""Middles of the two columns of the head on A4, millimetres from the left edge."""

Look = tuple[float, str]
LOOKS: dict[str, Look] = {
    "nation": (12, "b"),
    "motto": (13, "b"),
    "superior": (12, ""),
    "organ": (12, "b"),
    "number": (13, ""),
    "date": (13, "i"),
    "title": (14, "b"),
    "subject": (14, "b"),
    "about": (12, ""),
    "urgency": (13, "b"),
    "base": (14, "i"),
    "body": (14, ""),
    "article": (14, "b"),
    "to": (14, ""),
    "heading": (12, "bi"),
    "item": (11, ""),
    "post": (13, "b"),
    "name": (13, "b"),
    "page_number": (13, ""),
}


@dataclass(frozen=True)
class Sheet:
    """A paper. `looks` changes size and style of parts; `rules` the rules under parts, as a share
    of the line (0: none); `margins` in millimetres: left, right, top."""

    nation: str = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    motto: str = "Độc lập - Tự do - Hạnh phúc"
    superior: tuple[str, ...] = ()
    organ: tuple[str, ...] = ("ỦY BAN NHÂN DÂN", "PHƯỜNG HOA LƯ")
    number: str = "Số: 07/QĐ-UBND"
    date: str = "Hoa Lư, ngày 05 tháng 01 năm 2026"
    title: str = ""
    subject: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    urgency: str = ""
    to: tuple[str, ...] = ()
    decides: str = ""
    bases: tuple[str, ...] = ()
    enacting: str = ""
    body: tuple[str, ...] = ()
    received: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    name: str = "Trần Văn Mẫu"
    looks: dict[str, Look] = field(default_factory=dict)
    rules: dict[str, float] = field(default_factory=dict)
    size: tuple[float, float] = (210, 297)
    margins: tuple[float, float, float] = (30, 18, 20)
    font: str = "liberation2/LiberationSerif"
    justified: bool = True
    indent: float = 12.7
    pitch: float = 1.15
    colour: tuple[float, float, float] = (0, 0, 0)
    page_number: Callable[[int], str] = lambda page: "" if page == 1 else str(page)
    page_number_at: tuple[float, float] = (0.5, 12)
    nation_at: float = RIGHT_COLUMN
    title_at: float = 0.0
    motto_first: bool = False
    break_before: str = ""
    blank_pages: int = 0

    def but(self, **changes: Any) -> Sheet:
        return replace(self, **changes)


DECISION = Sheet(
    title="QUYẾT ĐỊNH",
    subject=("Về việc kiện toàn Tổ công tác chuyển đổi số", "phường Hoa Lư năm 2026"),
    decides="CHỦ TỊCH ỦY BAN NHÂN DÂN PHƯỜNG HOA LƯ",
    bases=(
        "Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025;",
        "Căn cứ Nghị định số 30/2020/NĐ-CP ngày 05 tháng 3 năm 2020 của Chính phủ về công tác "
        "văn thư;",
        "Theo đề nghị của Trưởng phòng Văn hóa - Xã hội phường tại Tờ trình số 12/TTr-VHXH ngày "
        "04 tháng 01 năm 2026.",
    ),
    enacting="QUYẾT ĐỊNH:",
    body=(
        "Điều 1. Kiện toàn Tổ công tác chuyển đổi số của phường, gồm các thành viên có tên trong "
        "danh sách đã được Chủ tịch Ủy ban nhân dân phường phê duyệt tại cuộc họp đầu năm.",
        "Điều 2. Tổ công tác có nhiệm vụ sau đây:",
        "1. Tham mưu kế hoạch chuyển đổi số của phường và đôn đốc các đơn vị thực hiện các chỉ "
        "tiêu được giao trong năm, báo cáo Ủy ban nhân dân phường hằng tháng;",
        "2. Hướng dẫn người dân sử dụng dịch vụ công trực tuyến tại Trung tâm Phục vụ hành chính "
        "công và tại các tổ dân phố trên địa bàn phường.",
        "Điều 3. Quyết định này có hiệu lực kể từ ngày ký. Văn phòng, các đơn vị có liên quan và "
        "các thành viên có tên tại Điều 1 chịu trách nhiệm thi hành Quyết định này.",
    ),
    received=("Nơi nhận:", "- Như Điều 3;", "- Thường trực HĐND phường;", "- Lưu: VT, VHXH."),
    posts=("CHỦ TỊCH",),
)
LETTER = Sheet(
    number="Số: 15/UBND-VHXH",
    about=("V/v báo cáo kết quả chuyển đổi số", "quý IV năm 2025"),
    to=("Kính gửi: Sở Khoa học và Công nghệ tỉnh Ninh Bình.",),
    body=(
        "Thực hiện Công văn số 120/SKHCN-CĐS ngày 02 tháng 01 năm 2026 của Sở Khoa học và Công "
        "nghệ về việc báo cáo kết quả chuyển đổi số, Ủy ban nhân dân phường Hoa Lư báo cáo kết "
        "quả thực hiện như sau:",
        "Trong quý IV năm 2025, phường đã tiếp nhận 1.250 hồ sơ trực tuyến, trong đó trả kết quả "
        "đúng hạn 1.243 hồ sơ; kinh phí thực hiện là 35.000.000 đồng, lấy từ nguồn chi thường "
        "xuyên được giao đầu năm theo dự toán.",
        "Ủy ban nhân dân phường đề nghị Sở Khoa học và Công nghệ tiếp tục hỗ trợ tập huấn cho cán "
        "bộ, công chức và Tổ công nghệ số cộng đồng của phường trong năm 2026./.",
    ),
    received=("Nơi nhận:", "- Như trên;", "- Chủ tịch, các PCT UBND phường;", "- Lưu: VT, VHXH."),
    posts=("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"),
)
LONG = DECISION.but(break_before="Điều 3. ")
"""The decision over two pages."""


def draw(sheet: Sheet) -> bytes:
    """The paper as a PDF."""
    return _Drawing(sheet).pdf()


@cache
def _register(stem: str, style: str) -> str:
    name = f"{Path(stem).name}-{style}"
    pdfmetrics.registerFont(TTFont(name, str(FONTS / f"{stem}-{style}.ttf")))
    return name


class _Drawing:
    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.width, self.height = sheet.size[0] * mm, sheet.size[1] * mm
        self.scale = self.width / A4_WIDTH
        self.left = sheet.margins[0] * mm
        self.right = self.width - sheet.margins[1] * mm
        self.out = io.BytesIO()
        self.canvas = Canvas(self.out, pagesize=(self.width, self.height), invariant=True)
        self.page, self.y = 1, sheet.margins[2] * mm

    def pdf(self) -> bytes:
        self._head()
        self._to()
        self._text()
        self._end()
        self._page_number()
        for _ in range(self.sheet.blank_pages):
            self._next_page()
            self._page_number()
        self.canvas.save()
        return self.out.getvalue()

    # -- drawing ----------------------------------------------------------------------

    def _look(self, part: str) -> tuple[str, float]:
        size, style = self.sheet.looks.get(part, LOOKS[part])
        return _register(self.sheet.font, STYLES[style]), size

    def _at(self, text: str, part: str, x: float, y: float, centre: bool = False) -> float:
        """Draw a line with its baseline at `y` from the top; its width."""
        font, size = self._look(part)
        width = float(pdfmetrics.stringWidth(text, font, size))
        start = x - width / 2 if centre else x
        self.canvas.setFont(font, size)
        self.canvas.setFillColorRGB(*(self.sheet.colour if part == "body" else (0, 0, 0)))
        self.canvas.drawString(start, self.height - y, text)
        return width

    def _column(self, text: str, part: str, middle: float, y: float) -> None:
        width = self._at(text, part, middle * self.scale, y, centre=True)
        self._rule(part, middle * self.scale, y, width)

    def _rule(self, part: str, middle: float, y: float, width: float) -> None:
        default = {"motto": 1.0, "organ": 0.4, "subject": 0.4}.get(part, 0.0)
        length = self.sheet.rules.get(part, default) * width
        if length:
            level = self.height - y - 4
            self.canvas.setLineWidth(0.75)
            self.canvas.line(middle - length / 2, level, middle + length / 2, level)

    # -- parts ------------------------------------------------------------------------

    def _head(self) -> None:
        sheet, top = self.sheet, self.y + 10
        right = [("nation", sheet.nation), ("motto", sheet.motto)]
        if sheet.motto_first:
            right.reverse()
        for index, (part, text) in enumerate(right):
            self._column(text, part, sheet.nation_at, top + 16 * index)
        self._left_column(max(self._organs(top), top + 32) + 10)
        self._title()

    def _organs(self, y: float) -> float:
        sheet, middle = self.sheet, LEFT_COLUMN * self.scale
        for text in sheet.superior:
            self._column(text, "superior", LEFT_COLUMN, y)
            y += 15
        width = 0.0
        for text in sheet.organ:
            width = self._at(text, "organ", middle, y, centre=True)
            y += 15
        self._rule("organ", middle, y - 15, width)
        return y

    def _left_column(self, y: float) -> None:
        sheet = self.sheet
        self._column(sheet.number, "number", LEFT_COLUMN, y)
        self._column(sheet.date, "date", RIGHT_COLUMN, y)
        for text in sheet.about:
            y += 15
            self._column(text, "about", LEFT_COLUMN, y)
        if sheet.urgency:
            y += 22
            self._column(sheet.urgency, "urgency", LEFT_COLUMN, y)
        self.y = y + 24

    def _title(self) -> None:
        sheet = self.sheet
        middle = sheet.title_at * mm or (self.left + self.right) / 2
        if sheet.title:
            self._at(sheet.title, "title", middle, self.y, centre=True)
            self.y += 17
        for index, text in enumerate(sheet.subject):
            width = self._at(text, "subject", middle, self.y, centre=True)
            if index == len(sheet.subject) - 1:
                self._rule("subject", middle, self.y, width)
            self.y += 17
        self.y += 10

    def _to(self) -> None:
        for index, text in enumerate(self.sheet.to):
            self._at(text, "to", self.left + (20 if index == 0 else 40) * mm, self.y)
            self.y += 18
        self.y += 8

    def _text(self) -> None:
        sheet = self.sheet
        middle = (self.left + self.right) / 2
        if sheet.decides:
            self._at(sheet.decides, "title", middle, self.y, centre=True)
            self.y += 24
        for text in sheet.bases:
            self._paragraph(text, "base")
        if sheet.enacting:
            self.y += 6
            self._at(sheet.enacting, "title", middle, self.y, centre=True)
            self.y += 24
        for text in sheet.body:
            if sheet.break_before and text.startswith(sheet.break_before):
                self._next_page()
            self._paragraph(text, "body")

    def _paragraph(self, text: str, part: str) -> None:
        font, size = self._look(part)
        room = self.right - self.left
        indent = self.sheet.indent * mm
        words, line = text.split(" "), list[str]()
        first = True
        for word in words:
            width = pdfmetrics.stringWidth(" ".join([*line, word]), font, size)
            if line and width > room - (indent if first else 0):
                self._line(line, part, indent if first else 0, room, justified=True)
                line, first = [], False
            line.append(word)
        self._line(line, part, indent if first else 0, room, justified=False)
        self.y += 6

    def _line(
        self, words: list[str], part: str, indent: float, room: float, justified: bool
    ) -> None:
        font, size = self._look(part)
        if self.y > self.height - 30 * mm:
            self._next_page()
        space = pdfmetrics.stringWidth(" ", font, size)
        if justified and self.sheet.justified and len(words) > 1:
            used = sum(pdfmetrics.stringWidth(word, font, size) for word in words)
            space = (room - indent - used) / (len(words) - 1)
        x = self.left + indent
        if not justified and part == "body" and words[0] != "Điều":
            self._at(" ".join(words), part, x, self.y)
            self.y += size * 1.15 * self.sheet.pitch
            return
        heading = part == "body" and words[0] in ("Điều", "ĐIỀU")
        for index, word in enumerate(words):
            look = "article" if heading and index < 2 and indent else part
            tail = " " if index < len(words) - 1 else ""
            self._at(word + tail, look, x, self.y)
            x += pdfmetrics.stringWidth(word, *self._look(look)) + space
        self.y += size * 1.15 * self.sheet.pitch

    def _end(self) -> None:
        sheet = self.sheet
        if self.y > self.height - 50 * mm or sheet.break_before == "end":
            self._next_page()
        y = self.y + 14
        for index, text in enumerate(sheet.received):
            self._at(text, "heading" if index == 0 else "item", self.left, y + 14 * index)
        for index, text in enumerate(sheet.posts):
            self._at(text, "post", RIGHT_COLUMN * self.scale, y + 15 * index, centre=True)
        below = y + 15 * len(sheet.posts) + 60
        if sheet.name:
            self._at(sheet.name, "name", RIGHT_COLUMN * self.scale, below, centre=True)

    def _next_page(self) -> None:
        self._page_number()
        self.canvas.showPage()
        self.page += 1
        self.y = self.sheet.margins[2] * mm + 14

    def _page_number(self) -> None:
        text = self.sheet.page_number(self.page)
        share, down = self.sheet.page_number_at
        if text:
            self._at(text, "page_number", self.width * share, down * mm, centre=True)
