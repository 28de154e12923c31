"""The calendar in force, read from the database."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.worktime.calendar import Calendar, Minutes, SpecialDay, WeeklyShifts
from app.worktime.models import CalendarDay, CalendarShift, WorkingCalendar

FALLBACK_SHIFTS: tuple[Minutes, ...] = ((450, 690), (810, 1020))  # 07:30-11:30, 13:30-17:00


def default_calendar(session: Session) -> WorkingCalendar | None:
    rows = sa.select(WorkingCalendar).order_by(WorkingCalendar.is_default.desc())
    return session.scalar(rows.order_by(WorkingCalendar.id).limit(1))


def load_calendar(session: Session) -> Calendar:
    """The organ's calendar: two queries. Without any data a plain working week."""
    row = default_calendar(session)
    if row is None:
        weekdays = dict.fromkeys(range(5), FALLBACK_SHIFTS)
        return Calendar((WeeklyShifts(date.min, None, weekdays),))
    return Calendar(_weeks(session, row.id), _special(session, row.id))


def days_of_year(session: Session, calendar_id: int, year: int) -> list[CalendarDay]:
    """The special days of a year, in order."""
    rows = sa.select(CalendarDay).where(
        CalendarDay.calendar_id == calendar_id,
        CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31)),
    )
    return list(session.scalars(rows.order_by(CalendarDay.day)))


def _weeks(session: Session, calendar_id: int) -> tuple[WeeklyShifts, ...]:
    rows = sa.select(CalendarShift).filter_by(calendar_id=calendar_id)
    periods: dict[tuple[date, date | None], dict[int, list[Minutes]]] = {}
    for shift in session.scalars(rows.order_by(CalendarShift.start_minute)):
        week = periods.setdefault((shift.valid_from, shift.valid_to), {})
        week.setdefault(shift.weekday, []).append((shift.start_minute, shift.end_minute))
    newest_first = sorted(periods.items(), key=lambda item: item[0][0], reverse=True)
    return tuple(
        WeeklyShifts(begin, end, {weekday: tuple(shifts) for weekday, shifts in week.items()})
        for (begin, end), week in newest_first
    )


def _special(session: Session, calendar_id: int) -> dict[date, SpecialDay]:
    rows = sa.select(CalendarDay).filter_by(calendar_id=calendar_id)
    return {
        day.day: SpecialDay(
            label=day.label,
            shifts=tuple((start, end) for start, end in day.shifts),
            working=bool(day.shifts),
        )
        for day in session.scalars(rows)
    }
