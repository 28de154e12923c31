"""Drafts: begin one, change what it says of itself, hand in versions, remark on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit, links, outbox
from app.addresses import is_address
from app.clock import now
from app.errors import EditConflict, InvalidInput, PermissionDenied, RuleViolated
from app.files.models import FileRole
from app.files.services import record_file
from app.files.store import StoredBlob
from app.incoming.models import Urgency
from app.incoming.queries import get_letter
from app.organisation.models import IssuingBody, Organ
from app.organisation.queries import get_person, get_post, get_unit
from app.outgoing import permissions
from app.outgoing.models import (
    Channel,
    DraftComment,
    DraftFormat,
    DraftVersion,
    Medium,
    OutgoingDocument,
    OutgoingStatus,
    Recipient,
    WorkKind,
)
from app.outgoing.queries.documents import KIND, get_document
from app.outgoing.services import gate, jobs
from app.outgoing.services.ordering import numbers_first
from app.registers.models import DocumentType
from app.security import Actor, authorize, grant, post_term, unit_term
from app.tasks import custody
from app.tasks.models import Station

S = OutgoingStatus
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"
MOST_RECIPIENTS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientData:
    """A recipient as the drafter names it. A unit of ours gets it in the system."""

    name: str
    channel: Channel
    unit_id: int | None = None
    organ_id: int | None = None
    email: str = ""
    copies: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftData:
    """What a draft says of itself. Without a signer the submission asks for one."""

    issuing_body_id: int
    document_type: str
    subject_summary: str
    addressees: Sequence[str] = ()
    recipients: Sequence[RecipientData] = ()
    urgency: int = Urgency.NORMAL
    medium: Medium = Medium.ELECTRONIC
    answers_incoming_id: int | None = None
    closes_incoming: bool = True
    signer_post_id: int | None = None
    copies: int = 1
    note: str = ""


def start_draft(session: Session, actor: Actor, data: DraftData) -> OutgoingDocument:
    """Begin a document: it has no number, and only its drafter's side sees it.

    Raises:
        InvalidInput: a value is missing or wrong; `field` names it.
        NotFound: the letter it answers is not there or not the actor's to see.
    """
    actor = authorize(actor, permissions.DRAFT)
    if actor.post_id is None or actor.unit_id is None:
        raise PermissionDenied("a draft needs a post")
    document = OutgoingDocument(
        status=S.DRAFT,
        drafting_unit_id=actor.unit_id,
        drafter_post_id=actor.post_id,
        drafter_person_id=actor.person_id,
        created_at=now(),
        issuing_body_id=data.issuing_body_id,
        document_type=data.document_type,
        subject_summary="",
    )
    _fill(session, actor, document, data)
    session.add(document)
    session.flush()
    set_recipients(session, document, data.recipients)
    grant(session, KIND, document.id, post_term(actor.post_id), "drafter")
    grant(session, KIND, document.id, unit_term(actor.unit_id), "drafting_unit")
    if document.answers_incoming_id is not None:
        answered = ("incoming", document.answers_incoming_id)
        links.connect(session, actor, (KIND, document.id), links.Relation.REPLIES_TO, answered)
    custody.move(
        session, KIND, document.id, station=Station.DRAFTING, post_id=document.drafter_post_id
    )
    audit.record(
        session, actor, "outgoing.drafted", document.id, answers=document.answers_incoming_id
    )
    outbox.changed(session, KIND, document.id)
    return document


def change_draft(
    session: Session, actor: Actor, *, document_id: int, data: DraftData, version: int | None
) -> OutgoingDocument:
    """Change what a draft says of itself while its drafter has it. Its page is checked again.

    Raises EditConflict when `version` is not the document's any more, InvalidInput.
    """
    document = get_document(session, actor, document_id)
    actor = as_author(actor, document)
    document.must_be(S.DRAFT)
    if version is not None and document.version != version:
        raise EditConflict(f"outgoing {document_id}: {version} is not {document.version}")
    _fill(session, actor, document, data)
    set_recipients(session, document, data.recipients)
    gate.check_again(session, actor, document)
    audit.record(session, actor, "outgoing.changed", document.id)
    outbox.changed(session, KIND, document.id)
    return document


def _fill(session: Session, actor: Actor, document: OutgoingDocument, data: DraftData) -> None:
    """Check the data and write it into the document."""
    summary = " ".join(data.subject_summary.split())[:500]
    if not summary:
        raise InvalidInput("Phải nhập trích yếu.", "subject_summary")
    if session.get(IssuingBody, data.issuing_body_id) is None:
        raise InvalidInput("Hãy chọn cơ quan ban hành.", "issuing_body_id")
    if session.get(DocumentType, data.document_type) is None:
        raise InvalidInput("Loại văn bản không có trong danh mục.", "document_type")
    if data.urgency not in list(Urgency):
        raise InvalidInput("Độ khẩn không hợp lệ.", "urgency")
    if data.copies < 1:
        raise InvalidInput("Số bản phải từ 1 trở lên.", "copies")
    if data.answers_incoming_id is not None:
        get_letter(session, actor, data.answers_incoming_id).must_be_registered()
    if data.signer_post_id is not None:
        get_post(session, data.signer_post_id)
    document.subject_summary, document.urgency = summary, int(data.urgency)
    document.issuing_body_id, document.document_type = data.issuing_body_id, data.document_type
    document.number_first = numbers_first(session, data.issuing_body_id)
    document.addressees = [" ".join(line.split())[:300] for line in data.addressees if line.strip()]
    document.medium, document.copies = data.medium, data.copies
    document.answers_incoming_id = data.answers_incoming_id
    document.closes_incoming = data.closes_incoming
    document.signer_post_id, document.note = data.signer_post_id, data.note.strip()[:500]
    document.code_notation = notation_of(session, document)


def notation_of(session: Session, document: OutgoingDocument) -> str:
    """QĐ-UBND; for an official letter, which has no abbreviation, UBND-KT with the unit's code."""
    kind = session.get_one(DocumentType, document.document_type)
    body = session.get_one(IssuingBody, document.issuing_body_id)
    if kind.abbreviation:
        return f"{kind.abbreviation}-{body.short_name}"
    unit = get_unit(session, document.drafting_unit_id)
    return f"{body.short_name}-{unit.code}" if unit.code else body.short_name


def set_recipients(
    session: Session, document: OutgoingDocument, recipients: Sequence[RecipientData]
) -> None:
    """Replace the recipients of a document that has not gone out."""
    if len(recipients) > MOST_RECIPIENTS:
        raise InvalidInput(f"Tối đa {MOST_RECIPIENTS} nơi nhận.", "recipients")
    session.execute(sa.delete(Recipient).where(Recipient.document_id == document.id))
    for position, one in enumerate(recipients):
        if one.channel is Channel.INTERNAL and one.unit_id is None:
            raise InvalidInput("Nơi nhận trong cơ quan phải là một đơn vị.", "recipients")
        if one.channel is Channel.EMAIL and not is_address(one.email):
            raise InvalidInput(f"“{one.name}” chưa có địa chỉ thư điện tử đúng.", "recipients")
        if one.unit_id is not None:
            get_unit(session, one.unit_id)
        if one.organ_id is not None and session.get(Organ, one.organ_id) is None:
            raise InvalidInput("Nơi nhận không có trong danh mục.", "recipients")
        session.add(
            Recipient(
                document_id=document.id,
                position=position,
                name=" ".join(one.name.split())[:200],
                channel=one.channel,
                unit_id=one.unit_id,
                organ_id=one.organ_id,
                email=one.email.strip()[:120],
                copies=max(1, one.copies),
            )
        )
    session.flush()


def may_write(actor: Actor, document: OutgoingDocument) -> bool:
    """Whether the draft is the actor's to write: the drafter's, or of the unit they head."""
    return (
        document.drafter_post_id in actor.post_ids
        or unit_term(document.drafting_unit_id) in actor.terms
    )


def as_author(actor: Actor, document: OutgoingDocument) -> Actor:
    """The actor in the post that writes the draft. Raises PermissionDenied for others."""
    if not may_write(actor, document):
        raise PermissionDenied(f"person {actor.person_id} does not write outgoing {document.id}")
    return authorize(actor, permissions.DRAFT, post_id=document.drafter_post_id)


def check_out(session: Session, actor: Actor, *, document_id: int) -> OutgoingDocument:
    """Take the draft out to edit it (“đang mở bởi”): nobody else hands in a version meanwhile.

    Raises RuleViolated, naming the other, when somebody else has it out.
    """
    document = get_document(session, actor, document_id)
    actor = as_author(actor, document)
    document.must_be(S.DRAFT)
    _must_not_be_out(session, actor, document)
    document.locked_by_post_id, document.locked_at = actor.post_id, now()
    document.locked_by_person_id = actor.person_id
    audit.record(session, actor, "outgoing.checked_out", document.id)
    outbox.changed(session, KIND, document.id)
    return document


def _must_not_be_out(session: Session, actor: Actor, document: OutgoingDocument) -> None:
    if document.locked_by_person_id not in (None, actor.person_id):
        name = get_person(session, document.locked_by_person_id or 0).full_name
        raise RuleViolated(f"Dự thảo đang được {name} mở để sửa. Hãy chờ, hoặc đề nghị nhả khóa.")


def release_lock(session: Session, actor: Actor, *, document_id: int) -> OutgoingDocument:
    """Give the draft back without a new version: who has it out, the drafter, the head of unit."""
    document = get_document(session, actor, document_id)
    actor = as_author(actor, document)
    _unlock(document)
    audit.record(session, actor, "outgoing.lock_released", document.id)
    outbox.changed(session, KIND, document.id)
    return document


def _unlock(document: OutgoingDocument) -> None:
    document.locked_by_post_id = document.locked_by_person_id = document.locked_at = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVersion:
    """What the author hands in: stored bytes of a DOCX or PDF, or cleaned HTML of the editor."""

    format: DraftFormat
    text: str = ""
    blob: StoredBlob | None = None
    name: str = ""
    body_html: str | None = None
    note: str = ""


def add_version(
    session: Session, actor: Actor, *, document_id: int, new: NewVersion
) -> DraftVersion:
    """Hand in the next version. The lock ends; a worker makes the PDF and checks the form.

    Raises RuleViolated when somebody else has the draft out, or it is not with its drafter.
    """
    document = get_document(session, actor, document_id)
    session.refresh(document, with_for_update=True)  # two at once must not take one number
    actor = as_author(actor, document)
    document.must_be(S.DRAFT)
    _must_not_be_out(session, actor, document)
    if (new.blob is None) == (new.body_html is None):
        raise InvalidInput("Phiên bản phải là một tệp hoặc một nội dung soạn.", "file")
    file_id = None
    if new.blob is not None:
        media_type = PDF if new.format is DraftFormat.PDF else DOCX
        file_id = record_file(
            session, actor, new.blob, name=new.name[:255], media_type=media_type,
            role=FileRole.MAIN, kind=KIND, thing_id=document.id,
        ).id  # fmt: skip
    assert actor.post_id is not None  # noqa: S101  (`as_author` has found one)
    version = DraftVersion(
        document_id=document.id,
        no=newest_no(session, document.id) + 1,
        format=new.format,
        file_id=file_id,
        pdf_file_id=file_id if new.format is DraftFormat.PDF else None,
        body_html=new.body_html,
        text=new.text,
        note=new.note.strip()[:500],
        author_post_id=actor.post_id,
        author_person_id=actor.person_id,
        made_at=now(),
    )
    session.add(version)
    _unlock(document)
    kind = WorkKind.CHECK if new.format is DraftFormat.PDF else WorkKind.CONVERT
    jobs.enqueue(session, actor, document.id, kind, version.no)
    audit.record(session, actor, "outgoing.version_added", document.id, no=version.no)
    outbox.changed(session, KIND, document.id)
    return version


def newest_no(session: Session, document_id: int) -> int:
    """The number of the newest version; 0 before the first."""
    rows = sa.select(sa.func.max(DraftVersion.no)).where(DraftVersion.document_id == document_id)
    return session.scalar(rows) or 0


def comment(
    session: Session,
    actor: Actor,
    *,
    document_id: int,
    text: str,
    page: int | None = None,
    box: Sequence[float] | None = None,
) -> DraftComment:
    """Remark on the newest version, beside a page. Whoever sees the draft may.

    Raises RuleViolated once the document is approved, InvalidInput without a text.
    """
    document = get_document(session, actor, document_id)
    actor = authorize(actor, permissions.READ)
    document.must_be(S.DRAFT, S.UNIT_REVIEW, S.FORMAT_CHECK, S.LEADER_SIGN)
    if not text.strip():
        raise InvalidInput("Phải ghi nội dung nhận xét.", "text")
    assert actor.post_id is not None  # noqa: S101  (only people with a post read documents)
    remark = DraftComment(
        document_id=document.id,
        version_no=newest_no(session, document.id),
        page=page if page and page > 0 else None,
        box=[min(max(float(edge), 0.0), 1.0) for edge in box] if box and len(box) == 4 else None,
        text=text.strip()[:2000],
        by_post_id=actor.post_id,
        by_person_id=actor.person_id,
        at=now(),
    )
    session.add(remark)
    audit.record(session, actor, "outgoing.commented", document.id)
    outbox.changed(session, KIND, document.id)
    return remark


def resolve_comment(session: Session, actor: Actor, *, document_id: int, comment_id: int) -> None:
    """Say that a remark is dealt with: the author's side, or who made it."""
    document = get_document(session, actor, document_id)
    remark = session.get(DraftComment, comment_id)
    if remark is None or remark.document_id != document.id:
        raise RuleViolated("Không tìm thấy nhận xét này.")
    if remark.by_post_id not in actor.post_ids:
        actor = as_author(actor, document)
    remark.resolved_at, remark.resolved_by = now(), actor.person_id
    audit.record(session, actor, "outgoing.comment_resolved", document.id, comment=remark.id)
    outbox.changed(session, KIND, document.id)


def cancel_draft(
    session: Session, actor: Actor, *, document_id: int, reason: str
) -> OutgoingDocument:
    """Give a draft up, with a reason. It stays as a row; a number was never given."""
    document = get_document(session, actor, document_id)
    actor = as_author(actor, document)
    document.must_be(S.DRAFT)
    if not reason.strip():
        raise InvalidInput("Phải ghi lý do hủy.", "reason")
    document.become(S.CANCELLED)
    document.ended_at, document.ended_reason = now(), reason.strip()[:500]
    jobs.cancel(session, document.id)
    custody.close(session, KIND, document.id)
    audit.record(session, actor, "outgoing.cancelled", document.id)
    outbox.changed(session, KIND, document.id)
    return document
