"""One reading from lease to result. Safe to kill at any point: the next worker goes on.

What has been reached stands in the ledger: a file without a row in the store still lies in
quarantine, one with a row is read from the store.
"""

from __future__ import annotations

import logging
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from app.db import reading, transaction
from app.errors import NotFound
from app.incoming.models import JobKind
from app.incoming.queries.text import stored_reading
from app.incoming.services import jobs
from app.incoming.services import reading as results
from app.incoming.services.jobs import JobClaim, LeaseLost
from app.security import SYSTEM
from ocr import (
    SNIFF_BYTES,
    FileRefused,
    FirstPage,
    ReadOptions,
    check_attachment,
    check_first_page,
    derive_searchable,
    read_file,
    sniff,
)
from workflows.runtime import Runtime, read_options
from workflows.sheet_scans import take_ours

log = logging.getLogger(__name__)

KEEP_EVERY = jobs.LEASE.total_seconds() / 3


def run_next(runtime: Runtime) -> bool:
    """Do the most urgent job that waits. Returns whether there was one."""
    with transaction("reading.claim") as session:
        claim = jobs.claim_job(session)
    if claim is None:
        return False
    run(runtime, claim)
    return True


def run(runtime: Runtime, claim: JobClaim) -> None:
    """Do a claimed job. Whatever the file does to us ends in a row, never in an exception."""
    try:
        with _lease_kept(claim):
            if claim.kind is JobKind.READ:
                _read(runtime, claim)
            else:
                _derive(runtime, claim)
    except LeaseLost:
        log.info("job %s went to another worker or was cancelled", claim.job_id)
    except FileRefused as error:
        _fail(runtime, claim, error.code, error.sentence)
    except NotFound:
        _fail(runtime, claim, "missing", FileRefused("missing").sentence)


def _read(runtime: Runtime, claim: JobClaim) -> None:
    options = read_options(runtime.settings, cleared=claim.released)
    first: FirstPage | None = None
    path: Path
    if claim.sha256 is None:
        if not sniff(runtime.quarantine.head(claim.intake_id, SNIFF_BYTES)).readable:
            _judge_attachment(runtime, claim, options)
            return
        first = check_first_page(runtime.quarantine.path(claim.intake_id), options)
        if first.secrecy is not None:
            _hold(runtime, claim, first)
            return
        quarantined = runtime.quarantine.path(claim.intake_id)
        hold = partial(_hold, runtime, claim)
        if take_ours(runtime, claim.intake_id, quarantined, options, hold):
            return
        stored = _store(runtime, claim, first)
        if stored is None:
            return
        path = stored
    else:
        path = runtime.store.path(claim.sha256)
        options = read_options(runtime.settings, cleared=True)  # it has passed already
        options = replace(options, language=claim.language or options.language)

    def on_page(done: int, total: int) -> None:
        _progress(claim, done, total)

    found = read_file(path, options, on_page=on_page, first_page=first)
    with transaction("reading.finish") as session:
        results.finish_reading(session, SYSTEM, claim, found)


def _judge_attachment(runtime: Runtime, claim: JobClaim, options: ReadOptions) -> None:
    """Keep a clean attachment; hold one with a mark, or one that nobody could look into."""
    path = runtime.quarantine.path(claim.intake_id)
    if not claim.released:
        try:
            check = check_attachment(path, options, deep=True)
        except FileRefused as error:
            log.info("attachment of intake %s cannot be judged: %s", claim.intake_id, error.code)
            check = None
        if check is None or check.secrecy is not None or not check.complete:
            mark = check.secrecy if check else None
            with transaction("reading.hold") as session:
                results.hold_attachment(session, SYSTEM, claim, mark)
            return
    blob = runtime.store.put_path(path)
    with transaction("reading.pass_attachment") as session:
        results.pass_attachment(session, SYSTEM, claim, blob)
    runtime.quarantine.purge(claim.intake_id)


def _hold(runtime: Runtime, claim: JobClaim, first: FirstPage) -> None:
    assert first.secrecy is not None  # noqa: S101
    if first.crop_png is not None:
        runtime.quarantine.keep_crop(claim.intake_id, first.crop_png)
    with transaction("reading.hold") as session:
        results.hold_for_mark(session, SYSTEM, claim, first.secrecy)


def _store(runtime: Runtime, claim: JobClaim, first: FirstPage) -> Path | None:
    """Move a clean file from quarantine to the store; None when it turned out to be double."""
    blob = runtime.store.put_path(runtime.quarantine.path(claim.intake_id))
    with transaction("reading.pass_quarantine") as session:
        goes_on = results.pass_quarantine(session, SYSTEM, claim, blob, first.page_count)
    runtime.quarantine.purge(claim.intake_id)
    return runtime.store.path(blob.sha256) if goes_on else None


def _derive(runtime: Runtime, claim: JobClaim) -> None:
    if claim.file_id is None or claim.sha256 is None:
        raise LeaseLost("the file was purged")
    with reading() as session:
        found = stored_reading(session, claim.file_id)
    with tempfile.TemporaryDirectory(prefix="derive-") as folder:
        target = Path(folder) / "searchable.pdf"
        derive_searchable(runtime.store.path(claim.sha256), found, target)
        blob = runtime.store.put_path(target)
    with transaction("reading.derived") as session:
        results.finish_derivative(session, SYSTEM, claim, blob)


def _progress(claim: JobClaim, done: int, total: int) -> None:
    with transaction("reading.progress") as session:
        jobs.report_progress(session, claim, done, total)


def _fail(runtime: Runtime, claim: JobClaim, code: str, sentence: str) -> None:
    try:
        with transaction("reading.fail") as session:
            rejected = results.fail_reading(session, SYSTEM, claim, code, sentence)
    except LeaseLost:
        return
    if rejected:
        runtime.quarantine.purge(claim.intake_id)


@contextmanager
def _lease_kept(claim: JobClaim) -> Iterator[None]:
    """Prolong the lease while the block runs, from a thread, however slow a page is."""
    done = threading.Event()

    def keep() -> None:
        while not done.wait(KEEP_EVERY):
            try:
                with transaction("reading.keep_lease") as session:
                    jobs.keep_lease(session, claim)
            except LeaseLost:
                return
            except Exception:  # the database may be away: the next beat tries again
                log.exception("could not prolong the lease of job %s", claim.job_id)

    keeper = threading.Thread(target=keep, name=f"lease-{claim.job_id}", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        done.set()
        keeper.join()
