"""Charts: Vietnamese clock time, limits over the whole span, alarms in red and apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.sensors.drawing import clock, red_parts

START = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DRAWN = [(START + no * MINUTE, float(no)) for no in range(6)]


def test_moments_are_shown_on_vietnamese_clocks_whatever_the_browser_thinks() -> None:
    assert clock(START) == "2026-11-24T03:00:00"


def test_two_alarms_are_two_red_parts_with_a_break_between() -> None:
    spans = [(START + 4 * MINUTE, START + 9 * MINUTE), (START, START + MINUTE)]
    assert red_parts(DRAWN, spans) == [
        *DRAWN[0:2], (START + MINUTE, None), *DRAWN[4:6], (START + 5 * MINUTE, None),
    ]  # fmt: skip


def test_an_alarm_without_values_draws_nothing() -> None:
    assert red_parts(DRAWN, [(START + 20 * MINUTE, START + 30 * MINUTE)]) == []
