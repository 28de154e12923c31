"""Failed work once more, because a person asked for it."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit
from app.errors import RuleViolated
from app.outgoing import permissions
from app.outgoing.models import (
    IN_REVIEW,
    OutgoingDocument,
    OutgoingJob,
    OutgoingStatus,
    WorkKind,
    WorkState,
)
from app.outgoing.queries.documents import get_document
from app.outgoing.services import jobs
from app.outgoing.services.drafts import may_write, newest_no
from app.security import Actor, authorize

S = OutgoingStatus
OF_A_VERSION = frozenset({WorkKind.CONVERT, WorkKind.CHECK})
FITS: dict[WorkKind, frozenset[OutgoingStatus]] = {
    WorkKind.CONVERT: IN_REVIEW | {S.DRAFT, S.APPROVED},
    WorkKind.CHECK: IN_REVIEW | {S.DRAFT, S.APPROVED},
    WorkKind.SIGN: frozenset({S.APPROVED, S.NUMBERED}),
    WorkKind.ACCEPT: frozenset({S.APPROVED, S.NUMBERED}),
    WorkKind.STAMP: frozenset({S.NUMBERED}),
    WorkKind.SEAL: frozenset({S.NUMBERED}),
}
"""In which states a document still needs the work."""


def retry(session: Session, actor: Actor, *, document_id: int, kind: WorkKind) -> OutgoingJob:
    """Do failed work once more.

    Raises:
        PermissionDenied: it is not the actor's part of the document.
        RuleViolated: nothing failed, or the document has gone past it.
    """
    document = get_document(session, actor, document_id)
    actor = _as_responsible(actor, document, kind)
    last = session.scalar(
        sa.select(OutgoingJob)
        .filter_by(document_id=document.id, kind=kind)
        .order_by(OutgoingJob.id.desc())
        .limit(1)
    )
    if last is None or last.state not in (WorkState.FAILED, WorkState.DEAD):
        raise RuleViolated("Không có việc nào cần làm lại.")
    if not _still_needed(session, document, last):
        raise RuleViolated("Văn bản đã sang bước khác, việc này không cần làm lại.")
    audit.record(session, actor, "outgoing.retried", document.id, job=kind.value)
    return jobs.enqueue(
        session, actor, document.id, kind, last.version_no, **dict(last.detail or {})
    )


def _as_responsible(actor: Actor, document: OutgoingDocument, kind: WorkKind) -> Actor:
    """PDF and form check: who writes the draft, or checks forms. Signature: the signer or the
    clerk. Number and seal: the clerk."""
    if kind in OF_A_VERSION:
        if may_write(actor, document):
            return authorize(actor, permissions.DRAFT, post_id=document.drafter_post_id)
        return authorize(actor, permissions.CHECK_FORM)
    if kind in (WorkKind.SIGN, WorkKind.ACCEPT) and document.signer_post_id in actor.post_ids:
        return authorize(actor, permissions.SIGN, post_id=document.signer_post_id)
    return authorize(actor, permissions.ISSUE)


def _still_needed(session: Session, document: OutgoingDocument, job: OutgoingJob) -> bool:
    if document.status not in FITS[job.kind]:
        return False
    if job.kind in OF_A_VERSION:
        return job.version_no == newest_no(session, document.id)
    if job.version_no != document.approved_no:
        return False
    if job.kind in (WorkKind.SIGN, WorkKind.ACCEPT):
        return document.signed_at is None
    return job.kind is WorkKind.STAMP or document.signed_at is not None
