"""Documents going out as case files and the archive describe them."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.casefiles.documents import DocumentFacts, DocumentFile
from app.casefiles.hooks import WorkHandedOver, work_handed_over
from app.files.models import Blob, BlobState, StoredFile
from app.organisation.models import IssuingBody
from app.outgoing.models import (
    IN_REVIEW,
    OPEN,
    Decision,
    DraftVersion,
    OutgoingDocument,
    OutgoingStatus,
    PaperStage,
    Recipient,
    ReviewStep,
)
from app.outgoing.queries.documents import KIND
from app.outgoing.services import gate
from app.registers.queries import type_labels
from app.security import grant, post_term

NOT_AGREED = IN_REVIEW | {OutgoingStatus.DRAFT}


def outgoing_as_documents(session: Session, ids: Sequence[int]) -> list[DocumentFacts]:
    """Documents with the file that counts now, signed or not: a constant number of queries."""
    documents = session.scalars(
        sa.select(OutgoingDocument).where(OutgoingDocument.id.in_(ids))
    ).all()
    found = [document.id for document in documents]
    types, files, places = type_labels(session), _files(session, found), _places(session, found)
    bodies = dict(session.execute(sa.select(IssuingBody.id, IssuingBody.name)).tuples().all())
    return [
        DocumentFacts(
            kind=KIND,
            id=document.id,
            subject=document.subject_summary,
            type_name=types.get(document.document_type, ""),
            code_number=document.code_label or "",
            code_notation=document.code_notation,
            full_code=document.full_code if document.numbered else "",
            issued_on=document.issued_date,
            organ_name=bodies.get(document.issuing_body_id, ""),
            signer_name=document.signer_name,
            signer_position=document.signer_position,
            priority=document.urgency,
            pages=document.page_count,
            to_places="; ".join(places.get(document.id, ())),
            files=(files[document.id],) if document.id in files else (),
        )
        for document in documents
    ]


def _places(session: Session, ids: Sequence[int]) -> dict[int, list[str]]:
    """The recipients' names in the order of “Nơi nhận”."""
    found: dict[int, list[str]] = {}
    rows = (
        sa.select(Recipient.document_id, Recipient.name)
        .where(Recipient.document_id.in_(ids))
        .order_by(Recipient.document_id, Recipient.position)
    )
    for document_id, name in session.execute(rows):
        found.setdefault(document_id, []).append(name)
    return found


def _files(session: Session, ids: Sequence[int]) -> dict[int, DocumentFile]:
    """The bytes of the newest stage that counts, else the PDF of the newest version."""
    versions = (
        sa.select(DraftVersion.document_id, DraftVersion.pdf_file_id)
        .where(DraftVersion.document_id.in_(ids), DraftVersion.pdf_file_id.is_not(None))
        .order_by(DraftVersion.no)
    )
    stages = (
        sa.select(PaperStage.document_id, PaperStage.file_id)
        .where(PaperStage.document_id.in_(ids), PaperStage.dropped_at.is_(None))
        .order_by(PaperStage.id)
    )
    newest: dict[int, int] = {}
    for rows in (versions, stages):  # later rows take the place of earlier ones
        newest.update({id_: file_id for id_, file_id in session.execute(rows) if file_id})
    files = (
        sa.select(StoredFile, Blob.size)
        .join(Blob, Blob.sha256 == StoredFile.sha256)
        .where(StoredFile.id.in_(newest.values()), Blob.state == BlobState.STORED)
    )
    stored = {
        file.id: DocumentFile(file.sha256, file.name, file.media_type, size)
        for file, size in session.execute(files)
    }
    return {id_: stored[file_id] for id_, file_id in newest.items() if file_id in stored}


def held_documents(session: Session, post_id: int) -> list[tuple[str, int]]:
    """Documents that a post writes, is to sign, or has to decide on."""
    waiting = sa.select(ReviewStep.document_id).where(
        ReviewStep.post_id == post_id, ReviewStep.decision == Decision.WAITING
    )
    rows = sa.select(OutgoingDocument.id).where(
        sa.or_(
            sa.and_(OutgoingDocument.drafter_post_id == post_id, OutgoingDocument.status.in_(OPEN)),
            sa.and_(
                OutgoingDocument.signer_post_id == post_id,
                OutgoingDocument.status.in_(NOT_AGREED),
            ),
            OutgoingDocument.id.in_(waiting),
        )
    )
    return [(KIND, id_) for id_ in session.scalars(rows.order_by(OutgoingDocument.id))]


def on_work_handed_over(session: Session, happened: WorkHandedOver) -> None:
    """Drafts, decisions and signatures that waited for the post now wait for the other one. What
    the leader has agreed to stays with who agreed: their signature is on its way."""
    was, becomes = happened.from_post_id, happened.to_post_id
    for _kind, document_id in held_documents(session, was):
        document = session.get_one(OutgoingDocument, document_id)
        if document.drafter_post_id == was:
            document.drafter_post_id = becomes
        if document.signer_post_id == was and document.status in NOT_AGREED:
            document.signer_post_id = becomes
            gate.check_again(session, happened.actor, document)  # the page bears a name
        waiting = sa.select(ReviewStep).filter_by(
            document_id=document_id, post_id=was, decision=Decision.WAITING
        )
        for step in session.scalars(waiting):
            step.post_id = becomes
        grant(session, KIND, document_id, post_term(becomes), "handed_over")


def subscribe() -> None:
    """Listen to case files; safe to repeat."""
    work_handed_over.subscribe(on_work_handed_over)
