"""What the reading of a letter says of an invitation, for the form that answers it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.clock import VIETNAM
from app.incoming.models import IncomingDocument, ReadingResult

INVITATION = "invitation"
USUAL = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class InvitationHint:
    """Time and place as read, to be confirmed; `ends_at` is two hours later: letters rarely say."""

    is_invitation: bool
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    place: str = ""
    participants: str = ""


def invitation_hint(session: Session, letter: IncomingDocument) -> InvitationHint:
    """What was read on the main file of a giấy mời; empty for other letters."""
    if letter.document_type != INVITATION:
        return InvitationHint(False)
    result = session.get(ReadingResult, letter.main_file_id) if letter.main_file_id else None
    field: dict[str, Any] = (result.fields.get("invitation") if result else None) or {}
    value: dict[str, Any] = field.get("value") or {}
    starts_at = _moment(value.get("start"))
    return InvitationHint(
        True,
        starts_at,
        starts_at + USUAL if starts_at else None,
        str(value.get("place") or "")[:300],
        str(value.get("participants") or "")[:500],
    )


def _moment(text: object) -> datetime | None:
    """“2026-11-25T08:00” on Vietnamese clocks."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=VIETNAM)
