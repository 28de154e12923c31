"""What changes the desk's papers."""

from app.duty.services.handing_over import hand_over, take_over, write_log
from app.duty.services.planning import Line, add_shifts, remove_shift
from app.duty.services.reporting import keep_report

__all__ = [
    "Line",
    "add_shifts",
    "hand_over",
    "keep_report",
    "remove_shift",
    "take_over",
    "write_log",
]
