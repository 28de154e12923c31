"""The dated policies: who is called after how long. Data: `config/data/escalation.yaml`.

Pure but for the file, which is read once a process.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

import config
from app.clock import local
from app.errors import ProgrammingFault
from app.escalation.models import Channel, EscalationPause
from app.worktime.calendar import Calendar

DATA = Path(config.__file__).parent / "data" / "escalation.yaml"


class Who(enum.Enum):
    """Whom a level calls."""

    ASSIGNEE = "assignee"
    HEAD = "head"
    DUTY = "duty"
    CHIEF_OF_OFFICE = "chief_of_office"
    LEADER = "leader"


WHO_LABELS: Mapping[Who, str] = {
    Who.ASSIGNEE: "Người được giao",
    Who.HEAD: "Trưởng đơn vị",
    Who.DUTY: "Người đang trực",
    Who.CHIEF_OF_OFFICE: "Chánh Văn phòng",
    Who.LEADER: "Lãnh đạo",
}


@dataclass(frozen=True, slots=True)
class Level:
    """Whom to call, so long after the level before."""

    who: Who
    after: timedelta
    channels: tuple[Channel, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of a policy. `working`: delays are counted in working time; `out_of_hours`: it
    starts only while nobody works."""

    key: str
    label: str
    valid_from: date
    working: bool
    out_of_hours: bool
    levels: tuple[Level, ...]

    def due(self, calendar: Calendar, no: int, since: datetime) -> datetime:
        """When level `no` (from 1) is called after the one before was at `since`."""
        after = self.levels[no - 1].after
        return _worked(calendar, since, after) if self.working else since + after


def policies(day: date) -> Mapping[str, Policy]:
    """All that are in force on a day, in the order of the file."""
    found = [version for first, version in _versions() if first <= day]
    if not found:
        raise ProgrammingFault(f"no policy of escalation is in force on {day}")
    return found[-1]


def policy(key: str, day: date) -> Policy:
    """Raises ProgrammingFault for a key that the version of the day does not have."""
    try:
        return policies(day)[key]
    except KeyError:
        raise ProgrammingFault(f"no policy of escalation {key} on {day}") from None


def resumes(pauses: Sequence[EscalationPause], key: str, at: datetime) -> datetime | None:
    """When the pause that holds at a moment is over, with those that follow it without a gap."""
    until = at
    while ends := [one.ends_at for one in pauses if one.holds(key, until)]:
        until = max(ends)
    return until if until > at else None


def _worked(calendar: Calendar, since: datetime, length: timedelta) -> datetime:
    """The moment at which so much working time has passed; none passes before the next shift."""
    left = length
    for begin, end in calendar.shifts_from(local(since)):
        if end - begin >= left:
            return begin + left
        left -= end - begin
    raise ProgrammingFault("a calendar without end has no end of shifts")


@cache
def _versions() -> tuple[tuple[date, Mapping[str, Policy]], ...]:
    data: Mapping[str, Any] = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    found = [
        (one["valid_from"], {p["key"]: _policy(p, one["valid_from"]) for p in one["policies"]})
        for one in data["versions"]
    ]
    return tuple(sorted(found, key=lambda one: one[0]))


def _policy(data: Mapping[str, Any], valid_from: date) -> Policy:
    return Policy(
        key=data["key"],
        label=data["label"],
        valid_from=valid_from,
        working={"working": True, "always": False}[data["hours"]],
        out_of_hours={"out_of_hours": True, "always": False}[data["starts"]],
        levels=tuple(
            Level(
                Who(one["who"]),
                timedelta(minutes=one["minutes"]),
                tuple(Channel(channel) for channel in one["channels"]),
            )
            for one in data["levels"]
        ),
    )
