"""Pages of the register books: which there are, whether they are complete, their numbers."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import kinds
from app.clock import today
from app.db import reading, transaction
from app.errors import InvalidInput, NotFound
from app.organisation.queries import issuing_bodies, post_label
from app.registers import queries, services
from app.registers.forms import SeriesForm, StartForm, VoidForm
from app.registers.models import CONTINUOUS, Direction
from app.registers.permissions import CONFIGURE, KEEP, READ
from app.web.gate import needs
from app.web.shell import current_actor

bp = Blueprint("registers", __name__, url_prefix="/so-dang-ky", template_folder="templates")

PAGE = 50


@dataclass(frozen=True, slots=True)
class Page:
    """What the pager shows."""

    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))


@bp.get("")
@needs(READ)
def index() -> ResponseReturnValue:
    """All books by year."""
    with reading() as session:
        bodies = {body.id: body.short_name for body in issuing_bodies(session)}
        return render_template(
            "registers/index.html",
            books=queries.books(session),
            bodies=bodies,
            may_configure=current_actor().may(CONFIGURE),
        )


@bp.route("/moi", methods=["GET", "POST"])
@needs(CONFIGURE)
def create() -> ResponseReturnValue:
    """Open a book."""
    form, message = SeriesForm(), None
    with reading() as session:
        bodies = [(str(body.id), body.name) for body in issuing_bodies(session)]
    form.issuing_body_id.choices = [("", _("Dùng chung cho mọi chủ thể")), *bodies]
    if form.validate_on_submit():
        try:
            with transaction("registers.create_series") as session:
                services.create_series(
                    session,
                    current_actor(),
                    name=form.name.data or "",
                    direction=Direction(form.direction.data),
                    issuing_body_id=int(form.issuing_body_id.data or 0) or None,
                    year_reset=bool(form.year_reset.data),
                )
        except InvalidInput as error:
            message = error.user_message
        else:
            flash(_("Đã mở sổ."), "ok")
            return redirect(url_for("registers.index"))
    status = 422 if request.method == "POST" else 200
    return render_template("registers/new.html", form=form, message=message), status


@bp.get("/<int:series_id>/<int:year>")
@needs(READ)
def book(series_id: int, year: int) -> ResponseReturnValue:
    """The proof of a book and its numbers."""
    return show_book(series_id, year, StartForm(formdata=None))


def show_book(
    series_id: int, year: int, start_form: StartForm, message: str | None = None, status: int = 200
) -> ResponseReturnValue:
    actor, number = current_actor(), max(request.args.get("page", 1, int), 1)
    with reading() as session:
        found = queries.proof(session, series_id, year)
        if found.last is None and year not in (today().year, CONTINUOUS):
            raise NotFound(f"book {series_id}/{year}")
        rows = queries.entries(session, series_id, year, limit=PAGE, offset=(number - 1) * PAGE)
        cards = {
            (card.kind, card.id): card
            for card in kinds.cards(session, actor, [(row.kind, row.thing_id) for row in rows])
        }
        labels = post_label(session, [row.by_post_id for row in rows if row.by_post_id])
        return render_template(
            "registers/book_page.html",
            proof=found,
            rows=rows,
            cards=cards,
            labels=labels,
            page=Page(number, PAGE, queries.count_entries(session, series_id, year)),
            start_form=start_form,
            message=message,
            void_form=VoidForm(formdata=None),
            may_keep=actor.may(KEEP),
            may_configure=actor.may(CONFIGURE),
        ), status


@bp.post("/<int:series_id>/<int:year>/so-bat-dau")
@needs(KEEP)
def start(series_id: int, year: int) -> ResponseReturnValue:
    """Let a book begin at another number than 1."""
    form = StartForm()
    if not form.validate_on_submit():
        return show_book(series_id, year, form, status=422)
    try:
        with transaction("registers.start") as session:
            services.start_series_at(
                session,
                current_actor(),
                series_id=series_id,
                year=year,
                number=form.number.data or 0,
                reason=form.reason.data or "",
            )
    except InvalidInput as error:
        return show_book(series_id, year, form, error.user_message, 422)
    flash(_("Đã đặt số bắt đầu."), "ok")
    return redirect(url_for("registers.book", series_id=series_id, year=year))


@bp.post("/so/<int:entry_id>/huy")
@needs(KEEP)
def void(entry_id: int) -> ResponseReturnValue:
    """Cross a number out."""
    form = VoidForm()
    if not form.validate_on_submit():
        raise InvalidInput(_("Phải ghi lý do hủy số."), "reason")
    with transaction("registers.void") as session:
        entry = services.void_entry(
            session, current_actor(), entry_id=entry_id, reason=form.reason.data or ""
        )
    flash(_("Đã hủy số %(label)s.", label=entry.label), "ok")
    return redirect(url_for("registers.book", series_id=entry.series_id, year=entry.year))


@bp.post("/<int:series_id>/khoa")
@needs(CONFIGURE)
def close(series_id: int) -> ResponseReturnValue:
    """Give no more numbers from a series."""
    with transaction("registers.close") as session:
        services.close_series(session, current_actor(), series_id=series_id)
    flash(_("Đã khóa sổ."), "ok")
    return redirect(url_for("registers.index"))
