"""What has to happen again and again; the relay does it. Idempotent."""

from __future__ import annotations

from app.db import transaction
from app.outgoing.services import copy_work, jobs, template_checks


def release_leases() -> int:
    """Let others take up what dead workers held. Returns how many jobs."""
    with transaction("outgoing.release_leases") as session:
        released = jobs.release_expired(session) + copy_work.release_copies(session)
        return released + template_checks.release_templates(session)
