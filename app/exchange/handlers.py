"""What the relay does for this room: files for the agent, packets of issued documents, purges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app import db
from app.db import reading, transaction
from app.exchange.edxml.write import write_packet, write_status
from app.exchange.events import PacketQueued, StatusQueued
from app.exchange.folders import current_folders
from app.exchange.models import ExchangePacket, ExchangeStatus, PacketState, StatusState
from app.exchange.services import composing, purging, sending
from app.files.store import current_store
from app.outbox import ThingPurged
from app.outgoing.events import DocumentIssued, DocumentRecalled, ScanAttached
from app.relay import HandlerConsumer

CONSUMER = "exchange"
DISK = "Không ghi được vào thư mục liên thông; hệ thống sẽ thử lại."
TABLES = ("exchange_packet", "exchange_part", "stored_file", "outbox_event")


def consumer() -> HandlerConsumer:
    """The consumer with all its events."""
    made = HandlerConsumer(CONSUMER)
    made.on(PacketQueued.name, on_packet_queued)
    made.on(StatusQueued.name, on_status_queued)
    made.on(DocumentIssued.name, on_issued)
    made.on(ScanAttached.name, on_issued)
    made.on(DocumentRecalled.name, on_recalled)
    made.on(ThingPurged.name, on_purged)
    return made


def on_issued(payload: Mapping[str, Any]) -> None:
    """Make the packet of a document for those who get it by the exchange, once it has a file."""
    with transaction("exchange.make_packet") as session:
        sending.make_packet(session, int(payload["document_id"]))


def on_recalled(payload: Mapping[str, Any]) -> None:
    """Ask the receivers to give it back."""
    with transaction("exchange.ask_back") as session:
        sending.ask_back(session, int(payload["document_id"]))


def on_packet_queued(payload: Mapping[str, Any]) -> None:
    """Write a packet to the out-folder. Interrupted, it is written again under the same name."""
    packet_id = int(payload["packet_id"])
    with reading() as session:
        packet = session.get_one(ExchangePacket, packet_id)
        if packet.state is PacketState.WRITTEN:
            return
        message = (
            composing.compose_packet(session, packet, current_store().path)
            if sending.may_still_go(session, packet)
            else None
        )
    if message is None:
        with transaction("exchange.not_sent") as session:
            sending.note_failed(session, packet_id, sending.TAKEN_BACK)
        return
    try:
        name = f"van-ban-{packet_id}.edxml"
        current_folders().put_out(name, lambda out: write_packet(message, out))
    except OSError:
        with transaction("exchange.not_written") as session:
            sending.note_failed(session, packet_id, DISK)
        raise
    with transaction("exchange.written") as session:
        sending.note_written(session, packet_id)


def on_status_queued(payload: Mapping[str, Any]) -> None:
    """Write a status to the out-folder."""
    status_id = int(payload["status_id"])
    with reading() as session:
        row = session.get_one(ExchangeStatus, status_id)
        if row.state is StatusState.WRITTEN:
            return
        data = write_status(composing.compose_status(session, row))
        name = f"trang-thai-{row.id}-{row.code}.edxml"
    try:
        current_folders().put_out(name, lambda out: _write(out, data))
    except OSError:
        with transaction("exchange.status_not_written") as session:
            sending.note_status_written(session, status_id, DISK)
        raise
    with transaction("exchange.status_written") as session:
        sending.note_status_written(session, status_id)


def _write(out: Any, data: bytes) -> None:
    out.write(data)


def on_purged(payload: Mapping[str, Any]) -> None:
    """A file was purged as secret: the packet it came in goes too, held or stored."""
    if payload["kind"] != "intake":
        return
    with transaction("exchange.purge") as session:
        ids, hashes = purging.purge_packets_of(session, int(payload["thing_id"]))
    for packet_id in ids:
        current_folders().forget(packet_id)
    for sha256 in hashes:
        current_store().purge(sha256)
    if ids:
        db.forget_deleted(TABLES)
