"""Forms 01 to 07 and the procedures' books. Rendered after the reading block has ended."""

from __future__ import annotations

from datetime import date

from flask import Response, render_template, request
from flask_babel import gettext as _

from app import audit
from app.clock import today
from app.db import reading, transaction
from app.errors import InvalidInput, NotFound, RuleViolated
from app.organisation import queries as organisation
from app.organisation.dates import parse_date
from app.procedures import permissions, printing, queries, services
from app.procedures.clocks import calendar_id
from app.procedures.views.blueprint import bp, download
from app.registers.printing import XLSX, Cell, Column, Heading, book_pdf, book_xlsx
from app.web.gate import needs
from app.web.shell import current_actor, settings
from app.web.template_helpers import date_vi
from app.worktime.queries import load_calendar

PDF = "application/pdf"
MOST_ROWS = 5000


@bp.get("/ho-so/<token>/mau-01-<size>.pdf")
@needs(permissions.READ)
def form_01(token: str, size: str) -> Response:
    """The receipt. The first print is remembered with the dossier."""
    if size not in ("a4", "a5"):
        raise NotFound(f"paper {size}")
    actor = current_actor()
    with reading() as session:
        one = queries.get_dossier(session, actor, token)
        if one.code is None:
            raise RuleViolated(
                "Hồ sơ của hệ thống tỉnh đã có biên nhận ở đó, không in biên nhận thứ hai."
            )
        fees = queries.fees_of(session, one.id)
        post_id, unit_id = one.received_by_post_id, one.counter_unit_id
        officer = organisation.post_label(session, [post_id] if post_id else [])
        place = organisation.get_unit(session, unit_id).name if unit_id else ""
        first = one.receipt_printed_at is None and actor.may(permissions.RECEIVE)
    if first:
        with transaction("procedures.printed") as session:
            services.mark_printed(session, actor, dossier_id=one.id)
    pdf = printing.receipt_pdf(
        settings().organ_name, one, fees,
        officer=officer.get(post_id or 0, ""), place=place, small=size == "a5",
    )  # fmt: skip
    return download(pdf, PDF, f"mau-01-{one.shown_code}.pdf")


@bp.get("/ho-so/<token>/thong-bao/<notice_token>.pdf")
@needs(permissions.READ)
def notice(token: str, notice_token: str) -> Response:
    """Forms 02 to 05, as they were given."""
    actor = current_actor()
    with reading() as session:
        one = queries.get_dossier(session, actor, token)
        notices = {row.token: row for row in queries.notices_of(session, one.id)}
        if notice_token not in notices:
            raise NotFound(f"notice {notice_token}")
        row = notices[notice_token]
        asked = {s.notice_id: s for s in queries.supplements_of(session, one.id)}
        post_id = row.signer_post_id or row.by_post_id
        signer = organisation.post_label(session, [post_id] if post_id else [])
    pdf = printing.notice_pdf(
        settings().organ_name, one, row, asked.get(row.id), signer.get(post_id or 0, "")
    )
    return download(pdf, PDF, f"mau-{one.shown_code}-{row.number}.pdf")


@bp.get("/ho-so/<token>/mau-06.pdf")
@needs(permissions.READ)
def form_06(token: str) -> Response:
    """The control sheet of a dossier."""
    with reading() as session:
        one = queries.get_dossier(session, current_actor(), token)
        posts = organisation.post_label(session, [s.post_id for s in one.steps if s.post_id])
        units = organisation.unit_label(session, [s.unit_id for s in one.steps if s.unit_id])
        calendar = load_calendar(session, calendar_id(session))
        lines = printing.control_lines(one, posts, units, calendar)
    pdf = printing.control_sheet_pdf(settings().organ_name, one, lines)
    return download(pdf, PDF, f"mau-06-{one.shown_code}.pdf")


@bp.get("/so")
@needs(permissions.READ)
def books() -> str:
    """The register (form 07) and the procedures' own books, to be printed."""
    with reading() as session:
        return render_template(
            "procedures/books.html",
            books=queries.books(session),
            first=today().replace(day=1),
            last=today(),
            years=range(today().year, today().year - 5, -1),
        )


@bp.get("/so/mau-07.<ending>")
@needs(permissions.READ)
def form_07(ending: str) -> Response:
    """The register of a period; at most so many rows as can be bound."""
    first, last = period()
    with reading() as session:
        rows = queries.register_rows(session, current_actor(), first, last)
        if len(rows) > MOST_ROWS:
            raise RuleViolated(f"Khoảng này có hơn {MOST_ROWS} hồ sơ. Hãy chọn khoảng ngắn hơn.")
        lines = printing.register_lines(rows)
    words = _("Từ %(first)s đến %(last)s", first=date_vi(first), last=date_vi(last))
    heading = printing.register_heading(settings().organ_name, words)
    with transaction("procedures.register_printed") as session:
        audit.record(
            session, current_actor(), "dossier.register_printed", None, **{"from": str(first)},
            to=str(last), rows=len(lines),
        )  # fmt: skip
    return book(heading, printing.REGISTER, lines, "mau-07", ending)


@bp.get("/so/<int:book_id>.<ending>")
@needs(permissions.READ)
def own_book(book_id: int, ending: str) -> Response:
    """A book of a procedure that is done at once, of one year."""
    year = request.args.get("nam", today().year, type=int)
    with reading() as session:
        found = next((one for one in queries.books(session) if one.id == book_id), None)
        if found is None:
            raise NotFound(f"book {book_id}")
        year_of_book = year if found.year_reset else 0
        entries = queries.book_entries(session, current_actor(), book_id, year_of_book)
        columns = printing.book_columns(found)
        lines = printing.book_lines(found, entries)
    words = _("Năm %(year)s", year=year) if found.year_reset else ""
    heading = Heading(settings().organ_name, found.name.upper(), words)
    with transaction("procedures.book_printed") as session:
        audit.record(
            session, current_actor(), "dossier.book_printed", None, book=found.code, year=year,
            rows=len(lines),
        )  # fmt: skip
    return book(heading, columns, lines, f"so-{found.code}-{year}", ending)


def book(
    heading: Heading,
    columns: list[Column] | tuple[Column, ...],
    lines: list[tuple[Cell, ...]],
    name: str,
    ending: str,
) -> Response:
    """As PDF/A to be bound, or as a workbook."""
    if ending == "xlsx":
        return download(book_xlsx(heading, columns, lines), XLSX, f"{name}.xlsx")
    if ending != "pdf":
        raise NotFound(f"{name}.{ending}")
    return download(book_pdf(heading, columns, lines), PDF, f"{name}.pdf")


def period() -> tuple[date, date]:
    """The days of the address. Raises InvalidInput for what is no day."""
    try:
        first = parse_date(request.args.get("tu", ""))
        last = parse_date(request.args.get("den", ""))
    except ValueError as error:
        raise InvalidInput("Hãy ghi ngày dạng dd/mm/yyyy.", "tu") from error
    if first > last:
        raise InvalidInput("Ngày đầu phải trước ngày cuối.", "tu")
    return first, last
