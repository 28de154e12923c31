"""The due days of recurring reports."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tasks.models import RecurringRule, RecurringUnit
from app.tasks.services.recurring import occurrence


def rule(every: RecurringUnit, anchor: date) -> RecurringRule:
    return RecurringRule(every=every, anchor_on=anchor)


@pytest.mark.parametrize(
    ("every", "anchor", "number", "day"),
    [
        (RecurringUnit.WEEK, date(2026, 12, 28), 1, date(2027, 1, 4)),
        (RecurringUnit.MONTH, date(2026, 1, 31), 1, date(2026, 2, 28)),
        (RecurringUnit.MONTH, date(2026, 1, 31), 2, date(2026, 3, 31)),
        (RecurringUnit.QUARTER, date(2026, 12, 15), 1, date(2027, 3, 15)),
        (RecurringUnit.HALF_YEAR, date(2026, 8, 31), 1, date(2027, 2, 28)),
        (RecurringUnit.YEAR, date(2024, 2, 29), 1, date(2025, 2, 28)),
        (RecurringUnit.YEAR, date(2024, 2, 29), 4, date(2028, 2, 29)),
    ],
)
def test_the_last_day_of_a_month_stays_the_last(
    every: RecurringUnit, anchor: date, number: int, day: date
) -> None:
    assert occurrence(rule(every, anchor), number) == day


@given(
    st.sampled_from(RecurringUnit),
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.integers(0, 60),
)
def test_occurrences_follow_one_another(every: RecurringUnit, anchor: date, number: int) -> None:
    made = rule(every, anchor)
    assert occurrence(made, number) < occurrence(made, number + 1)
