"""After issuing: recall and its answers, erratum, replacement (decree 30/2020, art. 18)."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit, links, outbox
from app.clock import now
from app.errors import InvalidInput, NotFound, RuleViolated
from app.outgoing import permissions
from app.outgoing.events import DocumentRecalled
from app.outgoing.models import (
    Correction,
    Delivery,
    OutgoingDocument,
    OutgoingStatus,
    RecallState,
    Recipient,
)
from app.outgoing.queries.documents import KIND, get_document
from app.outgoing.services import moving
from app.outgoing.services.drafts import DraftData, RecipientData, start_draft
from app.outgoing.services.issuing import recipients_of
from app.security import Actor, authorize

S = OutgoingStatus


def recall_document(
    session: Session, actor: Actor, *, document_id: int, reason: str
) -> OutgoingDocument:
    """Call an issued document back. Each recipient that got it is asked; nothing is deleted.

    Raises InvalidInput without a reason, RuleViolated before it was issued.
    """
    actor = authorize(actor, permissions.RECALL)
    document = get_document(session, actor, document_id)
    if not reason.strip():
        raise InvalidInput("Phải ghi lý do thu hồi.", "reason")
    document.become(S.RECALLED)
    document.ended_at, document.ended_reason = now(), reason.strip()[:500]
    asked = [one for one in recipients_of(session, document.id) if one.delivery is not _NEVER]
    for recipient in asked:
        recipient.recall = RecallState.ASKED
        if recipient.delivery is Delivery.WAITING:  # it never left the house
            recipient.recall, recipient.recall_answered_at = RecallState.AGREED, now()
    units = [one.unit_id for one in asked if one.unit_id is not None]
    moving.tell(
        session, document, "outgoing.recalled", "Thu hồi văn bản", reason,
        unit_ids=units, post_ids=[document.drafter_post_id],
    )  # fmt: skip
    audit.record(session, actor, "outgoing.recalled", document.id, recipients=len(asked))
    outbox.publish(session, DocumentRecalled(document_id=document.id))
    outbox.changed(session, KIND, document.id)
    return document


_NEVER = Delivery.PLANNED


def answer_recall(
    session: Session,
    actor: Actor,
    *,
    document_id: int,
    recipient_id: int,
    agrees: bool,
    answer: str = "",
) -> Recipient:
    """Write down what a recipient says to the recall.

    Raises RuleViolated when it was not asked, NotFound for a recipient of another document.
    """
    actor = authorize(actor, permissions.RECALL)
    document = get_document(session, actor, document_id)
    recipient = session.get(Recipient, recipient_id)
    if recipient is None or recipient.document_id != document.id:
        raise NotFound(f"recipient {recipient_id} of outgoing {document_id}")
    if recipient.recall is None:
        raise RuleViolated("Nơi nhận này không được yêu cầu trả lại văn bản.")
    recipient.recall = RecallState.AGREED if agrees else RecallState.REFUSED
    recipient.recall_answer, recipient.recall_answered_at = answer.strip()[:500], now()
    audit.record(
        session, actor, "outgoing.recall_answered", document.id, recipient=recipient.id,
        agrees=agrees,
    )  # fmt: skip
    outbox.changed(session, KIND, document.id)
    return recipient


def start_correction(
    session: Session, actor: Actor, *, document_id: int, how: Correction
) -> OutgoingDocument:
    """Begin the document that corrects an issued one: an official letter for an error of form, a
    document of the same type for one of content. It goes to the same recipients.

    Raises RuleViolated before the old one was issued, and for a second replacement.
    """
    old = get_document(session, actor, document_id)
    session.refresh(old, with_for_update=True)
    old.must_be(S.ISSUED, S.FILED, S.RECALLED)
    erratum = how is Correction.ERRATUM
    if not erratum:
        _must_be_only(session, old)
    date = f" ngày {old.issued_date:%d/%m/%Y}" if old.issued_date else ""
    verb = "Đính chính" if erratum else "Thay thế"
    data = DraftData(
        issuing_body_id=old.issuing_body_id,
        document_type="official_letter" if erratum else old.document_type,
        subject_summary=f"{verb} văn bản số {old.full_code}{date}"
        if erratum
        else old.subject_summary,
        addressees=list(old.addressees),
        recipients=[
            RecipientData(
                name=one.name, channel=one.channel, unit_id=one.unit_id, organ_id=one.organ_id,
                email=one.email, copies=one.copies,
            )
            for one in recipients_of(session, old.id)
        ],
        urgency=old.urgency,
        medium=old.medium,
        signer_post_id=old.signer_post_id,
        copies=old.copies,
    )  # fmt: skip
    document = start_draft(session, actor, data)
    document.corrects_id, document.correction = old.id, how
    relation = links.Relation.REFERS_TO if erratum else links.Relation.REPLACES
    links.connect(session, actor, (KIND, document.id), relation, (KIND, old.id))
    audit.record(session, actor, "outgoing.corrected", old.id, by=document.id, how=how.value)
    return document


def _must_be_only(session: Session, old: OutgoingDocument) -> None:
    """A document is replaced by one other. Raises RuleViolated when that is on its way."""
    session.flush()
    rows = sa.select(OutgoingDocument.id).where(
        OutgoingDocument.corrects_id == old.id,
        OutgoingDocument.correction == Correction.REPLACEMENT,
        OutgoingDocument.status != S.CANCELLED,
    )
    if session.scalar(rows.limit(1)) is not None:
        raise RuleViolated("Đã có văn bản thay thế đang soạn cho văn bản này.")
