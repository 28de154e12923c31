"""The door for packets: intake page, watched folder and command all come in here.

Row first, then the parts one by one through the door of arriving files, then the row says that
they are all there. A process may die between any two: `resume` goes on from the held raw file.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import sqlalchemy as sa

from app.db import reading, transaction
from app.errors import AppError
from app.exchange import queries
from app.exchange.edxml import Packet, Status
from app.exchange.edxml.types import STATUS_LABELS, from_json
from app.exchange.folders import current_folders
from app.exchange.models import ExchangePacket, PacketState, StatusState
from app.exchange.queries.letters import interrupted, unstored
from app.exchange.services import following, hearing, holding, taking
from app.files.store import StoredBlob, copy_hashed, current_store
from app.incoming import entry as incoming
from app.security import SYSTEM, Actor
from ocr import FileRefused, sandbox
from ocr.types import Limits

log = logging.getLogger(__name__)

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


@dataclass(frozen=True, slots=True)
class _Arrived:
    """A file that lies whole in a folder of its own. `accepted`: a clerk wants it all the same."""

    actor: Actor
    work: Path
    blob: StoredBlob
    file_name: str
    limit: int
    accepted: bool = False


def take_in(
    actor: Actor,
    source: BinaryIO,
    file_name: str,
    *,
    limit: int,
    speaks_for: frozenset[str] | None = None,
    accepted: bool = False,
) -> Received:
    """Receive a packet or a status whose files have at most `limit` bytes each.

    `speaks_for` holds the codes of the organs whose messages may come by this way (“*”: all; none:
    a stranger brings it); None for ways that are trusted as a whole. What may not come in waits
    for a clerk. Call it outside any block. A file that came before changes nothing. Raises TooBig.
    """
    work = current_folders().work()
    try:
        blob = copy_hashed(source, work / "raw", limit * BASE64_GROWTH)
        return _take(_Arrived(actor, work, blob, file_name, limit, accepted), speaks_for)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _take(file: _Arrived, speaks_for: frozenset[str] | None) -> Received:
    if speaks_for is not None and not speaks_for:
        return _put_aside(file, holding.STRANGER, PacketState.HELD)
    try:
        message = _read(file.work, file.limit)
    except FileRefused as error:
        sentence = SENTENCES.get(error.detail, error.sentence)
        return _put_aside(file, sentence, PacketState.BROKEN)
    code = message.sender.organ_id
    with reading() as session:
        allowed = holding.may_speak(session, speaks_for, code)
    if not allowed:
        return _put_aside(file, holding.FOREIGN.format(code=code[:60]), PacketState.HELD)
    if isinstance(message, Status):
        return _hear(message, file.blob)
    name = hashlib.sha256(taking.key_of(message, file.blob).encode()).hexdigest()
    with current_folders().lease(name):
        return _take_packet(file, message)


def _put_aside(file: _Arrived, sentence: str, state: PacketState) -> Received:
    with transaction("exchange.put_aside") as session:
        packet = holding.put_aside(
            session, file.actor, file.blob, file.file_name, sentence, state=state
        )
        waits = packet.state in holding.WAITING
    if waits:
        current_folders().hold(packet.id, file.work / "raw")
    return Received(packet.state is PacketState.TAKEN, sentence, packet.token)


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


def _hear(message: Status, blob: StoredBlob) -> Received:
    with transaction("exchange.hear") as session:
        row = hearing.hear(session, message)
        released = holding.release(session, blob)
        packet = session.get(ExchangePacket, row.packet_id) if row.packet_id else None
        label, noted = STATUS_LABELS.get(row.code, row.code), row.state is StatusState.NOTED
        sentence = f"Trạng thái “{label}” của văn bản {row.document_id}." if noted else row.error
    if released is not None:
        current_folders().forget(released)
    return Received(True, sentence, packet.token if packet else None)


def _take_packet(file: _Arrived, message: Packet) -> Received:
    folders, blob = current_folders(), file.blob
    with transaction("exchange.receive") as session:
        packet, coming = taking.open_packet(
            session, file.actor, message, blob, file.file_name,
            digest=_digest(file.work, message), accepted=file.accepted,
        )  # fmt: skip
        known = packet.repeats > 0
    if packet.sha256 == blob.sha256 and packet.file_id is None:
        folders.hold(packet.id, file.work / "raw")
    if packet.state is PacketState.HELD:
        return Received(False, packet.error, packet.token)
    for one in coming:
        part = file.work / Path(message.attachments[one.position].path).name
        with part.open("rb") as source:
            incoming.take_bytes(SYSTEM, one.intake_id, source, limit=file.limit)
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


def _digest(work: Path, message: Packet) -> str:
    """What a packet says: its number, day, subject and files, however its XML is written."""
    files = []
    for one in message.attachments:
        with (work / Path(one.path).name).open("rb") as source:
            files.append(hashlib.file_digest(source, "sha256").hexdigest())
    words = [message.code, str(message.issued_date), message.subject, files]
    return hashlib.sha256(json.dumps(words).encode()).hexdigest()


def resume(packet_id: int, *, limit: int) -> Received | None:
    """Go on with a packet whose taking was interrupted, or let in one that was put aside.

    None when its raw file is not held any more.
    """
    raw = current_folders().raw(packet_id)
    if raw is None:
        return None
    with reading() as session:
        packet = session.get_one(ExchangePacket, packet_id)
        # a clerk who lets in what is known to differ has seen that it differs
        name, accepted = packet.file_name, packet.refers_to_id is not None
    with raw.open("rb") as source:
        return take_in(SYSTEM, source, name, limit=limit, accepted=accepted)


def keep_up(*, limit: int) -> int:
    """Tell senders what happened, store raw packets that may be kept, finish interrupted ones.

    The relay calls it again and again. Returns how many things it did.
    """
    done = _follow() + current_folders().sweep()
    for packet_id in _all_of(interrupted):
        done += _go_on(packet_id, limit)
    for packet_id in _all_of(unstored):
        done += _store_raw(packet_id)
    return done


def _all_of(found: Callable[..., Sequence[ExchangePacket]]) -> Iterator[int]:
    """The ids of all that a query finds, page by page: none keeps those behind it waiting."""
    after = 0
    while True:
        with reading() as session:
            ids = [packet.id for packet in found(session, after=after)]
        if not ids:
            return
        yield from ids
        after = ids[-1]


def _go_on(packet_id: int, limit: int) -> bool:
    """Finish what a dead process began; what cannot be finished waits for a person."""
    sentence = holding.LOST
    try:
        if resume(packet_id, limit=limit) is not None:
            return True
    except AppError as error:
        sentence = error.user_message
    except (sa.exc.OperationalError, OSError):
        raise  # the database or the disk is away: all wait
    except Exception:
        log.exception("packet %s cannot be gone on with", packet_id)
        sentence = holding.UNFORESEEN
    with transaction("exchange.give_up") as session:
        holding.give_up(session, packet_id, sentence)
    return False


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
