"""/quan-tri/lich-lam-viec: the special days of a year, and their correction."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.clock import today
from app.db import reading, transaction
from app.errors import InvalidInput
from app.web.gate import needs
from app.web.shell import current_actor
from app.worktime import permissions, queries, services
from app.worktime.forms import DayForm
from app.worktime.models import DAY_KIND_LABELS, DayKind

bp = Blueprint(
    "worktime", __name__, url_prefix="/quan-tri/lich-lam-viec", template_folder="templates"
)


@bp.get("")
@needs(permissions.EDIT_CALENDAR)
def year() -> ResponseReturnValue:
    """The ordinary week and the special days of a year."""
    return show(DayForm(formdata=None))


@bp.post("")
@needs(permissions.EDIT_CALENDAR)
def set_day() -> ResponseReturnValue:
    """Add or correct a day."""
    form = DayForm()
    if not form.validate_on_submit():
        return show(form), 422
    try:
        hours = services.parse_hours(form.hours.data or "")
        with transaction("worktime.set_day") as session:
            services.set_day(
                session,
                current_actor(),
                day=form.day.data,
                kind=DayKind(form.kind.data),
                label=form.label.data,
                shifts=hours,
                source=form.source.data or "",
            )
    except InvalidInput as error:
        getattr(form, error.field or "label").errors = [error.user_message]
        return show(form), 422
    flash(_("Đã lưu ngày %(day)s.", day=form.day.data.strftime("%d/%m/%Y")), "ok")
    return redirect(url_for("worktime.year", nam=form.day.data.year))


@bp.post("/<int:day_id>/xoa")
@needs(permissions.EDIT_CALENDAR)
def unset_day(day_id: int) -> ResponseReturnValue:
    """Let a day be as its weekday again."""
    with transaction("worktime.unset_day") as session:
        services.unset_day(session, current_actor(), day_id=day_id)
    flash(_("Đã bỏ ngày này khỏi lịch."), "ok")
    return redirect(url_for("worktime.year", nam=request.form.get("nam", type=int)))


def show(form: DayForm) -> str:
    shown = request.args.get("nam", type=int) or today().year
    with reading() as session:
        calendar = queries.default_calendar(session)
        days = queries.days_of_year(session, calendar.id, shown) if calendar else []
        return render_template(
            "worktime/year.html",
            form=form,
            year=shown,
            calendar=calendar,
            days=days,
            labels=DAY_KIND_LABELS,
        )
