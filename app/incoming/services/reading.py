"""What a worker writes: the verdict on page 1, the text and the fields, the searchable copy."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit, outbox
from app.clock import now
from app.files.models import FileRole, StoredFile
from app.files.services import record_file
from app.files.store import StoredBlob
from app.incoming.mending import mend
from app.incoming.models import (
    HeldReason,
    IncomingDocument,
    IntakeItem,
    IntakeState,
    JobKind,
    JobState,
    PageText,
    ReadingResult,
)
from app.incoming.queries import ledger
from app.incoming.queries.letters import KIND
from app.incoming.queries.text import proposed_form
from app.incoming.services import correcting, intake, jobs
from app.incoming.services.jobs import JobClaim
from app.notifications.services import notify
from app.organisation.queries import posts_with_role
from app.security import Actor, Role
from ocr import Reading, SecrecyMark

UNANSWERED = timedelta(minutes=30)
REFUSED_FOR_GOOD = frozenset({"encrypted", "broken", "empty", "zero_pages", "not_a_document"})
"""Codes of the reader that end a file's way. The others leave it to a person."""


def hold_for_mark(session: Session, actor: Actor, claim: JobClaim, mark: SecrecyMark) -> IntakeItem:
    """Keep a file in quarantine because page 1 bears, or may bear, a secrecy mark.

    A certain mark is purged when nobody answers for 30 minutes. Raises LeaseLost.
    """
    job = jobs.held_job(session, claim)
    item = ledger.get_intake(session, claim.intake_id)
    certain = mark.kind == "certain"
    item.hold(
        HeldReason.CERTAIN if certain else HeldReason.POSSIBLE,
        mark.word[:40],
        now() + UNANSWERED if certain else None,
    )
    jobs.finish(job)
    audit.record(session, actor, "intake.held", item.id, how=item.held_reason.value)  # type: ignore[union-attr]
    tell_clerks(session, item)
    announce(session, item)
    return item


def hold_attachment(
    session: Session, actor: Actor, claim: JobClaim, mark: SecrecyMark | None
) -> IntakeItem:
    """Keep an attachment in quarantine: its text bears a mark, or nobody could look into it.

    Raises LeaseLost.
    """
    if mark is not None:
        return hold_for_mark(session, actor, claim, mark)
    job = jobs.held_job(session, claim)
    item = ledger.get_intake(session, claim.intake_id)
    item.hold(HeldReason.POSSIBLE, None, None)
    jobs.finish(job)
    audit.record(session, actor, "intake.held", item.id, how="unseen")
    tell_clerks(session, item)
    announce(session, item)
    return item


def pass_attachment(session: Session, actor: Actor, claim: JobClaim, blob: StoredBlob) -> None:
    """Keep an attachment that bears no mark, or was released. Its bytes lie in the store already.

    Raises LeaseLost.
    """
    job = jobs.held_job(session, claim)
    jobs.finish(job)
    item = ledger.get_intake(session, claim.intake_id)
    earlier = ledger.same_bytes(session, blob.sha256, item.id)
    if earlier is not None and earlier.id < item.id and earlier.file_id is not None:
        intake.mark_duplicate(session, item, earlier)
    else:
        intake.store_intake(session, actor, intake_id=item.id, blob=blob, to_be_read=False)
    announce(session, item)


def tell_clerks(session: Session, item: IntakeItem) -> None:
    """Say that a file waits for “mật hay không”; the notice names nothing of it."""
    clerks = [post.id for post in posts_with_role(session, Role.CLERK)]
    certain = item.held_reason is HeldReason.CERTAIN
    title = "Có tệp mang dấu mật" if certain else "Có tệp cần xác định có mật hay không"
    notify(
        session,
        event="intake.held",
        kind=intake.INTAKE,
        thing_id=item.id,
        title=f"{title}: hãy xác nhận ở mục Văn bản đến.",
        post_ids=clerks,
        urgent=certain,
    )


def pass_quarantine(
    session: Session, actor: Actor, claim: JobClaim, blob: StoredBlob, page_count: int
) -> bool:
    """Page 1 is clean: keep the bytes, which lie in the store already. Raises LeaseLost.

    Returns whether the reading goes on; False when the same bytes came by another way meanwhile.
    """
    job = jobs.held_job(session, claim)
    jobs.extend(job)
    job.page_total = page_count
    item = ledger.get_intake(session, claim.intake_id)
    earlier = ledger.same_bytes(session, blob.sha256, item.id)
    if earlier is not None and earlier.id < item.id and earlier.file_id is not None:
        jobs.finish(job)
        intake.mark_duplicate(session, item, earlier)
        announce(session, item)
        return False
    intake.store_intake(session, actor, intake_id=item.id, blob=blob, page_count=page_count)
    item.state = IntakeState.READING
    return True


def finish_reading(session: Session, actor: Actor, claim: JobClaim, reading: Reading) -> IntakeItem:
    """Keep text, words, fields and signatures; the form can be filled. Raises LeaseLost.

    A letter that has been registered meanwhile keeps what its clerk typed.
    """
    job = jobs.held_job(session, claim)
    item = ledger.get_intake(session, claim.intake_id)
    file_id = item.file_id
    assert file_id is not None  # noqa: S101  (only stored files are read to the end)
    job.page_done = job.page_total = reading.page_count or len(reading.pages)
    store_reading(session, file_id, reading)
    jobs.finish(job)
    item.pages = reading.page_count or len(reading.pages)
    if item.state is not IntakeState.REGISTERED:
        item.state = IntakeState.READ
    session.get_one(StoredFile, file_id).page_count = item.pages
    if any(page.source != "embedded" for page in reading.pages):
        jobs.enqueue(session, item, JobKind.DERIVE)  # a born-digital file is searchable itself
    audit.record(session, actor, "intake.read", item.id, pages=item.pages)
    _prefill(session, item, reading)
    announce(session, item)
    return item


def store_reading(session: Session, file_id: int, reading: Reading) -> None:
    """Write pages and fields of a file in place of what was read before.

    Words that people have put right stay right; what is doubtful waits in “Cần xem lại”.
    """
    for table in (PageText, ReadingResult):
        session.execute(sa.delete(table).where(table.file_id == file_id))
    corrected = correcting.corrections_of(session, file_id)
    for page in reading.pages:
        read = [word.to_json() for word in page.words]
        text, words = mend(page.text, read, corrected.get(page.number, ()))
        session.add(
            PageText(
                file_id=file_id,
                number=page.number,
                text=text,
                packed_words=PageText.pack(words),
                source=page.source,
                confidence=page.confidence,
                width_px=page.width_px,
                height_px=page.height_px,
                dpi=page.dpi,
                angle=page.angle,
            )
        )
    letters = sum(len(page.text) for page in reading.pages)
    weighted = sum(page.confidence * len(page.text) for page in reading.pages)
    session.add(
        ReadingResult(
            file_id=file_id,
            fields={name: field.to_json() if field else None
                    for name, field in reading.fields.items()},
            signatures=[signature.to_json() for signature in reading.signatures],
            warnings=list(reading.warnings),
            page_count=reading.page_count or len(reading.pages),
            confidence=weighted / letters if letters else 0.0,
            elapsed_s=reading.elapsed_s,
            read_at=now(),
        )
    )  # fmt: skip
    correcting.note_doubts(session, file_id, reading)
    session.flush()


def _prefill(session: Session, item: IntakeItem, reading: Reading) -> None:
    """Let the list show what a draft is about. The form takes the fields with their doubts."""
    if item.letter_id is None:
        return
    letter = session.get_one(IncomingDocument, item.letter_id)
    if letter.registered or letter.main_file_id != item.file_id:
        return
    form = proposed_form(session, letter)
    letter.subject_summary = form.value("subject_summary") or ""
    letter.organ_name = form.value("organ_name") or ""
    letter.code_number = (form.value("code_number") or "")[:40]
    letter.code_notation = (form.value("code_notation") or "")[:60]
    letter.urgency = form.value("urgency")
    letter.page_count = item.pages


def fail_reading(session: Session, actor: Actor, claim: JobClaim, code: str, sentence: str) -> bool:
    """The reader refused the file: end its way, or leave it to a person. Raises LeaseLost.

    Returns whether the file was rejected; the entry point removes its quarantine folder then.
    """
    job = jobs.held_job(session, claim)
    jobs.finish(job, JobState.FAILED, f"{code}: {sentence}"[:500])
    item = ledger.get_intake(session, claim.intake_id)
    if item.file_id is None and code in REFUSED_FOR_GOOD:
        intake.reject_intake(session, actor, intake_id=item.id, code=code)
        return True
    if claim.kind is not JobKind.READ:
        return False  # the original is there and readable; only the searchable copy is missing
    jobs.leave_to_person(item)
    audit.record(session, actor, "intake.unread", item.id, code=code)
    if item.held:
        tell_clerks(session, item)
    announce(session, item)
    return False


def finish_derivative(
    session: Session, actor: Actor, claim: JobClaim, blob: StoredBlob
) -> StoredFile:
    """Keep the searchable PDF beside the untouched original. Raises LeaseLost."""
    job = jobs.held_job(session, claim)
    item = ledger.get_intake(session, claim.intake_id)
    original = session.get_one(StoredFile, claim.file_id)
    stem = original.name.rpartition(".")[0] or original.name
    derived = record_file(
        session,
        actor,
        blob,
        name=f"{stem} (tìm được).pdf",
        media_type="application/pdf",
        role=FileRole.SEARCHABLE,
        kind=KIND,
        thing_id=original.thing_id,
        derived_from_id=original.id,
        page_count=original.page_count,
    )
    jobs.finish(job)
    announce(session, item)
    return derived


def announce(session: Session, item: IntakeItem) -> None:
    """Let open pages and the index know."""
    outbox.changed(session, intake.INTAKE, item.id)
    if item.letter_id is not None:
        outbox.changed(session, KIND, item.letter_id)
