"""A letter was secret: no word of it stays in the drafts that answer it."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit, outbox
from app.clock import now
from app.files.queries import files_of
from app.files.services import purge_own_files
from app.incoming.models import IncomingDocument
from app.outgoing.models import (
    GONE_OUT,
    Decision,
    DraftComment,
    DraftVersion,
    OpinionRequest,
    OutgoingDocument,
    OutgoingJob,
    OutgoingStatus,
    PaperStage,
    ReviewStep,
)
from app.outgoing.queries.documents import KIND
from app.outgoing.services import jobs, moving
from app.registers import services as registers
from app.security import SYSTEM
from app.tasks import custody
from app.tasks.services import PURGED, forget_thing

REASON = "Dự thảo trả lời một văn bản mật: nội dung đã xóa."
LOOK = "Văn bản đã phát hành trả lời một văn bản mật đã xóa"


def forget_drafts_of(session: Session, letter_id: int) -> list[int] | None:
    """Blank and cancel what answers a purged letter and has not gone out; a number is voided.

    What has gone out lies in other hands: it stays, and the clerks are told to look at it.
    Repeating it is harmless. Returns the ids of the stages whose requests for a signature are to be
    removed from the folder; None when no draft is concerned.
    """
    letter = session.get(IncomingDocument, letter_id)
    if letter is None or letter.purged_at is None:  # an enclosure was purged, not the letter
        return None
    rows = sa.select(OutgoingDocument).filter_by(answers_incoming_id=letter_id)
    found = session.scalars(rows.order_by(OutgoingDocument.id).with_for_update()).all()
    for document in (one for one in found if one.status in GONE_OUT):
        _tell_once(session, document)
    gone = [one for one in found if one.status not in GONE_OUT]
    if not gone:
        return None
    for document in gone:
        _blank(session, document)
    session.flush()
    ids = [one.id for one in gone]
    return list(session.scalars(sa.select(PaperStage.id).where(PaperStage.document_id.in_(ids))))


def _tell_once(session: Session, document: OutgoingDocument) -> None:
    told = sa.select(audit.AuditLog.id).filter_by(
        action="outgoing.answers_purged", thing_id=document.id
    )
    if session.scalar(told.limit(1)) is not None:
        return
    posts = [post.id for post in moving.office_posts(session)]
    moving.tell(
        session, document, "outgoing.answers_purged", LOOK,
        "Hãy xem nội dung có lộ bí mật không; nếu có thì thu hồi.", post_ids=posts,
    )  # fmt: skip
    audit.record(session, SYSTEM, "outgoing.answers_purged", document.id)


def _blank(session: Session, document: OutgoingDocument) -> None:
    if document.subject_summary == PURGED:
        return
    jobs.cancel(session, document.id)
    if document.register_entry_id is not None:
        registers.void_entry(
            session, SYSTEM, entry_id=document.register_entry_id, reason=REASON
        )  # its hook lets the document wait for another number; that ends here
    moving.drop_stages(session, document.id)
    if document.status is not OutgoingStatus.CANCELLED:
        document.status, document.ended_at = OutgoingStatus.CANCELLED, now()
        custody.close(session, KIND, document.id)
    document.subject_summary, document.ended_reason = PURGED, REASON
    document.addressees, document.note = [], ""
    document.locked_by_post_id = document.locked_by_person_id = document.locked_at = None
    session.flush()
    _blank_words(session, document.id)
    files = files_of(session, KIND, [document.id]).get(document.id, [])
    own = [file.id for file in files] + _held_files(session, document.id)
    shared = [one for one in purge_own_files(session, own) if one not in own]
    forget_thing(session, SYSTEM, KIND, document.id)
    audit.record(session, SYSTEM, "outgoing.purged", document.id, shared_files=shared)
    outbox.publish(session, outbox.ThingPurged(kind=KIND, thing_id=document.id))
    outbox.changed(session, KIND, document.id)


def _held_files(session: Session, document_id: int) -> list[int]:
    """Files of held versions, which belong to no document meanwhile."""
    found: list[int] = []
    for version in session.scalars(sa.select(DraftVersion).filter_by(document_id=document_id)):
        held = version.held or {}
        found += [held[name] for name in ("file_id", "pdf_file_id") if held.get(name) is not None]
        if version.is_held:
            version.held = {"word": held["word"], "purged": True}
    return found


def _blank_words(session: Session, document_id: int) -> None:
    """What was written, remarked, asked and decided; who did it and when stays."""
    moment = now()
    steps = sa.update(ReviewStep).where(ReviewStep.document_id == document_id)
    asked = sa.update(OpinionRequest).where(OpinionRequest.document_id == document_id)
    versions = sa.update(DraftVersion).where(DraftVersion.document_id == document_id)
    updates: Sequence[sa.Update] = (
        versions.values(text="", note="", findings=[]),
        versions.where(DraftVersion.body_html.is_not(None)).values(body_html=""),
        sa.update(DraftComment).where(DraftComment.document_id == document_id).values(text=""),
        sa.update(OutgoingJob).where(OutgoingJob.document_id == document_id).values(error=None),
        steps.where(ReviewStep.decision == Decision.WAITING).values(
            decision=Decision.WITHDRAWN, decided_at=moment
        ),
        steps.values(comment=""),
        asked.where(OpinionRequest.answered_at.is_(None)).values(answered_at=moment),
        asked.values(question="", answer=""),
    )
    for update in updates:
        session.execute(update)
    session.expire_all()
