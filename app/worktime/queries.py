"""The calendar in force, read from the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.db import remembered
from app.worktime.calendar import Calendar, Minutes, SpecialDay, WeeklyShifts
from app.worktime.models import CalendarDay, CalendarShift, WorkingCalendar

FALLBACK_SHIFTS: tuple[Minutes, ...] = ((450, 690), (810, 1020))  # 07:30-11:30, 13:30-17:00


def default_calendar(session: Session) -> WorkingCalendar | None:
    rows = sa.select(WorkingCalendar).order_by(WorkingCalendar.is_default.desc())
    return session.scalar(rows.order_by(WorkingCalendar.id).limit(1))


def load_calendar(session: Session) -> Calendar:
    """The organ's calendar: two queries, once a page. Without any data a plain working week."""
    return remembered(session, load_calendar, lambda: _load(session))


def _load(session: Session) -> Calendar:
    shifts = _shifts(session)
    if not shifts:
        weekdays = dict.fromkeys(range(5), FALLBACK_SHIFTS)
        return Calendar((WeeklyShifts(date.min, None, weekdays),))
    return Calendar(_weeks(shifts), _special(session, shifts[0].calendar_id))


def days_of_year(session: Session, calendar_id: int, year: int) -> list[CalendarDay]:
    """The special days of a year, in order."""
    rows = sa.select(CalendarDay).where(
        CalendarDay.calendar_id == calendar_id,
        CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31)),
    )
    return list(session.scalars(rows.order_by(CalendarDay.day)))


def _shifts(session: Session) -> Sequence[sa.Row[Any]]:
    """The shifts of the default calendar; one empty row for a calendar without any."""
    default = (
        sa.select(WorkingCalendar.id)
        .order_by(WorkingCalendar.is_default.desc(), WorkingCalendar.id)
        .limit(1)
        .scalar_subquery()
    )
    shift = CalendarShift
    rows = (
        sa.select(
            WorkingCalendar.id.label("calendar_id"), shift.weekday, shift.start_minute,
            shift.end_minute, shift.valid_from, shift.valid_to,
        )
        .outerjoin(shift, shift.calendar_id == WorkingCalendar.id)
        .where(WorkingCalendar.id == default)
    )  # fmt: skip
    return session.execute(rows.order_by(shift.start_minute)).all()


def _weeks(shifts: Sequence[sa.Row[Any]]) -> tuple[WeeklyShifts, ...]:
    periods: dict[tuple[date, date | None], dict[int, list[Minutes]]] = {}
    for shift in shifts:
        if shift.weekday is not None:
            week = periods.setdefault((shift.valid_from, shift.valid_to), {})
            week.setdefault(shift.weekday, []).append((shift.start_minute, shift.end_minute))
    newest_first = sorted(periods.items(), key=lambda item: item[0][0], reverse=True)
    return tuple(
        WeeklyShifts(begin, end, {weekday: tuple(shifts) for weekday, shifts in week.items()})
        for (begin, end), week in newest_first
    )


def _special(session: Session, calendar_id: int) -> dict[date, SpecialDay]:
    day = CalendarDay
    rows = sa.select(day.day, day.label, day.shifts).where(day.calendar_id == calendar_id)
    return {
        on: SpecialDay(
            label=label,
            shifts=tuple((start, end) for start, end in shifts),
            working=bool(shifts),
        )
        for on, label, shifts in session.execute(rows)
    }
