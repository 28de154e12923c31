"""The one blueprint of the room, and what its views share."""

from __future__ import annotations

from datetime import date, datetime, time

from flask import Blueprint
from sqlalchemy.orm import Session

from app.clock import VIETNAM
from app.worktime.queries import load_calendar

bp = Blueprint("tasks", __name__, url_prefix="/cong-viec", template_folder="../templates")

TONES = {  # of a state's badge
    "not_started": "mute",
    "in_progress": "info",
    "submitted": "warn",
    "completed": "ok",
    "returned": "late",
    "suspended": "mute",
    "cancelled": "mute",
}


def end_of(session: Session, day: date | None, at: time | None = None) -> datetime | None:
    """The moment a typed day means: the given hour, else the end of that day's work."""
    if day is None:
        return None
    if at is not None:
        return datetime.combine(day, at, VIETNAM)
    return load_calendar(session).end_of_day(day)
