"""Letters as case files and the archive describe them."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.casefiles.documents import DocumentFacts, DocumentFile
from app.casefiles.hooks import DocumentFiled, WorkHandedOver, document_filed, work_handed_over
from app.clock import local
from app.files.models import Blob, BlobState, StoredFile
from app.incoming.models import (
    CLOSED,
    IncomingDocument,
    IncomingStatus,
    LetterFile,
    LetterFileRole,
)
from app.incoming.queries.letters import KIND
from app.registers.queries import type_labels
from app.security import grant, post_term


def letters_as_documents(session: Session, ids: Sequence[int]) -> list[DocumentFacts]:
    """Registered letters with their files, main one first: three queries."""
    letters = session.scalars(
        sa.select(IncomingDocument).where(
            IncomingDocument.id.in_(ids), IncomingDocument.purged_at.is_(None)
        )
    ).all()
    files, types = _files(session, [letter.id for letter in letters]), type_labels(session)
    return [
        DocumentFacts(
            kind=KIND,
            id=letter.id,
            subject=letter.subject_summary,
            type_name=types.get(letter.document_type or "", ""),
            code_number=letter.code_number,
            code_notation=letter.code_notation,
            full_code=letter.full_code,
            issued_on=letter.issued_date,
            organ_name=letter.organ_name,
            signer_name=letter.signer_name,
            signer_position=letter.signer_position,
            priority=letter.urgency,
            pages=letter.page_count,
            arrival_number=letter.arrival_label or "",
            arrival_on=letter.arrival_date,
            due_on=local(letter.due_at).date() if letter.due_at else None,
            to_places=letter.handed_to,
            files=tuple(files[letter.id]),
        )
        for letter in letters
    ]


def _files(session: Session, ids: Sequence[int]) -> dict[int, list[DocumentFile]]:
    """The originals as they came; replaced scans and derivatives are left out."""
    found: dict[int, list[DocumentFile]] = {letter_id: [] for letter_id in ids}
    rows = (
        sa.select(LetterFile.letter_id, StoredFile, Blob.size)
        .join(StoredFile, StoredFile.id == LetterFile.file_id)
        .join(Blob, Blob.sha256 == StoredFile.sha256)
        .where(
            LetterFile.letter_id.in_(found),
            LetterFile.role != LetterFileRole.REPLACED,
            Blob.state == BlobState.STORED,
        )
        .order_by(LetterFile.role != LetterFileRole.MAIN, LetterFile.position, LetterFile.id)
    )
    for letter_id, file, size in session.execute(rows):
        found[letter_id].append(DocumentFile(file.sha256, file.name, file.media_type, size))
    return found


def held_letters(session: Session, post_id: int) -> list[tuple[str, int]]:
    """Letters submitted to a post that are not finished."""
    rows = sa.select(IncomingDocument.id).where(
        IncomingDocument.submitted_to_post_id == post_id,
        IncomingDocument.status.not_in(CLOSED),
    )
    return [(KIND, letter_id) for letter_id in session.scalars(rows.order_by(IncomingDocument.id))]


def on_work_handed_over(session: Session, happened: WorkHandedOver) -> None:
    """Letters submitted to the post now wait for the other one."""
    for _kind, letter_id in held_letters(session, happened.from_post_id):
        letter = session.get_one(IncomingDocument, letter_id)
        letter.submitted_to_post_id = happened.to_post_id
        grant(session, KIND, letter_id, post_term(happened.to_post_id), "handed_over")


def on_document_filed(session: Session, happened: DocumentFiled) -> None:
    """A letter that is done counts as filed once it lies in a case file."""
    if happened.kind != KIND:
        return
    letter = session.get_one(IncomingDocument, happened.thing_id)
    if letter.status is IncomingStatus.DONE:
        letter.become(IncomingStatus.FILED)


def subscribe() -> None:
    """Listen to case files; safe to repeat."""
    document_filed.subscribe(on_document_filed)
    work_handed_over.subscribe(on_work_handed_over)
