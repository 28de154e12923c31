"""Labels, stamps, slips and books. Rendered after the reading block has ended."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.clock import today
from app.db import reading
from app.errors import RuleViolated
from app.incoming import permissions, printing, queries
from app.incoming.forms import BookForm
from app.incoming.views.blueprint import bp
from app.registers.models import Direction, NumberSeries
from app.registers.printing import XLSX, book_pdf, book_xlsx
from app.web.gate import needs
from app.web.shell import current_actor, settings

MOST_ROWS = 2000


def download(content: bytes, media_type: str, name: str, *, inline: bool = True) -> Response:
    """A made document as an answer."""
    kind = "inline" if inline else "attachment"
    headers = {"Content-Disposition": f'{kind}; filename="{name}"'}
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
        data = queries.handling_slip(session, actor, letter.id)
    pdf = printing.slip_pdf(settings().organ_name, data)
    return download(pdf, "application/pdf", f"phieu-giai-quyet-{letter.arrival_number}.pdf")


@bp.get("/in-so")
@needs(permissions.EXPORT)
def books() -> ResponseReturnValue:
    """Choose a book and its numbers."""
    form = BookForm(request.args)
    with reading() as session:
        form.series_id.choices = incoming_books(session)
        form.year.data = form.year.data or today().year
        return render_template("incoming/books.html", form=form)


def incoming_books(session: Session) -> list[tuple[int, str]]:
    """The books that arriving documents are entered in."""
    rows = sa.select(NumberSeries).filter_by(direction=Direction.INCOMING)
    return [(row.id, row.name) for row in session.scalars(rows.order_by(NumberSeries.id))]


@bp.get("/in-so/<which>.<ending>")
@needs(permissions.EXPORT)
def book(which: str, ending: str) -> ResponseReturnValue:
    """The register (10 columns) or the follow-up book (7), as PDF/A-2b or XLSX."""
    form, actor = BookForm(request.args), current_actor()
    with reading() as session:
        form.series_id.choices = incoming_books(session)
        if not form.validate() or which not in printing.BOOKS:
            return render_template("incoming/books.html", form=form), 422
        wanted = printing.Portion(
            form.series_id.data, form.year.data, form.first.data, form.last.data
        )
        rows = printing.rows_of(session, actor, which, wanted)
        name = dict(form.series_id.choices)[wanted.series_id]
    if len(rows) > MOST_ROWS:
        sentence = _("Sổ có hơn %(most)d dòng. Hãy chọn khoảng số ngắn hơn để in.", most=MOST_ROWS)
        raise RuleViolated(sentence)
    heading = printing.heading(settings().organ_name, name, which, wanted)
    columns = printing.BOOKS[which][1]
    if ending == "xlsx":
        content = book_xlsx(heading, columns, rows)
        return download(content, XLSX, f"{which}-{wanted.year}.xlsx", inline=False)
    content = book_pdf(heading, columns, rows)
    return download(content, "application/pdf", f"{which}-{wanted.year}.pdf")
