"""When a task is reminded of, by the calendar of the office."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from app.clock import VIETNAM
from app.tasks.reminding import Target, reached, read_plan
from app.worktime.calendar import Calendar, WeeklyShifts


def at(day: int, hour: int = 8, minute: int = 0) -> datetime:
    """A moment of November 2026 in Vietnam; the 2nd is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=VIETNAM)


@pytest.fixture
def calendar() -> Calendar:
    shifts = ((7 * 60 + 30, 11 * 60 + 30), (13 * 60, 17 * 60))
    return Calendar((WeeklyShifts(date.min, None, dict.fromkeys(range(5), shifts)),))


def names(calendar: Calendar, given: datetime, due: datetime, now: datetime) -> list[str]:
    return [level.name for level in reached(read_plan(), calendar, given, due, now)]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (at(10), []),
        (at(11), ["before-3"]),
        (at(13), ["before-3", "before-1"]),
        (at(14), ["before-3", "before-1"]),  # Saturday: one working day is left
        (at(16), ["before-3", "before-1", "before-0"]),
        (at(16, 18), ["before-3", "before-1", "before-0"]),  # late from the next working day on
    ],
)
def test_a_long_task_is_reminded_of_three_and_one_day_before_and_on_the_day(
    calendar: Calendar, now: datetime, expected: list[str]
) -> None:
    assert names(calendar, at(2), at(16, 17), now) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (at(2, 10), []),
        (at(2, 13), ["share-50"]),
        (at(2, 16), ["share-50", "share-80"]),
        (at(2, 17), ["share-50", "share-80", "share-100"]),
    ],
)
def test_a_short_task_is_reminded_of_by_the_working_time_that_is_used_up(
    calendar: Calendar, now: datetime, expected: list[str]
) -> None:
    assert names(calendar, at(2, 7, 30), at(2, 17), now) == expected


def test_an_overdue_task_rises_step_by_step_and_comes_back_weekly(calendar: Calendar) -> None:
    given, due = at(2), at(6, 17)
    found = [names(calendar, given, due, at(9 + days)) for days in (0, 2, 4, 7)]
    assert found == [
        ["late-1", "up-head"],
        ["late-1", "up-head", "up-chief"],
        ["late-1", "up-head", "up-chief", "up-assigner"],
        ["late-2", "up-head", "up-chief", "up-assigner"],
    ]


def test_the_sentence_says_how_late_it_is(calendar: Calendar) -> None:
    levels = reached(read_plan(), calendar, at(2), at(6, 17), at(10))
    assert {level.sentence for level in levels} == {"Quá hạn 2 ngày làm việc"}
    assert {level.target for level in levels} == {Target.LEAD, Target.HEAD}


def test_an_office_may_change_the_numbers(calendar: Calendar, tmp_path: Path) -> None:
    path = tmp_path / "reminding.yaml"
    path.write_text(
        "long_from_working_days: 2\ndays_before: [2]\nshares: [50]\nagain_every: 3\n"
        "goes_up: [{to: assigner, days_late: 1}]\n",
        encoding="utf-8",
    )
    plan = read_plan(path)
    found = reached(plan, calendar, at(2), at(6, 17), at(9))
    assert [level.target for level in found] == [Target.LEAD, Target.ASSIGNER]
    assert [level.name for level in reached(plan, calendar, at(2), at(6), at(4))] == ["before-2"]


def test_a_task_that_was_given_after_its_working_time_is_not_divided_by_nothing(
    calendar: Calendar,
) -> None:
    given = at(7, 9)  # a Saturday morning, due the same afternoon
    assert names(calendar, given, given + timedelta(hours=3), given + timedelta(hours=1)) == []
