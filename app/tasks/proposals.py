"""Due dates beside the field: proposals that a person takes or leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

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
    skipped: str = ""  # “bỏ qua 24/11 nghỉ Ngày Văn hóa Việt Nam”


def propose_due(
    calendar: Calendar,
    at: datetime,
    *,
    sender_due: datetime | None,
    limits: Sequence[Limit],
    at_once: bool = False,
) -> list[DueProposal]:
    """Ends to choose from, the first one preselected.

    With a date of the sender: the end of the working day before it, so that the answer is in time;
    then that date itself. A date that leaves no such day is proposed alone, one that has passed
    not at all. Without it: the usual limits, of which none is preselected by the caller.
    `at_once` (Hỏa tốc): the end of today's work comes first, as long as it lies ahead.
    """
    if sender_due is not None and sender_due > at:
        return _before(calendar, at, sender_due)
    usual = [_usual(calendar, at, limit) for limit in limits]
    tonight = calendar.end_of_day(local(at).date())
    if at_once and at < tonight:
        return [DueProposal(tonight, "Trong hôm nay", "Hỏa tốc: xử lý ngay trong ngày"), *usual]
    return usual


def days_off(calendar: Calendar, after: date, before: date) -> str:
    """The named days off between two days in words, for the reader who counts on the fingers."""
    free = [
        calendar.why_free(day)
        for day in sorted(calendar.special)
        if after < day < before and not calendar.is_working_day(day)
    ]
    return f"bỏ qua {', '.join(free)}" if free else ""


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
        days_off(calendar, local(own).date(), day),
    )
    return [early, sender]


def _usual(calendar: Calendar, at: datetime, limit: Limit) -> DueProposal:
    due = due_after(calendar, at, limit.amount, limit.unit)
    skipped = days_off(calendar, local(at).date(), local(due.at).date())
    return DueProposal(due.at, f"{limit.amount} {UNIT_WORDS[limit.unit]}", due.explanation, skipped)


def _words(moment: datetime) -> str:
    return f"{local(moment):%H:%M %d/%m/%Y}"
