"""A part of a packet was secret: nothing of the packet stays but that it came."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit, outbox
from app.clock import now
from app.exchange.edxml.types import REJECTED
from app.exchange.models import ExchangePacket, ExchangePart, PacketState
from app.exchange.queries.packets import KIND
from app.exchange.services import telling
from app.files.services import purge_files
from app.security import SYSTEM

SENTENCE = "Không tiếp nhận được trên hệ thống này; đề nghị gửi theo đường khác."


def purge_packets_of(session: Session, intake_id: int) -> tuple[list[int], list[str]]:
    """Forget the packets that an intake row came from.

    Returns their ids and the hashes whose bytes go after the commit. Repeating it is harmless.
    """
    rows = sa.select(ExchangePacket).join(ExchangePart, ExchangePart.packet_id == ExchangePacket.id)
    found = session.scalars(rows.where(ExchangePart.intake_id == intake_id)).unique().all()
    hashes: list[str] = []
    for packet in found:
        if packet.file_id is not None:
            hashes += purge_files(session, [packet.file_id])
        if packet.state is PacketState.PURGED:
            continue
        telling.tell(session, packet, REJECTED, at=now(), description=SENTENCE)
        packet.state, packet.settled_at = PacketState.PURGED, now()
        packet.subject = packet.file_name = packet.error = ""
        packet.content, packet.sha256 = {}, None
        parts = sa.update(ExchangePart).where(ExchangePart.packet_id == packet.id)
        session.execute(parts.values(name=""))
        audit.record(session, SYSTEM, "exchange_packet.purged", packet.id)
        outbox.changed(session, KIND, packet.id)
    return [packet.id for packet in found], hashes
