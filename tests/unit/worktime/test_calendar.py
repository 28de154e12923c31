"""Adding and measuring working time: the legal examples by name, the laws by property."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from app.clock import VIETNAM
from app.worktime.calendar import (
    Calendar,
    SpecialDay,
    Unit,
    WeeklyShifts,
    deadline_state,
)
from app.worktime.explaining import due_after
from app.worktime.services import parse_hours

DATA = Path(__file__).parents[3] / "config" / "data" / "working_calendar.yaml"


def load() -> Calendar:
    raw = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    weeks = tuple(
        WeeklyShifts(
            entry["valid_from"],
            None,
            {day: tuple(parse_hours(", ".join(entry["hours"]))) for day in entry["weekdays"]},
        )
        for entry in raw["shifts"]
    )
    special = {}
    for entry in raw["days"]:
        first, last = entry.get("day") or entry["from"], entry.get("day") or entry["to"]
        hours = tuple(parse_hours(", ".join(entry.get("hours", []))))
        for n in range((last - first).days + 1):
            special[first + timedelta(days=n)] = SpecialDay(entry["label"], hours, bool(hours))
    return Calendar(weeks, special)


CALENDAR = load()


def at(day: int, month: int, hour: int, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "due"),
    [
        # received in the afternoon of Monday 23/11: 24/11 is a holiday, day one is 25/11
        (at(23, 11, 16, 10), 1, Unit.WORKING_DAY, at(25, 11, 17)),
        (at(23, 11, 16, 10), 3, Unit.WORKING_DAY, at(27, 11, 17)),
        (at(23, 11, 16, 10), 4, Unit.WORKING_DAY, at(30, 11, 17)),
        # hours run at once, over the holiday and the noon break
        (at(23, 11, 16), 1, Unit.WORKING_HOUR, at(23, 11, 17)),
        (at(23, 11, 16), 2, Unit.WORKING_HOUR, at(25, 11, 8, 30)),
        (at(23, 11, 10, 30), 2, Unit.WORKING_HOUR, at(23, 11, 14, 30)),
        (at(21, 11, 9), 1, Unit.WORKING_HOUR, at(23, 11, 8, 30)),
        # Tết 2026: from the Friday before to the Monday after
        (at(13, 2, 9), 1, Unit.WORKING_DAY, at(23, 2, 17)),
        # Giỗ Tổ on a Sunday: the Monday after is free as well
        (at(24, 4, 9), 1, Unit.WORKING_DAY, at(28, 4, 17)),
        # a Saturday worked in exchange counts
        (at(9, 1, 9), 1, Unit.WORKING_DAY, at(10, 1, 17)),
        # calendar days: the first is not counted, a free last day moves on
        (at(14, 11, 9), 10, Unit.CALENDAR_DAY, at(25, 11, 17)),
        (at(13, 11, 9), 10, Unit.CALENDAR_DAY, at(23, 11, 17)),
    ],
)
def test_a_limit_ends_where_the_law_says(
    start: datetime, amount: int, unit: Unit, due: datetime
) -> None:
    assert due_after(CALENDAR, start, amount, unit).at == due


def test_the_explanation_names_what_was_left_out() -> None:
    text = due_after(CALENDAR, at(23, 11, 16, 10), 4, Unit.WORKING_DAY).explanation
    assert text == (
        "Nhận 16:10 thứ Hai 23/11/2026; 4 ngày làm việc tính từ thứ Tư 25/11 "
        "(không tính 24/11 nghỉ Ngày Văn hóa Việt Nam, 2 ngày cuối tuần); "
        "hết hạn 17:00 thứ Hai 30/11/2026."
    )


def test_a_limit_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="positive"):
        due_after(CALENDAR, at(23, 11, 9), 0, Unit.WORKING_DAY)


def test_the_wait_is_told_in_days_and_hours_of_work() -> None:
    waited = CALENDAR.working_time_between(at(20, 11, 7, 30), at(25, 11, 10))
    assert CALENDAR.describe(waited) == "2 ngày 1 giờ làm việc"
    assert CALENDAR.describe(timedelta(minutes=25)) == "25 phút làm việc"


@pytest.mark.parametrize(
    ("due", "done", "now", "state", "days"),
    [
        (None, None, at(23, 11, 9), "none", 0),
        (at(23, 11, 17), None, at(23, 11, 9), "today", 0),
        (at(25, 11, 17), None, at(23, 11, 9), "soon", 1),
        (at(30, 11, 17), None, at(23, 11, 9), "later", 4),
        (at(20, 11, 17), None, at(25, 11, 9), "overdue", 2),
        (at(20, 11, 17), at(20, 11, 16), at(25, 11, 9), "done", 0),
        (at(20, 11, 17), at(23, 11, 8), at(25, 11, 9), "done_late", 1),
    ],
)
def test_the_badge_counts_working_days(
    due: datetime | None, done: datetime | None, now: datetime, state: str, days: int
) -> None:
    found = deadline_state(CALENDAR, due, done, now)
    assert (found.state, found.days) == (state, days)


moments = st.datetimes(
    min_value=datetime(2025, 1, 1),  # noqa: DTZ001 (hypothesis wants naive bounds)
    max_value=datetime(2027, 12, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
amounts = st.integers(min_value=1, max_value=60)


@given(moments, amounts, st.sampled_from(Unit))
def test_a_limit_ends_later_and_within_working_time(
    start: datetime, amount: int, unit: Unit
) -> None:
    due = due_after(CALENDAR, start, amount, unit).at
    assert due > start
    assert CALENDAR.is_working(due)


@given(moments, amounts, st.sampled_from(Unit))
def test_a_longer_limit_never_ends_earlier(start: datetime, amount: int, unit: Unit) -> None:
    shorter = due_after(CALENDAR, start, amount, unit).at
    assert due_after(CALENDAR, start, amount + 1, unit).at >= shorter


@given(moments, amounts, st.sampled_from(Unit), st.timedeltas(timedelta(0), timedelta(days=30)))
def test_who_begins_later_never_ends_earlier(
    start: datetime, amount: int, unit: Unit, delay: timedelta
) -> None:
    first = due_after(CALENDAR, start, amount, unit).at
    assert due_after(CALENDAR, start + delay, amount, unit).at >= first


@given(moments, amounts)
def test_hours_added_are_hours_measured(start: datetime, amount: int) -> None:
    due = due_after(CALENDAR, start, amount, Unit.WORKING_HOUR).at
    assert CALENDAR.working_time_between(start, due) == timedelta(hours=amount)


@given(moments, amounts)
def test_days_added_are_days_counted(start: datetime, amount: int) -> None:
    due = due_after(CALENDAR, start, amount, Unit.WORKING_DAY).at
    begin = start.astimezone(VIETNAM).date()
    assert CALENDAR.working_days_between(begin, due.date()) == amount


@given(moments, moments, moments)
def test_measured_time_adds_up(one: datetime, two: datetime, three: datetime) -> None:
    a, b, c = sorted((one, two, three))
    if c - a < timedelta(days=400):
        parts = CALENDAR.working_time_between(a, b) + CALENDAR.working_time_between(b, c)
        assert parts == CALENDAR.working_time_between(a, c)


@given(st.dates(date(2025, 1, 2), date(2027, 12, 1)))
def test_the_next_and_the_previous_working_day_mirror_each_other(day: date) -> None:
    if CALENDAR.is_working_day(day):
        assert CALENDAR.previous_working_day(CALENDAR.next_working_day(day)) == day
