"""Laws of pausing, extending, stages and warnings, for any limit on any day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clock import local
from app.worktime.calendar import Unit
from app.worktime.course import (
    Standing,
    due_of,
    share_moment,
    stage_ends,
    standing,
    standing_of,
    used_of,
)
from app.worktime.explaining import explain
from app.worktime.rules import Course, Extension, Pause, Rule, StartRule
from tests.unit.worktime.test_calendar import CALENDAR, at

MOMENTS = st.datetimes(
    min_value=datetime(2025, 1, 1),  # noqa: DTZ001 (hypothesis wants naive bounds)
    max_value=datetime(2027, 6, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
SPANS = st.timedeltas(timedelta(0), timedelta(days=40))
COURSES = st.builds(Course.counted, MOMENTS, st.integers(1, 30), st.sampled_from(Unit))


def end(course: Course) -> datetime:
    due = due_of(CALENDAR, course)
    assert due is not None
    return due


def paused(course: Course, after: timedelta, length: timedelta, *, restart: bool = False) -> Course:
    begin = course.started_at + after
    return replace(course, pauses=(Pause(begin, begin + length, restart=restart),))


@given(COURSES, SPANS)
def test_a_pause_of_no_length_changes_nothing(course: Course, after: timedelta) -> None:
    assert end(paused(course, after, timedelta(0))) == end(course)


@given(COURSES, SPANS, SPANS)
def test_a_pause_never_brings_the_end_nearer(
    course: Course, after: timedelta, length: timedelta
) -> None:
    assert end(course) <= end(paused(course, after, length))


@given(COURSES, SPANS, SPANS, SPANS)
def test_a_longer_pause_never_brings_the_end_nearer(
    course: Course, after: timedelta, length: timedelta, more: timedelta
) -> None:
    assert end(paused(course, after, length)) <= end(paused(course, after, length + more))


@given(COURSES, SPANS, SPANS)
def test_what_is_overdue_stays_overdue_whatever_pause_follows(
    course: Course, after: timedelta, length: timedelta
) -> None:
    late = end(course) - course.started_at + after
    assert end(paused(course, late, length)) == end(course)


@given(st.integers(1, 30), MOMENTS, SPANS, SPANS)
def test_hours_worked_before_and_after_a_pause_are_the_limit(
    amount: int, start: datetime, after: timedelta, length: timedelta
) -> None:
    course = paused(Course.counted(start, amount, Unit.WORKING_HOUR), after, length)
    [pause] = course.pauses
    due = end(course)
    worked = CALENDAR.working_time_between(start, min(pause.at, due))
    if pause.until is not None and due > pause.until:
        worked += CALENDAR.working_time_between(pause.until, due)
    assert worked == timedelta(hours=amount)


@given(st.integers(2, 30), MOMENTS, st.integers(1, 20), st.integers(0, 10))
def test_a_pause_of_whole_working_days_moves_the_end_by_as_many(
    amount: int, start: datetime, days: int, before: int
) -> None:
    course = Course.counted(start, amount, Unit.WORKING_DAY)
    first = CALENDAR.next_working_day(local(start).date())
    for _ in range(min(before, amount - 1)):
        first = CALENDAR.next_working_day(first)
    last = first
    for _ in range(days):
        last = CALENDAR.next_working_day(last)
    pause = Pause(CALENDAR.start_of_day(first), CALENDAR.start_of_day(last))
    moved = end(replace(course, pauses=(pause,)))
    assert CALENDAR.working_days_between(end(course).date(), local(moved).date()) == days


@given(COURSES, SPANS, SPANS)
def test_a_restart_counts_like_a_reception_at_the_end_of_the_pause(
    course: Course, after: timedelta, length: timedelta
) -> None:
    again = paused(course, after, length, restart=True)
    [pause] = again.pauses
    if pause.at < end(course) and pause.until is not None and course.rule is not None:
        assert end(again) == end(Course(pause.until, course.rule))


@given(COURSES, st.integers(1, 10))
def test_an_extension_is_the_longer_limit(course: Course, more: int) -> None:
    longer = replace(course, extensions=(Extension(more, course.started_at),))
    assert course.rule is not None
    assert end(longer) == end(
        replace(course, rule=replace(course.rule, amount=course.rule.amount + more))
    )


@given(COURSES, SPANS, SPANS)
def test_warnings_come_in_order_and_when_so_much_is_used(
    course: Course, after: timedelta, length: timedelta
) -> None:
    course = paused(course, after, length)
    half, most, whole = (share_moment(CALENDAR, course, share) for share in (50, 80, 100))
    assert half is not None and most is not None and whole is not None  # noqa: PT018
    assert half <= most <= whole == end(course)
    used, total = used_of(CALENDAR, course, half)
    assert abs(used / total - Fraction(1, 2)) < Fraction(1, 10**6)


@given(COURSES, st.lists(st.integers(1, 9), min_size=1, max_size=5), SPANS, SPANS)
def test_stages_follow_each_other_and_the_last_ends_with_the_whole(
    course: Course, weights: list[int], after: timedelta, length: timedelta
) -> None:
    course = paused(course, after, length)
    _, total = used_of(CALENDAR, course, course.started_at)
    ends = stage_ends(CALENDAR, course, [total * one / sum(weights) for one in weights])
    known = [moment for moment in ends if moment is not None]
    assert len(known) == len(weights)
    assert known == sorted(known)
    assert known[-1] == end(course)


@given(COURSES, SPANS)
def test_while_a_pause_lasts_there_is_no_end_unless_it_has_passed(
    course: Course, after: timedelta
) -> None:
    begin = course.started_at + after
    held = replace(course, pauses=(Pause(begin),))
    found = standing_of(CALENDAR, held, begin + timedelta(days=500))
    assert found is (Standing.OVERDUE if due_of(CALENDAR, held) else Standing.PAUSED)
    assert (due_of(CALENDAR, held) is None) is (begin < end(course))


@pytest.mark.parametrize(
    ("due", "finished", "now", "found"),
    [
        (at(25, 11, 17), None, at(25, 11, 17), Standing.WITHIN),
        (at(25, 11, 17), None, at(25, 11, 17, 1), Standing.OVERDUE),
        (None, None, at(25, 11, 17), Standing.PAUSED),
        (at(25, 11, 17), at(23, 11, 16), at(30, 11, 9), Standing.EARLY),
        (at(25, 11, 17), at(25, 11, 17), at(30, 11, 9), Standing.ON_TIME),
        (at(25, 11, 17), at(25, 11, 18), at(30, 11, 9), Standing.LATE),
    ],
)
def test_the_moment_of_the_result_decides(
    due: datetime | None, finished: datetime | None, now: datetime, found: Standing
) -> None:
    assert standing(due, finished, now) is found


@pytest.mark.parametrize(
    ("amount", "unit", "start", "cutoff"),
    [
        (0, Unit.WORKING_DAY, StartRule.NEXT_WORKING_DAY, None),
        (3, Unit.WORKING_HOUR, StartRule.NEXT_WORKING_DAY, None),
        (3, Unit.CALENDAR_DAY, StartRule.FROM_RECEPTION, None),
        (1, Unit.WORKING_DAY, StartRule.NEXT_WORKING_DAY, 900),  # never on top of the next day
        (2, Unit.WORKING_DAY, StartRule.FROM_RECEPTION, 900),  # same-day procedures only
    ],
)
def test_what_no_law_says_is_no_rule(
    amount: int, unit: Unit, start: StartRule, cutoff: int | None
) -> None:
    with pytest.raises(ValueError, match=r"limit|hours|day|cut-off"):
        Rule(amount, unit, start, cutoff)


def test_pauses_out_of_order_are_no_course() -> None:
    course = Course.counted(at(23, 11, 9), 3, Unit.WORKING_DAY)
    for pauses in (
        (Pause(at(22, 11, 9)),),
        (Pause(at(25, 11, 9)), Pause(at(26, 11, 9))),
        (Pause(at(26, 11, 9), at(25, 11, 9)),),
    ):
        with pytest.raises(ValueError, match="pause"):
            replace(course, pauses=pauses)


def test_an_end_set_by_a_person_is_explained_as_well() -> None:
    text = explain(CALENDAR, Course.fixed(at(20, 11, 16, 10), at(26, 11, 17)))
    assert text == (
        "Giao 16:10 thứ Sáu 20/11/2026; có 3 ngày làm việc kể từ hôm sau "
        "(không tính 24/11 nghỉ Ngày Văn hóa Việt Nam, 2 ngày cuối tuần); "
        "hạn ấn định 17:00 thứ Năm 26/11/2026."
    )
    assert "lưu ý: 24/11 nghỉ" in explain(CALENDAR, Course.fixed(at(20, 11, 9), at(24, 11, 17)))
