"""What the counter prints: forms 01 to 07 of Circular 03/2025/TT-VPCP, and the procedures' books.

All of it takes time: call it outside any block. Every form bears the code and a QR code that opens
the citizen's page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

import segno
from flask import render_template

from app.clock import local, now
from app.procedures.house import house
from app.procedures.models import (
    CHANNEL_LABELS,
    FORM_NUMBER,
    STATUS_LABELS,
    BookEntry,
    Dossier,
    DossierFee,
    DossierNotice,
    DossierStep,
    PaperState,
    ProcedureBook,
    Supplement,
)
from app.procedures.queries import RESULT_LABELS, result_class
from app.registers.printing import Cell, Column, Heading, archival_pdf
from app.tasks.custody import time_spent
from app.web.shell import settings
from app.web.template_helpers import url_if
from app.worktime.calendar import Calendar

REGISTER = (
    Column("STT", 4, number=True),
    Column("Mã hồ sơ", 13),
    Column("Tên thủ tục hành chính", 20),
    Column("Chủ hồ sơ, địa chỉ, điện thoại", 19),
    Column("Nộp", 7),
    Column("Nhận lúc", 9),
    Column("Hẹn trả", 9),
    Column("Có kết quả, trả lúc", 10),
    Column("Trạng thái", 9),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A step on the control sheet (form 06)."""

    name: str
    giver: str
    taker: str
    taken_at: datetime | None
    due_at: datetime | None
    finished_at: datetime | None
    standing: str
    note: str
    spent: str


def lookup_address(dossier: Dossier) -> str:
    """Where the QR code leads: the public page with code and check value; without public pages
    both as text."""
    base = settings().citizens_url or settings().public_url
    page = url_if("portal.dossier")
    if page is None:
        return f"{dossier.shown_code} {dossier.check_value}"
    query = urlencode({"ma": dossier.shown_code, "kt": dossier.check_value})
    return f"{base}{page}?{query}"


def supplement_address(link_token: str) -> str:
    """What the citizen opens to send what is missing; empty without public pages."""
    page = url_if("portal.supplement", link=link_token)
    base = settings().citizens_url or settings().public_url
    return f"{base}{page}" if page else ""


def receipt_qr(dossier: Dossier) -> str:
    """The QR code of the receipt as the source of a picture."""
    return segno.make(lookup_address(dossier), error="m").svg_data_uri(scale=4, border=1)


def receipt_pdf(
    organ: str,
    dossier: Dossier,
    fees: Sequence[DossierFee],
    *,
    officer: str,
    place: str,
    small: bool,
) -> bytes:
    """Form 01 on A4, or on A5 with smaller letters; PDF/A-2b."""
    html = render_template(
        "procedures/print_form_01.html",
        organ=organ,
        dossier=dossier,
        fees=fees,
        total=sum(fee.amount for fee in fees if not fee.exempt_ground),
        given=[one for one in dossier.papers if one.state is PaperState.RECEIVED],
        missing=[one for one in dossier.papers if one.state is PaperState.MISSING],
        officer=officer,
        place=place,
        qr=receipt_qr(dossier),
        channel=CHANNEL_LABELS[dossier.channel],
        title=house().forms["01"],
        small=small,
    )
    return archival_pdf(html)


def notice_pdf(
    organ: str, dossier: Dossier, notice: DossierNotice, supplement: Supplement | None, signer: str
) -> bytes:
    """Forms 02 to 05, A4, PDF/A-2b."""
    number = FORM_NUMBER[notice.kind]
    html = render_template(
        "procedures/print_notice.html",
        organ=organ,
        dossier=dossier,
        notice=notice,
        items=supplement.items if supplement else [],
        until=supplement.until if supplement else None,
        form=number,
        title=house().forms[number],
        signer=signer,
        qr=receipt_qr(dossier),
    )
    return archival_pdf(html)


def control_lines(
    dossier: Dossier, posts: Mapping[int, str], units: Mapping[int, str], calendar: Calendar
) -> list[Line]:
    """Each step with who gave it, who took it, how long it took and whether it kept its time."""
    lines, giver = [], dossier.applicant_name
    for step in dossier.steps:
        taker = posts.get(step.post_id or 0) or units.get(step.unit_id or 0) or ""
        lines.append(
            Line(
                step.name, giver, taker, step.started_at, step.due_at, step.finished_at,
                step_standing(step.due_at, step.finished_at), step.note,
                step_time(calendar, step),
            )
        )  # fmt: skip
        giver = taker or giver
    return lines


def step_time(calendar: Calendar, step: DossierStep) -> str:
    """The working time that a step took, or has taken until now; empty before it begins."""
    if step.started_at is None:
        return ""
    until, left = step.finished_at or now(), step.finished_at is not None
    return time_spent(calendar, step.started_at, until, left=left)


def step_standing(due_at: datetime | None, finished_at: datetime | None) -> str:
    """Before, on or after its time, by the days of the office; empty while it runs or has no
    limit."""
    if finished_at is None or due_at is None:
        return ""
    if finished_at > due_at:
        return "Quá hạn"
    return "Trước hạn" if local(finished_at).date() < local(due_at).date() else "Đúng hạn"


def control_sheet_pdf(organ: str, dossier: Dossier, lines: Sequence[Line]) -> bytes:
    """Form 06, A4 landscape, PDF/A-2b: it travels with the file."""
    html = render_template(
        "procedures/print_form_06.html",
        organ=organ,
        dossier=dossier,
        lines=lines,
        title=house().forms["06"],
        qr=receipt_qr(dossier),
    )
    return archival_pdf(html)


def register_lines(dossiers: Sequence[Dossier]) -> list[tuple[Cell, ...]]:
    """The rows of form 07."""
    return [
        (
            number,
            one.shown_code,
            one.procedure.name,
            "; ".join(
                part for part in (one.applicant_name, one.applicant.address, one.phone) if part
            ),
            CHANNEL_LABELS[one.channel],
            one.received_at,
            one.due_at or one.original_due_at,
            one.delivered_at or one.finished_at,
            f"{STATUS_LABELS[one.status]}. {RESULT_LABELS[result_class(one)]}",
        )
        for number, one in enumerate(dossiers, start=1)
    ]


def register_heading(organ: str, period: str) -> Heading:
    return Heading(
        organ, house().forms["07"].upper(), period, ("Mẫu 07, Thông tư 03/2025/TT-VPCP.",)
    )


def book_columns(book: ProcedureBook) -> list[Column]:
    """Number, day and name, then the book's own columns, which are data."""
    share = max(8, 50 // max(1, len(book.columns)))
    return [
        Column("Số", 6, number=True),
        Column("Ngày", 10),
        Column("Người yêu cầu, giấy tờ tùy thân", 26),
        *(Column(column["label"], share) for column in book.columns),
        Column("Số trang, số bản", 8),
    ]


def book_lines(
    book: ProcedureBook, entries: Sequence[tuple[BookEntry, Dossier]]
) -> list[tuple[Cell, ...]]:
    return [
        (
            entry.number,
            entry.entered_on,
            " ".join(part for part in (one.applicant_name, one.applicant.identity_number) if part),
            *(entry.values.get(column["key"], "") for column in book.columns),
            f"{one.pages or ''}/{one.copies or one.signatures or ''}".strip("/"),
        )
        for entry, one in entries
    ]
