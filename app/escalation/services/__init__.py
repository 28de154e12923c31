"""What changes cases of escalation."""

from app.escalation.services.answering import acknowledge, stop, stop_case, tick_call
from app.escalation.services.calling import Subject, fire_due, start_escalation
from app.escalation.services.pausing import end_pause, pause

__all__ = [
    "Subject",
    "acknowledge",
    "end_pause",
    "fire_due",
    "pause",
    "start_escalation",
    "stop",
    "stop_case",
    "tick_call",
]
