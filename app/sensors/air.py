"""VN_AQI and the limits of ambient air: pure functions over dated tables.

Tables: `config/data/air_quality.yaml`, each with its source and with what could not be checked.
A missing hour is left out, never taken as zero; where too much is missing there is no index.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

import config
from app.sensors.models.words import Measured

DATA = Path(config.__file__).parent / "data" / "air_quality.yaml"
HOUR = timedelta(hours=1)
NOWCAST_HOURS = 12
RECENT_HOURS = 3
RECENT_NEEDED = 2
LOWEST_WEIGHT = 0.5


@dataclass(frozen=True, slots=True)
class Band:
    """A range of the index with its name and the colour that the page gives it."""

    up_to: int
    name: str
    colour: str


@dataclass(frozen=True, slots=True)
class IndexTable:
    """One version of the index."""

    valid_from: date
    source: str
    doubts: tuple[str, ...]
    steps: tuple[int, ...]  # one more than each pollutant has upper ends
    upper: Mapping[Measured, tuple[float, ...]]
    nowcast: frozenset[Measured]  # the others by the last hour
    needs_one_of: frozenset[Measured]
    hour_needs: float  # share of the values due in an hour, below which the hour is missing
    bands: tuple[Band, ...]


@dataclass(frozen=True, slots=True)
class AirLimit:
    """A limit of the national standard for a mean over so many hours."""

    measured: Measured
    hours: int
    limit: float
    source: str
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AirIndex:
    """The index of an hour: the highest of its parts."""

    value: int
    band: Band
    leading: Measured
    parts: Mapping[Measured, int]


def nowcast(hours: Sequence[float | None]) -> float | None:
    """The weighted mean of the last twelve hours, newest first; None where two of the newest three
    are missing. The steadier the hours, the more the old ones count."""
    hours = hours[:NOWCAST_HOURS]
    known = [value for value in hours if value is not None]
    if sum(value is not None for value in hours[:RECENT_HOURS]) < RECENT_NEEDED:
        return None
    highest = max(known)
    weight = max(min(known) / highest, LOWEST_WEIGHT) if highest > 0 else 1.0
    terms = [(weight**age, value) for age, value in enumerate(hours) if value is not None]
    return sum(w * value for w, value in terms) / sum(w for w, _value in terms)


def last_full_hour(moment: datetime) -> datetime:
    """When the last full hour ended. Vietnam lies whole hours from UTC, so hours are the same."""
    return moment.replace(minute=0, second=0, microsecond=0)


def hourly_means(
    values: Iterable[tuple[datetime, float]], end: datetime, interval: timedelta, needed: float
) -> list[float | None]:
    """The means of the twelve hours before `end`, newest first. None for an hour with less than
    the `needed` share of the values that are due each `interval`."""
    hours: list[list[float]] = [[] for _hour in range(NOWCAST_HOURS)]
    for at, value in values:
        age = int((end - at) / HOUR) if at < end else -1
        # A value at the full hour itself begins the hour after it.
        age = age - 1 if at < end and (end - at) % HOUR == timedelta(0) else age
        if 0 <= age < NOWCAST_HOURS:
            hours[age].append(value)
    due = max(HOUR / interval, 1.0)
    return [sum(found) / len(found) if len(found) >= needed * due else None for found in hours]


def part_of_index(table: IndexTable, measured: Measured, concentration: float) -> int:
    """The index of one pollutant, rounded; beyond the table it stays at the highest step."""
    lower, low_step = 0.0, table.steps[0]
    for upper, step in zip(table.upper[measured], table.steps[1:], strict=True):
        if concentration <= upper:
            share = max(concentration - lower, 0.0) / (upper - lower)
            return int(low_step + share * (step - low_step) + 0.5)
        lower, low_step = upper, step
    return table.steps[-1]


def air_index(
    table: IndexTable, hours: Mapping[Measured, Sequence[float | None]]
) -> AirIndex | None:
    """The index from hourly means, newest first. None where the dust that it needs is missing."""
    parts: dict[Measured, int] = {}
    for measured, values in hours.items():
        if measured not in table.upper:
            continue
        last = values[0] if values else None
        mean = nowcast(values) if measured in table.nowcast else last
        if mean is not None:
            parts[measured] = part_of_index(table, measured, mean)
    if not parts.keys() & table.needs_one_of:
        return None
    leading = max(parts, key=lambda measured: (parts[measured], measured.value))
    return AirIndex(parts[leading], band_of(table, parts[leading]), leading, parts)


def band_of(table: IndexTable, value: int) -> Band:
    """The range in which an index lies."""
    return next((band for band in table.bands if value <= band.up_to), table.bands[-1])


def index_table(on: date) -> IndexTable | None:
    """The version of the index in force on a day; None before the first."""
    valid = [table for table in _tables() if table.valid_from <= on]
    return max(valid, key=lambda table: table.valid_from, default=None)


def air_limit(measured: Measured, hours: int, on: date) -> AirLimit | None:
    """The limit for a mean over so many hours on a day, if there is one."""
    for row in _data()["limits"]:
        until = row.get("valid_until")
        if (row["measured"], row["hours"]) == (measured.value, hours) and (
            row["valid_from"] <= on and (until is None or on <= until)
        ):
            doubts = (*row["doubts"], *_data()["doubts"])
            return AirLimit(measured, hours, float(row["limit"]), row["source"], doubts)
    return None


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return data


@cache
def _tables() -> tuple[IndexTable, ...]:
    return tuple(_table(row) for row in _data()["indexes"])


def _table(row: Mapping[str, Any]) -> IndexTable:
    pollutants = {Measured(code): of for code, of in row["pollutants"].items()}
    return IndexTable(
        valid_from=row["valid_from"],
        source=row["source"],
        doubts=tuple(row["doubts"]),
        steps=tuple(row["steps"]),
        upper={measured: tuple(map(float, of["upper"])) for measured, of in pollutants.items()},
        nowcast=frozenset(m for m, of in pollutants.items() if of["by"] == "nowcast"),
        needs_one_of=frozenset(map(Measured, row["needs_one_of"])),
        hour_needs=float(row["hour_needs"]),
        bands=tuple(Band(**band) for band in row["bands"]),
    )
