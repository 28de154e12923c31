"""VN_AQI, limits by date, flood levels."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sensors.air import (
    IndexTable,
    air_index,
    air_limit,
    band_of,
    hourly_means,
    index_table,
    last_full_hour,
    nowcast,
    part_of_index,
)
from app.sensors.levels import HYSTERESIS, check_levels, describe_level, flood_level
from app.sensors.models.words import Measured

LEVELS = (2.5, 3.0, 3.5)
HOURS = st.lists(st.one_of(st.none(), st.floats(0, 1000)), min_size=3, max_size=14)


def table() -> IndexTable:
    found = index_table(date(2026, 11, 23))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("measured", "concentration", "index"),
    [
        (Measured.PM25, 0, 0),
        (Measured.PM25, 25, 50),
        (Measured.PM25, 37.5, 75),
        (Measured.PM25, 500, 500),
        (Measured.PM25, 9999, 500),
        (Measured.PM10, 100, 75),
        (Measured.CO, 45000, 150),
        (Measured.O3, 600, 250),
    ],
)
def test_the_index_is_linear_between_the_steps(
    measured: Measured, concentration: float, index: int
) -> None:
    assert part_of_index(table(), measured, concentration) == index


@given(st.sampled_from(list(table().upper)), st.floats(0, 2e5), st.floats(0, 2e5))
def test_more_of_a_pollutant_is_never_a_lower_index(m: Measured, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert 0 <= part_of_index(table(), m, low) <= part_of_index(table(), m, high) <= 500


def test_the_nowcast_follows_the_newest_hours_when_they_jump() -> None:
    assert nowcast([50.0] * 12) == pytest.approx(50)
    # Lowest over highest is a tenth, so the weight is a half: 100·(1/2⁰) + 10·(the rest).
    halves = [0.5**age for age in range(12)]
    expected = (100 * halves[0] + 10 * sum(halves[1:])) / sum(halves)
    assert nowcast([100.0] + [10.0] * 11) == pytest.approx(expected)


def test_there_is_no_nowcast_without_two_of_the_newest_three_hours() -> None:
    assert nowcast([None, None, 5.0, *[5.0] * 9]) is None
    assert nowcast([None, 5.0, 5.0]) == pytest.approx(5)
    assert nowcast([]) is None
    assert nowcast([0.0, 0.0]) == 0


@given(HOURS)
def test_a_nowcast_lies_between_the_lowest_and_the_highest_hour(hours: list[float | None]) -> None:
    known = [value for value in hours[:12] if value is not None]
    mean = nowcast(hours)
    if mean is None:
        assert sum(value is not None for value in hours[:3]) < 2
    else:
        assert min(known) - 1e-9 <= mean <= max(known) + 1e-9


@given(HOURS)
def test_hours_that_are_missing_at_the_end_change_nothing(hours: list[float | None]) -> None:
    padded = (hours[:12] + [None] * 12)[:12]
    assert nowcast(padded) == nowcast(hours)


def test_an_hour_with_too_few_values_is_missing_and_not_zero() -> None:
    end = last_full_hour(datetime(2026, 11, 23, 8, 40, 5, tzinfo=UTC))
    assert end == datetime(2026, 11, 23, 8, tzinfo=UTC)
    quarter = timedelta(minutes=15)
    newest = [(end - n * quarter, 10.0 * n) for n in (1, 2, 3, 4)]
    before = [(end - timedelta(hours=1) - n * quarter, 7.0) for n in (1, 4)]
    outside = [(end, 99.0), (end - timedelta(hours=12) - quarter, 99.0)]
    hours = hourly_means([*newest, *before, *outside], end, quarter, 0.75)
    assert hours == [25.0, *[None] * 11]
    assert hourly_means(before, end, quarter, 0.5)[1] == 7.0
    assert hourly_means([(end - timedelta(hours=1), 3.0)], end, timedelta(hours=6), 0.75)[0] == 3.0


def test_the_index_is_that_of_the_worst_pollutant_and_needs_dust() -> None:
    hours = {Measured.PM25: [20.0] * 12, Measured.NO2: [150.0], Measured.NOISE: [99.0]}
    found = air_index(table(), hours)
    assert found is not None
    assert (found.value, found.leading, found.band.name) == (75, Measured.NO2, "Trung bình")
    assert found.parts == {Measured.PM25: 40, Measured.NO2: 75}
    assert air_index(table(), {Measured.NO2: [150.0]}) is None
    assert air_index(table(), {Measured.PM25: [None, None, 3.0]}) is None


def test_every_index_has_its_band() -> None:
    names = [band_of(table(), value).name for value in (0, 50, 51, 150, 151, 300, 301, 500)]
    assert names == [
        "Tốt", "Tốt", "Trung bình", "Kém", "Xấu", "Rất xấu", "Nguy hại", "Nguy hại",
    ]  # fmt: skip


def test_the_table_has_a_step_for_each_upper_end_and_they_rise() -> None:
    for upper in table().upper.values():
        assert len(upper) == len(table().steps) - 1
        assert list(upper) == sorted(set(upper))


def test_no_index_before_it_was_decreed() -> None:
    assert index_table(date(2019, 11, 11)) is None


def test_the_limit_of_fine_dust_changes_with_the_year() -> None:
    assert [
        found.limit if (found := air_limit(Measured.PM25, 24, day)) else None
        for day in (date(2013, 1, 1), date(2025, 12, 31), date(2026, 1, 1))
    ] == [None, 50, 45]
    assert air_limit(Measured.NOISE, 24, date(2026, 1, 1)) is None


def test_a_flood_level_is_reached_at_once_and_left_five_centimetres_below() -> None:
    level, way = 0, []
    for water in (2.4, 2.5, 2.46, 2.45, 2.44, 3.6, 3.46, 3.44, 2.9, 1.0):
        level = flood_level(water, LEVELS, level)
        way.append(level)
    assert way == [0, 1, 1, 1, 0, 3, 3, 2, 1, 0]


@given(st.floats(0, 5), st.floats(0, 5), st.integers(0, 3))
def test_more_water_is_never_a_lower_level(one: float, other: float, before: int) -> None:
    low, high = sorted((one, other))
    assert flood_level(low, LEVELS, before) <= flood_level(high, LEVELS, before)


@given(st.floats(0, 5), st.floats(-HYSTERESIS / 2, HYSTERESIS / 2))
def test_water_that_trembles_less_than_the_hysteresis_keeps_its_level(
    water: float, tremble: float
) -> None:
    level = flood_level(water, LEVELS)
    top = max(level, flood_level(water + HYSTERESIS / 2, LEVELS, level))
    assert flood_level(water + tremble, LEVELS, top) == top


@given(st.floats(0, 5), st.integers(0, 3))
def test_the_same_water_again_says_the_same_level(water: float, before: int) -> None:
    once = flood_level(water, LEVELS, before)
    assert flood_level(water, LEVELS, once) == once


@pytest.mark.parametrize(
    ("water", "words"),
    [
        (2.2, "dưới BĐ I 0,30 m"),
        (2.5, "ở mức BĐ I"),
        (3.15, "trên BĐ II 0,15 m"),
        (4.0, "trên BĐ III 0,50 m"),
    ],
)
def test_a_level_is_said_as_the_bulletins_say_it(water: float, words: str) -> None:
    assert describe_level(water, LEVELS) == words


def test_levels_are_three_and_rise() -> None:
    assert check_levels(LEVELS)
    assert not check_levels((2.5, 2.5, 3.0))
    assert not check_levels((2.5, 3.0))
