"""The clock agrees with libraries that know nothing of it, wherever they can express the rule.

`workalendar` adds working days with holidays and days worked in exchange, `numpy` counts days
over weeks of any shape, `pandas` adds working hours over two shifts a day and holidays.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workalendar.core import SAT, SUN
from workalendar.core import Calendar as Workalendar

from app.clock import VIETNAM, local
from app.worktime.calendar import Calendar, Minutes, SpecialDay, Unit, WeeklyShifts
from app.worktime.course import due_of
from app.worktime.rules import Course

CASES, LONG_CASES = 400, 3400  # each of three: 1,200 in `make test`, 10,200 in `make soak`
FULL_DAY: tuple[Minutes, ...] = ((450, 690), (810, 1020))
FIRST, LAST = date(2025, 12, 1), date(2028, 6, 30)
DAYS = st.dates(FIRST, LAST)
MOMENTS = st.datetimes(
    min_value=datetime(2026, 1, 1),  # noqa: DTZ001 (hypothesis wants naive bounds)
    max_value=datetime(2027, 6, 30),  # noqa: DTZ001
    timezones=st.just(UTC),
)


class PlainWeek(Workalendar):
    """Monday to Friday; holidays and swapped days are handed over with each question."""

    WEEKEND_DAYS = (SAT, SUN)

    def get_fixed_holidays(self, year: int) -> list[tuple[date, str]]:
        return []


def office(
    free: frozenset[date], worked: frozenset[date] = frozenset(), week: frozenset[int] | None = None
) -> Calendar:
    """A week of two shifts a day, with days off and days worked in exchange."""
    weekdays = dict.fromkeys(week or range(5), FULL_DAY)
    special = {day: SpecialDay("nghỉ", (), False) for day in free}
    special |= {day: SpecialDay("làm bù", FULL_DAY, True) for day in worked}
    return Calendar((WeeklyShifts(date.min, None, weekdays),), special)


def end_of(calendar: Calendar, start: datetime, amount: int, unit: Unit) -> datetime:
    due = due_of(calendar, Course.counted(start, amount, unit))
    assert due is not None
    return due


def check_working_days(
    start: datetime, amount: int, free: frozenset[date], worked: frozenset[date]
) -> None:
    expected = PlainWeek().add_working_days(
        local(start).date(), amount, extra_working_days=list(worked), extra_holidays=list(free)
    )
    ours = end_of(office(free, worked), start, amount, Unit.WORKING_DAY)
    assert ours == datetime.combine(expected, time(17), VIETNAM)


def check_weeks_of_any_shape(
    start: datetime, amount: int, free: frozenset[date], week: frozenset[int]
) -> None:
    mask = [day in week for day in range(7)]
    closed = np.array(sorted(free), dtype="datetime64[D]")
    today = np.datetime64(local(start).date(), "D")
    there = np.busday_offset(today, 0, roll="preceding", weekmask=mask, holidays=closed)
    expected = np.busday_offset(there, amount, weekmask=mask, holidays=closed).astype(object)
    ours = end_of(office(free, week=week), start, amount, Unit.WORKING_DAY)
    assert local(ours).date() == expected


def check_working_hours(start: datetime, amount: int, free: frozenset[date]) -> None:
    hour = pd.offsets.CustomBusinessHour(
        start=["07:30", "13:30"], end=["11:30", "17:00"], holidays=sorted(free)
    )
    calendar = office(free)
    expected = (pd.Timestamp(local(start).replace(tzinfo=None)) + amount * hour).to_pydatetime()
    ours = end_of(calendar, start, amount, Unit.WORKING_HOUR)
    opening = next(calendar.shifts_from(ours))[0]  # pandas tells an end of a shift as the next one
    assert opening.replace(tzinfo=None) == expected


AMOUNTS = st.integers(1, 60)
FREE = st.frozensets(DAYS, max_size=60)
WORKED = st.frozensets(DAYS.filter(lambda day: day.weekday() > 4), max_size=15)
WEEKS = st.frozensets(st.integers(0, 6), min_size=1)


DAY_CASES = given(MOMENTS, AMOUNTS, FREE, WORKED)
WEEK_CASES = given(MOMENTS, AMOUNTS, FREE, WEEKS)
HOUR_CASES = given(MOMENTS, AMOUNTS, FREE)


@settings(max_examples=CASES)
@DAY_CASES
def test_working_days_agree_with_workalendar(
    start: datetime, amount: int, free: frozenset[date], worked: frozenset[date]
) -> None:
    check_working_days(start, amount, free - worked, worked)


@settings(max_examples=CASES)
@WEEK_CASES
def test_weeks_of_any_shape_agree_with_numpy(
    start: datetime, amount: int, free: frozenset[date], week: frozenset[int]
) -> None:
    check_weeks_of_any_shape(start, amount, free, week)


@settings(max_examples=CASES)
@HOUR_CASES
def test_working_hours_agree_with_pandas(
    start: datetime, amount: int, free: frozenset[date]
) -> None:
    check_working_hours(start, amount, free)


@pytest.mark.soak
@settings(max_examples=LONG_CASES)
@DAY_CASES
def test_ten_thousand_cases_agree_in_working_days(
    start: datetime, amount: int, free: frozenset[date], worked: frozenset[date]
) -> None:
    check_working_days(start, amount, free - worked, worked)


@pytest.mark.soak
@settings(max_examples=LONG_CASES)
@WEEK_CASES
def test_ten_thousand_cases_agree_in_weeks_of_any_shape(
    start: datetime, amount: int, free: frozenset[date], week: frozenset[int]
) -> None:
    check_weeks_of_any_shape(start, amount, free, week)


@pytest.mark.soak
@settings(max_examples=LONG_CASES)
@HOUR_CASES
def test_ten_thousand_cases_agree_in_working_hours(
    start: datetime, amount: int, free: frozenset[date]
) -> None:
    check_working_hours(start, amount, free)
