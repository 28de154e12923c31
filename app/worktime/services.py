"""Keeping the working calendar: loading dated data, correcting single days."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit
from app.errors import InvalidInput, NotFound
from app.security import Actor, authorize
from app.worktime import permissions, queries
from app.worktime.calendar import Minutes
from app.worktime.models import CalendarDay, CalendarShift, DayKind, WorkingCalendar

WORKED_DAYS = frozenset({DayKind.SWAPPED, DayKind.HALF})


def load(session: Session, actor: Actor, data: Mapping[str, Any]) -> WorkingCalendar:
    """Make or complete the calendar from data of `config/data/working_calendar.yaml`'s shape.

    Days that are there already are left as they are: somebody may have corrected them.
    """
    name = data["name"]
    row = session.scalar(sa.select(WorkingCalendar).filter_by(name=name))
    if row is None:
        first = session.scalar(sa.select(WorkingCalendar.id).limit(1)) is None
        row = WorkingCalendar(name=name, is_default=first)
        session.add(row)
        session.flush()
        session.add_all(_shift_rows(row.id, data["shifts"]))
    known = set(session.scalars(sa.select(CalendarDay.day).filter_by(calendar_id=row.id)))
    for entry in data["days"]:
        for day in _days_of(entry):
            if day not in known:
                known.add(day)
                session.add(_day_row(row.id, day, entry))
    audit.record(session, actor, "worktime.loaded", row.id)
    return row


def set_day(
    session: Session,
    actor: Actor,
    *,
    day: date,
    kind: DayKind,
    label: str,
    shifts: Sequence[Minutes] = (),
    source: str = "",
) -> CalendarDay:
    """Say that a day differs from its weekday, or correct what was said.

    Raises:
        PermissionDenied: the actor lacks `worktime:edit_calendar`.
        InvalidInput: no name, hours that overlap, or hours on a day off.
    """
    actor = authorize(actor, permissions.EDIT_CALENDAR)
    if not label.strip():
        raise InvalidInput("Phải ghi tên ngày nghỉ hoặc lý do.", "label")
    if kind in WORKED_DAYS and not shifts:
        raise InvalidInput("Ngày có làm việc phải có giờ làm.", "hours")
    hours = check_shifts(shifts) if kind in WORKED_DAYS else []
    calendar = queries.default_calendar(session)
    if calendar is None:
        raise NotFound("there is no working calendar")
    row = session.scalar(sa.select(CalendarDay).filter_by(calendar_id=calendar.id, day=day))
    if row is None:
        row = CalendarDay(calendar_id=calendar.id, day=day)
        session.add(row)
    row.kind, row.label, row.source = kind, label.strip(), source.strip()
    row.shifts = [list(pair) for pair in hours]
    session.flush()
    audit.record(session, actor, "worktime.day_set", row.id, day=day.isoformat(), as_=kind.value)
    return row


def unset_day(session: Session, actor: Actor, *, day_id: int) -> None:
    """Let a day be as its weekday again."""
    actor = authorize(actor, permissions.EDIT_CALENDAR)
    row = session.get(CalendarDay, day_id)
    if row is None:
        raise NotFound(f"calendar day {day_id}")
    audit.record(session, actor, "worktime.day_unset", row.id, day=row.day.isoformat())
    session.delete(row)


def parse_hours(text: str) -> list[Minutes]:
    """Shifts from “07:30-11:30, 13:30-17:00”. Raises InvalidInput for anything else."""
    found = []
    for part in (piece.strip() for piece in text.split(",")):
        if not part:
            continue
        try:
            start, end = (_minutes(edge) for edge in part.split("-"))
        except ValueError:
            raise InvalidInput("Giờ làm viết như 07:30-11:30, 13:30-17:00.", "hours") from None
        found.append((start, end))
    return check_shifts(found)


def check_shifts(shifts: Sequence[Minutes]) -> list[Minutes]:
    """In order, each longer than nothing, none over another. Raises InvalidInput otherwise."""
    ordered = sorted(shifts)
    edges = [minute for shift in ordered for minute in shift]
    if edges != sorted(set(edges)) or (edges and not 0 <= edges[0] <= edges[-1] < 24 * 60):
        raise InvalidInput("Các ca làm việc phải nối tiếp nhau, không chồng lên nhau.", "hours")
    return ordered


def _minutes(text: str) -> int:
    hours, _, minutes = text.strip().partition(":")
    if not 0 <= int(hours) < 24 or not 0 <= int(minutes) < 60:
        raise ValueError(text)
    return int(hours) * 60 + int(minutes)


def _shift_rows(calendar_id: int, entries: Sequence[Mapping[str, Any]]) -> Iterator[CalendarShift]:
    for entry in entries:
        for weekday in entry["weekdays"]:
            for start, end in parse_hours(", ".join(entry["hours"])):
                yield CalendarShift(
                    calendar_id=calendar_id,
                    weekday=weekday,
                    start_minute=start,
                    end_minute=end,
                    valid_from=entry["valid_from"],
                    valid_to=entry.get("valid_to"),
                )


def _days_of(entry: Mapping[str, Any]) -> list[date]:
    first: date = entry.get("day") or entry["from"]
    last: date = entry.get("day") or entry["to"]
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _day_row(calendar_id: int, day: date, entry: Mapping[str, Any]) -> CalendarDay:
    unverified = "" if entry.get("verified", True) else "Chưa xác minh, cần đối chiếu thông báo."
    return CalendarDay(
        calendar_id=calendar_id,
        day=day,
        kind=DayKind(entry["kind"]),
        label=entry["label"],
        shifts=[list(pair) for pair in parse_hours(", ".join(entry.get("hours", [])))],
        source=unverified,
    )
