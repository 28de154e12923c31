"""What we tell the sender of a packet: each status once, queued for the out-folder."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit, outbox
from app.clock import now
from app.errors import InvalidInput, RuleViolated
from app.exchange import permissions
from app.exchange.edxml.types import (
    DONE,
    RECALL_AGREED,
    RECALL_ASKED,
    RECALL_REFUSED,
    REJECTED,
)
from app.exchange.events import StatusQueued
from app.exchange.models import ExchangePacket, ExchangeStatus, PacketState, StatusState, Way
from app.exchange.queries.organs import same_organ
from app.exchange.queries.packets import KIND
from app.security import SYSTEM, Actor, authorize

FINAL = frozenset({DONE, REJECTED, RECALL_AGREED})


def tell(
    session: Session,
    packet: ExchangePacket,
    code: str,
    *,
    at: datetime,
    description: str = "",
    ref: str = "",
    staff: str = "",
    peer_code: str | None = None,
) -> ExchangeStatus | None:
    """Queue a status for the organ at the other end. None when it was told before.

    A later packet about the same document (an update) is told of anew.
    """
    peer = packet.organ_code if peer_code is None else peer_code
    key = {
        "way": Way.OUT, "peer_code": peer, "document_id": packet.document_id, "code": code,
        "ref": ref,
    }  # fmt: skip
    session.flush()
    before = sa.select(ExchangeStatus.packet_id)
    told = session.scalars(before.filter_by(**key)).first()
    if told is not None and told != packet.id:
        key["ref"] = f"packet:{packet.id}"
        told = session.scalars(before.filter_by(**key)).first()
    if told is not None:
        return None
    row = ExchangeStatus(
        **key, packet_id=packet.id, at=at, description=description[:500], staff=staff[:200],
        state=StatusState.QUEUED,
    )  # fmt: skip
    session.add(row)
    session.flush()
    if packet.way is Way.IN and code in FINAL:
        packet.settled_at = packet.settled_at or now()
    audit.record(session, SYSTEM, "exchange_packet.told", packet.id, code=code)
    outbox.publish(session, StatusQueued(status_id=row.id))
    outbox.changed(session, KIND, packet.id)
    return row


def adopt(session: Session, packet: ExchangePacket) -> None:
    """Statuses that came before their packet find it now."""
    rows = sa.select(ExchangeStatus).where(
        ExchangeStatus.way == Way.IN,
        ExchangeStatus.state.in_((StatusState.UNMATCHED, StatusState.DISMISSED)),
        ExchangeStatus.packet_id.is_(None),
        ExchangeStatus.document_id == packet.document_id,
        ExchangeStatus.code == RECALL_ASKED,
    )
    for row in session.scalars(rows).all():
        if not same_organ(session, packet.organ_code, row.peer_code):
            continue
        row.packet_id, row.state, row.error = packet.id, StatusState.NOTED, ""


def open_request(session: Session, packet_id: int) -> ExchangeStatus | None:
    """What the sender asked (recall, update) and nobody has answered yet: the newest."""
    rows = (
        sa.select(ExchangeStatus)
        .where(ExchangeStatus.packet_id == packet_id)
        .where(ExchangeStatus.code.in_([RECALL_ASKED, RECALL_AGREED, RECALL_REFUSED]))
        .order_by(ExchangeStatus.id)
    )
    found = session.scalars(rows).all()
    answered = {row.ref for row in found if row.way is Way.OUT}
    asked = [row for row in found if row.way is Way.IN and row.code == RECALL_ASKED]
    if any(row.code == RECALL_AGREED and row.way is Way.OUT for row in found):
        return None
    return next((row for row in reversed(asked) if str(row.id) not in answered), None)


def answer_request(
    session: Session, actor: Actor, *, packet_id: int, agrees: bool, answer: str = ""
) -> ExchangePacket:
    """Tell the sender 15 or 16. The letter itself is ended by the room it lives in, before this.

    Raises RuleViolated when nothing is asked, InvalidInput for a refusal without a reason.
    """
    actor = authorize(actor, permissions.HANDLE)
    packet = session.get_one(ExchangePacket, packet_id, with_for_update=True)
    request = open_request(session, packet.id)
    if request is None:
        raise RuleViolated("Nơi gửi không yêu cầu thu hồi văn bản này, hoặc đã được trả lời.")
    if not agrees and not answer.strip():
        raise InvalidInput("Phải ghi lý do từ chối thu hồi.", "answer")
    code = RECALL_AGREED if agrees else RECALL_REFUSED
    tell(
        session, packet, code, at=now(), description=answer.strip(), ref=str(request.id),
        staff=actor.name,
    )  # fmt: skip
    audit.record(session, actor, "exchange_packet.answered", packet.id, agrees=agrees)
    return packet


def return_packet(session: Session, actor: Actor, *, packet_id: int, reason: str) -> ExchangePacket:
    """Tell the sender that the packet is not accepted (02).

    Raises InvalidInput without a reason, RuleViolated when a final status was told already.
    """
    actor = authorize(actor, permissions.HANDLE)
    packet = session.get_one(ExchangePacket, packet_id, with_for_update=True)
    if not reason.strip():
        raise InvalidInput("Phải ghi lý do trả lại.", "reason")
    if packet.way is not Way.IN or packet.state is not PacketState.TAKEN or packet.settled_at:
        raise RuleViolated("Gói tin này không trả lại được nữa.")
    tell(session, packet, REJECTED, at=now(), description=reason.strip(), staff=actor.name)
    return packet
