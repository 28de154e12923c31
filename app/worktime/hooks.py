"""What rooms above do in the same commit when a clock of theirs moves or warns."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from app.hooks import Hook
from app.worktime.models import DeadlineClock


@dataclass(frozen=True, slots=True)
class ClockMoved:
    """A correction of the calendar moved the end of a clock; `why` is a Vietnamese sentence."""

    clock: DeadlineClock
    from_due_at: datetime | None
    to_due_at: datetime | None
    why: str


@dataclass(frozen=True, slots=True)
class ClockWarned:
    """So many percent of a clock are used: 50, 80 or 100."""

    clock: DeadlineClock
    percent: int


@dataclass(frozen=True, slots=True)
class ClocksMoving:
    """These clocks are counted anew next: who follows may read their things in one query. What it
    reads stays at hand while it keeps it in `kept`."""

    clocks: tuple[DeadlineClock, ...]
    kept: list[object] = field(default_factory=list)


clocks_moving: Hook[ClocksMoving] = Hook("clocks_moving")
clock_moved: Hook[ClockMoved] = Hook("clock_moved")
clock_warned: Hook[ClockWarned] = Hook("clock_warned")
