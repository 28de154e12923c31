"""What the room prints: label, handling slip, register and follow-up book.

Forms: Nghị định 30/2020/NĐ-CP, annex IV (register, ten columns; follow-up book, seven; stamp
35 × 50 mm; handling slip in three blocks).
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import segno
from flask import render_template
from sqlalchemy.orm import Session
from weasyprint import HTML

from app.clock import local
from app.incoming.models import CLOSED, IncomingDocument
from app.incoming.models.letter import STATUS_LABELS
from app.incoming.queries import LetterView, visible_incoming
from app.organisation.queries import post_label, unit_label
from app.registers.printing import Cell, Column, Heading, book_pdf, book_xlsx
from app.registers.queries import type_labels
from app.security import Actor
from app.tasks import queries as tasks
from app.tasks.models import Directive, Outcome, Task, TaskProgress

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
class Period:
    """A book of one issuing body and year, or a part of it."""

    issuing_body_id: int
    year: int
    since: date | None = None
    until: date | None = None

    @property
    def words(self) -> str:
        if self.since is None and self.until is None:
            return f"Năm {self.year}"
        first = self.since or date(self.year, 1, 1)
        last = self.until or date(self.year, 12, 31)
        return f"Từ ngày {first:%d/%m/%Y} đến ngày {last:%d/%m/%Y}"


@dataclass(frozen=True, slots=True)
class SlipLine:
    """One opinion on the handling slip."""

    who: str
    text: str
    when: str


@dataclass(frozen=True, slots=True)
class Slip:
    """The three blocks of the handling slip."""

    letter: IncomingDocument
    type_label: str
    leaders: tuple[SlipLine, ...]
    units: tuple[SlipLine, ...]
    handlers: tuple[SlipLine, ...]


def label_pdf(organ: str, letter: IncomingDocument, address: str) -> bytes:
    """The arrival stamp as a sticker of 35 × 50 mm; `address` is in its QR code."""
    qr = io.BytesIO()
    segno.make(address, error="m").save(qr, kind="svg", scale=1, border=0, xmldecl=False)
    html = render_template(
        "incoming/print_label.html", organ=organ, letter=letter, qr=qr.getvalue().decode()
    )
    made: bytes = HTML(string=html).write_pdf()
    return made


def slip_data(session: Session, view: LetterView) -> Slip:
    """Who said what on the letter's way, in the three blocks of the form."""
    units = unit_label(session, [task.lead_unit_id for task in view.tasks if task.lead_unit_id])
    heads = [_assigned(task, view.labels, units) for task in view.tasks if task.assigned_at]
    handlers = [
        SlipLine(post_label(session, [row.by_post_id or 0]).get(row.by_post_id or 0, ""), row.text,
                 f"{local(row.at):%d/%m/%Y}")
        for task in view.tasks
        for row in _reports(session, task)
    ] + [_product(task, view.labels) for task in view.tasks if task.product]  # fmt: skip
    return Slip(
        letter=view.letter,
        type_label=view.type_label,
        leaders=tuple(_directed(row, view.labels, units) for row in view.directives
                      if row.recalled_at is None),
        units=tuple(heads),
        handlers=tuple(handlers),
    )  # fmt: skip


def _reports(session: Session, task: Task) -> Sequence[TaskProgress]:
    return list(reversed(tasks.progress_of(session, task.id)))


OUTCOMES = {
    Outcome.ASSIGN: "Giao xử lý",
    Outcome.REDIRECT: "Chuyển lãnh đạo khác",
    Outcome.INFORM: "Để biết",
    Outcome.FILE: "Lưu",
}


def _directed(row: Directive, posts: dict[int, str], units: dict[int, str]) -> SlipLine:
    lead = units.get(row.lead_unit_id or 0) or posts.get(row.lead_post_id or 0, "")
    parts = [OUTCOMES[row.outcome] + (f": {lead} chủ trì" if lead else ""), row.text]
    if row.due_at:
        parts.append(f"Hạn {local(row.due_at):%d/%m/%Y}")
    text = ". ".join(part for part in parts if part)
    return SlipLine(posts.get(row.from_post_id, ""), text, f"{local(row.created_at):%d/%m/%Y}")


def _assigned(task: Task, posts: dict[int, str], units: dict[int, str]) -> SlipLine:
    due = f". Hạn {local(task.due_at):%d/%m/%Y}" if task.due_at else ""
    when = f"{local(task.assigned_at):%d/%m/%Y}" if task.assigned_at else ""
    text = f"Giao {posts.get(task.lead_post_id or 0, '')}{due}"
    return SlipLine(units.get(task.lead_unit_id or 0, ""), text, when)


def _product(task: Task, posts: dict[int, str]) -> SlipLine:
    when = f"{local(task.submitted_at):%d/%m/%Y}" if task.submitted_at else ""
    return SlipLine(posts.get(task.lead_post_id or 0, ""), f"Kết quả: {task.product}", when)


def slip_pdf(organ: str, slip: Slip) -> bytes:
    """Phiếu giải quyết văn bản đến, A4, PDF/A-2b."""
    html = render_template("incoming/print_slip.html", organ=organ, slip=slip)
    made: bytes = HTML(string=html).write_pdf(pdf_variant="pdf/a-2b")
    return made


def heading(organ: str, body: str, which: str, wanted: Period) -> Heading:
    return Heading(organ=organ, title=f"{BOOKS[which][0]} – {body}", period=wanted.words)


def book_rows(
    session: Session, actor: Actor, which: str, wanted: Period, *, limit: int
) -> list[tuple[Cell, ...]]:
    """The lines of a book in the order of their numbers, at most `limit`."""
    row = IncomingDocument
    letters = visible_incoming(actor).where(
        row.issuing_body_id == wanted.issuing_body_id, row.arrival_year == wanted.year
    )
    if wanted.since:
        letters = letters.where(row.arrival_date >= wanted.since)
    if wanted.until:
        letters = letters.where(row.arrival_date <= wanted.until)
    found = session.scalars(letters.order_by(row.arrival_number, row.arrival_label).limit(limit))
    types = type_labels(session)
    rows = list(found)
    if which == REGISTER:
        return [_register_line(letter, types) for letter in rows]
    made = tasks.tasks_of(session, "incoming", [letter.id for letter in rows])
    products = {task.thing_id: task.product for task in made if task.product}
    return [_follow_up_line(letter, types, products) for letter in rows]


def _register_line(letter: IncomingDocument, types: dict[str, str]) -> tuple[Cell, ...]:
    kind = types.get(letter.document_type or "", "")
    return (
        letter.arrival_date, letter.arrival_label, letter.organ_name, letter.full_code,
        letter.issued_date, f"{kind}. {letter.subject_summary}".lstrip(". "), letter.handed_to,
        letter.handed_on, "", letter.note,
    )  # fmt: skip


def _follow_up_line(
    letter: IncomingDocument, types: dict[str, str], products: dict[int | None, str]
) -> tuple[Cell, ...]:
    kind = types.get(letter.document_type or "", "")
    day = f" ngày {letter.issued_date:%d/%m/%Y}" if letter.issued_date else ""
    what = f"{kind} {letter.full_code}{day} của {letter.organ_name}: {letter.subject_summary}"
    done = f" ngày {local(letter.closed_at):%d/%m/%Y}" if letter.closed_at else ""
    state = STATUS_LABELS[letter.status] + (done if letter.status in CLOSED else "")
    due = local(letter.due_at).date() if letter.due_at else None
    reply = products.get(letter.id, "")
    return (letter.arrival_label, what.strip(), letter.handed_to, due, state, reply, letter.note)


def book_pdf_of(which: str, head: Heading, rows: Sequence[Sequence[Cell]]) -> bytes:
    return book_pdf(head, BOOKS[which][1], rows)


def book_xlsx_of(which: str, head: Heading, rows: Sequence[Sequence[Cell]]) -> bytes:
    return book_xlsx(head, BOOKS[which][1], rows)
