"""Labels, stamps, slips and books. Rendered after the reading block has ended."""

from __future__ import annotations

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.clock import today
from app.db import reading
from app.errors import RuleViolated
from app.incoming import permissions, printing, queries
from app.incoming.forms import BookForm
from app.incoming.views.blueprint import bp
from app.organisation import queries as organisation
from app.registers.printing import XLSX
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
    with reading() as session:
        view = queries.load_letter(session, current_actor(), token)
        data = printing.slip_data(session, view)
    pdf = printing.slip_pdf(settings().organ_name, data)
    return download(pdf, "application/pdf", f"phieu-giai-quyet-{view.letter.arrival_number}.pdf")


@bp.get("/in-so")
@needs(permissions.EXPORT)
def books() -> ResponseReturnValue:
    """Choose a book and a period."""
    form = BookForm(request.args)
    with reading() as session:
        bodies = organisation.issuing_bodies(session)
        form.issuing_body_id.choices = [(body.id, body.name) for body in bodies]
        form.year.data = form.year.data or today().year
        return render_template("incoming/books.html", form=form)


@bp.get("/in-so/<which>.<ending>")
@needs(permissions.EXPORT)
def book(which: str, ending: str) -> ResponseReturnValue:
    """The register (10 columns) or the follow-up book (7), as PDF/A-2b or XLSX."""
    form, actor = BookForm(request.args), current_actor()
    with reading() as session:
        bodies = organisation.issuing_bodies(session)
        form.issuing_body_id.choices = [(body.id, body.name) for body in bodies]
        if not form.validate() or which not in printing.BOOKS:
            return render_template("incoming/books.html", form=form), 422
        wanted = printing.Period(
            form.issuing_body_id.data, form.year.data, form.since.data, form.until.data
        )
        rows = printing.book_rows(session, actor, which, wanted, limit=MOST_ROWS + 1)
        name = next(body.name for body in bodies if body.id == wanted.issuing_body_id)
    if len(rows) > MOST_ROWS:
        raise RuleViolated(_("Sổ có hơn %(most)d dòng. Hãy chọn khoảng ngày ngắn hơn để in.", most=MOST_ROWS))
    heading = printing.heading(settings().organ_name, name, which, wanted)
    if ending == "xlsx":
        content = printing.book_xlsx_of(which, heading, rows)
        return download(content, XLSX, f"{which}-{wanted.year}.xlsx", inline=False)
    content = printing.book_pdf_of(which, heading, rows)
    return download(content, "application/pdf", f"{which}-{wanted.year}.pdf")
