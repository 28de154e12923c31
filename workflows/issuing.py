"""Slow work on documents going out: PDF, form check, signature, number, seal. Safe to kill.

What has been reached stands in rows: whoever takes the job up next goes on from there. The number
was given in a transaction of its own; here it is only written into its field.
"""

from __future__ import annotations

import io
import logging
import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from app.clock import today
from app.db import reading, transaction
from app.errors import AppError, RuleViolated
from app.outgoing import checking
from app.outgoing.checking import Expected
from app.outgoing.checking.written import Written, read_written
from app.outgoing.models import DraftFormat, Stage, WorkKind
from app.outgoing.papers import convert, layout
from app.outgoing.papers.facts import padded
from app.outgoing.services import held_versions, jobs, results
from app.outgoing.services.elsewhere import finish_brought
from app.outgoing.services.jobs import WorkClaim
from app.outgoing.services.leases import LeaseLost
from app.outgoing.services.results import Work
from app.outgoing.signing import (
    apply,
    checked,
    fields,
    interrupted,
    keeping,
    places,
    revocation,
    timestamps,
    trust,
)
from app.outgoing.signing.signers import Holder
from ocr import check_first_page
from ocr.errors import FileRefused
from workflows.keys import HeldKey, held_key
from workflows.runtime import Runtime, read_options

if TYPE_CHECKING:
    from pyhanko.sign.timestamps import TimeStamper

log = logging.getLogger(__name__)

URGENCIES = {None: "normal", "KHẨN": "urgent", "THƯỢNG KHẨN": "very_urgent", "HỎA TỐC": "flash"}


def run_next(runtime: Runtime) -> bool:
    """Do the oldest job that waits. Returns whether there was one."""
    with transaction("outgoing.claim") as session:
        claim = jobs.claim_job(session)
    if claim is None:
        return False
    run(runtime, claim)
    return True


def run(runtime: Runtime, claim: WorkClaim) -> None:
    """Do a claimed job. What goes wrong becomes a sentence in its row."""
    try:
        with reading() as session:
            work = results.load_work(session, claim)
        ACTS[claim.kind](runtime, claim, work)
    except LeaseLost:
        log.info("outgoing job %s went to another worker or was cancelled", claim.job_id)
    except AppError as error:
        _fail(claim, error.user_message)
    except Exception:
        log.exception("outgoing job %s (%s) failed", claim.job_id, claim.kind.value)
        _fail(claim, "Chương trình xử lý tệp gặp lỗi. Hãy thử lại, hoặc báo quản trị.")


def _fail(claim: WorkClaim, sentence: str) -> None:
    try:
        with transaction("outgoing.fail") as session:
            jobs.fail(session, claim, sentence)
    except LeaseLost:
        return


def _bytes(runtime: Runtime, sha256: str | None) -> bytes:
    if sha256 is None:
        raise RuleViolated("Phiên bản này chưa có tệp.")
    return runtime.store.path(sha256).read_bytes()


def _convert(runtime: Runtime, claim: WorkClaim, work: Work) -> None:
    if work.format is DraftFormat.HTML:
        pdf = layout.to_pdf(work.facts)
    else:
        pdf = convert.to_pdf(_bytes(runtime, work.source))
    blob = runtime.store.put(io.BytesIO(pdf))
    with transaction("outgoing.converted") as session:
        results.finish_convert(session, claim, blob, _text_of(pdf)[1])


def _check(runtime: Runtime, claim: WorkClaim, work: Work) -> None:
    pdf = _bytes(runtime, work.pdf)
    mark = None if work.cleared else _secrecy_mark(runtime, work)
    if mark is not None:
        with transaction("outgoing.held") as session:
            held_versions.hold_version(session, claim, mark)
        return
    docx = _bytes(runtime, work.source) if work.format is DraftFormat.DOCX else None
    found = checking.check(pdf, docx=docx, expected=expected_of(work), on=today())
    text, pages = _text_of(pdf)
    with transaction("outgoing.checked") as session:
        results.finish_check(session, claim, [one.to_json() for one in found], text, pages)


def _secrecy_mark(runtime: Runtime, work: Work) -> str | None:
    """The word on page 1 that makes the paper secret, certainly or possibly; None without one."""
    if work.pdf is None:
        return None
    try:
        path, options = runtime.store.path(work.pdf), read_options(runtime.settings)
        first = check_first_page(path, options)
    except FileRefused as refused:
        raise RuleViolated(refused.sentence) from refused
    return first.secrecy.word if first.secrecy is not None else None


def expected_of(work: Work) -> Expected:
    """What the system knows of the paper, for the form check."""
    facts = work.facts
    return Expected(
        organ=" ".join(facts.organ.split()),
        notation=facts.notation,
        place=facts.place if facts.place != "…" else None,
        type_name=facts.type_name or "Công văn",
        subject=facts.subject,
        addressees=tuple(facts.addressees),
        authority_lines=tuple(facts.authority_lines) if facts.position else None,
        position=facts.position or None,
        signer_name=facts.signer_name or None,
        urgency=URGENCIES.get(facts.urgency),
    )


def _text_of(pdf: bytes) -> tuple[str, int]:
    """The text of a PDF page by page, and how many pages it has."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()
    return "\n".join(text.replace("\r\n", "\n") for text in pages), len(pages)


def _prepared(runtime: Runtime, claim: WorkClaim, work: Work) -> Work:
    """The document with all its fields, kept before anything is filled: `pdf` of the answer."""
    if work.stage is not None:
        return work
    pdf = _bytes(runtime, work.pdf)
    made = fields.prepare(pdf, places.find(pdf, work.signer_name or None))
    blob = runtime.store.put(io.BytesIO(made))
    with transaction("outgoing.prepared") as session:
        results.keep_prepared(session, claim, blob)
    return replace(work, stage=Stage.PREPARED, pdf=blob.sha256)


def _sign(runtime: Runtime, claim: WorkClaim, work: Work) -> None:
    ready = _prepared(runtime, claim, work)
    with reading() as session:
        results.must_still_sign(session, claim)
    key = _key(runtime, work.signer_login, f"Máy chủ không giữ khóa ký của {work.signer_name}.")
    with key.opened() as signer:
        signed = apply.sign(
            _bytes(runtime, ready.pdf), fields.SIGNER, signer, key.picture, tsa=_clock(runtime)
        )
    _finish(runtime, claim, Stage.SIGNED, signed)


def _stamp(runtime: Runtime, claim: WorkClaim, work: Work) -> None:
    if work.label is None or work.issued_on is None:
        raise RuleViolated("Văn bản chưa có số, ngày.")
    ready = _prepared(runtime, claim, work)
    day = work.issued_on
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    filled = fields.fill_number(
        _bytes(runtime, ready.pdf), padded(work.label), f"{day.day:02d}", month
    )
    _must_equal_register(filled, work.label, day)
    _finish(runtime, claim, Stage.NUMBERED, filled)


def _must_equal_register(pdf: bytes, label: str, day: date) -> None:
    """A number or date that the author typed must not go out beside another in the register."""
    written = read_written(pdf)
    right = Written(label, str(day.day), str(day.month), str(day.year))
    if written != right:
        raise RuleViolated(
            f"Số, ngày trên văn bản ({written.number or '…'}; {written.day or '…'}/"
            f"{written.month or '…'}/{written.year or '…'}) khác sổ đăng ký ({label}; "
            f"{day:%d/%m/%Y}). Hãy hủy số, trả lại người soạn để trống số, ngày."
        )


def _seal(runtime: Runtime, claim: WorkClaim, work: Work) -> None:
    if work.stage is not work.before_seal:
        raise RuleViolated("Văn bản chưa có đủ chữ ký và số trong tệp, chưa đóng dấu được.")
    key = _key(runtime, f"seal-{work.body}", f"Máy chủ không giữ khóa dấu của {work.body}.")
    with key.opened() as signer:
        sealed = apply.sign(
            _bytes(runtime, work.pdf), fields.SEAL, signer, key.picture, tsa=_clock(runtime)
        )
    _finish(runtime, claim, Stage.SEALED, sealed)


def _accept(runtime: Runtime, claim: WorkClaim, work: Work) -> None:
    """Check what the signer brought: a signed PDF, or the answer of the helper program."""
    brought = _bytes(runtime, claim.detail["sha256"])
    holder, folder = Holder(work.signer_name), runtime.settings.var_dir
    if claim.detail["how"] == "helper":
        pending = keeping.kept(folder, claim.detail["stage"])
        if pending is None:
            raise RuleViolated("Chưa tải yêu cầu ký của bản này.")
        brought = interrupted.complete(pending, brought, holder, tsa=_clock(runtime))
    if work.pdf is None:
        raise RuleViolated("Phiên bản này chưa có tệp.")
    trusted = runtime.settings.trust_dir
    roots, lists = trust.load(trusted), revocation.load(trusted)
    with tempfile.TemporaryDirectory(prefix="signed-") as place:
        path = Path(place) / "signed.pdf"
        path.write_bytes(brought)
        try:
            found = checked.accept(
                Path(runtime.store.path(work.pdf)), path, holder, roots, lists,
                need_list=runtime.settings.revocation_required,
            )  # fmt: skip
        except FileRefused as refused:
            raise RuleViolated(refused.sentence) from refused
    blob = runtime.store.put(io.BytesIO(brought))
    with transaction("outgoing.signed_elsewhere") as session:
        finish_brought(
            session, claim, blob, found.signature.fingerprint, listed_on=found.signature.listed_on
        )
    keeping.forget(folder, claim.detail["stage"])


def _finish(runtime: Runtime, claim: WorkClaim, stage: Stage, pdf: bytes) -> None:
    blob = runtime.store.put(io.BytesIO(pdf))
    with transaction("outgoing.stage") as session:
        results.finish_stages(session, claim, [(stage, blob)])


def _key(runtime: Runtime, name: str, missing: str) -> HeldKey:
    return held_key(runtime.settings.var_dir / "keys", name, missing)


def _clock(runtime: Runtime) -> TimeStamper | None:
    """The authority that vouches for the time, if one is configured."""
    url = runtime.settings.tsa_url
    return timestamps.authority(url) if url else None


ACTS = {
    WorkKind.CONVERT: _convert,
    WorkKind.CHECK: _check,
    WorkKind.SIGN: _sign,
    WorkKind.STAMP: _stamp,
    WorkKind.SEAL: _seal,
    WorkKind.ACCEPT: _accept,
}
