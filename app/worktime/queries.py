"""The calendar in force, read from the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.db import remembered
from app.errors import NotFound
from app.worktime.calendar import Calendar, Minutes, SpecialDay, WeeklyShifts
from app.worktime.models import (
    CalendarCorrection,
    CalendarDay,
    CalendarShift,
    ClockMove,
    DeadlineClock,
    WorkingCalendar,
)

FALLBACK_SHIFTS: tuple[Minutes, ...] = ((450, 690), (810, 1020))  # 07:30-11:30, 13:30-17:00


def default_calendar(session: Session) -> WorkingCalendar | None:
    rows = sa.select(WorkingCalendar).order_by(WorkingCalendar.is_default.desc())
    return session.scalar(rows.order_by(WorkingCalendar.id).limit(1))


def load_calendar(session: Session, calendar_id: int | None = None) -> Calendar:
    """A calendar, or the organ's: two queries, once a page. Without any data a plain week."""
    return remembered(session, (load_calendar, calendar_id), lambda: _load(session, calendar_id))


def _load(session: Session, calendar_id: int | None) -> Calendar:
    shifts = _shifts(session, calendar_id)
    if not shifts:
        return Calendar((WeeklyShifts(date.min, None, dict.fromkeys(range(5), FALLBACK_SHIFTS)),))
    own_id = next(row.calendar_id for row in shifts if row.is_own)
    worked = [row for row in shifts if row.weekday is not None and not row.reception_only]
    weeks = (
        *_weeks([row for row in worked if row.is_own]),
        *_weeks([row for row in worked if not row.is_own]),
    )
    receptions = _weeks([row for row in shifts if row.reception_only and row.is_own])
    lineage = dict.fromkeys(row.calendar_id for row in shifts if not row.is_own)
    special = _special(session, [*lineage, own_id])
    return Calendar(weeks, special, receptions)


def get_calendar(session: Session, calendar_id: int) -> WorkingCalendar:
    """Raises NotFound."""
    row = session.get(WorkingCalendar, calendar_id)
    if row is None:
        raise NotFound(f"working calendar {calendar_id}")
    return row


def all_calendars(session: Session) -> list[WorkingCalendar]:
    """The organ's calendar first, then the others by name."""
    rows = sa.select(WorkingCalendar)
    return list(
        session.scalars(rows.order_by(WorkingCalendar.is_default.desc(), WorkingCalendar.name))
    )


def parent_of(
    calendar: WorkingCalendar | None, calendars: Sequence[WorkingCalendar]
) -> WorkingCalendar | None:
    """The calendar from which another inherits, among those given."""
    parent_id = calendar.parent_id if calendar is not None else None
    return next((one for one in calendars if one.id == parent_id), None)


def family(session: Session, calendar_id: int) -> list[int]:
    """A calendar and those that inherit its days: what a change of it concerns."""
    children = sa.select(WorkingCalendar.id).where(WorkingCalendar.parent_id == calendar_id)
    return [calendar_id, *session.scalars(children.order_by(WorkingCalendar.id))]


def week_rows(session: Session, calendar_id: int) -> list[CalendarShift]:
    """The shifts of a calendar itself, the newest validity first."""
    rows = sa.select(CalendarShift).where(CalendarShift.calendar_id == calendar_id)
    order = (CalendarShift.valid_from.desc(), CalendarShift.weekday, CalendarShift.start_minute)
    return list(session.scalars(rows.order_by(*order)))


def days_of_year(session: Session, calendar_id: int, year: int) -> list[CalendarDay]:
    """The special days of a year, in order."""
    rows = sa.select(CalendarDay).where(
        CalendarDay.calendar_id == calendar_id,
        CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31)),
    )
    return list(session.scalars(rows.order_by(CalendarDay.day)))


def find_clock(session: Session, kind: str, thing_id: int, name: str = "") -> DeadlineClock | None:
    """The clock of a thing, if its limit is counted."""
    return session.scalar(
        sa.select(DeadlineClock).filter_by(kind=kind, thing_id=thing_id, name=name)
    )


def get_clock(session: Session, kind: str, thing_id: int, name: str = "") -> DeadlineClock:
    """The same, locked for a change. Raises NotFound."""
    clock = session.scalar(
        sa.select(DeadlineClock)
        .filter_by(kind=kind, thing_id=thing_id, name=name)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if clock is None:
        raise NotFound(f"clock {name} of {kind} {thing_id}")
    return clock


def moves_of(session: Session, clock_id: int) -> list[tuple[ClockMove, str]]:
    """What moved a clock, the newest first, with the change of the calendar that did."""
    rows = (
        sa.select(ClockMove, CalendarCorrection.what)
        .join(CalendarCorrection, CalendarCorrection.id == ClockMove.correction_id)
        .where(ClockMove.clock_id == clock_id)
        .order_by(ClockMove.id.desc())
    )
    return list(session.execute(rows).tuples())


def recent_corrections(session: Session, limit: int = 20) -> list[CalendarCorrection]:
    """The newest changes of calendars with their progress."""
    rows = sa.select(CalendarCorrection).order_by(CalendarCorrection.id.desc())
    return list(session.scalars(rows.limit(limit)))


def moves_by(
    session: Session, correction_id: int, limit: int = 200
) -> list[tuple[ClockMove, DeadlineClock]]:
    """What a change of the calendar moved, with the clocks."""
    rows = (
        sa.select(ClockMove, DeadlineClock)
        .join(DeadlineClock, DeadlineClock.id == ClockMove.clock_id)
        .where(ClockMove.correction_id == correction_id)
        .order_by(ClockMove.id)
    )
    return list(session.execute(rows.limit(limit)).tuples())


def _shifts(session: Session, calendar_id: int | None) -> Sequence[sa.Row[Any]]:
    """The shifts of a calendar and of its parent; at least one empty row for each of them."""
    if calendar_id is None:
        return session.execute(_shift_rows(default=True)).all()
    return session.execute(_shift_rows(default=False), {"calendar_id": calendar_id}).all()


@cache
def _shift_rows(*, default: bool) -> sa.Select[Any]:
    """Of the organ's calendar, else of `calendar_id`. Nearly every page asks: built once."""
    wanted: sa.ColumnElement[int] | sa.ScalarSelect[int] = (
        sa.select(WorkingCalendar.id)
        .order_by(WorkingCalendar.is_default.desc(), WorkingCalendar.id)
        .limit(1)
        .scalar_subquery()
        if default
        else sa.bindparam("calendar_id", type_=sa.Integer)
    )
    child = aliased(WorkingCalendar)
    parent = sa.select(child.parent_id).where(child.id == wanted).scalar_subquery()
    shift = CalendarShift
    rows = (
        sa.select(
            WorkingCalendar.id.label("calendar_id"),
            (WorkingCalendar.id == wanted).label("is_own"),
            shift.weekday, shift.start_minute, shift.end_minute, shift.valid_from, shift.valid_to,
            shift.reception_only,
        )
        .outerjoin(shift, shift.calendar_id == WorkingCalendar.id)
        .where(sa.or_(WorkingCalendar.id == wanted, WorkingCalendar.id == parent))
    )  # fmt: skip
    return rows.order_by(shift.start_minute)


def _weeks(shifts: Sequence[sa.Row[Any]]) -> tuple[WeeklyShifts, ...]:
    periods: dict[tuple[date, date | None], dict[int, list[Minutes]]] = {}
    for shift in shifts:
        week = periods.setdefault((shift.valid_from, shift.valid_to), {})
        week.setdefault(shift.weekday, []).append((shift.start_minute, shift.end_minute))
    newest_first = sorted(periods.items(), key=lambda item: item[0][0], reverse=True)
    return tuple(
        WeeklyShifts(begin, end, {weekday: tuple(shifts) for weekday, shifts in week.items()})
        for (begin, end), week in newest_first
    )


def _special(session: Session, lineage: Sequence[int]) -> dict[date, SpecialDay]:
    """The days of calendars; those of a later one in `lineage` stand above the earlier ones'."""
    found = session.execute(_day_rows(), {"lineage": list(lineage)}).all()
    return {
        row.day: SpecialDay(
            label=row.label,
            shifts=tuple((start, end) for start, end in row.shifts),
            working=bool(row.shifts),
        )
        for row in sorted(found, key=lambda row: lineage.index(row.calendar_id))
    }


@cache
def _day_rows() -> sa.Select[Any]:
    day = CalendarDay
    lineage = sa.bindparam("lineage", expanding=True, type_=sa.Integer)
    rows = sa.select(day.calendar_id, day.day, day.label, day.shifts)
    return rows.where(day.calendar_id.in_(lineage))
