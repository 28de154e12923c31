"""Scans that come in with a number sheet on top: they are ours, and go to their documents."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from pathlib import Path

from app.db import reading, transaction
from app.errors import AppError, RuleViolated
from app.incoming.services import intake
from app.outgoing.papers import scans as papers
from app.outgoing.papers.scans import ScanPart
from app.outgoing.services import scans
from app.security import SYSTEM
from ocr import FileRefused, FirstPage, ReadOptions
from workflows.runtime import Runtime

log = logging.getLogger(__name__)

FOREIGN_PAGES = "trong bản quét có trang không có phiếu số ở trên"


def take_ours(
    runtime: Runtime,
    intake_id: int,
    path: Path,
    options: ReadOptions,
    hold: Callable[[FirstPage], None],
) -> bool:
    """Attach a scan to the documents whose sheets lie on it; the ledger says where it went.

    False for any other file, which is a letter: also when a page or a sheet of it is not ours, as
    nothing may be lost by a code that somebody drew. A part with a secrecy mark under its sheet is
    not stored: `hold` keeps the whole file in quarantine.
    """
    with reading() as session:
        if not scans.any_waits_for_scan(session, SYSTEM):
            return False
    try:
        if papers.first_sheet(path) is None:
            return False
        parts = papers.parts_of(path)
        marked = papers.marked_part(parts, options)
        if marked is not None:
            hold(marked)
            return True
        codes = _attach(runtime, intake_id, parts)
    except (AppError, FileRefused) as error:
        log.info("file %s has a number sheet but stays a letter: %s", intake_id, error)
        return False
    log.info("file %s is the scan of %s documents going out", intake_id, len(codes))
    return True


def _attach(runtime: Runtime, intake_id: int, parts: list[ScanPart]) -> list[str]:
    """All parts in one transaction, with the ledger row that says so."""
    if any(part.token is None for part in parts):
        raise RuleViolated(FOREIGN_PAGES)
    blobs = [runtime.store.put(io.BytesIO(part.pdf)) for part in parts]
    codes = []
    with transaction("reading.number_sheets") as session:
        for part, blob in zip(parts, blobs, strict=True):
            document = scans.document_of_sheet(session, SYSTEM, part.token or "")
            scans.attach_scan(session, SYSTEM, document_id=document.id, blob=blob, pages=part.pages)
            codes.append(document.full_code)
        reason = f"Bản quét của văn bản đi {', '.join(codes)}: đã đính vào văn bản đó."
        intake.reject_intake(
            session, SYSTEM, intake_id=intake_id, code="number_sheet", reason=reason[:500]
        )
    runtime.quarantine.purge(intake_id)
    return codes
