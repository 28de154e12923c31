"""Proposed due dates: one working day before the sender's, else the usual limits."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clock import VIETNAM
from app.tasks.habits import read_habits
from app.tasks.proposals import propose_due
from app.worktime.calendar import Calendar, SpecialDay, WeeklyShifts

WEEK = WeeklyShifts(date.min, None, dict.fromkeys(range(5), ((450, 690), (810, 1020))))
CALENDAR = Calendar((WEEK,), {date(2026, 11, 24): SpecialDay("Ngày Văn hóa Việt Nam", (), False)})


def at(day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("sender", "own"),
    [
        (at(20, 17), at(19, 17)),
        (at(23, 17), at(20, 17)),  # over the weekend
        (at(25, 17), at(23, 17)),  # over the day of culture
    ],
)
def test_the_units_date_is_one_working_day_before_the_senders(
    sender: datetime, own: datetime
) -> None:
    first, second = propose_due(CALENDAR, at(18), sender_due=sender, limits=())
    assert (first.at, second.at) == (own, sender)
    assert f"{sender:%d/%m/%Y}" in first.reason


def test_a_senders_date_of_today_is_proposed_as_it_is() -> None:
    [only] = propose_due(CALENDAR, at(18), sender_due=at(18, 16), limits=())
    assert only.at == at(18, 16)


def test_without_a_date_of_the_sender_the_usual_limits_are_proposed() -> None:
    limits = read_habits().limits[0]
    found = propose_due(CALENDAR, at(18), sender_due=None, limits=limits)
    assert [proposal.label for proposal in found] == [
        "3 ngày làm việc", "5 ngày làm việc", "10 ngày làm việc",
    ]  # fmt: skip
    assert found[0].at == at(23, 17)


def test_a_senders_date_in_the_past_is_no_proposal() -> None:
    limits = read_habits().limits[3]
    found = propose_due(CALENDAR, at(18), sender_due=at(17), limits=limits)
    assert [proposal.at for proposal in found] == [at(18, 10), at(18, 15)]


@given(st.integers(1, 24 * 60 * 20))
def test_no_proposal_lies_in_the_past_or_after_the_sender(minutes: int) -> None:
    sender = at(5) + timedelta(minutes=minutes)
    for proposal in propose_due(CALENDAR, at(5), sender_due=sender, limits=()):
        assert at(5) < proposal.at <= sender


def test_flash_is_due_today_while_there_is_work_left_of_it() -> None:
    limits = read_habits().limits[3]
    first, *rest = propose_due(CALENDAR, at(18, 15), sender_due=None, limits=limits, at_once=True)
    assert (first.at, first.label) == (at(18, 17), "Trong hôm nay")
    late = propose_due(CALENDAR, at(18, 18), sender_due=None, limits=limits, at_once=True)
    assert [one.label for one in late] == [one.label for one in rest]


def test_a_day_off_between_is_named_beside_the_date() -> None:
    limits = read_habits().limits[0]
    found = propose_due(CALENDAR, at(23), sender_due=None, limits=limits)
    assert all("24/11 nghỉ Ngày Văn hóa Việt Nam" in one.skipped for one in found)
    [before, sender] = propose_due(CALENDAR, at(18), sender_due=at(25, 17), limits=())
    assert "24/11" in before.skipped
    assert sender.skipped == ""
