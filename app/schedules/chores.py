"""What the relay does for schedules by itself."""

from __future__ import annotations

from app.db import transaction
from app.schedules.services import finish_past


def keep_up() -> None:
    """Mark what is over as done, some at a time."""
    with transaction("schedules.keep_up") as session:
        finish_past(session, limit=200)
