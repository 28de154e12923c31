"""Signed elsewhere: what the signer did with their own tool or token comes back to the document."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit, outbox
from app.errors import PermissionDenied, RuleViolated
from app.files.models import FileRole
from app.files.services import record_file
from app.files.store import StoredBlob
from app.organisation.queries.actors import actor_for
from app.outgoing import permissions
from app.outgoing.models import (
    Medium,
    OutgoingDocument,
    OutgoingJob,
    OutgoingStatus,
    PaperStage,
    Stage,
    WorkKind,
    WorkState,
)
from app.outgoing.queries.documents import KIND, get_document
from app.outgoing.services import jobs, moving
from app.outgoing.services.authority import must_still_sign
from app.outgoing.services.issuing import note_signed, record_stage
from app.outgoing.services.jobs import WorkClaim
from app.security import Actor, authorize

S = OutgoingStatus


def waits_for_signature(document: OutgoingDocument, stage: PaperStage | None) -> bool:
    """Whether the personal signature is what an approved electronic document lacks now."""
    return (
        document.medium is Medium.ELECTRONIC
        and document.status in (S.APPROVED, S.NUMBERED)
        and document.signed_at is None
        and stage is not None
        and stage.stage is (Stage.NUMBERED if document.numbered else Stage.PREPARED)
    )


def stage_to_sign(session: Session, actor: Actor, document: OutgoingDocument) -> PaperStage:
    """The bytes that the signer signs.

    Raises:
        PermissionDenied: the document waits for somebody else's signature.
        RuleViolated: it is not ready to be signed, or signed already, or the signer's authority
            has ended.
    """
    mine = document.signer_person_id in (None, actor.person_id)
    if document.signer_post_id not in actor.post_ids or not mine:
        raise PermissionDenied(f"person {actor.person_id} does not sign outgoing {document.id}")
    authorize(actor, permissions.SIGN, post_id=document.signer_post_id)
    stage = moving.newest_stage(session, document.id)
    if stage is None or not waits_for_signature(document, stage):
        raise RuleViolated("Văn bản không ở bước ký. Hãy tải lại trang.")
    must_still_sign(session, document)
    return stage


def bring_signed(
    session: Session,
    actor: Actor,
    *,
    document_id: int,
    stage_id: int,
    blob: StoredBlob,
    how: str,
) -> OutgoingJob:
    """Keep what the signer brought back for the stage `stage_id` and let a worker check it.

    `how` is "own_tool" for a signed PDF or "helper" for the helper program's answer. What was
    brought before and is not checked yet counts no more.

    Raises RuleViolated when the document went on meanwhile, PermissionDenied.
    """
    document = get_document(session, actor, document_id)
    _same_stage(session, actor, document, stage_id)
    actor = authorize(actor, permissions.SIGN, post_id=document.signer_post_id)
    name = f"nop-{how}-{document.id}"
    file = record_file(
        session, actor, blob, name=name, media_type="application/octet-stream",
        role=FileRole.ATTACHMENT, kind=KIND, thing_id=document.id,
    )  # fmt: skip
    jobs.cancel(session, document.id, WorkKind.ACCEPT)
    audit.record(session, actor, "outgoing.signed_copy_brought", document.id, file=file.id, how=how)
    outbox.changed(session, KIND, document.id)
    return jobs.enqueue(
        session, actor, document.id, WorkKind.ACCEPT, document.approved_no or 0,
        stage=stage_id, sha256=blob.sha256, how=how, post=document.signer_post_id,
    )  # fmt: skip


def finish_brought(
    session: Session,
    claim: WorkClaim,
    blob: StoredBlob,
    fingerprint: str,
    *,
    listed_on: str | None,
) -> OutgoingDocument:
    """What was brought is the document with one good signature: it goes on.

    `listed_on` is the ISO time of the revocation list that was asked; None: there was none.

    Raises LeaseLost, and what `hand_in_signed` raises: rights may have ended meanwhile.
    """
    job, detail = jobs.held_job(session, claim), claim.detail
    actor = actor_for(session, claim.asked_by or 0, detail["post"])
    jobs.end(job)
    return hand_in_signed(
        session, actor, document_id=claim.document_id, stage_id=detail["stage"], blob=blob,
        how=detail["how"], fingerprint=fingerprint, listed_on=listed_on,
    )  # fmt: skip


def _same_stage(
    session: Session, actor: Actor, document: OutgoingDocument, stage_id: int
) -> PaperStage:
    stage = stage_to_sign(session, actor, document)
    if stage.id != stage_id:
        raise RuleViolated("Văn bản đã thay đổi sau khi tải xuống. Hãy tải lại và ký bản mới.")
    return stage


def hand_in_signed(
    session: Session,
    actor: Actor,
    *,
    document_id: int,
    stage_id: int,
    blob: StoredBlob,
    how: str,
    fingerprint: str,
    listed_on: str | None = None,
) -> OutgoingDocument:
    """Keep a signed document that was checked against the stage `stage_id` before; go on.

    `how` is "own_tool" or "helper", `fingerprint` that of the signer's certificate, `listed_on` as
    for `finish_brought`: the stage keeps it, the page says whether revocation was checked.

    Raises RuleViolated when the document went on meanwhile, PermissionDenied.
    """
    document = get_document(session, actor, document_id)
    _same_stage(session, actor, document, stage_id)
    actor = authorize(actor, permissions.SIGN, post_id=document.signer_post_id)
    record_stage(
        session, actor, document, Stage.SIGNED, blob, how=how, certificate=fingerprint,
        listed_on=listed_on,
    )  # fmt: skip
    _end_signing(session, document.id)
    note_signed(session, actor, document)
    if document.numbered:
        jobs.enqueue(session, actor, document.id, WorkKind.SEAL, document.approved_no or 0)
    return document


def _end_signing(session: Session, document_id: int) -> None:
    """The server need not sign any more; a worker that is about to finds its lease gone."""
    rows = sa.select(OutgoingJob).where(
        OutgoingJob.document_id == document_id,
        OutgoingJob.kind == WorkKind.SIGN,
        OutgoingJob.state != WorkState.DONE,
    )
    for job in session.scalars(rows.with_for_update()):
        jobs.end(job)
