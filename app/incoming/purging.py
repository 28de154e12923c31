"""Removing the bytes of a purge, after its commit; repeated by the sweep until nothing is left."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from app import db
from app.clock import now
from app.db import reading, transaction
from app.files import collector
from app.files.store import FileStore
from app.incoming.quarantine import Quarantine
from app.incoming.queries import ledger
from app.incoming.services import secrecy
from app.incoming.services.secrecy import Purge
from app.security import SYSTEM

TABLES = (
    "page_text", "reading_result", "word_correction", "intake_item", "incoming_document",
    "letter_file", "stored_file", "notification", "outbox_event", "proposal", "directive", "task",
    "task_progress", "task_participant", "extension_request",
)  # fmt: skip


def carry_out(purge: Purge, store: FileStore, quarantine: Quarantine) -> None:
    """Remove bytes, quarantine folders and watched sources, then what the database still holds."""
    for sha256 in purge.hashes:
        store.purge(sha256)
    for intake_id in purge.intake_ids:
        quarantine.purge(intake_id)
    remove_sources(purge.source_paths)
    db.forget_deleted(TABLES)


def remove_sources(paths: Mapping[int, str]) -> None:
    """Remove purged files from the watched folder, and then their paths from the ledger."""
    for path in paths.values():
        Path(path).unlink(missing_ok=True)
    if paths:
        with transaction("incoming.sources_gone") as session:
            secrecy.note_sources_gone(session, list(paths))


def sweep(store: FileStore, quarantine: Quarantine) -> int:
    """Finish purges whose process died, purge certain marks that nobody answered, tidy up.

    Returns how many holds were purged.
    """
    purged = 0
    with reading() as session:
        expired = secrecy.expired_holds(session)
    for intake_id in expired:
        with transaction("incoming.purge_expired") as session:
            purge = secrecy.purge_expired(session, SYSTEM, intake_id=intake_id)
        if purge is not None:
            carry_out(purge, store, quarantine)
            purged += 1
    with reading() as session:
        left = ledger.sources_to_remove(session)
        recent = ledger.purged_since(session, now() - timedelta(minutes=10))
        leftover = ledger.leftover(session, list(quarantine.ids()))
    remove_sources(left)
    for intake_id in leftover:
        quarantine.purge(intake_id)
    if recent or left or leftover:
        collector.remove_purged(store)
        db.forget_deleted(TABLES, patience=2)
    return purged
