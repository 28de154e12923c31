"""What a limit is: how much of which unit, from when on, with which interruptions. Values only."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from datetime import datetime

from app.worktime.calendar import Unit

UNIT_WORDS: dict[Unit, str] = {
    Unit.WORKING_DAY: "ngày làm việc",
    Unit.WORKING_HOUR: "giờ làm việc",
    Unit.CALENDAR_DAY: "ngày",
    Unit.WEEK: "tuần",
    Unit.MONTH: "tháng",
}
BY_CALENDAR = frozenset({Unit.CALENDAR_DAY, Unit.WEEK, Unit.MONTH})
"""Counted on every day, free or not (Civil Code 2015, articles 147 and 148)."""


class StartRule(enum.Enum):
    """Which day is the first one that counts."""

    NEXT_WORKING_DAY = "next_working_day"
    FROM_RECEPTION = "from_reception"


@dataclass(frozen=True, slots=True)
class Rule:
    """A limit. `cutoff` is in minutes after midnight: what comes in later begins the day after.

    Raises ValueError for what no rule of law says: nothing to count, hours that begin on the next
    day, a cut-off anywhere but at a same-day procedure.
    """

    amount: int
    unit: Unit
    start: StartRule
    cutoff: int | None = None

    def __post_init__(self) -> None:
        if self.amount <= 0:
            raise ValueError("a limit must be positive")
        from_reception = self.start is StartRule.FROM_RECEPTION
        if self.unit is Unit.WORKING_HOUR and not from_reception:
            raise ValueError("working hours run from reception")
        if self.unit in BY_CALENDAR and from_reception:
            raise ValueError("the first day of a limit in calendar time is not counted")
        if self.cutoff is not None and not self.same_day:
            raise ValueError("a cut-off belongs to same-day procedures only")

    @classmethod
    def of(cls, amount: int, unit: Unit) -> Rule:
        """The rule as the law has it when nothing else is said."""
        hours = unit is Unit.WORKING_HOUR
        return cls(amount, unit, StartRule.FROM_RECEPTION if hours else StartRule.NEXT_WORKING_DAY)

    @property
    def same_day(self) -> bool:
        """The result is given on the day of reception (“trả ngay trong ngày”)."""
        return (
            self.unit is Unit.WORKING_DAY
            and self.start is StartRule.FROM_RECEPTION
            and self.amount == 1
        )

    @property
    def words(self) -> str:
        """“3 ngày làm việc”."""
        return f"{self.amount} {UNIT_WORDS[self.unit]}"


@dataclass(frozen=True, slots=True)
class Pause:
    """Time that does not count, as while a supplement is awaited. `until` None: it still lasts.

    `restart`: the whole limit begins anew when it ends (only where a rule says so); otherwise what
    was used before stays used.
    """

    at: datetime
    until: datetime | None = None
    restart: bool = False
    reason: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True)
class Extension:
    """More of the same unit, granted before the limit ended."""

    amount: int
    at: datetime
    reason: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True)
class Course:
    """A limit on its way: the one object behind every deadline.

    Either `rule` counts from `started_at`, or a person fixed the end (`fixed_at`).

    Raises ValueError when neither or both are given, or when pauses overlap, are out of order or
    lie before the start.
    """

    started_at: datetime
    rule: Rule | None = None
    fixed_at: datetime | None = None
    pauses: tuple[Pause, ...] = ()
    extensions: tuple[Extension, ...] = ()
    finished_at: datetime | None = None

    def __post_init__(self) -> None:
        if (self.rule is None) is (self.fixed_at is None):
            raise ValueError("a course has a rule or a fixed end")
        if self.fixed_at is not None and (self.pauses or self.extensions):
            raise ValueError("a fixed end is changed, not paused or extended")
        last: datetime | None = self.started_at
        for pause in self.pauses:
            if last is None or pause.at < last:
                raise ValueError("pauses follow each other after the start")
            if pause.until is not None and pause.until < pause.at:
                raise ValueError("a pause ends after it began")
            last = pause.until

    @classmethod
    def counted(cls, started_at: datetime, amount: int, unit: Unit) -> Course:
        """The usual limit of so much."""
        return cls(started_at, Rule.of(amount, unit))

    @classmethod
    def fixed(
        cls, started_at: datetime, due_at: datetime, finished_at: datetime | None = None
    ) -> Course:
        """An end that a person set: nothing is counted, but it explains itself as well."""
        return cls(min(started_at, due_at), fixed_at=due_at, finished_at=finished_at)

    @property
    def open_pause(self) -> Pause | None:
        """The pause that still lasts."""
        last = self.pauses[-1] if self.pauses else None
        return last if last is not None and last.until is None else None

    @property
    def plain(self) -> Course:
        """As it was at the start: for the original end."""
        return replace(self, pauses=(), extensions=())
