"""Labels, slips and books. Rendered after the reading block has ended."""

from __future__ import annotations

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.clock import today
from app.db import reading
from app.errors import NotFound, RuleViolated
from app.incoming import permissions, printing, queries
from app.incoming.forms import BookForm
from app.incoming.queries.book_portion import Portion, count_entries, numbers_of_days
from app.incoming.views.blueprint import bp
from app.registers.models import CONTINUOUS, Direction
from app.registers.printing import XLSX, book_pdf, book_xlsx
from app.registers.queries import all_series, get_series
from app.web.gate import needs
from app.web.shell import current_actor, settings

MOST_ROWS = 2000
ENDINGS = ("pdf", "xlsx")


def download(content: bytes, media_type: str, name: str, *, inline: bool = True) -> Response:
    """A made document as an answer; it holds content, so no cache keeps it."""
    kind = "inline" if inline else "attachment"
    headers = {"Content-Disposition": f'{kind}; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, mimetype=media_type, headers=headers)


@bp.get("/<token>/tem")
@needs(permissions.REGISTER)
def label(token: str) -> ResponseReturnValue:
    """“In tem ĐẾN”: 35×50 mm with number, date and QR."""
    with reading() as session:
        letter = queries.get_letter_by_token(session, current_actor(), token)
        if not letter.registered:
            raise RuleViolated("Văn bản chưa vào sổ, chưa có số đến.")
    address = url_for("incoming.detail", token=token, _external=True)
    pdf = printing.label_pdf(settings().organ_name, letter, address)
    return download(pdf, "application/pdf", f"tem-den-{letter.arrival_number}.pdf")


@bp.get("/<token>/phieu")
@needs(permissions.READ)
def slip(token: str) -> ResponseReturnValue:
    """Phiếu giải quyết văn bản đến, from what happened."""
    actor = current_actor()
    with reading() as session:
        letter = queries.get_letter_by_token(session, actor, token)
        if not letter.registered:
            raise RuleViolated("Văn bản chưa vào sổ, chưa có phiếu giải quyết.")
        data = queries.handling_slip(session, actor, letter.id)
    pdf = printing.slip_pdf(settings().organ_name, data)
    return download(pdf, "application/pdf", f"phieu-giai-quyet-{letter.arrival_number}.pdf")


@bp.get("/in-so")
@needs(permissions.EXPORT)
def books() -> ResponseReturnValue:
    """Choose a book and its numbers or days."""
    form = BookForm(None, year=today().year)
    with reading() as session:
        form.series_id.choices = incoming_books(session)
    return render_template("incoming/books.html", form=form, message=None)


def incoming_books(session: Session) -> list[tuple[int, str]]:
    """The books that arriving documents are entered in."""
    return [(row.id, row.name) for row in all_series(session, Direction.INCOMING)]


@bp.get("/in-so/<which>.<ending>")
@needs(permissions.EXPORT)
def book(which: str, ending: str) -> ResponseReturnValue:
    """The register (10 columns) or the follow-up book (7), as PDF/A-2b or XLSX."""
    if which not in printing.BOOKS or ending not in ENDINGS:
        raise NotFound(f"book {which}.{ending}")
    form, actor = BookForm(request.args), current_actor()
    with reading() as session:
        form.series_id.choices = incoming_books(session)
        if not form.validate():
            return refuse(form, None)
        wanted = numbers_of_days(session, portion_of(session, form))
        many = count_entries(session, wanted)
        if many > MOST_ROWS:
            return refuse(form, too_long(many))
        rows = printing.rows_of(session, actor, which, wanted)
        name = get_series(session, wanted.series_id).name
    heading = printing.heading(settings().organ_name, name, which, wanted)
    columns, file = printing.BOOKS[which][1], f"{which}-{wanted.year}.{ending}"
    if ending == "xlsx":
        return download(book_xlsx(heading, columns, rows), XLSX, file, inline=False)
    return download(book_pdf(heading, columns, rows), "application/pdf", file)


def portion_of(session: Session, form: BookForm) -> Portion:
    """What was asked for; a series that never restarts has one book for all years."""
    series = get_series(session, form.series_id.data)
    return Portion(
        series_id=series.id,
        year=form.year.data if series.year_reset else CONTINUOUS,
        first=form.first.data,
        last=form.last.data,
        since=form.since.data,
        until=form.until.data,
    )


def too_long(many: int) -> str:
    return _(
        "Sổ có %(many)d dòng, mỗi lần in tối đa %(most)d dòng. Hãy chọn khoảng ngày hoặc khoảng "
        "số ngắn hơn.",
        many=many,
        most=MOST_ROWS,
    )


def refuse(form: BookForm, message: str | None) -> ResponseReturnValue:
    return render_template("incoming/books.html", form=form, message=message), 422
