"""Issued documents go out as packets; what their receivers report, in any order, is one state."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.db import reading, transaction
from app.exchange.edxml import Packet, Party, ResponseFor, Status
from app.exchange.folders import current_folders
from app.exchange.models import ExchangeParty, PacketState
from app.exchange.services import hearing, sending
from app.files.store import current_store
from app.outgoing import services as outgoing
from app.outgoing.models import Channel, Delivery, OutgoingDocument, RecallState, Recipient, Stage
from app.outgoing.services import RecipientData
from app.outgoing.services.issuing import record_stage
from app.security import SYSTEM
from tests.integration.exchange.conftest import OURS, PEER, Peer, packets
from tests.integration.outgoing.conftest import Writers


def issue(peer: Peer, writers: Writers, *names: str) -> int:
    """A document with its PDF, issued to the peer and to organs without a code."""
    recipients = [
        RecipientData(name="Sở Nội vụ", channel=Channel.EDXML, organ_id=peer.organ_id),
        *(RecipientData(name=name, channel=Channel.EDXML) for name in names),
    ]
    document_id = writers.sealed(recipients=recipients)
    blob = current_store().put(io.BytesIO(b"%PDF-1.7 ban phat hanh"))
    with transaction() as session:
        document = session.get_one(OutgoingDocument, document_id)
        record_stage(session, SYSTEM, document, Stage.SEALED, blob)
        outgoing.issue_document(session, writers.office.clerk, document_id=document_id)
    return document_id


def recipients(document_id: int) -> list[Recipient]:
    with reading() as session:
        rows = sa.select(Recipient).filter_by(document_id=document_id)
        return list(session.scalars(rows.order_by(Recipient.position)))


def recall(writers: Writers, document_id: int) -> None:
    with transaction() as session:
        outgoing.recall_document(
            session, writers.office.clerk, document_id=document_id, reason="Sai số liệu"
        )


def test_an_issued_document_is_written_as_a_packet(peer: Peer, writers: Writers) -> None:
    document_id = issue(peer, writers, "Ủy ban chưa có mã")
    (message,) = peer.out()
    assert isinstance(message, Packet)
    with reading() as session:
        document = session.get_one(OutgoingDocument, document_id)
    assert message.code == document.full_code.removeprefix("0")
    assert [one.organ_id for one in message.receivers] == [PEER]
    assert message.sender.organ_id == OURS
    assert message.attachments[0].size == len(b"%PDF-1.7 ban phat hanh")
    sent, failed = recipients(document_id)
    assert (sent.delivery, failed.delivery) == (Delivery.SENT, Delivery.FAILED)
    assert failed.detail == "Nơi nhận chưa có mã định danh, không gửi qua trục liên thông được."


def test_a_packet_is_made_and_written_once(peer: Peer, writers: Writers) -> None:
    document_id = issue(peer, writers)
    peer.settle()
    with transaction() as session:
        sending.make_packet(session, document_id)
    assert len(peer.out()) == len(packets()) == 1


@pytest.mark.parametrize(
    ("codes", "delivery", "shown"),
    [
        (["01"], Delivery.DELIVERED, "01"),
        (["06", "03", "01", "06"], Delivery.RECEIVED, "06"),
        (["02", "01"], Delivery.RETURNED, "02"),
    ],
)
def test_what_the_receiver_reports_stands_on_the_document(
    peer: Peer, writers: Writers, codes: list[str], delivery: Delivery, shown: str
) -> None:
    document_id = issue(peer, writers)
    peer.settle()
    for code in codes:
        peer.send(peer.status(code, packets()[0].document_id, minute=int(code)))
    assert recipients(document_id)[0].delivery is delivery
    with reading() as session:
        assert session.scalars(sa.select(ExchangeParty.progress)).one() == shown


def test_a_status_of_an_organ_that_got_nothing_has_no_effect(peer: Peer, writers: Writers) -> None:
    document_id = issue(peer, writers)
    peer.settle()
    forged = peer.status("06", packets()[0].document_id).replace(PEER.encode(), b"H11.11", 1)
    peer.send(forged.replace(b"<OrganId>H99.01", b"<OrganId>H11.11"))
    assert recipients(document_id)[0].delivery is Delivery.SENT


def test_a_recall_asks_the_receiver_and_its_answer_is_final(peer: Peer, writers: Writers) -> None:
    document_id = issue(peer, writers)
    peer.settle()
    wire_id = packets()[0].document_id
    peer.send(peer.status("03", wire_id, minute=1))
    recall(writers, document_id)
    asked = [one for one in peer.out() if isinstance(one, Status)]
    assert [(one.code, one.description) for one in asked] == [("13", "Sai số liệu")]
    peer.send(peer.status("16", wire_id, minute=8, words="Đã vào sổ"))
    (one,) = recipients(document_id)
    assert (one.recall, one.recall_answer) == (RecallState.REFUSED, "Đã vào sổ")
    assert one.delivery is Delivery.RECEIVED, "a refused recall leaves what was"
    peer.send(peer.status("15", wire_id, minute=9))
    peer.send(peer.status("16", wire_id, minute=10))
    assert recipients(document_id)[0].recall is RecallState.AGREED


def test_a_document_recalled_before_it_was_written_never_leaves(
    peer: Peer, writers: Writers
) -> None:
    before, after = issue(peer, writers), issue(peer, writers)
    with transaction() as session:
        sending.make_packet(session, after)
    for document_id in (before, after):
        recall(writers, document_id)
    assert peer.out() == []
    assert [(one.outgoing_id, one.state) for one in packets()] == [(after, PacketState.FAILED)]


def test_a_folder_that_cannot_be_written_is_tried_again(peer: Peer, writers: Writers) -> None:
    outbox = current_folders().outbox
    outbox.parent.mkdir(parents=True, exist_ok=True)
    outbox.write_bytes(b"")  # in the way of the folder
    issue(peer, writers)
    peer.settle()
    (packet,) = packets()
    assert packet.state is PacketState.FAILED
    assert packet.error == "Không ghi được vào thư mục liên thông; hệ thống sẽ thử lại."
    outbox.unlink()
    with transaction() as session:
        sending.retry(session, writers.office.clerk, packet_id=packet.id)
    assert len(peer.out()) == 1
    assert packets()[0].state is PacketState.WRITTEN


TOLD = ("01", "02", "03", "04", "05", "06", "06", "15", "16")


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(order=st.permutations(TOLD))
def test_any_order_of_the_same_statuses_ends_in_the_same_state(
    recalled: int, order: list[str]
) -> None:
    wire_id = packets()[0].document_id
    with transaction() as session:
        undone = session.begin_nested()
        for code in order:
            about = ResponseFor(document_id=wire_id)
            at = datetime(2026, 11, 20, 3, int(code), tzinfo=UTC)
            hearing.hear(session, Status(about, Party(PEER), code, at=at))
        party = session.scalars(sa.select(ExchangeParty)).one()
        recipient = session.scalars(sa.select(Recipient).filter_by(document_id=recalled)).one()
        ended = (party.progress, party.recall, recipient.delivery, recipient.recall)
        undone.rollback()
    assert ended == ("06", "15", Delivery.RECEIVED, RecallState.AGREED)


@pytest.fixture
def recalled(peer: Peer, writers: Writers) -> int:
    """A document that went out and is asked back."""
    document_id = issue(peer, writers)
    peer.settle()
    recall(writers, document_id)
    peer.settle()
    return document_id
