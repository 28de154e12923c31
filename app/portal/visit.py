"""What a citizen has opened with the right value, kept in the signed cookie for a short while.

The cookie names the row and until when; it is void when the browser or the half hour ends.
"""

from __future__ import annotations

from datetime import timedelta

from flask import session as cookie

from app.clock import now

LASTS = timedelta(minutes=30)
DOSSIER, SUPPLEMENT = "citizen_dossier", "citizen_supplement"


def open_for(what: str, row_id: int) -> None:
    """Remember that the right value was given for a row."""
    cookie[what] = [row_id, int((now() + LASTS).timestamp())]


def opened(what: str) -> int | None:
    """The row that this browser may see now; None when nothing is open, or no longer."""
    kept = cookie.get(what)
    if not isinstance(kept, list) or len(kept) != 2:
        return None
    row_id, until = kept
    if int(until) < now().timestamp():
        cookie.pop(what, None)
        return None
    return int(row_id)


def close() -> None:
    """Forget everything: the next person at the same device sees nothing."""
    for what in (DOSSIER, SUPPLEMENT):
        cookie.pop(what, None)
