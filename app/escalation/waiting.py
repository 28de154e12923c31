"""Whether a letter still waits for somebody to look at it: nobody gave a directive yet."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.incoming.models import IncomingDocument, IncomingStatus

WAITING = frozenset({IncomingStatus.REGISTERED, IncomingStatus.SUBMITTED})


def letter_waits(session: Session, letter_id: int) -> bool:
    letter = session.get(IncomingDocument, letter_id)
    return letter is not None and letter.status in WAITING
