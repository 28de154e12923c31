"""A status comes in: about a document of ours (01 to 06, 15, 16) or a wish of its sender (13)."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import audit, outbox
from app.clock import now
from app.errors import NotFound, RuleViolated
from app.exchange import permissions
from app.exchange.edxml import Status
from app.exchange.edxml.types import (
    ACCEPTED,
    ARRIVED,
    ASSIGNED,
    DONE,
    HANDLED,
    RECALL_AGREED,
    RECALL_ASKED,
    RECALL_REFUSED,
    REJECTED,
    STATUS_LABELS,
)
from app.exchange.models import (
    ExchangePacket,
    ExchangeParty,
    ExchangeStatus,
    StatusState,
    Way,
)
from app.exchange.queries.organs import same_organ
from app.exchange.queries.packets import KIND
from app.exchange.standing import KNOWN, News, Standing, standing
from app.outgoing.models import Delivery, Recipient
from app.outgoing.services import answer_recall, note_delivery
from app.security import ORGAN, SYSTEM, Actor, authorize

DELIVERY_OF = {
    ARRIVED: Delivery.DELIVERED,
    REJECTED: Delivery.RETURNED,
    ACCEPTED: Delivery.RECEIVED,
    ASSIGNED: Delivery.RECEIVED,
    HANDLED: Delivery.RECEIVED,
    DONE: Delivery.RECEIVED,
}
NO_PACKET = "Chưa có gói tin nào với mã văn bản này."
NO_PARTY = "Nơi báo không phải nơi nhận của văn bản này."
UNKNOWN_CODE = "Mã trạng thái không có trong danh mục."


def hear(session: Session, message: Status) -> ExchangeStatus:
    """Keep a status and let it take effect. Heard again, or out of order, it does no harm."""
    at = message.at or now()
    response, peer = message.response_for, message.sender.organ_id[:60]
    key = {
        "way": Way.IN,
        "peer_code": peer,
        "document_id": (response.document_id or response.code)[:200],
        "code": message.code,
        "ref": message.at.isoformat() if message.at else "",
    }
    known = session.scalar(sa.select(ExchangeStatus).filter_by(**key))
    if known is not None:
        return known
    row = ExchangeStatus(
        **key, at=at, description=message.description[:500], staff=message.staff.name[:200],
        state=StatusState.UNMATCHED, error=NO_PACKET,
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:  # the same status by another way at the same moment
        return session.scalars(sa.select(ExchangeStatus).filter_by(**key)).one()
    if message.code == RECALL_ASKED:
        _asked(session, row, message)
    elif message.code in KNOWN:
        _reported(session, row, message)
    else:
        row.error = UNKNOWN_CODE
    session.flush()
    return row


def _asked(session: Session, row: ExchangeStatus, message: Status) -> None:
    """The sender of a packet wants it back; a clerk answers on the packet's page.

    It is named by its id, or by number and day when the sender gives none.
    """
    response = message.response_for
    named = ExchangePacket.document_id == row.document_id
    if not response.document_id and response.issued_date is not None:
        named = sa.and_(
            ExchangePacket.code == response.code,
            ExchangePacket.issued_date == response.issued_date,
        )
    rows = sa.select(ExchangePacket).where(ExchangePacket.way == Way.IN, named)
    for packet in session.scalars(rows.order_by(ExchangePacket.id.desc())):
        if same_organ(session, packet.organ_code, row.peer_code):
            row.packet_id, row.state, row.error = packet.id, StatusState.NOTED, ""
            audit.record(session, SYSTEM, "exchange_packet.heard", packet.id, code=row.code)
            outbox.changed(session, KIND, packet.id)
            return


def _reported(session: Session, row: ExchangeStatus, message: Status) -> None:
    """A receiver says how far our document has come."""
    packet = _packet_of(session, message)
    if packet is None:
        return
    row.packet_id, row.error = packet.id, NO_PARTY
    parties = session.scalars(
        sa.select(ExchangeParty).filter_by(packet_id=packet.id).with_for_update()
    )
    for party in parties:
        if same_organ(session, party.organ_code, row.peer_code):
            row.state, row.error = StatusState.NOTED, ""
            session.flush()
            settle_party(session, packet, party)
            audit.record(session, SYSTEM, "exchange_packet.heard", packet.id, code=row.code)
            outbox.changed(session, KIND, packet.id)
            return


def _packet_of(session: Session, message: Status) -> ExchangePacket | None:
    """Our packet, by its document id, or by number and day when a server gave it another id."""
    rows = sa.select(ExchangePacket).where(ExchangePacket.way == Way.OUT)
    response = message.response_for
    if response.document_id:
        found = session.scalar(
            rows.where(ExchangePacket.document_id == response.document_id[:200])
            .order_by(ExchangePacket.id.desc())
            .limit(1)
        )
        if found is not None:
            return found
    if not response.code or response.issued_date is None:
        return None
    same = rows.where(
        ExchangePacket.code == response.code, ExchangePacket.issued_date == response.issued_date
    )
    return session.scalar(same.order_by(ExchangePacket.id.desc()).limit(1))


def dismiss(session: Session, actor: Actor, *, status_id: int) -> ExchangeStatus:
    """A person has dealt with a status that fits nothing: it leaves “Cần xử lý”.

    Raises NotFound, and RuleViolated for one that has found its packet or was dealt with before.
    """
    actor = authorize(actor, permissions.HANDLE)
    row = session.get(ExchangeStatus, status_id, with_for_update=True)
    if row is None or ORGAN not in actor.terms:
        raise NotFound(f"exchange status {status_id}")
    if row.state is not StatusState.UNMATCHED:
        raise RuleViolated("Trạng thái này không còn chờ xử lý.")
    row.state = StatusState.DISMISSED
    audit.record(session, actor, "exchange_status.dismissed", row.id, code=row.code)
    if row.packet_id is not None:
        outbox.changed(session, KIND, row.packet_id)
    return row


def settle_party(session: Session, packet: ExchangePacket, party: ExchangeParty) -> Standing:
    """Work out anew where a receiver stands, and let the outgoing document show it."""
    rows = sa.select(ExchangeStatus).where(ExchangeStatus.packet_id == packet.id)
    heard = [
        row
        for row in session.scalars(rows.order_by(ExchangeStatus.at, ExchangeStatus.id))
        if same_organ(session, party.organ_code, row.peer_code)
    ]
    found = standing(News(row.code, row.at) for row in heard)
    if (party.progress, party.recall) == (found.progress, found.recall):
        return found
    words = {row.code: row.description for row in heard}
    party.progress, party.recall, party.changed_at = found.progress, found.recall, now()
    recipient = session.get(Recipient, party.recipient_id) if party.recipient_id else None
    if recipient is not None and packet.outgoing_id is not None:
        _show(session, packet.outgoing_id, recipient, found, words)
    return found


def _show(
    session: Session,
    document_id: int,
    recipient: Recipient,
    found: Standing,
    words: dict[str, str],
) -> None:
    if found.progress is not None:
        label, said = STATUS_LABELS[found.progress], words.get(found.progress, "")
        note_delivery(
            session, SYSTEM, document_id=document_id, recipient_id=recipient.id,
            delivery=DELIVERY_OF[found.progress], detail=f"{label}: {said}" if said else label,
        )  # fmt: skip
    if recipient.recall is not None and found.recall in (RECALL_AGREED, RECALL_REFUSED):
        answer_recall(
            session, SYSTEM, document_id=document_id, recipient_id=recipient.id,
            agrees=found.recall == RECALL_AGREED, answer=words.get(found.recall, ""),
        )  # fmt: skip
