"""Receiving files: the row first, then the bytes, then the decision what they are."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app import audit, outbox
from app.clock import now
from app.errors import RuleViolated
from app.files.models import FileRole, StoredFile
from app.files.services import record_file
from app.files.store import StoredBlob
from app.incoming import permissions
from app.incoming.models import (
    IncomingDocument,
    IntakeItem,
    IntakeSource,
    IntakeState,
    JobKind,
    LetterFileRole,
)
from app.incoming.queries import ledger
from app.incoming.queries.letters import KIND
from app.incoming.services import drafts, jobs
from app.security import ORGAN, Actor, authorize, grant
from ocr import FileRefused, FileType

INTAKE = "intake"


@dataclass(frozen=True, slots=True)
class Arrival:
    """What is known of a file before its first byte. `letter_id` adds it to a draft."""

    file_name: str
    source: IntakeSource
    source_name: str = ""
    source_path: str | None = None
    letter_id: int | None = None
    split_from_id: int | None = None


def tidy_name(name: str) -> str:
    """A file name without folders and control characters, at most 255 characters, NFC."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join(char for char in last if unicodedata.category(char)[0] != "C").strip()
    if len(clean) <= 255:
        return clean or "tep"
    stem, dot, ending = clean.rpartition(".")
    return f"{stem[: 254 - len(ending)]}{dot}{ending}" if len(ending) < 20 else clean[:255]


def receive(session: Session, actor: Actor, arrival: Arrival) -> IntakeItem:
    """Write the ledger row of a file that begins to arrive, and the draft it belongs to."""
    actor = authorize(actor, permissions.REGISTER)
    item = IntakeItem(
        state=IntakeState.RECEIVED,
        source=arrival.source,
        source_name=arrival.source_name[:200],
        source_path=arrival.source_path,
        file_name=tidy_name(arrival.file_name),
        received_at=now(),
        by_person_id=actor.person_id,
        post_id=actor.post_id,
        split_from_id=arrival.split_from_id,
    )
    session.add(item)
    session.flush()
    grant(session, INTAKE, item.id, ORGAN, "received")
    role = LetterFileRole.MAIN
    if arrival.letter_id is None:
        letter = drafts.new_draft(session)
    else:
        letter = session.get_one(IncomingDocument, arrival.letter_id)
        drafts.must_be_draft(letter)
        if drafts.files_of_letter(session, letter.id):
            role = LetterFileRole.ATTACHMENT
    drafts.add_file(session, letter, item, role)
    audit.record(session, actor, "intake.received", item.id, source=arrival.source.value)
    outbox.changed(session, KIND, letter.id)
    return item


def arrived(
    session: Session, actor: Actor, *, intake_id: int, blob: StoredBlob, file_type: FileType
) -> IntakeItem:
    """Note that all bytes lie in quarantine, and decide what happens to them.

    Afterwards the state is QUARANTINED (a reading is queued, or, for a file that cannot be read
    but kept, the entry point stores it), DUPLICATE or REJECTED. Repeating it changes nothing.
    """
    item = ledger.get_intake(session, intake_id)
    if item.state is not IntakeState.RECEIVED:
        return item
    item.sha256, item.size, item.media_type = blob.sha256, blob.size, file_type.media_type
    item.arrived_at, item.state = now(), IntakeState.QUARANTINED
    audit.record(session, actor, "intake.arrived", item.id, sha256=blob.sha256, size=blob.size)
    earlier = ledger.same_bytes(session, blob.sha256, item.id)
    if blob.size == 0:
        reject_intake(session, actor, intake_id=item.id, code="empty")
    elif earlier is not None:
        mark_duplicate(session, item, earlier)
    elif not file_type.attachable:
        reject_intake(session, actor, intake_id=item.id, code="not_a_document")
    elif file_type.readable:
        jobs.enqueue(session, item, JobKind.READ)
    _announce(session, item)
    return item


def store_intake(
    session: Session,
    actor: Actor,
    *,
    intake_id: int,
    blob: StoredBlob,
    page_count: int | None = None,
    to_be_read: bool = True,
) -> IntakeItem:
    """Keep a file that has passed quarantine; its bytes are in the store already.

    Afterwards the state is STORED when its text is still to be read, REVIEW when it is not, or
    DUPLICATE when the same bytes came in by another way meanwhile. Repeating it changes nothing.
    """
    item = ledger.get_intake(session, intake_id)
    if item.settled or item.file_id is not None:
        return item
    if item.held:
        raise RuleViolated("Tệp đang bị giữ lại, chưa được lưu.")
    file = record_file(
        session,
        actor,
        blob,
        name=item.file_name,
        media_type=item.media_type,
        role=FileRole.MAIN,
        kind=KIND,
        thing_id=item.letter_id,
        page_count=page_count,
    )
    item.file_id, item.pages = file.id, page_count
    item.state = IntakeState.STORED if to_be_read else IntakeState.REVIEW
    _place(session, item, file)
    audit.record(session, actor, "intake.stored", item.id, file=file.id)
    _announce(session, item)
    return item


def _place(session: Session, item: IntakeItem, file: StoredFile) -> None:
    """Let the draft know the stored file."""
    placed = drafts.file_of_intake(session, item.id)
    placed.file_id = file.id
    if placed.role is LetterFileRole.MAIN:
        session.get_one(IncomingDocument, placed.letter_id).main_file_id = file.id
    else:
        file.role = FileRole.ATTACHMENT


def reject_intake(
    session: Session, actor: Actor, *, intake_id: int, code: str, reason: str | None = None
) -> IntakeItem:
    """End the way of a file with a sentence: `reason`, else that of the reader's code.

    The row stays in the ledger; the draft loses the file. The entry point removes the bytes that
    are still in quarantine.
    """
    item = ledger.get_intake(session, intake_id)
    item.reject(code, reason or FileRefused(code).sentence)
    jobs.cancel(session, item.id)
    _leave_draft(session, item)
    audit.record(session, actor, "intake.rejected", item.id, code=code)
    _announce(session, item)
    return item


def reject_letter(session: Session, actor: Actor, *, letter_id: int, reason: str) -> list[int]:
    """Refuse a draft with all its files. Returns the ids of the ledger rows.

    Raises RuleViolated without a reason, or for a registered letter.
    """
    actor = authorize(actor, permissions.REGISTER)
    if not reason.strip():
        raise RuleViolated("Phải ghi lý do từ chối.")
    letter = session.get_one(IncomingDocument, letter_id)
    drafts.must_be_draft(letter)
    ids = [file.intake_id for file in drafts.files_of_letter(session, letter_id)]
    for intake_id in ids:
        reject_intake(session, actor, intake_id=intake_id, code="refused", reason=reason.strip())
    if not ids:
        drafts.drop(session, letter)
    audit.record(session, actor, "incoming.refused", letter_id)
    return ids


def mark_duplicate(session: Session, item: IntakeItem, earlier: IntakeItem) -> None:
    """Say that these bytes came before; they are not stored twice."""
    item.state, item.duplicate_of_id = IntakeState.DUPLICATE, earlier.id
    item.settled_at = now()
    jobs.cancel(session, item.id)
    _leave_draft(session, item)


def keep_duplicate(
    session: Session, actor: Actor, *, intake_id: int, reason: str
) -> IncomingDocument:
    """Make a draft of a double file all the same, on the bytes that are there.

    Raises RuleViolated without a reason, for a file that is no duplicate, or when the earlier
    file has not passed quarantine yet.
    """
    actor = authorize(actor, permissions.REGISTER)
    item = ledger.get_intake(session, intake_id)
    if item.state is not IntakeState.DUPLICATE or item.duplicate_of_id is None:
        raise RuleViolated("Tệp này không phải bản trùng.")
    if not reason.strip():
        raise RuleViolated("Phải ghi lý do giữ bản trùng.")
    earlier = ledger.get_intake(session, item.duplicate_of_id)
    if earlier.file_id is None or item.sha256 is None:
        raise RuleViolated("Bản đến trước chưa được kiểm tra xong. Hãy thử lại sau.")
    letter = drafts.new_draft(session)
    item.state, item.settled_at = IntakeState.QUARANTINED, None
    drafts.add_file(session, letter, item, LetterFileRole.MAIN)
    blob = StoredBlob(item.sha256, item.size)
    store_intake(session, actor, intake_id=item.id, blob=blob, page_count=earlier.pages)
    jobs.enqueue(session, item, JobKind.READ)
    audit.record(session, actor, "intake.kept_double", item.id, of=earlier.id)
    outbox.changed(session, KIND, letter.id)
    return letter


def note_source_moved(session: Session, *, intake_id: int, path: str) -> None:
    """The watched file lies elsewhere now: a purge must find it there."""
    ledger.get_intake(session, intake_id).source_path = path


def give_up_unfinished(session: Session, actor: Actor, *, intake_id: int) -> IntakeItem:
    """End a row whose bytes never came to their end: the connection broke."""
    item = ledger.get_intake(session, intake_id)
    if item.state is IntakeState.RECEIVED:
        reject_intake(
            session,
            actor,
            intake_id=intake_id,
            code="unfinished",
            reason="Tệp chưa gửi xong thì mất kết nối. Đề nghị gửi lại.",
        )
    return item


def _leave_draft(session: Session, item: IntakeItem) -> None:
    letter_id = item.letter_id
    drafts.take_out(session, item)
    if letter_id is not None:
        outbox.changed(session, KIND, letter_id)


def _announce(session: Session, item: IntakeItem) -> None:
    outbox.changed(session, INTAKE, item.id)
    if item.letter_id is not None:
        outbox.changed(session, KIND, item.letter_id)
