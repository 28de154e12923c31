"""Packets and the letters they became: through the intake ledger, which forgets nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.clock import now
from app.exchange.models import ExchangePacket, ExchangePart, PacketState, Way
from app.exchange.queries.organs import same_organ
from app.incoming.models import IncomingDocument, IntakeItem

STILL_COMING = timedelta(minutes=15)  # longer than any request or look into a folder takes


def letters_of(session: Session, packet_ids: Sequence[int]) -> dict[int, IncomingDocument]:
    """The letter of each packet: of its first part that is in one, or came before as a double.

    A double counts only if it came before in a packet of the same sender: the same bytes from
    somebody else give him no say in that letter.
    """
    original, before, earlier = aliased(IntakeItem), aliased(ExchangePart), aliased(ExchangePacket)
    letter_id = sa.func.coalesce(IntakeItem.letter_id, original.letter_id)
    rows = (
        sa.select(
            ExchangePart.packet_id,
            IncomingDocument,
            IntakeItem.letter_id.is_not(None),
            ExchangePacket.organ_code,
            earlier.organ_code,
        )
        .join(ExchangePacket, ExchangePacket.id == ExchangePart.packet_id)
        .join(IntakeItem, IntakeItem.id == ExchangePart.intake_id)
        .outerjoin(original, original.id == IntakeItem.duplicate_of_id)
        .outerjoin(before, before.intake_id == original.id)
        .outerjoin(earlier, earlier.id == before.packet_id)
        .join(IncomingDocument, IncomingDocument.id == letter_id)
        .where(ExchangePart.packet_id.in_(list(packet_ids)))
        .order_by(IntakeItem.duplicate_of_id.is_not(None), ExchangePart.position)
    )
    found: dict[int, IncomingDocument] = {}
    for packet_id, letter, own, sender, sender_before in session.execute(rows).tuples():
        if own or (sender_before and same_organ(session, sender, sender_before)):
            found.setdefault(packet_id, letter)
    return found


def packet_of_letter(session: Session, letter_id: int) -> ExchangePacket | None:
    """The packet that a letter came in, if it did: the newest of that sender."""
    for packet in session.scalars(_packets_with(), {"letter_id": letter_id}).unique():
        if letters_of(session, [packet.id]).get(packet.id):
            return packet
    return None


@cache
def _packets_with() -> sa.Select[tuple[ExchangePacket]]:
    """Packets with a file of `letter_id` or a double of it; every page of a letter asks."""
    original, letter_id = aliased(IntakeItem), sa.bindparam("letter_id", type_=sa.Integer)
    return (
        sa.select(ExchangePacket)
        .join(ExchangePart, ExchangePart.packet_id == ExchangePacket.id)
        .join(IntakeItem, IntakeItem.id == ExchangePart.intake_id)
        .outerjoin(original, original.id == IntakeItem.duplicate_of_id)
        .where(
            ExchangePacket.way == Way.IN,
            sa.or_(IntakeItem.letter_id == letter_id, original.letter_id == letter_id),
        )
        .order_by(ExchangePacket.id.desc())
    )


def intakes_of(session: Session, packet_ids: Sequence[int]) -> dict[int, list[IntakeItem]]:
    """The ledger rows of packets, in the order of their parts."""
    rows = (
        sa.select(ExchangePart.packet_id, IntakeItem)
        .join(IntakeItem, IntakeItem.id == ExchangePart.intake_id)
        .where(ExchangePart.packet_id.in_(list(packet_ids)))
        .order_by(ExchangePart.packet_id, ExchangePart.position)
    )
    found: dict[int, list[IntakeItem]] = {packet_id: [] for packet_id in packet_ids}
    for packet_id, item in session.execute(rows).tuples():
        found[packet_id].append(item)
    return found


def followed(session: Session, *, after: int = 0, limit: int = 200) -> list[ExchangePacket]:
    """Packets whose senders have not been told the end yet, by their ids."""
    rows = sa.select(ExchangePacket).where(
        ExchangePacket.way == Way.IN,
        ExchangePacket.state == PacketState.TAKEN,
        ExchangePacket.settled_at.is_(None),
        ExchangePacket.id > after,
    )
    return list(session.scalars(rows.order_by(ExchangePacket.id).limit(limit)))


def unstored(session: Session, *, after: int = 0, limit: int = 50) -> list[ExchangePacket]:
    """Packets whose parts are all stored, so judged harmless, and whose raw file is still held.

    A part that is a double, refused or unreadable was judged by nobody: that raw file stays held.
    """
    not_stored = (
        sa.select(ExchangePart.id)
        .join(IntakeItem, IntakeItem.id == ExchangePart.intake_id)
        .where(ExchangePart.packet_id == ExchangePacket.id, IntakeItem.file_id.is_(None))
    )
    rows = sa.select(ExchangePacket).where(
        ExchangePacket.way == Way.IN,
        ExchangePacket.state == PacketState.TAKEN,
        ExchangePacket.file_id.is_(None),
        ExchangePacket.sha256.is_not(None),
        ~not_stored.exists(),
        ExchangePacket.id > after,
    )
    return list(session.scalars(rows.order_by(ExchangePacket.id).limit(limit)))


def interrupted(session: Session, *, after: int = 0, limit: int = 20) -> list[ExchangePacket]:
    """Packets whose taking ended half-way: the process died."""
    rows = sa.select(ExchangePacket).where(
        ExchangePacket.way == Way.IN,
        ExchangePacket.state == PacketState.RECEIVED,
        ExchangePacket.created_at < now() - STILL_COMING,
        ExchangePacket.id > after,
    )
    return list(session.scalars(rows.order_by(ExchangePacket.id).limit(limit)))
