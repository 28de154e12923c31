"""Certified copies: made once without a number, then numbered, then made with it. Safe to kill.

What cannot be copied must not use a number up; a number that was given stays with the order, and
whoever takes the order up next goes on from there.
"""

from __future__ import annotations

import io
import logging
import tempfile
from pathlib import Path

import ocr
from app.clock import now
from app.db import reading, transaction
from app.errors import AppError, InvalidInput
from app.outgoing.papers.copies import CopyFacts, made_safely
from app.outgoing.services import copy_work
from app.outgoing.services.copy_work import CopyClaim
from app.outgoing.services.leases import LeaseLost
from workflows.runtime import Runtime

log = logging.getLogger(__name__)

PDF = "application/pdf"
FAULT = "Chương trình sao gặp lỗi. Hãy thử lại, hoặc báo quản trị."


def run_next(runtime: Runtime) -> bool:
    """Make the copy that waits longest. Returns whether there was one."""
    with transaction("outgoing.claim_copy") as session:
        claim = copy_work.claim_copy(session)
    if claim is None:
        return False
    try:
        _make(runtime, claim)
    except LeaseLost:
        log.info("copy %s went to another worker", claim.wanted_id)
    except AppError as error:
        _refuse(claim, error.user_message)
    except Exception:
        log.exception("copy %s failed", claim.wanted_id)
        _refuse(claim, FAULT)
    return True


def _make(runtime: Runtime, claim: CopyClaim) -> None:
    if not claim.numbered:
        _marked(runtime, claim, _facts(claim))
        with transaction("outgoing.number_copy") as session:
            copy_work.number_copy(session, claim)
    blob = runtime.store.put(io.BytesIO(_marked(runtime, claim, _facts(claim))))
    with transaction("outgoing.copy_file") as session:
        copy_work.finish_copy(session, claim, blob)


def _facts(claim: CopyClaim) -> CopyFacts:
    with reading() as session:
        return copy_work.facts_of_copy(session, claim)


def _marked(runtime: Runtime, claim: CopyClaim, facts: CopyFacts) -> bytes:
    """The marked copy, a PDF. Raises InvalidInput when the file cannot be copied."""
    path = Path(runtime.store.path(claim.sha256))
    with tempfile.TemporaryDirectory(prefix="copy-") as folder:
        if claim.media_type != PDF:
            picture, path = path, Path(folder, "source.pdf")
            try:
                ocr.to_pdf(picture, path)
            except ocr.FileRefused as refused:
                raise InvalidInput(refused.sentence) from refused
        return made_safely(path, facts, now() if claim.electronic else None)


def _refuse(claim: CopyClaim, sentence: str) -> None:
    try:
        with transaction("outgoing.copy_refused") as session:
            copy_work.refuse_copy(session, claim, sentence)
    except LeaseLost:
        return
