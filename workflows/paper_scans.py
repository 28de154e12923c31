"""Scans of citizens' papers: page 1 is read and compared with the paper that was asked for."""

from __future__ import annotations

import logging

import sqlalchemy as sa

from app.db import reading, transaction
from app.procedures import services
from app.procedures.models import DossierScan, ReadState
from app.procedures.paper_kinds import kind_of
from app.procedures.services import ClaimedScan
from ocr import FileRefused, check_first_page
from workflows.runtime import Runtime, read_options

log = logging.getLogger(__name__)


def any_waits() -> bool:
    """Whether there is something to read: asked often, so without a lock."""
    waiting = sa.select(DossierScan.id).where(DossierScan.state == ReadState.WAITING).limit(1)
    with reading() as session:
        return session.scalar(waiting) is not None


def run_next(runtime: Runtime) -> bool:
    """Read the scan that waits longest. Returns whether there was one."""
    if not any_waits():
        return False
    with transaction("procedures.claim_scan") as session:
        claimed = services.claim_scans(session, limit=1)
    for claim in claimed:
        _read(runtime, claim)
    return bool(claimed)


def _read(runtime: Runtime, claim: ClaimedScan) -> None:
    """Whatever the file does to us ends in a row, never in an exception."""
    try:
        first = check_first_page(runtime.store.path(claim.sha256), read_options(runtime.settings))
    except FileRefused as error:
        log.info("scan %s cannot be read: %s", claim.scan_id, error.code)
        with transaction("procedures.scan_failed") as session:
            services.reading_failed(session, scan_id=claim.scan_id, lease_token=claim.token)
        return
    kind = kind_of(first.page.text) if first.page else None
    with transaction("procedures.scan_read") as session:
        services.keep_reading(
            session,
            scan_id=claim.scan_id,
            lease_token=claim.token,
            found_shape=kind.key if kind else "",
            found_label=kind.label if kind else "",
            confidence=first.page.confidence / 100 if first.page else None,
        )
