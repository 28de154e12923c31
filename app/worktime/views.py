"""/quan-tri/lich-lam-viec: calendars, their special days and weeks, and what a change moved."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from app import kinds
from app.clock import VIETNAM, local, now, today
from app.db import reading, transaction
from app.errors import InvalidInput, NotFound
from app.web.gate import needs
from app.web.shell import current_actor
from app.worktime import permissions, queries, services
from app.worktime.calendar import WEEKDAYS, Unit
from app.worktime.forms import WEEKDAY_FIELDS, CounterForm, DayForm, TryForm, WeekForm
from app.worktime.models import (
    CORRECTION_LABELS,
    DAY_KIND_LABELS,
    SCOPE_LABELS,
    CalendarCorrection,
    CalendarShift,
    CorrectionState,
    DayKind,
)
from app.worktime.rules import Course, Rule, StartRule
from app.worktime.showing import Why, why

bp = Blueprint(
    "worktime", __name__, url_prefix="/quan-tri/lich-lam-viec", template_folder="templates"
)
CUTOFF_OF_SAME_DAY = 15 * 60
TRIED = "thu-amount"
CORRECTION_TONES = {
    CorrectionState.WAITING: "mute",
    CorrectionState.RUNNING: "info",
    CorrectionState.DONE: "ok",
}


@bp.get("")
@needs(permissions.EDIT_CALENDAR)
def year() -> ResponseReturnValue:
    """A calendar: the ordinary week, the special days of a year, a limit to try."""
    return show()


@bp.post("")
@needs(permissions.EDIT_CALENDAR)
def set_day() -> ResponseReturnValue:
    """Add or correct a day."""
    form = DayForm()
    if not form.validate_on_submit():
        return show(day_form=form), 422
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
                calendar_id=asked_calendar(),
            )
    except InvalidInput as error:
        return show(day_form=refused(form, error, "label")), 422
    day = form.day.data
    flash(_("Đã lưu ngày %(day)s. Các thời hạn đang được tính lại.", day=f"{day:%d/%m/%Y}"), "ok")
    return redirect(back(nam=day.year))


@bp.post("/<int:day_id>/xoa")
@needs(permissions.EDIT_CALENDAR)
def unset_day(day_id: int) -> ResponseReturnValue:
    """Let a day be as its weekday again."""
    with transaction("worktime.unset_day") as session:
        services.unset_day(session, current_actor(), day_id=day_id)
    flash(_("Đã bỏ ngày này khỏi lịch. Các thời hạn đang được tính lại."), "ok")
    return redirect(back(nam=request.form.get("nam", type=int)))


@bp.post("/tuan")
@needs(permissions.EDIT_CALENDAR)
def set_week() -> ResponseReturnValue:
    """Say what the week is from a day on."""
    form = WeekForm()
    if not form.validate_on_submit():
        return show(week_form=form), 422
    try:
        with transaction("worktime.set_week") as session:
            calendar = queries.default_calendar(session)
            services.set_week(
                session,
                current_actor(),
                calendar_id=asked_calendar() or (calendar.id if calendar else 0),
                valid_from=form.valid_from.data,
                hours=form.weekdays(),
                reception_only=form.reception_only.data,
            )
    except InvalidInput as error:
        return show(week_form=refused(form, error, "monday")), 422
    flash(_("Đã lưu tuần làm việc. Các thời hạn đang được tính lại."), "ok")
    return redirect(back())


@bp.post("/quay")
@needs(permissions.EDIT_CALENDAR)
def add_counter() -> ResponseReturnValue:
    """A calendar of a counter of its own."""
    form = CounterForm()
    if not form.validate_on_submit():
        return show(counter_form=form), 422
    try:
        with transaction("worktime.add_counter") as session:
            row = services.add_counter(session, current_actor(), name=form.name.data)
            calendar_id = row.id
    except InvalidInput as error:
        return show(counter_form=refused(form, error, "name")), 422
    flash(_("Đã thêm lịch. Lịch này theo lịch cơ quan, chỉ khai những gì khác."), "ok")
    return redirect(url_for("worktime.year", lich=calendar_id))


@bp.get("/thay-doi")
@needs(permissions.EDIT_CALENDAR)
def corrections() -> ResponseReturnValue:
    """The latest changes with their progress, for htmx."""
    with reading() as session:
        return render_template("worktime/_corrections.html", **progress_of(session))


@bp.get("/thay-doi/<int:correction_id>")
@needs(permissions.EDIT_CALENDAR)
def correction(correction_id: int) -> ResponseReturnValue:
    """What a change of the calendar moved. Things that the reader may not see have no title."""
    with reading() as session:
        row = session.get(CalendarCorrection, correction_id)
        if row is None:
            raise NotFound(f"calendar correction {correction_id}")
        moves = queries.moves_by(session, correction_id)
        cards = kinds.cards(
            session, current_actor(), [(clock.kind, clock.thing_id) for _move, clock in moves]
        )
        return render_template(
            "worktime/correction.html",
            row=row,
            moves=moves,
            cards={(card.kind, card.id): card for card in cards},
            labels=CORRECTION_LABELS,
            tones=CORRECTION_TONES,
        )


def show(
    *,
    day_form: FlaskForm | None = None,
    week_form: FlaskForm | None = None,
    counter_form: FlaskForm | None = None,
) -> str:
    """The page; forms that were refused stand with what was typed."""
    shown = request.args.get("nam", type=int) or today().year
    with reading() as session:
        calendars = queries.all_calendars(session)
        wanted = asked_calendar()
        calendar = next((one for one in calendars if one.id == wanted or wanted is None), None)
        if calendar is None and wanted is not None:
            raise NotFound(f"working calendar {wanted}")
        rows = queries.week_rows(session, calendar.id) if calendar else []
        try_form = TryForm(request.args if TRIED in request.args else None, prefix="thu")
        prefill(try_form)
        return render_template(
            "worktime/year.html",
            form=day_form or DayForm(formdata=None),
            week_form=week_form or week_form_of(rows),
            counter_form=counter_form or CounterForm(formdata=None),
            try_form=try_form,
            tried=tried(session, try_form, calendar.id if calendar else None),
            year=shown,
            calendar=calendar,
            calendars=calendars,
            parent=next(
                (one for one in calendars if calendar and one.id == calendar.parent_id), None
            ),
            periods=periods(rows),
            days=queries.days_of_year(session, calendar.id, shown) if calendar else [],
            labels=DAY_KIND_LABELS,
            scopes=SCOPE_LABELS,
            **progress_of(session),
        )


def progress_of(session: Session) -> dict[str, Any]:
    """The latest changes; `counting` while one of them is still being worked off."""
    rows = queries.recent_corrections(session, limit=8)
    return {
        "corrections": rows,
        "counting": any(row.state is not CorrectionState.DONE for row in rows),
        "states": CORRECTION_LABELS,
        "tones": CORRECTION_TONES,
    }


def tried(session: Session, form: TryForm, calendar_id: int | None) -> Why | None:
    """The limit asked for, explained; None when none was asked for, or not rightly."""
    if TRIED not in request.args or not form.validate():
        return None
    unit = Unit(form.unit.data)
    rule = Rule.of(form.amount.data, unit)
    if form.same_day.data:
        rule = Rule(1, Unit.WORKING_DAY, StartRule.FROM_RECEPTION, CUTOFF_OF_SAME_DAY)
    received = datetime.combine(form.day.data, form.time.data, VIETNAM)
    return why(queries.load_calendar(session, calendar_id), Course(received, rule))


def prefill(form: TryForm) -> None:
    """This moment, unless something was asked for."""
    if TRIED not in request.args:
        form.day.data, form.time.data = today(), local(now()).time().replace(second=0)


def week_form_of(rows: list[CalendarShift]) -> WeekForm:
    """The week in force as a beginning for the next one."""
    form = WeekForm(formdata=None)
    form.valid_from.data = today() + timedelta(days=1)
    for weekday, name in enumerate(WEEKDAY_FIELDS):
        form[name].data = ", ".join(
            clock_hours(row)
            for row in rows
            if row.weekday == weekday and row.valid_to is None and not row.reception_only
        )
    return form


def periods(rows: list[CalendarShift]) -> list[dict[str, Any]]:
    """The weeks as the table shows them: validity, sort, and lines of weekdays with hours."""
    found: dict[tuple[Any, ...], dict[int, list[str]]] = {}
    for row in rows:
        week = found.setdefault((row.valid_from, row.valid_to, row.reception_only), {})
        week.setdefault(row.weekday, []).append(clock_hours(row).replace("-", "–"))
    return [
        {
            "valid_from": valid_from,
            "valid_to": valid_to,
            "reception_only": reception_only,
            "lines": lines_of(week),
        }
        for (valid_from, valid_to, reception_only), week in found.items()
    ]


def lines_of(week: dict[int, list[str]]) -> list[tuple[str, str]]:
    """“Thứ Hai – thứ Sáu” with “07:30–11:30, 13:30–17:00”: days in a row of the same hours once."""
    runs: list[tuple[int, int, str]] = []
    for day, shifts in sorted(week.items()):
        hours = ", ".join(shifts)
        if runs and runs[-1][1:] == (day - 1, hours):
            runs[-1] = (runs[-1][0], day, hours)
        else:
            runs.append((day, day, hours))
    return [(days_in_words(first, last), hours) for first, last, hours in runs]


def days_in_words(first: int, last: int) -> str:
    """“Thứ Bảy”, “Thứ Hai – thứ Sáu”."""
    name = WEEKDAYS[first][0].upper() + WEEKDAYS[first][1:]
    return name if first == last else f"{name} – {WEEKDAYS[last]}"


def clock_hours(row: CalendarShift) -> str:
    """“07:30-11:30”."""
    start, end = row.start_minute, row.end_minute
    return f"{start // 60:02d}:{start % 60:02d}-{end // 60:02d}:{end % 60:02d}"


def asked_calendar() -> int | None:
    """The calendar that the address or the form names; None for the organ's."""
    return request.values.get("lich", type=int)


def back(**more: object) -> str:
    """The page of the same calendar."""
    return url_for("worktime.year", lich=asked_calendar(), **more)  # type: ignore[arg-type]


def refused(form: FlaskForm, error: InvalidInput, otherwise: str) -> FlaskForm:
    """The form with the sentence at its field."""
    name = error.field if error.field in form else otherwise
    form[name].errors = [error.user_message]
    return form
