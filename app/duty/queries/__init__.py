"""Reads of the room."""

from app.duty.queries.desk import (
    Change,
    carried_over,
    get_handover,
    handovers,
    log_between,
    on_duty,
    shifts_between,
    signers,
    waiting_handover,
)
from app.duty.queries.reporting import Report, report_file, report_of, reports
from app.duty.queries.roster import Choice, choices, get_shift, week_of

__all__ = [
    "Change",
    "Choice",
    "Report",
    "carried_over",
    "choices",
    "get_handover",
    "get_shift",
    "handovers",
    "log_between",
    "on_duty",
    "report_file",
    "report_of",
    "reports",
    "shifts_between",
    "signers",
    "waiting_handover",
    "week_of",
]
