"""What is done again and again: waits of playbooks end by themselves."""

from __future__ import annotations

from app.clock import now
from app.db import reading, transaction
from app.operations.queries.playbooks import due_run_ids, waits
from app.operations.services.running import advance


def run_due() -> bool:
    """Go on with the runs in which a time is over, each in its own transaction. Two sweepers at
    once do each step once. Returns whether another time is waited for."""
    with reading() as session:
        due = due_run_ids(session, now())
    for run_id in due:
        with transaction("operations.run_playbook") as session:
            advance(session, run_id)
    with reading() as session:
        return waits(session)
