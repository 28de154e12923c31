"""Scans that come in with a number sheet on top: they are ours, and go to their documents."""

from __future__ import annotations

import io
import logging
import tempfile
from collections.abc import Callable
from pathlib import Path

from app.db import reading, transaction
from app.errors import AppError, RuleViolated
from app.incoming.services import intake
from app.outgoing.papers import scans as papers
from app.outgoing.papers.scans import ScanPart
from app.outgoing.services import scans
from app.security import SYSTEM
from ocr import FileRefused, FirstPage, ReadOptions, read_file
from workflows.runtime import Runtime

log = logging.getLogger(__name__)

NO_SHEET = "Không thấy phiếu số trên bản quét. Hãy mở văn bản rồi đính bản quét tại đó."
MORE_THAN_ONE = "Bản quét có nhiều văn bản. Hãy nộp ở trang Bản quét chờ đính."
FOREIGN_PAGES = "trong bản quét có trang không có phiếu số ở trên"


def take_ours(
    runtime: Runtime,
    intake_id: int,
    path: Path,
    options: ReadOptions,
    hold: Callable[[FirstPage], None],
) -> bool:
    """Attach a scan to the documents whose sheets lie on it, or that it was handed in for; the
    ledger says where it went.

    False for any other file, which is a letter: also when a page or a sheet of it is not ours, as
    nothing may be lost by a code that somebody drew. A scan that was handed in as one of ours is
    never a letter: it is refused with a sentence. A part with a secrecy mark under its sheet is
    not stored: `hold` keeps the whole file in quarantine.
    """
    with reading() as session:
        ours, target = scans.handed_in(session, intake_id)
        if not ours and not scans.any_waits_for_scan(session, SYSTEM):
            return False
    try:
        if not ours and papers.first_sheet(path) is None:
            return False
        parts = papers.parts_of(path)
        wanted = _targets(parts, target, ours)
        judged = papers.first_pages(parts, options)
        if judged[-1].secrecy is not None:
            hold(judged[-1])
            return True
        texts = [_texts(part, options, first) for part, first in zip(parts, judged, strict=True)]
        codes = _attach(runtime, intake_id, parts, wanted, texts)
    except (AppError, FileRefused) as error:
        said = error.sentence if isinstance(error, FileRefused) else error.user_message
        log.info("file %s is no scan of documents going out: %s", intake_id, error)
        return ours and _refuse(runtime, intake_id, said)
    log.info("file %s is the scan of %s documents going out", intake_id, len(codes))
    return True


def _targets(parts: list[ScanPart], target: str | None, ours: bool) -> list[str]:
    """Whose pages the parts are. Raises RuleViolated when nothing says so, or the sheet another."""
    if target is None and any(part.token is None for part in parts):
        raise RuleViolated(NO_SHEET if ours else FOREIGN_PAGES)
    if target is not None and len(parts) > 1:
        raise RuleViolated(MORE_THAN_ONE)
    for part in parts:
        if target is not None and part.token not in (None, target):
            with reading() as session:
                other = scans.document_of_sheet(session, SYSTEM, part.token or "").full_code
            raise RuleViolated(f"Phiếu trên bản quét là của văn bản {other}.")
    return [part.token or target or "" for part in parts]


def _attach(
    runtime: Runtime,
    intake_id: int,
    parts: list[ScanPart],
    wanted: list[str],
    texts: list[list[str]],
) -> list[str]:
    """All parts in one transaction, with the ledger row that says so."""
    blobs = [runtime.store.put(io.BytesIO(part.pdf)) for part in parts]
    codes = []
    with transaction("reading.number_sheets") as session:
        for part, token, blob, words in zip(parts, wanted, blobs, texts, strict=True):
            document = scans.document_of_sheet(session, SYSTEM, token)
            scans.attach_scan(
                session, SYSTEM, document_id=document.id, blob=blob, pages=part.pages, texts=words
            )
            codes.append(document.full_code)
        reason = f"Bản quét của văn bản đi {', '.join(codes)}: đã đính vào văn bản đó."
        intake.reject_intake(
            session, SYSTEM, intake_id=intake_id, code=scans.ATTACHED, reason=reason[:500]
        )
    runtime.quarantine.purge(intake_id)
    return codes


def _texts(part: ScanPart, options: ReadOptions, first: FirstPage) -> list[str]:
    """The words of a part page by page, to be found; none when nobody can read them."""
    with tempfile.TemporaryDirectory(prefix="scan-") as folder:
        path = Path(folder, "part.pdf")
        path.write_bytes(part.pdf)
        try:
            return [page.text for page in read_file(path, options, first_page=first).pages]
        except FileRefused as refused:
            log.info("the words of a scan cannot be read: %s", refused.code)
            return []


def _refuse(runtime: Runtime, intake_id: int, sentence: str) -> bool:
    with transaction("reading.refuse_scan") as session:
        intake.reject_intake(
            session, SYSTEM, intake_id=intake_id, code="no_scan", reason=sentence[:500]
        )
    runtime.quarantine.purge(intake_id)
    return True
