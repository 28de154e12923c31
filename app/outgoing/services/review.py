"""The way of a draft: drafter → head of unit → office → leader, and back with comments."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit
from app.clock import now
from app.errors import InvalidInput, PermissionDenied, RuleViolated
from app.organisation.models import Post
from app.organisation.queries import head_post, posts_with_role
from app.outgoing import permissions
from app.outgoing.models import (
    Decision,
    Desk,
    Medium,
    OutgoingDocument,
    OutgoingStatus,
    ReviewStep,
    WorkKind,
)
from app.outgoing.queries.documents import get_document
from app.outgoing.services import gate, jobs, moving
from app.outgoing.services.authority import signing_block
from app.outgoing.services.drafts import as_author, newest_no
from app.outgoing.services.issuing import must_have_recipients
from app.security import Actor, Permission, Role, authorize

S = OutgoingStatus
ORDER = (Desk.DRAFTER, Desk.UNIT, Desk.OFFICE, Desk.LEADER)
STATUS_OF = {
    Desk.DRAFTER: S.DRAFT,
    Desk.UNIT: S.UNIT_REVIEW,
    Desk.OFFICE: S.FORMAT_CHECK,
    Desk.LEADER: S.LEADER_SIGN,
}
RIGHT_OF: dict[Desk, Permission] = {
    Desk.UNIT: permissions.REVIEW,
    Desk.OFFICE: permissions.CHECK_FORM,
    Desk.LEADER: permissions.SIGN,
}


def submit_draft(
    session: Session,
    actor: Actor,
    *,
    document_id: int,
    signer_post_id: int,
    urgent_reason: str = "",
) -> OutgoingDocument:
    """Hand the newest version in for review. `urgent_reason` takes the urgent path: an urgent
    document goes straight to the signer, and the steps left out are written down.

    For another signer than the draft named, the page is made and checked again on the way.

    Raises:
        RuleViolated: there is no version or no recipient, its page is not made and checked yet,
            somebody has the draft out, or the post may not sign.
        InvalidInput: the urgent path for a document that is not urgent.
    """
    document = get_document(session, actor, document_id)
    actor = as_author(actor, document)
    document.must_be(S.DRAFT)
    if document.locked_at is not None and document.locked_by_person_id != actor.person_id:
        raise RuleViolated("Dự thảo đang có người mở để sửa. Hãy chờ nộp phiên bản mới.")
    gate.must_be_checked(session, document)
    must_have_recipients(session, document)
    signing_block(session, document.issuing_body_id, signer_post_id)
    if document.signer_post_id != signer_post_id:
        document.signer_post_id = signer_post_id
        gate.check_again(session, actor, document)
    document.locked_by_post_id = document.locked_by_person_id = document.locked_at = None
    audit.record(session, actor, "outgoing.submitted", document.id, signer=signer_post_id)
    if urgent_reason.strip():
        if not document.urgency:
            raise InvalidInput("Chỉ văn bản khẩn được trình thẳng.", "urgent_reason")
        for desk in (Desk.UNIT, Desk.OFFICE):
            _skip(session, actor, document, desk, f"Trình thẳng: {urgent_reason.strip()}")
        _arrive(session, document, Desk.LEADER)
        return document
    head = _content_reviewer(session, document)
    if head is None:
        _skip(session, actor, document, Desk.UNIT, _why_no_reading(session, document))
        _arrive(session, document, Desk.OFFICE)
    else:
        _arrive(session, document, Desk.UNIT)
    return document


def _content_reviewer(session: Session, document: OutgoingDocument) -> Post | None:
    """The post that reads the content: the head of the unit, unless the head wrote it.

    Drafts of the office, and of a unit whose head reads none, are read by the chief of office
    together with the form.
    """
    head = head_post(session, document.drafting_unit_id)
    if head is None or head.id == document.drafter_post_id:
        return None
    return head if permissions.REVIEW.roles.keys() & head.roles else None


def _reader_of_both(session: Session, document: OutgoingDocument) -> Post | None:
    """The chief of office, who reads content and form of a draft that no head of unit reads. None
    when one does, when the head wrote it, and for what the chief wrote."""
    head = head_post(session, document.drafting_unit_id)
    if head is not None and head.id == document.drafter_post_id:
        return None
    if _content_reviewer(session, document) is not None:
        return None
    chiefs = posts_with_role(session, Role.CHIEF_OF_OFFICE)
    return next((post for post in chiefs if post.id != document.drafter_post_id), None)


def _why_no_reading(session: Session, document: OutgoingDocument) -> str:
    """Why no head of unit reads the draft, as it is written into the step."""
    if _reader_of_both(session, document) is not None:
        return "Chánh Văn phòng duyệt cả nội dung và thể thức"
    head = head_post(session, document.drafting_unit_id)
    if head is not None and head.id == document.drafter_post_id:
        return "Người soạn là lãnh đạo đơn vị"
    return "Đơn vị không có người duyệt nội dung"


def _skip(session: Session, actor: Actor, document: OutgoingDocument, desk: Desk, why: str) -> None:
    moment = now()
    session.add(
        ReviewStep(
            document_id=document.id, desk=desk, decision=Decision.SKIPPED, arrived_at=moment,
            decided_at=moment, by_post_id=actor.post_id, by_person_id=actor.person_id,
            comment=why[:2000],
        )
    )  # fmt: skip


def _arrive(session: Session, document: OutgoingDocument, desk: Desk) -> None:
    """Lay the draft on a desk: status, step, custody, right to see it, notice."""
    document.become(STATUS_OF[desk])
    post_id = None
    if desk is Desk.UNIT:
        head = _content_reviewer(session, document)
        post_id = head.id if head else None
    elif desk is Desk.OFFICE:
        reader = _reader_of_both(session, document)
        post_id = reader.id if reader else None
    elif desk is Desk.LEADER:
        post_id = document.signer_post_id
    session.flush()
    if desk is not Desk.DRAFTER:
        session.add(
            ReviewStep(document_id=document.id, desk=desk, post_id=post_id, arrived_at=now())
        )
    moving.lay_on_desk(session, document, desk, post_id)


def open_step(session: Session, document_id: int) -> ReviewStep:
    """The step that waits, locked. Raises RuleViolated when none does."""
    rows = sa.select(ReviewStep).where(
        ReviewStep.document_id == document_id, ReviewStep.decision == Decision.WAITING
    )
    step = session.scalar(rows.with_for_update())
    if step is None:
        raise RuleViolated("Văn bản này không chờ duyệt.")
    return step


def as_reviewer(
    session: Session, actor: Actor, document: OutgoingDocument
) -> tuple[Actor, ReviewStep]:
    """The actor in the post the draft waits at, and the step.

    Raises PermissionDenied for others, and for who wrote the draft: nobody approves their own.
    """
    step = open_step(session, document.id)
    actor = authorize(actor, RIGHT_OF[step.desk], post_id=step.post_id)
    if step.post_id is not None and actor.post_id != step.post_id:
        raise PermissionDenied(
            f"outgoing {document.id} waits at post {step.post_id}",
            "Văn bản này chờ người khác duyệt.",
        )
    if actor.person_id is not None and actor.person_id == document.drafter_person_id:
        raise PermissionDenied(
            f"person {actor.person_id} wrote outgoing {document.id}",
            "Không tự duyệt dự thảo do chính mình soạn.",
        )
    return actor, step


def approve(
    session: Session,
    actor: Actor,
    *,
    document_id: int,
    comment: str = "",
    version_no: int | None = None,
) -> OutgoingDocument:
    """Agree to the newest version; the draft goes on. A head's and the office's agreement counts
    as initials (ký nháy); the leader's freezes the signature block and the version.

    Raises:
        PermissionDenied: it waits for another, or the actor wrote it.
        RuleViolated: another version has come since `version_no`; its page is not made and
            checked yet; the form check found errors and `comment` does not say why they stay;
            the page bears another signer's name.
    """
    document = get_document(session, actor, document_id)
    actor, step = as_reviewer(session, actor, document)
    newest = newest_no(session, document.id)
    if version_no is not None and version_no != newest:
        raise RuleViolated("Đã có phiên bản mới. Hãy xem lại trước khi duyệt.")
    version = gate.must_be_checked(session, document)
    gate.pass_errors(session, actor, document, version, step.desk, comment)
    _decide(step, actor, Decision.APPROVED, newest, comment)
    step.initials = step.desk is not Desk.LEADER
    if step.desk is Desk.LEADER:
        _agree(session, actor, document, newest)
    else:
        audit.record(session, actor, "outgoing.approved", document.id, desk=step.desk.value)
        _arrive(session, document, ORDER[ORDER.index(step.desk) + 1])
    return document


def _decide(
    step: ReviewStep, actor: Actor, decision: Decision, version_no: int, comment: str
) -> None:
    step.decision, step.decided_at, step.version_no = decision, now(), version_no or None
    step.by_post_id, step.by_person_id = actor.post_id, actor.person_id
    step.on_behalf_of, step.comment = actor.on_behalf_of, comment.strip()[:2000]


def _agree(session: Session, actor: Actor, document: OutgoingDocument, no: int) -> None:
    """The leader has agreed: the signature block and the version are frozen."""
    assert document.signer_post_id is not None  # noqa: S101  (submission has set it)
    block = signing_block(session, document.issuing_body_id, document.signer_post_id, actor=actor)
    if document.medium is Medium.ELECTRONIC:
        gate.must_bear(session, document, no, block)
    document.signing_authority, document.authority_lines = block.authority, list(block.lines)
    document.signer_position, document.signer_name = block.position, block.name
    document.signer_person_id = actor.person_id
    document.approved_no, document.approved_at = no or None, now()
    if document.medium is Medium.PAPER:  # signed by hand on the sheet
        document.become(S.SIGNED)
        document.signed_at = now()
    else:
        document.become(S.APPROVED)
        if not document.number_first:
            jobs.enqueue(session, actor, document.id, WorkKind.SIGN, no)
    audit.record(session, actor, "outgoing.signed_by", document.id, no=no)
    session.flush()
    moving.lay_at_clerks(session, document)


def send_back(
    session: Session, actor: Actor, *, document_id: int, to: Desk, comment: str
) -> OutgoingDocument:
    """Return a draft to an earlier desk, with what has to be changed.

    Raises:
        InvalidInput: no comment.
        RuleViolated: the desk is not an earlier one.
    """
    document = get_document(session, actor, document_id)
    actor, step = as_reviewer(session, actor, document)
    if not comment.strip():
        raise InvalidInput("Phải ghi nội dung cần sửa.", "comment")
    if ORDER.index(to) >= ORDER.index(step.desk):
        raise RuleViolated("Chỉ trả lại bước trước.")
    if to is Desk.UNIT and _content_reviewer(session, document) is None:
        to = Desk.DRAFTER
    _decide(step, actor, Decision.RETURNED, newest_no(session, document.id), comment)
    step.returned_to = to
    audit.record(session, actor, "outgoing.sent_back", document.id, to=to.value)
    session.flush()
    _arrive(session, document, to)
    return document


def withdraw(session: Session, actor: Actor, *, document_id: int) -> OutgoingDocument:
    """The drafter takes a draft back while it waits for somebody's decision."""
    document = get_document(session, actor, document_id)
    actor = as_author(actor, document)
    step = open_step(session, document.id)
    _decide(step, actor, Decision.WITHDRAWN, newest_no(session, document.id), "")
    audit.record(session, actor, "outgoing.withdrawn", document.id)
    session.flush()
    _arrive(session, document, Desk.DRAFTER)
    return document


def return_approved(
    session: Session, actor: Actor, *, document_id: int, comment: str
) -> OutgoingDocument:
    """An approved document without a number needs a change: it goes back to its drafter, and the
    signer is told (decree 30/2020, art. 11.2). Signatures made so far no longer count."""
    document = get_document(session, actor, document_id)
    signer = document.signer_post_id in actor.post_ids
    actor = authorize(actor, permissions.SIGN if signer else permissions.ISSUE)
    document.must_be(S.APPROVED, S.SIGNED)
    if not comment.strip():
        raise InvalidInput("Phải ghi nội dung cần sửa.", "comment")
    jobs.cancel(session, document.id)
    moving.drop_stages(session, document.id)
    document.approved_no = document.approved_at = document.signed_at = None
    document.signing_authority, document.authority_lines = None, []
    document.signer_position = document.signer_name = ""
    document.signer_person_id = None
    session.add(
        ReviewStep(
            document_id=document.id, desk=Desk.LEADER, decision=Decision.RETURNED,
            post_id=document.signer_post_id, arrived_at=now(), decided_at=now(),
            by_post_id=actor.post_id, by_person_id=actor.person_id, returned_to=Desk.DRAFTER,
            comment=comment.strip()[:2000],
        )
    )  # fmt: skip
    audit.record(session, actor, "outgoing.sent_back", document.id, to=Desk.DRAFTER.value)
    _arrive(session, document, Desk.DRAFTER)
    if not signer and document.signer_post_id is not None:
        moving.tell(session, document, "outgoing.sent_back", "Văn bản đã duyệt cần sửa",
                    comment, post_ids=[document.signer_post_id])  # fmt: skip
    return document
