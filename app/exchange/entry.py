"""The door for packets: intake page, watched folder and command all come in here.

Row first, then the parts one by one through the door of arriving files, then the row says that
they are all there. A process may die between any two: `resume` goes on from the held raw file.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from app.db import reading, transaction
from app.exchange import queries
from app.exchange.edxml import Packet, Status
from app.exchange.edxml.types import STATUS_LABELS, from_json
from app.exchange.folders import current_folders
from app.exchange.models import ExchangePacket, PacketState, StatusState
from app.exchange.queries.letters import interrupted, unstored
from app.exchange.services import following, hearing, taking
from app.files.store import StoredBlob, copy_hashed, current_store
from app.incoming import entry as incoming
from app.security import SYSTEM, Actor
from ocr import FileRefused, sandbox
from ocr.types import Limits

READ = "app.exchange.edxml.read:read_file"
BASE64_GROWTH = 2  # a packet is larger than its files by a third, and has a header
SENTENCES = {
    "edxml:xml": "Tệp không phải gói tin edXML, hoặc đã bị cắt cụt.",
    "edxml:doctype": "Gói tin khai báo DOCTYPE, bị từ chối vì lý do an toàn.",
    "edxml:header": "Tệp XML này không có phần đầu (MessageHeader) của gói tin edXML.",
    "edxml:base64": "Tệp đính kèm trong gói tin bị hỏng, không giải mã được.",
    "edxml:attachment": "Gói tin có tệp đính kèm rỗng hoặc quá lớn.",
    "edxml:status": "Bản tin trạng thái thiếu mã trạng thái hoặc văn bản liên quan.",
    "edxml:too_many": "Gói tin có quá nhiều phần tử hoặc tệp so với giới hạn cho phép.",
}


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a file. `ok` is False for one that could not be used, `sentence` says why."""

    ok: bool
    sentence: str
    packet_token: str | None = None
    letter_id: int | None = None


def take_in(actor: Actor, source: BinaryIO, file_name: str, *, limit: int) -> Received:
    """Receive a packet or a status whose files have at most `limit` bytes each.

    Call it outside any block. A file that came before changes nothing. Raises TooBig.
    """
    work = current_folders().work()
    try:
        blob = copy_hashed(source, work / "raw", limit * BASE64_GROWTH)
        return _take(actor, work, blob, file_name, limit)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _take(actor: Actor, work: Path, blob: StoredBlob, file_name: str, limit: int) -> Received:
    try:
        message = _read(work, limit)
    except FileRefused as error:
        sentence = SENTENCES.get(error.detail, error.sentence)
        with transaction("exchange.broken") as session:
            packet = taking.note_broken(session, actor, blob, file_name, sentence)
            broken = packet.state is PacketState.BROKEN
        if broken:
            current_folders().hold(packet.id, work / "raw")
        return Received(False, sentence, packet.token)
    if isinstance(message, Status):
        return _hear(message)
    return _take_packet(actor, work, blob, file_name, message, limit)


def _read(work: Path, limit: int) -> Packet | Status:
    """Read the raw file in the sandbox; its parts lie in `work` afterwards."""
    mib = limit * BASE64_GROWTH // (1024 * 1024) + 1
    limits = Limits(wall_s=120, cpu_s=60, memory_mb=1024, file_mb=mib)

    def collect(folder: Path, answer: Any) -> Packet | Status:
        try:
            message = from_json(answer)
        except (KeyError, TypeError, ValueError) as error:
            raise FileRefused("crashed", "the child's answer is no message") from error
        if isinstance(message, Packet):
            for one in message.attachments:
                sandbox.take(folder, one.path, work / Path(one.path).name, max_bytes=limit)
        return message

    args = {"path": str(work / "raw"), "limit": limit}
    message: Packet | Status = sandbox.run(READ, args, limits, collect=collect)
    return message


def _hear(message: Status) -> Received:
    with transaction("exchange.hear") as session:
        row = hearing.hear(session, message)
        packet = session.get(ExchangePacket, row.packet_id) if row.packet_id else None
        label, noted = STATUS_LABELS.get(row.code, row.code), row.state is StatusState.NOTED
        sentence = f"Trạng thái “{label}” của văn bản {row.document_id}." if noted else row.error
        return Received(True, sentence, packet.token if packet else None)


def _take_packet(
    actor: Actor, work: Path, blob: StoredBlob, file_name: str, message: Packet, limit: int
) -> Received:
    folders = current_folders()
    with transaction("exchange.receive") as session:
        packet, coming = taking.open_packet(session, actor, message, blob, file_name)
        known = packet.repeats > 0
    if packet.state is PacketState.RECEIVED and folders.raw(packet.id) is None:
        folders.hold(packet.id, work / "raw")
    for one in coming:
        part = work / Path(message.attachments[one.position].path).name
        with part.open("rb") as source:
            incoming.take_bytes(SYSTEM, one.intake_id, source, limit=limit)
    with transaction("exchange.settle") as session:
        packet = taking.settle(session, packet.id)
        letter = queries.letters_of(session, [packet.id]).get(packet.id)
        name = packet.code or packet.document_id
        letter_id = letter.id if letter else None
        if packet.state is PacketState.BROKEN:
            return Received(False, packet.error, packet.token)
        sentence = (
            f"Gói tin {name} đã có, không nhận lần nữa." if known else f"Đã nhận gói tin {name}."
        )
        return Received(True, sentence, packet.token, letter_id)


def resume(packet_id: int, *, limit: int) -> Received | None:
    """Go on with a packet whose taking was interrupted, or read a broken one again.

    None when its raw file is not held any more.
    """
    raw = current_folders().raw(packet_id)
    if raw is None:
        return None
    with reading() as session:
        name = session.get_one(ExchangePacket, packet_id).file_name
    with raw.open("rb") as source:
        return take_in(SYSTEM, source, name, limit=limit)


def keep_up(*, limit: int) -> int:
    """Tell senders what happened, store raw packets that may be kept, finish interrupted ones.

    The relay calls it again and again. Returns how many things it did.
    """
    done = _follow()
    with reading() as session:
        half = [packet.id for packet in interrupted(session)]
        judged = [packet.id for packet in unstored(session)]
    for packet_id in half:
        done += resume(packet_id, limit=limit) is not None
    for packet_id in judged:
        done += _store_raw(packet_id)
    return done


def _follow() -> int:
    told, after = 0, 0
    while True:
        with reading() as session:
            packets = following.next_followed(session, after)
            due = following.due_statuses(session, packets) if packets else []
        if due:
            with transaction("exchange.follow") as session:
                told += following.tell_due(session, due)
        if not packets:
            return told
        after = packets[-1].id


def _store_raw(packet_id: int) -> bool:
    folders = current_folders()
    raw = folders.raw(packet_id)
    if raw is None:
        return False
    blob = current_store().put_path(raw)
    with transaction("exchange.keep_raw") as session:
        kept = taking.keep_raw(session, packet_id, blob)
    if kept:
        folders.forget(packet_id)
    return kept
