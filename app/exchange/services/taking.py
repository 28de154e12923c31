"""A packet comes in: its row, its parts in the intake ledger, its raw file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import audit, outbox
from app.clock import now
from app.exchange.edxml import Packet
from app.exchange.edxml.types import ARRIVED, NEW, RECALL, RECALL_ASKED
from app.exchange.models import (
    ExchangePacket,
    ExchangePart,
    ExchangeStatus,
    PacketState,
    StatusState,
    Way,
)
from app.exchange.queries.organs import own_codes
from app.exchange.queries.packets import KIND
from app.exchange.services import holding, telling
from app.files.models import FileRole
from app.files.services import record_file
from app.files.store import StoredBlob
from app.incoming.models import IntakeItem, IntakeSource, IntakeState
from app.incoming.services import Arrival, receive
from app.security import ORGAN, SYSTEM, Actor, grant

NO_FILE = "Gói tin không có tệp văn bản nào."
NOT_OURS = "Gói tin không ghi cơ quan ta ở nơi nhận."


@dataclass(frozen=True, slots=True)
class Coming:
    """A part whose bytes are still to be taken in: the ledger row and its place in the packet."""

    intake_id: int
    position: int


def open_packet(
    session: Session,
    actor: Actor,
    message: Packet,
    raw: StoredBlob,
    file_name: str,
    *,
    digest: str = "",
    accepted: bool = False,
) -> tuple[ExchangePacket, list[Coming]]:
    """The row of a packet and the parts that still lack their bytes.

    A packet that came before is counted and changes nothing; one whose taking was interrupted
    goes on where it stopped. One that names a document we have and says something else (by
    `digest`, of its words and files) is put aside until a clerk has `accepted` it.
    """
    key, earlier = key_of(message, raw), None
    known = _by_key(session, key)
    if known is not None and not _says_the_same(known, raw, digest):
        earlier, key = known, f"{key}:{digest[:16]}"
        known = _by_key(session, key)
    if known is not None and known.state is PacketState.BROKEN:  # sent again, repaired
        known.state, known.error, known.settled_at = PacketState.RECEIVED, "", None
        known.sha256, known.size = raw.sha256, raw.size
        known.content = _content(session, message) | {"digest": digest}
    elif known is not None and known.state is not PacketState.RECEIVED:
        known.repeats += 1
        return known, []
    elif known is None and earlier is not None and not accepted:
        held = holding.put_aside(
            session, actor, raw, file_name, holding.CHANGED, state=PacketState.HELD,
            refers_to=earlier.id,
        )  # fmt: skip
        return held, []
    packet = known or _new(session, actor, message, raw, key, file_name, digest)
    if not message.attachments:
        _without_files(session, packet, message)
        return packet, []
    return packet, _expect(session, packet, message)


def _by_key(session: Session, key: str) -> ExchangePacket | None:
    return session.scalar(sa.select(ExchangePacket).filter_by(key=key))


def _says_the_same(known: ExchangePacket, raw: StoredBlob, digest: str) -> bool:
    """Whether a packet of the same name brings nothing new. Of a purged one nobody knows."""
    if known.state is PacketState.BROKEN or known.sha256 in (None, raw.sha256):
        return True
    return bool(known.content.get("digest") == digest)


def key_of(message: Packet, raw: StoredBlob) -> str:
    """What makes a second copy the same packet: sender and document; of updates also the bytes."""
    sender = message.sender.organ_id or message.sender.name
    business = message.business.kind
    tail = "" if business == NEW else f":{business}:{raw.sha256[:16]}"
    return f"in:{sender[:120]}:{document_id_of(message)[:200]}{tail}"


def document_id_of(message: Packet) -> str:
    """DocumentId, or what it is made of: organ, day, number."""
    if message.document_id:
        return message.document_id[:200]
    day = f"{message.issued_date:%Y/%m/%d}" if message.issued_date else ""
    return f"{message.sender.organ_id},{day},{message.code}"[:200]


def _new(
    session: Session,
    actor: Actor,
    message: Packet,
    raw: StoredBlob,
    key: str,
    file_name: str,
    digest: str,
) -> ExchangePacket:
    packet = _by_key(session, f"sha:{raw.sha256}")
    if packet is None:
        packet = ExchangePacket(way=Way.IN, state=PacketState.RECEIVED, key=key)
    packet.key, packet.state, packet.error = key, PacketState.RECEIVED, ""
    packet.settled_at = None
    packet.document_id = document_id_of(message)
    packet.organ_code, packet.organ_name = message.sender.organ_id[:60], message.sender.name[:300]
    packet.code, packet.issued_date = message.code[:110], message.issued_date
    packet.subject, packet.business = message.subject[:500], message.business.kind
    packet.content = _content(session, message) | {"digest": digest}
    packet.file_name, packet.sha256, packet.size = file_name[:255], raw.sha256, raw.size
    try:
        with session.begin_nested():
            session.add(packet)
            session.flush()
    except IntegrityError:  # the same packet by another way at the same moment
        return session.scalars(sa.select(ExchangePacket).filter_by(key=key)).one()
    grant(session, KIND, packet.id, ORGAN, "received")
    audit.record(session, actor, "exchange_packet.received", packet.id)
    _refer(session, packet, message)
    telling.adopt(session, packet)
    outbox.changed(session, KIND, packet.id)
    return packet


def _content(session: Session, message: Packet) -> dict[str, Any]:
    """What the registration form and the packet's page need, until a purge."""
    ours, named = own_codes(session), {one.organ_id for one in message.receivers if one.organ_id}
    return {
        "code_number": message.code_number,
        "code_notation": message.code_notation,
        "issued_date": message.issued_date.isoformat() if message.issued_date else None,
        "type_name": message.type_name,
        "subject": message.subject,
        "priority": message.priority,
        "signer_name": message.signer_name,
        "signer_position": message.signer_position or message.signer_competence,
        "due_date": message.due_date.isoformat() if message.due_date else None,
        "receivers": [[one.organ_id, one.name] for one in message.receivers][:50],
        "to_places": list(message.to_places)[:50],
        "answers": [one.code or one.document_id for one in message.response_for][:20],
        "reason": message.business.reason[:500],
        "warning": NOT_OURS if ours and named and not ours & named else "",
    }


def _refer(session: Session, packet: ExchangePacket, message: Packet) -> None:
    """A recall, update or replacement asks for an earlier packet of the same sender."""
    if packet.business == NEW:
        return
    named = [one.document_id for one in message.business.replaces]
    named += [message.business.document_id, *(one.document_id for one in message.response_for)]
    if packet.business == RECALL:
        named.append(packet.document_id)
    rows = sa.select(ExchangePacket).where(
        ExchangePacket.way == Way.IN,
        ExchangePacket.organ_code == packet.organ_code,
        ExchangePacket.document_id.in_([one for one in named if one]),
        ExchangePacket.id != packet.id,
    )
    earlier = session.scalar(rows.order_by(ExchangePacket.id.desc()).limit(1))
    if earlier is None:
        return
    packet.refers_to_id = earlier.id
    session.add(
        ExchangeStatus(
            way=Way.IN,
            packet_id=earlier.id,
            document_id=earlier.document_id,
            peer_code=earlier.organ_code,
            code=RECALL_ASKED,
            ref=f"packet:{packet.id}",
            at=message.sent_at or now(),
            description=message.business.reason[:500],
            state=StatusState.NOTED,
        )
    )
    outbox.changed(session, KIND, earlier.id)


def _without_files(session: Session, packet: ExchangePacket, message: Packet) -> None:
    """A recall needs no file; any other packet without one says nothing that can be registered."""
    if message.business.kind == RECALL:
        packet.state, packet.settled_at = PacketState.TAKEN, now()
    else:
        packet.state, packet.error = PacketState.BROKEN, NO_FILE
    outbox.changed(session, KIND, packet.id)


def _expect(session: Session, packet: ExchangePacket, message: Packet) -> list[Coming]:
    """A ledger row for each part, all in one draft. Rows given up meanwhile get new ones."""
    rows = session.scalars(sa.select(ExchangePart).filter_by(packet_id=packet.id)).all()
    parts = {part.position: part for part in rows}
    letter_id = _draft_of(session, [part.intake_id for part in rows if part.intake_id])
    coming: list[Coming] = []
    for position, attachment in enumerate(message.attachments):
        part = parts.get(position)
        if part is None:
            part = ExchangePart(packet_id=packet.id, position=position, name=attachment.name[:255])
            session.add(part)
        item = session.get(IntakeItem, part.intake_id) if part.intake_id else None
        if item is None or item.reject_code == "unfinished":
            arrival = Arrival(
                attachment.name or f"tep-{position + 1}",
                IntakeSource.EXCHANGE,
                source_name=(packet.organ_name or packet.organ_code)[:200],
                letter_id=letter_id,
            )
            item = receive(session, SYSTEM, arrival)
            part.intake_id, letter_id = item.id, item.letter_id
        if item.state is IntakeState.RECEIVED:
            coming.append(Coming(item.id, position))
    session.flush()
    return coming


def _draft_of(session: Session, intake_ids: Sequence[int]) -> int | None:
    rows = sa.select(IntakeItem.letter_id).where(
        IntakeItem.id.in_(intake_ids),
        IntakeItem.letter_id.is_not(None),
        IntakeItem.state != IntakeState.REGISTERED,
    )
    return session.scalar(rows.order_by(IntakeItem.id).limit(1))


def settle(session: Session, packet_id: int) -> ExchangePacket:
    """All parts are in the ledger: tell the sender that the packet has arrived (01)."""
    packet = session.get_one(ExchangePacket, packet_id, with_for_update=True)
    if packet.state is PacketState.RECEIVED:
        packet.state = PacketState.TAKEN
        telling.tell(session, packet, ARRIVED, at=packet.created_at)
        outbox.changed(session, KIND, packet.id)
    return packet


def keep_raw(session: Session, packet_id: int, blob: StoredBlob) -> bool:
    """Keep the raw packet as a file, once its parts have passed quarantine.

    Returns whether it is kept: a packet that was purged meanwhile is not.
    """
    packet = session.get_one(ExchangePacket, packet_id, with_for_update=True)
    if packet.state is not PacketState.TAKEN or packet.file_id is not None:
        return packet.file_id is not None
    file = record_file(
        session, SYSTEM, blob, name=packet.file_name or "goi-tin.edxml",
        media_type="application/xml", role=FileRole.ATTACHMENT, kind=KIND, thing_id=packet.id,
    )  # fmt: skip
    packet.file_id = file.id
    return True
