"""What is done again and again: levels that are due are called."""

from __future__ import annotations

from app.clock import now
from app.db import reading, transaction
from app.escalation.queries import due_case_ids, waits
from app.escalation.services import fire_due


def run_due() -> bool:
    """Call the levels that are due, each case in its own transaction. Two sweepers at once call
    each level once. Returns whether another is waited for."""
    with reading() as session:
        due = due_case_ids(session, now())
    for case_id in due:
        with transaction("escalation.fire") as session:
            fire_due(session, case_id)
    with reading() as session:
        return waits(session)
