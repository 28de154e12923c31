"""/truc-ban/lich: the roster of a week, a shift more, many at once."""

from __future__ import annotations

from datetime import date, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.clock import now, today
from app.db import reading, transaction
from app.duty import permissions, queries, services
from app.duty.forms import ImportForm, ShiftForm, parse_lines
from app.duty.services import Line
from app.duty.views.blueprint import bp
from app.errors import InvalidInput, RuleViolated
from app.organisation.forms import options, show_error
from app.web.gate import needs
from app.web.shell import current_actor


@bp.get("/lich")
@needs(permissions.READ)
def roster() -> ResponseReturnValue:
    """The week of `?tuan=` (any day of it), this one without."""
    return show(ShiftForm(formdata=None), ImportForm(formdata=None))


@bp.post("/lich/ca")
@needs(permissions.PLAN)
def add_shift() -> ResponseReturnValue:
    """One shift more."""
    form = ShiftForm()
    with reading() as session:
        form.person_id.choices = _people(queries.choices(session))
    if not form.validate_on_submit():
        return show(form, ImportForm(formdata=None)), 422
    line = Line(form.person_id.data, form.starts_at.data, form.ends_at.data)
    try:
        with transaction("duty.add_shift") as session:
            services.add_shifts(session, current_actor(), [line])
    except InvalidInput as error:
        return show(form, ImportForm(formdata=None), show_error(form, error)), 422
    flash(_("Đã thêm ca trực."), "ok")
    return redirect(url_for("duty.roster", tuan=line.starts_at.date().isoformat()))


@bp.post("/lich/nhap")
@needs(permissions.PLAN)
def import_shifts() -> ResponseReturnValue:
    """Many shifts; all of them or, with the line that is wrong named, none."""
    form = ImportForm()
    if not form.validate_on_submit():
        return show(ShiftForm(formdata=None), form), 422
    try:
        with reading() as session:
            lines = parse_lines(form.lines.data or "", queries.choices(session))
        with transaction("duty.import") as session:
            services.add_shifts(session, current_actor(), lines)
    except InvalidInput as error:
        error.field = "lines"
        return show(ShiftForm(formdata=None), form, show_error(form, error)), 422
    flash(_("Đã nhập %(n)d ca trực.", n=len(lines)), "ok")
    return redirect(url_for("duty.roster", tuan=lines[0].starts_at.date().isoformat()))


@bp.post("/lich/<int:shift_id>/xoa")
@needs(permissions.PLAN)
def remove_shift(shift_id: int) -> ResponseReturnValue:
    """Take a shift out again."""
    try:
        with transaction("duty.remove_shift") as session:
            services.remove_shift(session, current_actor(), shift_id)
    except RuleViolated as error:
        flash(error.user_message, "late")
    else:
        flash(_("Đã bỏ ca trực."), "ok")
    return redirect(url_for("duty.roster", tuan=request.form.get("tuan", "")))


def show(form: ShiftForm, lines: ImportForm, message: str | None = None) -> str:
    """The page; after a refusal with what was typed."""
    monday = _monday(request.args.get("tuan", ""))
    with reading() as session:
        people = queries.choices(session)
        form.person_id.choices = _people(people)
        return render_template(
            "duty/roster.html",
            form=form,
            lines=lines,
            message=message,
            days=queries.week_of(session, monday),
            people=people,
            may_plan=current_actor().may(permissions.PLAN),
            monday=monday,
            before=(monday - timedelta(days=7)).isoformat(),
            after=(monday + timedelta(days=7)).isoformat(),
            at=now(),
            today=today(),
        )


def _people(choices: list[queries.Choice]) -> list[object]:
    return list(options((one.person_id, one.name) for one in choices))


def _monday(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = today()
    return day - timedelta(days=day.weekday())
