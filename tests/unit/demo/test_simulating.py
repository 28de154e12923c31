"""The simulated ward: within a minute the underpass floods, and later it is over."""

from __future__ import annotations

from datetime import UTC, datetime

from app.demo.operating import EVENTS
from app.demo.simulating import HAPPENINGS, ROUND_SECONDS, UNDERPASS, happenings, values, water
from app.operations.catalogue import catalogue
from app.sensors.models import Measured

AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def test_the_underpass_passes_its_limit_within_a_minute_and_is_dry_before_the_next_round() -> None:
    assert water(UNDERPASS, 5) < 0.5
    assert water(UNDERPASS, 60) > 1.5
    assert water(UNDERPASS, ROUND_SECONDS - 60) < 0.5


def test_each_happening_of_a_round_is_told_once_and_is_of_a_known_type() -> None:
    told = [
        one["key"]
        for second in range(0, int(ROUND_SECONDS), 5)
        for one in happenings(second, second + 5, 7)
    ]
    assert told == [f"{one.key}-7" for one in HAPPENINGS]
    types = [one.fields["type"] for one in (*HAPPENINGS, *EVENTS)]
    assert set(types) <= set(catalogue().types)


def test_every_stream_has_a_value_that_its_instrument_can_measure() -> None:
    streams = [(measured.value, measured) for measured in Measured]
    for second in (0.0, 40.0, 700.0, 1700.0):
        for reading in values(streams, AT, second):
            assert -1 <= reading["value"] <= 5000
