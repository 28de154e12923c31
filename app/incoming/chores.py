"""What has to happen again and again; the relay does it, the scheduler may too. All idempotent."""

from __future__ import annotations

from app.db import reading, transaction
from app.files.store import current_store
from app.incoming import entry, purging
from app.incoming.quarantine import current_quarantine
from app.incoming.services import jobs
from app.security import SYSTEM

BATCH = 100


def release_leases() -> int:
    """Let others take up what dead workers held. Returns how many readings."""
    with reading() as session:
        expired = jobs.count_expired(session)
    if not expired:
        return 0
    with transaction("incoming.release_leases") as session:
        return jobs.release_expired_leases(session, SYSTEM, limit=BATCH)


def keep_up() -> None:
    """Offer waiting jobs again, purge unanswered certain marks, finish what crashes left."""
    with transaction("incoming.republish") as session:
        jobs.republish_waiting(session)
    purging.sweep(current_store(), current_quarantine())
    entry.recover()
