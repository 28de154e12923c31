"""An issued document goes out as a packet; recalls follow it."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit, outbox
from app.clock import now
from app.errors import RuleViolated
from app.exchange import permissions
from app.exchange.edxml.types import NEW, RECALL_ASKED, REPLACE
from app.exchange.events import PacketQueued, StatusQueued
from app.exchange.models import (
    ExchangePacket,
    ExchangePart,
    ExchangeParty,
    ExchangeStatus,
    PacketState,
    StatusState,
    Way,
)
from app.exchange.queries.organs import current_codes
from app.exchange.queries.packets import KIND
from app.exchange.services import hearing, telling
from app.files.models import StoredFile
from app.organisation.queries import own_organ
from app.outgoing.models import (
    Channel,
    Correction,
    Delivery,
    OutgoingDocument,
    OutgoingStatus,
    PaperStage,
    RecallState,
    Recipient,
)
from app.outgoing.services import note_delivery
from app.security import ORGAN, SYSTEM, Actor, authorize, grant

NO_CODE = "Nơi nhận chưa có mã định danh, không gửi qua trục liên thông được."
NO_OWN_CODE = "Cơ quan ta chưa có mã định danh, không gửi qua trục liên thông được."
NO_FILE = "Chờ bản quét: văn bản chưa có bản điện tử để gửi."
TAKEN_BACK = "Văn bản đã được thu hồi trước khi gửi."


def make_packet(session: Session, document_id: int) -> ExchangePacket | None:
    """The packet of an issued document for its recipients on the exchange; made once.

    None when it has none, or no file yet: then they wait for the scan. A recipient that cannot be
    reached is marked failed, with the reason.
    """
    known = session.scalar(sa.select(ExchangePacket).filter_by(key=f"out:{document_id}"))
    if known is not None:
        return known
    document = session.get_one(OutgoingDocument, document_id)
    rows = sa.select(Recipient).filter_by(document_id=document_id, channel=Channel.EDXML)
    recipients = session.scalars(rows.order_by(Recipient.position)).all()
    recalled = document.status is OutgoingStatus.RECALLED
    if not recipients or document.issued_at is None or recalled:
        return None
    own = own_organ(session)
    codes = current_codes(session, [own.id, *(one.organ_id or 0 for one in recipients)])
    file = newest_file(session, document_id)
    reason = "" if own.id in codes else NO_OWN_CODE
    reached = [] if reason else [one for one in recipients if one.organ_id in codes]
    _fail(session, [one for one in recipients if one not in reached], reason or NO_CODE)
    if file is None:
        await_file(session, reached)
    if not reached or file is None:
        return None
    packet = _new_packet(session, document, codes[own.id], own.name)
    session.add(ExchangePart(packet_id=packet.id, position=0, name=file.name, file_id=file.id))
    _add_parties(session, packet, reached, codes)
    audit.record(session, SYSTEM, "exchange_packet.made", packet.id, document=document_id)
    outbox.publish(session, PacketQueued(packet_id=packet.id))
    outbox.changed(session, KIND, packet.id)
    return packet


def _new_packet(
    session: Session, document: OutgoingDocument, own_code: str, own_name: str
) -> ExchangePacket:
    day = f"{document.issued_date:%Y/%m/%d}" if document.issued_date else ""
    replaced = document.correction is Correction.REPLACEMENT and document.corrects_id is not None
    old = _packet_of(session, document.corrects_id) if replaced else None
    packet = ExchangePacket(
        way=Way.OUT,
        state=PacketState.QUEUED,
        key=f"out:{document.id}",
        document_id=f"{own_code},{day},{document.full_code}"[:200],
        organ_code=own_code,
        organ_name=own_name,
        code=document.full_code[:110],
        issued_date=document.issued_date,
        subject=document.subject_summary,
        business=NEW if old is None else REPLACE,
        outgoing_id=document.id,
        refers_to_id=old.id if old else None,
    )
    session.add(packet)
    session.flush()
    grant(session, KIND, packet.id, ORGAN, "made")
    return packet


def _add_parties(
    session: Session, packet: ExchangePacket, recipients: Sequence[Recipient], codes: dict[int, str]
) -> None:
    """One party an organ: the same organ twice in “Nơi nhận” gets it once."""
    seen: set[str] = set()
    for one in recipients:
        code = codes[one.organ_id or 0]
        if code not in seen:
            session.add(
                ExchangeParty(
                    packet_id=packet.id, recipient_id=one.id, organ_code=code, organ_name=one.name
                )
            )
        seen.add(code)
    session.flush()


def newest_file(session: Session, document_id: int) -> StoredFile | None:
    """The file of the last stage that holds: what goes out."""
    rows = (
        sa.select(StoredFile)
        .join(PaperStage, PaperStage.file_id == StoredFile.id)
        .where(PaperStage.document_id == document_id, PaperStage.dropped_at.is_(None))
    )
    return session.scalar(rows.order_by(PaperStage.id.desc()).limit(1))


def _packet_of(session: Session, document_id: int | None) -> ExchangePacket | None:
    rows = sa.select(ExchangePacket).where(ExchangePacket.outgoing_id == document_id)
    return session.scalar(rows.order_by(ExchangePacket.id.desc()).limit(1))


def _fail(session: Session, recipients: Sequence[Recipient], reason: str) -> None:
    for one in recipients:
        if one.delivery is not Delivery.FAILED:
            _note(session, one, Delivery.FAILED, reason)


def await_file(session: Session, recipients: Sequence[Recipient]) -> None:
    """Say on the document's page what their sending waits for."""
    for one in recipients:
        if one.delivery is Delivery.WAITING and one.detail != NO_FILE:
            _note(session, one, Delivery.WAITING, NO_FILE)


def _note(session: Session, one: Recipient, delivery: Delivery, detail: str = "") -> None:
    note_delivery(
        session, SYSTEM, document_id=one.document_id, recipient_id=one.id, delivery=delivery,
        detail=detail,
    )  # fmt: skip


def parties_of(session: Session, packet_id: int) -> Sequence[ExchangeParty]:
    """The receivers of a packet of ours, in their order."""
    rows = sa.select(ExchangeParty).filter_by(packet_id=packet_id).order_by(ExchangeParty.id)
    return session.scalars(rows).all()


def may_still_go(session: Session, packet: ExchangePacket) -> bool:
    """Whether a queued packet is still to be sent. A document recalled before is not."""
    document = session.get_one(OutgoingDocument, packet.outgoing_id)
    return document.status is not OutgoingStatus.RECALLED


def note_written(session: Session, packet_id: int) -> None:
    """The packet lies in the out-folder: its receivers are “đã gửi”."""
    packet = session.get_one(ExchangePacket, packet_id, with_for_update=True)
    if packet.state is PacketState.WRITTEN:
        return
    packet.state, packet.error, packet.settled_at = PacketState.WRITTEN, "", now()
    for party in parties_of(session, packet_id):
        recipient = session.get(Recipient, party.recipient_id) if party.recipient_id else None
        if recipient is not None:
            _note(session, recipient, Delivery.SENT)
    outbox.changed(session, KIND, packet.id)


def note_failed(session: Session, packet_id: int, sentence: str) -> None:
    """The packet could not be written; the outbox tries again, a person may too."""
    packet = session.get_one(ExchangePacket, packet_id, with_for_update=True)
    if packet.state is not PacketState.WRITTEN:
        packet.state, packet.error = PacketState.FAILED, sentence[:500]
        outbox.changed(session, KIND, packet.id)


def note_status_written(session: Session, status_id: int, error: str = "") -> None:
    """A status of ours lies in the out-folder, or could not be written."""
    row = session.get_one(ExchangeStatus, status_id, with_for_update=True)
    if row.state is StatusState.WRITTEN:
        return
    row.state = StatusState.FAILED if error else StatusState.WRITTEN
    row.error, row.written_at = error[:500], None if error else now()
    if row.packet_id is not None:
        outbox.changed(session, KIND, row.packet_id)


def ask_back(session: Session, document_id: int) -> int:
    """Tell every receiver of a recalled document that we want it back (13). Returns how many."""
    packet = _packet_of(session, document_id)
    if packet is None:
        return 0
    document = session.get_one(OutgoingDocument, document_id)
    asked = 0
    for party in parties_of(session, packet.id):
        recipient = session.get(Recipient, party.recipient_id) if party.recipient_id else None
        if recipient is None or recipient.recall is not RecallState.ASKED:
            continue
        row = telling.tell(
            session, packet, RECALL_ASKED, at=document.ended_at or now(),
            description=document.ended_reason or "", peer_code=party.organ_code,
        )  # fmt: skip
        asked += row is not None
        hearing.settle_party(session, packet, party)
    return asked


def retry(session: Session, actor: Actor, *, packet_id: int) -> ExchangePacket:
    """Try again to write a packet of ours, or the statuses told about one.

    Raises RuleViolated when nothing of it has failed.
    """
    actor = authorize(actor, permissions.HANDLE)
    packet = session.get_one(ExchangePacket, packet_id, with_for_update=True)
    rows = sa.select(ExchangeStatus).filter_by(packet_id=packet.id, state=StatusState.FAILED)
    failed = session.scalars(rows).all()
    again = packet.way is Way.OUT and packet.state is PacketState.FAILED
    if not again and not failed:
        raise RuleViolated("Không có gì cần gửi lại.")
    if again:
        packet.state, packet.error, packet.settled_at = PacketState.QUEUED, "", None
        outbox.publish(session, PacketQueued(packet_id=packet.id))
    for row in failed:
        row.state, row.error = StatusState.QUEUED, ""
        outbox.publish(session, StatusQueued(status_id=row.id))
    audit.record(session, actor, "exchange_packet.retried", packet.id)
    outbox.changed(session, KIND, packet.id)
    return packet
