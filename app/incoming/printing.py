"""What the room prints: label, stamp, handling slip, register and follow-up book.

Forms: Nghị định 30/2020/NĐ-CP, annex IV (register, ten columns; follow-up book, seven; stamp
35 × 50 mm; handling slip in three blocks). All of it takes time: call it outside any block.
"""

from __future__ import annotations

import segno
from flask import render_template
from sqlalchemy.orm import Session

from app.incoming.models import IncomingDocument
from app.incoming.queries import HandlingSlip, book_rows, follow_up_rows
from app.incoming.queries.book_portion import Portion
from app.incoming.stamping import Place
from app.registers.printing import Cell, Column, Heading, archival_pdf
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


def label_pdf(organ: str, letter: IncomingDocument, address: str) -> bytes:
    """The arrival stamp as a sticker of 50 × 35 mm; `address` is in its QR code."""
    from weasyprint import HTML  # 0.5 s to import: only who prints pays

    qr = segno.make(address, error="m").svg_data_uri(scale=4, border=0)
    html = render_template("incoming/print_label.html", organ=organ, letter=letter, qr=qr)
    made: bytes = HTML(string=html).write_pdf()
    return made


def stamp_pdf(organ: str, letter: IncomingDocument, place: Place) -> bytes:
    """The arrival stamp in its place on an otherwise empty page of the letter's size."""
    from weasyprint import CSS, HTML

    html = render_template("incoming/print_stamp.html", organ=organ, letter=letter)
    where = CSS(
        string=f"@page {{ size: {place.width:.2f}mm {place.height:.2f}mm; margin: 0 }}"
        f" .stamp {{ position: absolute; left: {place.left:.2f}mm; top: {place.top:.2f}mm }}"
    )
    made: bytes = HTML(string=html).write_pdf(stylesheets=[where])
    return made


def slip_pdf(organ: str, slip: HandlingSlip) -> bytes:
    """Phiếu giải quyết văn bản đến, A4, PDF/A-2b."""
    return archival_pdf(render_template("incoming/print_slip.html", organ=organ, slip=slip))


def heading(organ: str, book: str, which: str, wanted: Portion) -> Heading:
    """What stands above the table: the form's title, the book's name and the portion."""
    return Heading(organ=organ, title=BOOKS[which][0], period=f"{book}. {wanted.words}")


def rows_of(session: Session, actor: Actor, which: str, wanted: Portion) -> list[tuple[Cell, ...]]:
    """The lines of a book in the order of their numbers."""
    of_book = follow_up_rows if which == FOLLOW_UP else book_rows
    return of_book(
        session, actor, series_id=wanted.series_id, year=wanted.year,
        first=wanted.first, last=wanted.last,
    )  # fmt: skip
