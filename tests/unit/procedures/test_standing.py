"""Whether a step kept its time, as the control sheet says it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.procedures.printing import step_standing

DUE = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)  # five in the afternoon in Vietnam


@pytest.mark.parametrize(
    ("finished", "words"),
    [
        (datetime(2026, 11, 24, 18, 0, tzinfo=UTC), "Đúng hạn"),  # one at night of the same day
        (datetime(2026, 11, 24, 16, 59, tzinfo=UTC), "Trước hạn"),
        (datetime(2026, 11, 25, 10, 1, tzinfo=UTC), "Quá hạn"),
        (None, ""),
    ],
)
def test_a_step_is_early_or_on_time_by_the_days_of_the_office(
    finished: datetime | None, words: str
) -> None:
    assert step_standing(DUE, finished) == words
