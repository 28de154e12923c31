"""Opinions of other units on a draft, beside its way through the office."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit, outbox
from app.clock import now
from app.errors import InvalidInput, PermissionDenied, RuleViolated
from app.organisation.queries import get_unit
from app.outgoing import permissions
from app.outgoing.models import IN_REVIEW, OpinionRequest, OutgoingDocument, OutgoingStatus
from app.outgoing.queries.documents import KIND, get_document
from app.outgoing.services import moving
from app.outgoing.services.drafts import may_write, newest_no
from app.security import Actor, authorize, unit_term


def ask_opinions(
    session: Session,
    actor: Actor,
    *,
    document_id: int,
    unit_ids: Sequence[int],
    due_at: datetime,
    question: str = "",
) -> list[OpinionRequest]:
    """Ask other units at once, until a date; the draft does not wait. Silence then means consent.

    Raises InvalidInput without a unit, for the drafting unit, for a date in the past.
    """
    document = get_document(session, actor, document_id)
    actor = _asker(actor, document)
    if document.status not in IN_REVIEW | {OutgoingStatus.DRAFT}:
        raise RuleViolated("Văn bản đã duyệt, không xin ý kiến nữa.")
    wanted = list(dict.fromkeys(unit_ids))
    if not wanted or document.drafting_unit_id in wanted:
        raise InvalidInput("Hãy chọn ít nhất một đơn vị khác đơn vị soạn.", "unit_ids")
    if due_at <= now():
        raise InvalidInput("Hạn cho ý kiến phải ở sau lúc này.", "due_at")
    assert actor.post_id is not None  # noqa: S101
    made = []
    for unit_id in wanted:
        if _open_request(session, document.id, unit_id) is not None:
            raise RuleViolated(f"{get_unit(session, unit_id).name} đang được hỏi ý kiến rồi.")
        request = OpinionRequest(
            document_id=document.id, unit_id=unit_id, due_at=due_at,
            version_no=newest_no(session, document.id), question=question.strip()[:1000],
            asked_by_post_id=actor.post_id, asked_at=now(),
        )  # fmt: skip
        session.add(request)
        moving.open_to_unit(session, document, unit_id, "opinion")
        made.append(request)
    moving.tell(
        session, document, "outgoing.opinion_asked", "Xin ý kiến dự thảo", question,
        unit_ids=wanted,
    )  # fmt: skip
    audit.record(session, actor, "outgoing.opinion_asked", document.id, units=wanted)
    outbox.changed(session, KIND, document.id)
    return made


def remind_of_opinions(session: Session, actor: Actor, *, document_id: int) -> int:
    """Tell the asked units that have not answered once more. Returns how many there are.

    Raises RuleViolated when all have answered, or the draft waits for no opinion any more.
    """
    document = get_document(session, actor, document_id)
    actor = _asker(actor, document)
    rows = sa.select(OpinionRequest).filter_by(document_id=document.id)
    waiting = list(session.scalars(rows.where(OpinionRequest.answered_at.is_(None))))
    if not waiting or document.status not in IN_REVIEW | {OutgoingStatus.DRAFT}:
        raise RuleViolated("Không còn đơn vị nào phải cho ý kiến.")
    units = [request.unit_id for request in waiting]
    moving.tell(
        session, document, "outgoing.opinion_reminded", "Nhắc cho ý kiến dự thảo", unit_ids=units
    )
    audit.record(session, actor, "outgoing.opinion_reminded", document.id, units=units)
    return len(units)


def _asker(actor: Actor, document: OutgoingDocument) -> Actor:
    """The author's side asks, and whoever reviews the draft."""
    if may_write(actor, document):
        return authorize(actor, permissions.DRAFT, post_id=document.drafter_post_id)
    return authorize(actor, permissions.CHECK_FORM)


def _open_request(session: Session, document_id: int, unit_id: int) -> OpinionRequest | None:
    rows = sa.select(OpinionRequest).filter_by(document_id=document_id, unit_id=unit_id)
    return session.scalar(rows.where(OpinionRequest.answered_at.is_(None)))


def give_opinion(
    session: Session, actor: Actor, *, document_id: int, agrees: bool, text: str
) -> OpinionRequest:
    """The head of an asked unit answers.

    Raises:
        PermissionDenied: the actor heads no unit that is asked.
        InvalidInput: a disagreement without a text.
    """
    document = get_document(session, actor, document_id)
    rows = sa.select(OpinionRequest).where(
        OpinionRequest.document_id == document.id, OpinionRequest.answered_at.is_(None)
    )
    asked = [one for one in session.scalars(rows) if unit_term(one.unit_id) in actor.terms]
    if not asked:
        raise PermissionDenied(f"nobody asks person {actor.person_id} about {document.id}")
    actor = authorize(actor, permissions.READ)
    if not agrees and not text.strip():
        raise InvalidInput("Phải ghi nội dung không nhất trí.", "text")
    request = asked[0]
    request.agrees, request.answer = agrees, text.strip()[:2000]
    request.answered_at, request.answered_by = now(), actor.person_id
    request.answered_by_post_id = actor.post_id
    moving.tell(
        session, document, "outgoing.opinion_given", "Đã có ý kiến về dự thảo", request.answer,
        post_ids=[document.drafter_post_id],
    )  # fmt: skip
    audit.record(session, actor, "outgoing.opinion_given", document.id, agrees=agrees)
    outbox.changed(session, KIND, document.id)
    return request
