"""Packets that nobody has let in: unreadable ones, a stranger's, one that says something else.

Each keeps a row with the sentence that says why, and its raw file in the held folder, until a
clerk lets it in, throws it away, or a repaired one comes.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit, outbox
from app.clock import now
from app.errors import RuleViolated
from app.exchange import permissions
from app.exchange.models import ExchangePacket, PacketState, Way
from app.exchange.queries.organs import same_organ
from app.exchange.queries.packets import KIND
from app.files.store import StoredBlob
from app.security import ORGAN, SYSTEM, Actor, authorize, grant

STRANGER = "Địa chỉ gửi thư không có trong danh sách được gửi gói tin."
FOREIGN = "Địa chỉ gửi thư không được gửi gói tin thay cho cơ quan có mã “{code}”."
CHANGED = "Cùng mã văn bản với gói tin đã nhận nhưng nội dung khác."
LOST = "Việc nhận bị dừng giữa chừng và gói tin gốc không còn. Đề nghị nơi gửi gửi lại."
UNFORESEEN = "Không đọc được gói tin này; quản trị hệ thống xem nhật ký."
WAITING = (PacketState.BROKEN, PacketState.HELD)
ANYBODY = "*"


def may_speak(session: Session, speaks_for: frozenset[str] | None, code: str) -> bool:
    """Whether who brought a message may bring those of the organ with this code.

    None: the way it came by is trusted as a whole (the folder of the agent, a clerk).
    """
    if speaks_for is None or ANYBODY in speaks_for:
        return True
    return any(same_organ(session, code, one) for one in speaks_for)


def put_aside(
    session: Session,
    actor: Actor,
    raw: StoredBlob,
    file_name: str,
    sentence: str,
    *,
    state: PacketState = PacketState.BROKEN,
    refers_to: int | None = None,
) -> ExchangePacket:
    """Keep a row of a file that does not come in, with the sentence that says why.

    Bytes that came in before, by whatever way, are only counted.
    """
    known = sa.select(ExchangePacket).filter_by(way=Way.IN, sha256=raw.sha256)
    packet = session.scalar(sa.select(ExchangePacket).filter_by(key=f"sha:{raw.sha256}"))
    packet = packet or session.scalar(known.order_by(ExchangePacket.id).limit(1))
    if packet is None:
        packet = ExchangePacket(
            way=Way.IN, state=state, key=f"sha:{raw.sha256}", file_name=file_name[:255],
            sha256=raw.sha256, size=raw.size,
        )  # fmt: skip
        session.add(packet)
        session.flush()
        grant(session, KIND, packet.id, ORGAN, "received")
        audit.record(session, actor, f"exchange_packet.{state.value}", packet.id)
    else:
        packet.repeats += 1
    if packet.state in WAITING:
        packet.state, packet.error = state, sentence[:500]
        packet.refers_to_id = refers_to or packet.refers_to_id
    outbox.changed(session, KIND, packet.id)
    return packet


def release(session: Session, raw: StoredBlob) -> int | None:
    """A file that was put aside turned out to be a status and was heard: its row is done with."""
    packet = session.scalar(sa.select(ExchangePacket).filter_by(key=f"sha:{raw.sha256}"))
    if packet is None or packet.state not in WAITING:
        return None
    packet.state, packet.settled_at = PacketState.TAKEN, now()
    packet.error, packet.sha256 = "", None
    outbox.changed(session, KIND, packet.id)
    return packet.id


def let_in(session: Session, actor: Actor, packet: ExchangePacket) -> None:
    """A clerk has it read, whoever brought it. Raises RuleViolated when it is not put aside."""
    actor = authorize(actor, permissions.HANDLE)
    if packet.state not in WAITING:
        raise RuleViolated("Gói tin này không còn chờ xét.")
    audit.record(session, actor, "exchange_packet.retried", packet.id)


def throw_away(session: Session, actor: Actor, *, packet_id: int) -> ExchangePacket:
    """Nothing of it stays but that it came: what comes under its name later is new. The caller
    removes the held file after the commit.

    Raises RuleViolated when it is not put aside.
    """
    actor = authorize(actor, permissions.HANDLE)
    packet = session.get_one(ExchangePacket, packet_id, with_for_update=True)
    if packet.state not in WAITING:
        raise RuleViolated("Gói tin này không còn chờ xét.")
    packet.state, packet.settled_at = PacketState.PURGED, now()
    packet.key = f"away:{packet.id}"
    packet.subject = packet.file_name = packet.error = ""
    packet.content, packet.sha256 = {}, None
    audit.record(session, actor, "exchange_packet.discarded", packet.id)
    outbox.changed(session, KIND, packet.id)
    return packet


def mark_handled(session: Session, actor: Actor, *, packet_id: int) -> ExchangePacket:
    """A person has dealt with it by other means: it leaves “Cần xử lý”, its file stays.

    Raises RuleViolated for a packet that needs nobody.
    """
    actor = authorize(actor, permissions.HANDLE)
    packet = session.get_one(ExchangePacket, packet_id, with_for_update=True)
    if packet.settled_at is not None or packet.state not in (*WAITING, PacketState.FAILED):
        raise RuleViolated("Gói tin này không cần xử lý.")
    packet.settled_at = now()
    audit.record(session, actor, "exchange_packet.handled", packet.id)
    outbox.changed(session, KIND, packet.id)
    return packet


def give_up(session: Session, packet_id: int, sentence: str) -> None:
    """What was being taken in cannot be gone on with; a person has to see it."""
    packet = session.get_one(ExchangePacket, packet_id, with_for_update=True)
    if packet.state is PacketState.RECEIVED:
        packet.state, packet.error = PacketState.BROKEN, sentence
        audit.record(session, SYSTEM, "exchange_packet.broken", packet.id)
        outbox.changed(session, KIND, packet.id)
