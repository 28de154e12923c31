"""Signature, seal, sending: what happens to an approved document until it is with its readers."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit, outbox
from app.clock import local, now
from app.errors import InvalidInput, NotFound, RuleViolated
from app.files.models import FileRole
from app.files.services import record_file
from app.files.store import StoredBlob
from app.incoming.services import answering
from app.incoming.services.answering import Reply
from app.organisation.queries import posts_of_unit
from app.outgoing import permissions
from app.outgoing.events import DocumentIssued
from app.outgoing.models import (
    GONE_OUT,
    Channel,
    Correction,
    Delivery,
    DraftVersion,
    Medium,
    OutgoingDocument,
    OutgoingStatus,
    PaperStage,
    Recipient,
    Stage,
)
from app.outgoing.queries.documents import KIND, get_document
from app.outgoing.services import moving
from app.registers.queries import type_labels
from app.security import Actor, authorize
from app.tasks import custody
from app.worktime.queries import load_calendar

S = OutgoingStatus
PDF = "application/pdf"


def record_stage(
    session: Session,
    actor: Actor,
    document: OutgoingDocument,
    stage: Stage,
    blob: StoredBlob,
    **detail: object,
) -> PaperStage:
    """Keep the bytes of a stage as a file of the document, beside all earlier ones."""
    version = session.scalar(
        sa.select(DraftVersion).filter_by(document_id=document.id, no=document.approved_no)
    )
    if version is None or version.pdf_file_id is None:
        raise RuleViolated("Phiên bản đã duyệt chưa có bản PDF.")
    name = f"{document.full_code.replace('/', '-')}.pdf" if document.numbered else "van-ban.pdf"
    file = record_file(
        session, actor, blob, name=name, media_type=PDF, role=FileRole.SIGNED, kind=KIND,
        thing_id=document.id, derived_from_id=version.pdf_file_id,
    )  # fmt: skip
    row = PaperStage(
        document_id=document.id, stage=stage, file_id=file.id, made_at=now(), detail=detail
    )
    session.add(row)
    session.flush()
    return row


def note_signed(session: Session, actor: Actor, document: OutgoingDocument) -> None:
    """The personal signature is in the file: the next act waits at the clerks."""
    document.signed_at = now()
    if document.status is S.APPROVED:
        document.become(S.SIGNED)
    audit.record(session, actor, "outgoing.signed", document.id)
    outbox.changed(session, KIND, document.id)


def note_sealed(session: Session, actor: Actor, document: OutgoingDocument) -> None:
    """The organ's signature is in the file, or its seal on the paper."""
    if document.signed_at is None:
        raise RuleViolated("Văn bản chưa được người có thẩm quyền ký.")
    document.become(S.SEALED)
    document.sealed_at = now()
    audit.record(session, actor, "outgoing.sealed", document.id)
    outbox.changed(session, KIND, document.id)


def seal_paper(session: Session, actor: Actor, *, document_id: int) -> OutgoingDocument:
    """The clerk has put the seal on the sheets. Raises RuleViolated for an electronic document."""
    actor = authorize(actor, permissions.ISSUE)
    document = get_document(session, actor, document_id)
    if document.medium is not Medium.PAPER:
        raise RuleViolated("Văn bản điện tử được ký số cơ quan, không đóng dấu giấy.")
    note_sealed(session, actor, document)
    return document


def issue_document(
    session: Session, actor: Actor, *, document_id: int, kept_by: str = ""
) -> OutgoingDocument:
    """Send the document to its recipients. The letter it answers closes in the same commit.

    Units of ours have it at once; paper waits for the post book, e-mail and packets for the rooms
    that send them.

    Raises RuleViolated before it is sealed, or without a recipient.
    """
    actor = authorize(actor, permissions.ISSUE)
    document = get_document(session, actor, document_id)
    document.must_be(S.SEALED)
    recipients = must_have_recipients(session, document)
    document.become(S.ISSUED)
    document.issued_at, document.issued_by = now(), actor.person_id
    document.kept_by = kept_by.strip()[:200]
    for recipient in recipients:
        _send(session, document, recipient)
    _close_answered(session, actor, document)
    _replace_corrected(session, actor, document)
    custody.close(session, KIND, document.id)
    moving.tell(
        session, document, "outgoing.issued", "Đã phát hành", post_ids=[document.drafter_post_id]
    )
    audit.record(session, actor, "outgoing.issued", document.id, recipients=len(recipients))
    outbox.publish(session, DocumentIssued(document_id=document.id))
    outbox.changed(session, KIND, document.id)
    return document


def recipients_of(session: Session, document_id: int) -> list[Recipient]:
    """The recipients in the order of “Nơi nhận”."""
    rows = sa.select(Recipient).filter_by(document_id=document_id).order_by(Recipient.position)
    return list(session.scalars(rows))


def must_have_recipients(session: Session, document: OutgoingDocument) -> list[Recipient]:
    """The recipients. Raises RuleViolated when there is none."""
    recipients = recipients_of(session, document.id)
    if not recipients:
        raise RuleViolated("Chưa có nơi nhận nào.")
    return recipients


def _send(session: Session, document: OutgoingDocument, recipient: Recipient) -> None:
    if recipient.channel is Channel.INTERNAL and recipient.unit_id is not None:
        recipient.delivery, recipient.sent_at = Delivery.DELIVERED, now()
        moving.open_to_unit(session, document, recipient.unit_id, "recipient")
        moving.tell(
            session, document, "outgoing.received", "Văn bản đi gửi đơn vị",
            unit_ids=[recipient.unit_id],
        )  # fmt: skip
    else:
        recipient.delivery = Delivery.WAITING


def _close_answered(session: Session, actor: Actor, document: OutgoingDocument) -> None:
    if document.answers_incoming_id is None or not document.closes_incoming:
        return
    label = type_labels(session).get(document.document_type, "")
    day = f" ngày {document.issued_date:%d/%m/%Y}" if document.issued_date else ""
    words = f"{label} {document.full_code}{day}".strip()
    answering.close_by_reply(
        session, actor, Reply(letter_id=document.answers_incoming_id, words=words)
    )


def _replace_corrected(session: Session, actor: Actor, document: OutgoingDocument) -> None:
    """A replacement takes the place of what it replaces at the moment it goes out."""
    if document.corrects_id is None or document.correction is not Correction.REPLACEMENT:
        return
    old = session.get_one(OutgoingDocument, document.corrects_id)
    if old.status is S.REPLACED:  # another took its place before this one went out
        return
    old.become(S.REPLACED)
    old.ended_at, old.ended_reason = now(), f"Thay thế bằng {document.full_code}"
    audit.record(session, actor, "outgoing.replaced", old.id, by=document.id)
    outbox.changed(session, KIND, old.id)


def note_delivery(
    session: Session,
    actor: Actor,
    *,
    document_id: int,
    recipient_id: int,
    delivery: Delivery,
    envelope: str = "",
    detail: str = "",
) -> Recipient:
    """Write down what became of a sending: posted with an envelope number, received, returned.

    Raises RuleViolated before issuing, NotFound for a recipient of another document.
    """
    actor = authorize(actor, permissions.ISSUE)
    document = get_document(session, actor, document_id)
    document.must_be(*GONE_OUT)
    recipient = session.get(Recipient, recipient_id)
    if recipient is None or recipient.document_id != document.id:
        raise NotFound(f"recipient {recipient_id} of outgoing {document_id}")
    move_delivery(recipient, delivery)
    recipient.envelope = envelope.strip()[:60] or recipient.envelope
    recipient.detail = detail.strip()[:500] or recipient.detail
    audit.record(
        session, actor, "outgoing.delivery", document.id, recipient=recipient.id,
        delivery=delivery.value,
    )  # fmt: skip
    outbox.changed(session, KIND, document.id)
    return recipient


FORWARD = (
    Delivery.PLANNED, Delivery.WAITING, Delivery.SENT, Delivery.DELIVERED, Delivery.RECEIVED,
)  # fmt: skip


def move_delivery(recipient: Recipient, delivery: Delivery) -> None:
    """Change a delivery's state. Repeated and late news never moves it back from further on.

    Raises InvalidInput for PLANNED.
    """
    if delivery is Delivery.PLANNED:
        raise InvalidInput("Trạng thái gửi không hợp lệ.", "delivery")
    was = recipient.delivery
    if was in FORWARD and delivery in FORWARD and FORWARD.index(delivery) <= FORWARD.index(was):
        return
    recipient.delivery = delivery
    if delivery in (Delivery.SENT, Delivery.DELIVERED, Delivery.RECEIVED):
        recipient.sent_at = recipient.sent_at or now()
    if delivery is Delivery.RECEIVED:
        recipient.received_at = now()


def note_opened(session: Session, actor: Actor, document: OutgoingDocument) -> int:
    """The head of a receiving unit opens an issued document: received, which is written down.
    Returns how many were new."""
    if document.status not in GONE_OUT:
        return 0
    found = 0
    for recipient in recipients_of(session, document.id):
        if recipient.unit_id is None or recipient.delivery is not Delivery.DELIVERED:
            continue
        if not _heads(session, actor, recipient.unit_id):
            continue
        move_delivery(recipient, Delivery.RECEIVED)
        audit.record(
            session, actor, "outgoing.delivery", document.id, recipient=recipient.id,
            delivery=Delivery.RECEIVED.value,
        )  # fmt: skip
        found += 1
    return found


def _heads(session: Session, actor: Actor, unit_id: int) -> bool:
    """Whether a post of the actor leads this very unit, not one above it."""
    posts = posts_of_unit(session, unit_id)
    return any(post.is_head and post.id in actor.post_ids for post in posts)


def file_document(session: Session, actor: Actor, *, document_id: int) -> OutgoingDocument:
    """Say that the kept copy is in its file (lưu): the drafter's side or the clerk."""
    document = get_document(session, actor, document_id)
    mine = document.drafter_post_id in actor.post_ids
    actor = authorize(actor, permissions.DRAFT if mine else permissions.ISSUE)
    document.become(S.FILED)
    audit.record(session, actor, "outgoing.filed", document.id)
    outbox.changed(session, KIND, document.id)
    return document


def issue_by(session: Session, document: OutgoingDocument) -> datetime | None:
    """Until when a signed document must go out: the day of signing, at latest the next working
    day; an urgent one at once (decree 30/2020, art. 18). None before it is signed."""
    if document.signed_at is None:
        return None
    if document.urgency:
        return document.signed_at
    calendar = load_calendar(session)
    return calendar.end_of_day(calendar.next_working_day(local(document.signed_at).date()))
