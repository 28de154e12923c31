"""What the room prints: label, handling slip, register and follow-up book.

Forms: Nghị định 30/2020/NĐ-CP, annex IV (register, ten columns; follow-up book, seven; stamp
35 × 50 mm; handling slip in three blocks).
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import segno
from flask import render_template
from sqlalchemy.orm import Session
from weasyprint import HTML

from app.incoming.models import IncomingDocument
from app.incoming.queries import HandlingSlip, book_rows, follow_up_rows
from app.registers.printing import Cell, Column, Heading
from app.security import Actor

REGISTER, FOLLOW_UP = "so-dang-ky", "so-theo-doi"
BOOKS: dict[str, tuple[str, tuple[Column, ...]]] = {
    REGISTER: (
        "SỔ ĐĂNG KÝ VĂN BẢN ĐẾN",
        (
            Column("Ngày đến", 7),
            Column("Số đến", 5, number=True),
            Column("Tác giả", 14),
            Column("Số, ký hiệu", 10),
            Column("Ngày tháng", 7),
            Column("Tên loại và trích yếu nội dung", 26),
            Column("Đơn vị hoặc người nhận", 13),
            Column("Ngày chuyển", 7),
            Column("Ký nhận", 5),
            Column("Ghi chú", 6),
        ),
    ),
    FOLLOW_UP: (
        "SỔ THEO DÕI GIẢI QUYẾT VĂN BẢN ĐẾN",
        (
            Column("Số đến", 6, number=True),
            Column("Tên loại, số, ngày và tác giả văn bản", 32),
            Column("Đơn vị hoặc người nhận", 18),
            Column("Thời hạn giải quyết", 10),
            Column("Tiến độ giải quyết", 14),
            Column("Số, ký hiệu văn bản trả lời", 12),
            Column("Ghi chú", 8),
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Portion:
    """A book of one series and year, or the numbers from `first` to `last` of it."""

    series_id: int
    year: int
    first: int | None = None
    last: int | None = None

    @property
    def words(self) -> str:
        if self.first is None and self.last is None:
            return f"Năm {self.year}"
        end = f" đến số {self.last}" if self.last else " trở đi"
        return f"Năm {self.year}, từ số {self.first or 1}{end}"


def label_pdf(organ: str, letter: IncomingDocument, address: str) -> bytes:
    """The arrival stamp as a sticker of 35 × 50 mm; `address` is in its QR code."""
    qr = io.BytesIO()
    segno.make(address, error="m").save(qr, kind="svg", scale=1, border=0, xmldecl=False)
    html = render_template(
        "incoming/print_label.html", organ=organ, letter=letter, qr=qr.getvalue().decode()
    )
    made: bytes = HTML(string=html).write_pdf()
    return made


def slip_pdf(organ: str, slip: HandlingSlip) -> bytes:
    """Phiếu giải quyết văn bản đến, A4, PDF/A-2b."""
    html = render_template("incoming/print_slip.html", organ=organ, slip=slip)
    made: bytes = HTML(string=html).write_pdf(pdf_variant="pdf/a-2b")
    return made


def heading(organ: str, book: str, which: str, wanted: Portion) -> Heading:
    """What stands above the table: the form's title and the book's name."""
    return Heading(organ=organ, title=f"{BOOKS[which][0]} ({book})", period=wanted.words)


def rows_of(session: Session, actor: Actor, which: str, wanted: Portion) -> list[tuple[Cell, ...]]:
    """The lines of a book in the order of their numbers."""
    if which == FOLLOW_UP:
        return follow_up_rows(session, actor, series_id=wanted.series_id, year=wanted.year)
    return book_rows(
        session, actor, series_id=wanted.series_id, year=wanted.year,
        first=wanted.first, last=wanted.last,
    )  # fmt: skip
