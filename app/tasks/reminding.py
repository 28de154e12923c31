"""When a task is reminded of, and to whom it goes up when it is overdue: rules without a database.

Levels before the date and while it is late are for whoever does the task; the others rise from the
head of the unit over the chief of office to whoever gave it (`config/data/reminding.yaml`).
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import yaml

import config
from app.clock import local
from app.worktime.calendar import Calendar

DATA = Path(config.__file__).parent / "data" / "reminding.yaml"


class Target(enum.Enum):
    """Whom a level is for."""

    LEAD = "lead"
    HEAD = "head"
    CHIEF = "chief"
    ASSIGNER = "assigner"


@dataclass(frozen=True, slots=True)
class Plan:
    """The office's levels; days are working days, shares percent of working time."""

    long_from: int
    days_before: tuple[int, ...]  # the largest first
    shares: tuple[int, ...]  # the smallest first
    again_every: int
    goes_up: tuple[tuple[Target, int], ...]

    @property
    def horizon(self) -> int:
        """Working days before its date at which a task can be reminded of at the earliest."""
        return max(self.long_from, *self.days_before)


@dataclass(frozen=True, slots=True)
class Level:
    """A level that is reached: its name within the task and date, for whom, what to say."""

    name: str
    target: Target
    sentence: str


@lru_cache(maxsize=4)
def read_plan(path: Path = DATA) -> Plan:
    """The levels as the file has them; read once a process."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Plan(
        long_from=data["long_from_working_days"],
        days_before=tuple(sorted(data["days_before"], reverse=True)),
        shares=tuple(sorted(data["shares"])),
        again_every=data["again_every"],
        goes_up=tuple((Target(row["to"]), row["days_late"]) for row in data["goes_up"]),
    )


def reached(
    plan: Plan, calendar: Calendar, given_at: datetime, due_at: datetime, at: datetime
) -> list[Level]:
    """All levels that a task has reached at a moment, for each target the weakest first.

    Once it is overdue nothing is said of the days before.
    """
    due_on, on = local(due_at).date(), local(at).date()
    late = calendar.working_days_between(due_on, on)
    if late > 0:
        return list(_overdue(plan, late))
    if calendar.working_days_between(local(given_at).date(), due_on) >= plan.long_from:
        return [
            Level(f"before-{days}", Target.LEAD, _before(-late))
            for days in plan.days_before
            if -late <= days
        ]
    return list(_shares(plan, calendar, given_at, due_at, at))


def _before(days: int) -> str:
    return f"Còn {days} ngày làm việc" if days else "Hết hạn hôm nay"


def _shares(
    plan: Plan, calendar: Calendar, given_at: datetime, due_at: datetime, at: datetime
) -> Iterator[Level]:
    whole = calendar.working_time_between(given_at, due_at)
    used = calendar.working_time_between(given_at, min(at, due_at))
    for share in plan.shares:
        if at >= due_at:
            yield Level(f"share-{share}", Target.LEAD, "Vừa hết hạn")
        elif whole and used * 100 >= whole * share:
            yield Level(f"share-{share}", Target.LEAD, f"Đã qua {share}% thời gian")


def _overdue(plan: Plan, late: int) -> Iterator[Level]:
    sentence = f"Quá hạn {late} ngày làm việc"
    turn = (late - 1) // plan.again_every + 1
    yield Level(f"late-{turn}", Target.LEAD, sentence)
    for target, days in plan.goes_up:
        if late >= days:
            yield Level(f"up-{target.value}", target, sentence)
