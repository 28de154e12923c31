"""The week as a calendar: hours at the left, days across; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.clock import local
from app.schedules.queries import SheetRow, WeekPage
from app.schedules.times import DAY_NAMES, week_days

EARLIEST, LATEST = 7, 17  # hours that always stand there, on Vietnamese clocks


@dataclass(frozen=True, slots=True)
class Grid:
    """`cells` has the entries of an hour and a day by their beginning; `whole` those of the day."""

    days: Sequence[tuple[date, str]]
    hours: Sequence[int]
    cells: Mapping[tuple[int, date], Sequence[SheetRow]]
    whole: Mapping[date, Sequence[SheetRow]]


def grid_of(page: WeekPage) -> Grid:
    """All rows of a week: earlier and later hours and the Sunday only when something is then."""
    cells: dict[tuple[int, date], list[SheetRow]] = {}
    whole: dict[date, list[SheetRow]] = {}
    for row in sorted(page.rows, key=lambda one: one.starts_at):
        if row.all_day:
            whole.setdefault(row.day, []).append(row)
        else:
            cells.setdefault((local(row.starts_at).hour, row.day), []).append(row)
    begun = [hour for hour, _day in cells]
    used = {row.day for row in page.rows}
    days = [
        (day, name)
        for day, name in zip(week_days(page.monday), DAY_NAMES, strict=True)
        if day.weekday() < 6 or day in used
    ]
    hours = range(min([EARLIEST, *begun]), max([LATEST, *begun]) + 1)
    return Grid(days, hours, cells, whole)
