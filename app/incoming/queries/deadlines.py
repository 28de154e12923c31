"""Proposals for deadlines, beside the field and never in it (domain: deadlines do not cry wolf)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.clock import local, today
from app.incoming.models import DueSource, IncomingDocument
from app.worktime.queries import load_calendar


@dataclass(frozen=True, slots=True)
class DueProposal:
    """A moment that could be the deadline, where it comes from, and why in words."""

    at: datetime
    source: DueSource
    why: str


def due_in_text(session: Session, hint: str) -> DueProposal | None:
    """The deadline the letter itself names, at the end of that working day; none when unclear."""
    try:
        day = date.fromisoformat(hint[:10])
    except ValueError:
        return None
    calendar = load_calendar(session)
    shown = f"{day:%d/%m/%Y}"
    if calendar.is_working_day(day):
        return DueProposal(calendar.end_of_day(day), DueSource.TEXT, f"Văn bản yêu cầu: {shown}")
    before = calendar.previous_working_day(day)
    why = f"Văn bản yêu cầu {shown} là ngày nghỉ, lấy ngày làm việc trước đó"
    return DueProposal(calendar.end_of_day(before), DueSource.TEXT, why)


def due_for_unit(session: Session, letter: IncomingDocument) -> DueProposal | None:
    """One working day before the sender's date, so that the reply leaves in time."""
    if letter.sender_due_at is None:
        return None
    calendar, asked = load_calendar(session), local(letter.sender_due_at).date()
    day = calendar.previous_working_day(asked)
    if day < today():
        return DueProposal(
            letter.sender_due_at, DueSource.LEADER, "Hạn của nơi gửi, không còn ngày dự phòng"
        )
    why = f"Trước hạn của nơi gửi ({asked:%d/%m/%Y}) một ngày làm việc"
    return DueProposal(calendar.end_of_day(day), DueSource.LEADER, why)
