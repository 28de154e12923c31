"""The one blueprint of the room, and what its views share."""

from __future__ import annotations

from datetime import date

from flask import Blueprint

from app.errors import NotFound
from app.schedules.models import EntryState
from app.schedules.times import FIRST, LAST, monday_of

bp = Blueprint("schedules", __name__, url_prefix="/lich", template_folder="../templates")

TONES = {  # of a state's badge
    EntryState.DRAFT: "mute",
    EntryState.REGISTERED: "warn",
    EntryState.APPROVED: "info",
    EntryState.PUBLISHED: "ok",
    EntryState.CANCELLED: "late",
    EntryState.DONE: "mute",
}


def monday_in(text: str) -> date:
    """The Monday of the week that an address names by one of its days. Raises NotFound."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise NotFound(f"week {text}") from None
    if not FIRST <= day <= LAST:
        raise NotFound(f"week {text}")
    return monday_of(day)
