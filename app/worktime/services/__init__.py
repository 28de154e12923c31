"""What can be done with calendars and clocks."""

from __future__ import annotations

from app.worktime.services.calendars import (
    add_counter,
    check_shifts,
    load,
    parse_hours,
    set_day,
    set_week,
    unset_day,
)
from app.worktime.services.clocks import (
    ClockOrder,
    extend_clock,
    finish_clock,
    finish_stage,
    pause_clock,
    reopen_clock,
    resume_clock,
    start_clock,
)
from app.worktime.services.recounting import ask_for_recount, recount_waiting, warn_due

__all__ = [
    "ClockOrder",
    "add_counter",
    "ask_for_recount",
    "check_shifts",
    "extend_clock",
    "finish_clock",
    "finish_stage",
    "load",
    "parse_hours",
    "pause_clock",
    "recount_waiting",
    "reopen_clock",
    "resume_clock",
    "set_day",
    "set_week",
    "start_clock",
    "unset_day",
    "warn_due",
]
