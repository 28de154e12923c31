"""Due dates beside the field: proposals that a person takes or leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.clock import local
from app.tasks.habits import Limit
from app.worktime.calendar import Calendar
from app.worktime.explaining import due_after
from app.worktime.rules import UNIT_WORDS


@dataclass(frozen=True, slots=True)
class DueProposal:
    """A proposed end with a short label and the reason in words."""

    at: datetime
    label: str
    reason: str


def propose_due(
    calendar: Calendar, at: datetime, *, sender_due: datetime | None, limits: Sequence[Limit]
) -> list[DueProposal]:
    """Ends to choose from, the first one preselected.

    With a date of the sender: the end of the working day before it, so that the answer is in time;
    then that date itself. A date that leaves no such day is proposed alone, one that has passed
    not at all. Without it: the usual limits, of which none is preselected by the caller.
    """
    if sender_due is not None and sender_due > at:
        return _before(calendar, at, sender_due)
    return [_usual(calendar, at, limit) for limit in limits]


def _before(calendar: Calendar, at: datetime, sender_due: datetime) -> list[DueProposal]:
    day = local(sender_due).date()
    own = calendar.end_of_day(calendar.previous_working_day(day))
    sender = DueProposal(
        sender_due, "Đúng hạn nơi gửi", f"Nơi gửi yêu cầu trước {_words(sender_due)}"
    )
    if own <= at or own >= sender_due:
        return [sender]
    early = DueProposal(
        own,
        "Trước hạn nơi gửi một ngày",
        f"Một ngày làm việc trước hạn của nơi gửi ({_words(sender_due)})",
    )
    return [early, sender]


def _usual(calendar: Calendar, at: datetime, limit: Limit) -> DueProposal:
    due = due_after(calendar, at, limit.amount, limit.unit)
    return DueProposal(due.at, f"{limit.amount} {UNIT_WORDS[limit.unit]}", due.explanation)


def _words(moment: datetime) -> str:
    return f"{local(moment):%H:%M %d/%m/%Y}"
