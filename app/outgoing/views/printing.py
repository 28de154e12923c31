"""Books: the register of what goes out, the post book. Rendered after the reading block."""

from __future__ import annotations

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.clock import today
from app.db import reading
from app.errors import NotFound
from app.outgoing import permissions, queries
from app.outgoing.forms import BookForm
from app.outgoing.views.blueprint import bp
from app.registers.models import CONTINUOUS, Direction
from app.registers.printing import XLSX, Cell, Column, Heading, book_pdf, book_xlsx
from app.registers.queries import all_series, get_series, proof
from app.web.gate import needs
from app.web.shell import current_actor, settings

MOST_ROWS = 2000
REGISTER, POST = "so-dang-ky", "so-buu-dien"
BOOKS: dict[str, tuple[str, tuple[Column, ...]]] = {
    REGISTER: (
        "SỔ ĐĂNG KÝ VĂN BẢN ĐI",
        (
            Column("Số, ký hiệu văn bản", 11),
            Column("Ngày tháng văn bản", 8),
            Column("Tên loại và trích yếu nội dung văn bản", 27),
            Column("Người ký", 11),
            Column("Nơi nhận văn bản", 17),
            Column("Đơn vị, người nhận bản lưu", 8),
            Column("Số lượng bản", 5, number=True),
            Column("Ngày chuyển", 7),
            Column("Ký nhận", 5),
            Column("Ghi chú", 6),
        ),
    ),
    POST: (
        "SỔ GỬI VĂN BẢN ĐI BƯU ĐIỆN",
        (
            Column("Ngày chuyển", 10),
            Column("Số, ký hiệu văn bản", 18),
            Column("Nơi nhận văn bản", 34),
            Column("Số bì", 10),
            Column("Ký nhận và dấu bưu điện", 18),
            Column("Ghi chú", 10),
        ),
    ),
}


@bp.get("/in-so")
@needs(permissions.EXPORT)
def books() -> ResponseReturnValue:
    """Choose a book and its days."""
    form = BookForm(None, year=today().year)
    with reading() as session:
        form.series_id.choices = outgoing_books(session)
    return render_template("outgoing/books.html", form=form, message=None)


def outgoing_books(session: Session) -> list[tuple[int, str]]:
    """The books that documents going out are entered in."""
    return [(row.id, row.name) for row in all_series(session, Direction.OUTGOING)]


@bp.get("/in-so/<which>.<ending>")
@needs(permissions.EXPORT)
def book(which: str, ending: str) -> ResponseReturnValue:
    """A book as PDF/A-2b or XLSX, perhaps as it stood at the end of a past day."""
    if which not in BOOKS or ending not in ("pdf", "xlsx"):
        raise NotFound(f"book {which}.{ending}")
    form = BookForm(request.args)
    with reading() as session:
        form.series_id.choices = outgoing_books(session)
        if not form.validate():
            return render_template("outgoing/books.html", form=form, message=None), 422
        period, rows, notes = portion(session, form, which)
    if len(rows) > MOST_ROWS:
        message = _("Mỗi lần in tối đa %(most)d dòng. Hãy chọn khoảng ngày ngắn hơn.",
                    most=MOST_ROWS)  # fmt: skip
        return render_template("outgoing/books.html", form=form, message=message), 422
    title, columns = BOOKS[which]
    heading = Heading(organ=settings().organ_name, title=title, period=period, notes=notes)
    name = f"{which}-{form.year.data}.{ending}"
    if ending == "xlsx":
        return download(book_xlsx(heading, columns, rows), XLSX, name, inline=False)
    return download(book_pdf(heading, columns, rows), "application/pdf", name)


def portion(
    session: Session, form: BookForm, which: str
) -> tuple[str, list[tuple[Cell, ...]], tuple[str, ...]]:
    """What was asked for, in words and rows, with the proof that no number is missing."""
    actor = current_actor()
    if which == POST:
        since, until = form.days(today())
        rows = queries.post_rows(session, actor, since=since, until=until)
        return f"Từ ngày {since:%d/%m/%Y} đến ngày {until:%d/%m/%Y}", rows, ()
    series = get_series(session, form.series_id.data)
    year = form.year.data if series.year_reset else CONTINUOUS
    rows = queries.book_rows(
        session, actor, series_id=series.id, year=year, since=form.since.data,
        until=form.until.data, as_of=form.as_of.data,
    )  # fmt: skip
    words = [series.name, f"Năm {form.year.data}"]
    if form.since.data:
        words.append(f"từ ngày {form.since.data:%d/%m/%Y}")
    if form.until.data:
        words.append(f"đến ngày {form.until.data:%d/%m/%Y}")
    if form.as_of.data:
        return (
            f"{'. '.join(words)}. Tình trạng cuối ngày {form.as_of.data:%d/%m/%Y}", rows, (),
        )  # fmt: skip
    return ". ".join(words), rows, (proof(session, series.id, year).sentence,)


def download(content: bytes, media_type: str, name: str, *, inline: bool = True) -> Response:
    """A made document as an answer; no cache keeps it."""
    kind = "inline" if inline else "attachment"
    headers = {"Content-Disposition": f'{kind}; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, mimetype=media_type, headers=headers)
