"""Keeping calendars: loading dated data, correcting single days, the week from a day on."""

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
from app.worktime.models import (
    DAY_KIND_LABELS,
    CalendarDay,
    CalendarScope,
    CalendarShift,
    DayKind,
    WorkingCalendar,
)
from app.worktime.services.recounting import ask_for_recount

WORKED_DAYS = frozenset({DayKind.SWAPPED, DayKind.HALF})


def load(session: Session, actor: Actor, data: Mapping[str, Any]) -> WorkingCalendar:
    """Make or complete the calendars from data of `config/data/working_calendar.yaml`'s shape.

    Days that are there already are left as they are: somebody may have corrected them.
    """
    first = session.scalar(sa.select(WorkingCalendar.id).limit(1)) is None
    row = _load_one(session, actor, data, is_default=first)
    for counter in data.get("counters", ()):
        _load_one(session, actor, counter, parent_id=row.id)
    return row


def _load_one(
    session: Session,
    actor: Actor,
    data: Mapping[str, Any],
    *,
    is_default: bool = False,
    parent_id: int | None = None,
) -> WorkingCalendar:
    row = session.scalar(sa.select(WorkingCalendar).filter_by(name=data["name"]))
    if row is None:
        row = WorkingCalendar(name=data["name"], is_default=is_default, parent_id=parent_id)
        row.scope = CalendarScope.ORGAN if parent_id is None else CalendarScope.COUNTER
        session.add(row)
        session.flush()
        session.add_all(_shift_rows(row.id, data.get("shifts", ())))
    known = set(session.scalars(sa.select(CalendarDay.day).filter_by(calendar_id=row.id)))
    for entry in data.get("days", ()):
        for day in _days_of(entry):
            if day not in known:
                known.add(day)
                session.add(_day_row(row.id, day, entry))
    audit.record(session, actor, "worktime.loaded", row.id)
    return row


def add_counter(
    session: Session, actor: Actor, *, name: str, unit_id: int | None = None
) -> WorkingCalendar:
    """A calendar for a counter: it inherits the organ's days and week until it has its own.

    Raises:
        PermissionDenied: the actor lacks `worktime:edit_calendar`.
        InvalidInput: no name, or a calendar of this name is there.
    """
    actor = authorize(actor, permissions.EDIT_CALENDAR)
    name = name.strip()
    if not name:
        raise InvalidInput("Phải ghi tên lịch.", "name")
    if session.scalar(sa.select(WorkingCalendar.id).filter_by(name=name)) is not None:
        raise InvalidInput("Đã có lịch mang tên này.", "name")
    row = WorkingCalendar(
        name=name,
        scope=CalendarScope.COUNTER,
        unit_id=unit_id,
        parent_id=_calendar_id(session, None),
        is_default=False,
    )
    session.add(row)
    session.flush()
    audit.record(session, actor, "worktime.calendar_added", row.id)
    return row


def set_week(
    session: Session,
    actor: Actor,
    *,
    calendar_id: int,
    valid_from: date,
    hours: Mapping[int, Sequence[Minutes]],
    reception_only: bool = False,
) -> None:
    """Say what the ordinary week is from a day on; what was said before holds until then.

    `hours` are shifts by weekday (0 is Monday). With `reception_only` they are those in which a
    counter takes dossiers in beside its working time.

    Raises:
        PermissionDenied: the actor lacks `worktime:edit_calendar`.
        InvalidInput: no hours, or a later week is written down already.
    """
    actor = authorize(actor, permissions.EDIT_CALENDAR)
    calendar = queries.get_calendar(session, calendar_id)
    shift = CalendarShift
    mine = sa.and_(shift.calendar_id == calendar_id, shift.reception_only == reception_only)
    if not any(hours.values()) and not reception_only:
        raise InvalidInput("Tuần làm việc phải có ít nhất một ca.", "hours")
    if session.scalar(sa.select(shift.id).where(mine, shift.valid_from > valid_from).limit(1)):
        raise InvalidInput("Đã có tuần làm việc khai cho ngày sau đó.", "valid_from")
    session.execute(sa.delete(shift).where(mine, shift.valid_from == valid_from))
    session.execute(
        sa.update(shift)
        .where(mine, sa.or_(shift.valid_to.is_(None), shift.valid_to >= valid_from))
        .values(valid_to=valid_from - timedelta(days=1))
    )
    session.add_all(
        CalendarShift(
            calendar_id=calendar_id,
            weekday=weekday,
            start_minute=start,
            end_minute=end,
            valid_from=valid_from,
            reception_only=reception_only,
        )
        for weekday, shifts in hours.items()
        for start, end in check_shifts(shifts)
    )
    session.flush()
    audit.record(session, actor, "worktime.week_set", calendar.id, start=valid_from.isoformat())
    what = "giờ tiếp nhận" if reception_only else "giờ làm việc"
    ask_for_recount(
        session, actor, calendar_id=calendar_id,
        what=f"đổi {what} từ {valid_from:%d/%m/%Y} ({calendar.name})",
    )  # fmt: skip


def set_day(
    session: Session,
    actor: Actor,
    *,
    day: date,
    kind: DayKind,
    label: str,
    shifts: Sequence[Minutes] = (),
    source: str = "",
    calendar_id: int | None = None,
) -> CalendarDay:
    """Say that a day differs from its weekday, or correct what was said; in the organ's calendar
    when none is named. Open clocks are counted anew soon.

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
    calendar_id = _calendar_id(session, calendar_id)
    row = session.scalar(sa.select(CalendarDay).filter_by(calendar_id=calendar_id, day=day))
    if row is None:
        row = CalendarDay(calendar_id=calendar_id, day=day)
        session.add(row)
    row.kind, row.label, row.source = kind, label.strip(), source.strip()
    row.shifts = [list(pair) for pair in hours]
    session.flush()
    audit.record(session, actor, "worktime.day_set", row.id, day=day.isoformat(), as_=kind.value)
    what = f"{day:%d/%m/%Y}: {DAY_KIND_LABELS[kind].lower()}, {row.label}"
    ask_for_recount(session, actor, calendar_id=calendar_id, what=what)
    return row


def unset_day(session: Session, actor: Actor, *, day_id: int) -> None:
    """Let a day be as its weekday again. Open clocks are counted anew soon."""
    actor = authorize(actor, permissions.EDIT_CALENDAR)
    row = session.get(CalendarDay, day_id)
    if row is None:
        raise NotFound(f"calendar day {day_id}")
    audit.record(session, actor, "worktime.day_unset", row.id, day=row.day.isoformat())
    session.delete(row)
    session.flush()
    what = f"{row.day:%d/%m/%Y}: bỏ “{row.label}”, theo lịch tuần"
    ask_for_recount(session, actor, calendar_id=row.calendar_id, what=what)


def _calendar_id(session: Session, calendar_id: int | None) -> int:
    """The calendar named, or the organ's. Raises NotFound."""
    if calendar_id is not None:
        return queries.get_calendar(session, calendar_id).id
    calendar = queries.default_calendar(session)
    if calendar is None:
        raise NotFound("there is no working calendar")
    return calendar.id


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
                    reception_only=entry.get("reception_only", False),
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
