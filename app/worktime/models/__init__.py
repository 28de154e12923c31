"""Calendars as dated data, and the clocks that are counted by them."""

from __future__ import annotations

from app.worktime.models.calendars import (
    DAY_KIND_LABELS,
    SCOPE_LABELS,
    CalendarDay,
    CalendarScope,
    CalendarShift,
    DayKind,
    WorkingCalendar,
)
from app.worktime.models.clocks import (
    CORRECTION_LABELS,
    CalendarCorrection,
    ClockExtension,
    ClockMove,
    ClockPause,
    ClockStage,
    CorrectionState,
    DeadlineClock,
)

__all__ = [
    "CORRECTION_LABELS",
    "DAY_KIND_LABELS",
    "SCOPE_LABELS",
    "CalendarCorrection",
    "CalendarDay",
    "CalendarScope",
    "CalendarShift",
    "ClockExtension",
    "ClockMove",
    "ClockPause",
    "ClockStage",
    "CorrectionState",
    "DayKind",
    "DeadlineClock",
    "WorkingCalendar",
]
