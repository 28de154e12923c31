"""Packets of other organs come in, their letters move, their senders are told."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.clock import now
from app.db import reading, transaction
from app.errors import RuleViolated
from app.exchange import entry, queries, watching
from app.exchange.edxml import Business, Replacement, Status
from app.exchange.folders import current_folders
from app.exchange.models import ExchangePacket, PacketState
from app.exchange.queries.letters import STILL_COMING
from app.exchange.services import telling
from app.files.store import TooBig
from app.incoming import entry as door
from app.incoming import services as incoming
from app.incoming.models import IncomingDocument, IntakeItem, IntakeState
from app.incoming.services import jobs
from tests.factories import Office
from tests.integration.exchange.conftest import PEER_ID, Peer, packets, statuses
from tests.integration.incoming.conftest import LIMIT, Desk, finish, job_of, reading_of


def read_all() -> None:
    """A worker reads every file that waits."""
    with reading() as session:
        waiting = session.scalars(
            sa.select(IntakeItem.id).where(IntakeItem.state == IntakeState.QUARANTINED)
        ).all()
    for intake_id in waiting:
        job_id = job_of(intake_id)
        with transaction() as session:
            claim = jobs.claim_job(session, job_id=job_id)
        assert claim is not None
        finish(claim, reading_of("Kính gửi"))


def letters() -> list[IncomingDocument]:
    with reading() as session:
        return list(session.scalars(sa.select(IncomingDocument).order_by(IncomingDocument.id)))


def register(desk: Desk, letter_id: int) -> None:
    with transaction() as session:
        incoming.register_letter(
            session, desk.office.clerk, letter_id=letter_id, data=desk.data(),
            submit_to_post_id=desk.office.leader.post_id,
        )  # fmt: skip


def test_a_packet_becomes_one_letter_with_its_attachments(peer: Peer) -> None:
    received = peer.send(peer.packet(b"thu", b"phu luc"))
    assert received.ok
    (letter,) = letters()
    with reading() as session:
        items = session.scalars(sa.select(IntakeItem).order_by(IntakeItem.id)).all()
        packet = queries.packet_of_letter(session, letter.id)
    assert [item.letter_id for item in items] == [letter.id, letter.id]
    assert [item.file_name for item in items] == ["tep-0.pdf", "tep-1.pdf"]
    assert packet is not None
    assert packet.state is PacketState.TAKEN
    assert packet.content["due_date"] == "2026-12-15"
    assert peer.told() == ["01"]


def test_the_same_packet_twice_is_one_letter_and_one_answer(peer: Peer) -> None:
    data = peer.packet(b"thu")
    peer.send(data)
    again = peer.send(data)
    assert "đã có" in again.sentence
    assert len(letters()) == 1
    assert [packet.repeats for packet in packets()] == [1]
    assert peer.told() == ["01"]


def test_the_sender_is_told_each_step_once(peer: Peer, desk: Desk) -> None:
    received = peer.send(peer.packet(b"thu"))
    read_all()
    assert received.letter_id is not None
    register(desk, received.letter_id)
    assert peer.told() == ["01", "03"]
    with transaction() as session:
        incoming.return_to_sender(
            session, desk.office.clerk, letter_id=received.letter_id, reason="Sai địa chỉ"
        )
    peer.settle()
    peer.settle()
    told = [one for one in peer.out() if isinstance(one, Status)]
    assert [one.code for one in told] == ["01", "03", "02"]
    assert told[-1].description == "Sai địa chỉ"
    assert told[1].response_for.document_id == PEER_ID
    assert told[1].sender.organ_id == "H99.07.04"


def test_a_refused_draft_is_told_as_rejected_with_its_reason(peer: Peer, office: Office) -> None:
    received = peer.send(peer.packet(b"thu"))
    assert received.letter_id is not None
    with transaction() as session:
        incoming.reject_letter(
            session, office.clerk, letter_id=received.letter_id, reason="Gửi nhầm nơi"
        )
    told = [one for one in peer.out() if isinstance(one, Status)]
    assert [(one.code, one.description) for one in told] == [("01", ""), ("02", "Gửi nhầm nơi")]


def test_the_raw_packet_is_stored_only_after_its_files_passed_quarantine(peer: Peer) -> None:
    peer.send(peer.packet(b"thu"))
    (packet,) = packets()
    assert packet.file_id is None
    assert current_folders().raw(packet.id) is not None
    read_all()
    peer.settle()
    assert packets()[0].file_id is not None
    assert current_folders().raw(packet.id) is None


@pytest.mark.parametrize("stored", [False, True])
def test_of_a_packet_with_a_secret_file_nothing_stays(peer: Peer, stored: bool) -> None:
    received = peer.send(peer.packet(b"thu"))
    if stored:
        read_all()
        peer.settle()
    with reading() as session:
        intake_id = session.scalars(sa.select(IntakeItem.id)).one()
    door.confirm_secret(peer.office.clerk, intake_id)
    peer.settle()
    (packet,) = packets()
    assert received.ok
    assert packet.state is PacketState.PURGED
    assert (packet.subject, packet.content, packet.sha256) == ("", {}, None)
    assert current_folders().raw(packet.id) is None
    assert peer.told() == ["01", "02"]


def test_a_process_that_died_half_way_is_gone_on_with(
    peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = door.take_bytes
    calls: list[int] = []

    def dying(*args: Any, **more: Any) -> object:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return taken(*args, **more)

    monkeypatch.setattr(door, "take_bytes", dying)
    with pytest.raises(KeyboardInterrupt):
        entry.take_in(
            peer.office.clerk, io.BytesIO(peer.packet(b"thu", b"phu luc")), "a.edxml", limit=LIMIT
        )
    assert packets()[0].state is PacketState.RECEIVED
    monkeypatch.undo()
    peer.settle()
    assert packets()[0].state is PacketState.RECEIVED  # it may still be coming in
    with transaction() as session:
        long_ago = now() - STILL_COMING
        session.execute(sa.update(ExchangePacket).values(created_at=long_ago))
    peer.settle()
    assert packets()[0].state is PacketState.TAKEN
    with reading() as session:
        states = session.scalars(sa.select(IntakeItem.state)).all()
    assert list(states) == [IntakeState.QUARANTINED] * 2
    assert len(letters()) == 1


def test_a_broken_file_keeps_a_row_with_a_sentence_and_is_no_letter(peer: Peer) -> None:
    received = peer.send(b"<!DOCTYPE a><a/>")
    assert not received.ok
    assert "DOCTYPE" in received.sentence
    (packet,) = packets()
    assert packet.state is PacketState.BROKEN
    assert letters() == []
    with pytest.raises(TooBig):
        entry.take_in(peer.office.clerk, io.BytesIO(b"x" * 3 * LIMIT), "to.edxml", limit=LIMIT)


def test_a_packet_without_files_waits_for_a_repaired_one(peer: Peer) -> None:
    assert not peer.send(peer.packet()).ok
    assert peer.send(peer.packet(b"thu")).ok
    assert [packet.state for packet in packets()] == [PacketState.TAKEN]


def test_the_in_folder_is_emptied_and_what_is_no_packet_is_put_aside(peer: Peer) -> None:
    inbox = current_folders().inbox
    inbox.mkdir(parents=True)
    for name, data in (("a.edxml", peer.packet(b"thu")), ("b.edxml", b"rac"), ("c.part", b"x")):
        (inbox / name).write_bytes(data)
        os.utime(inbox / name, (0, 0))
    assert watching.scan(limit=LIMIT) == 2
    assert len(letters()) == 1
    assert sorted(one.name for one in inbox.iterdir() if one.is_file()) == ["c.part"]
    reasons = [one.read_text() for one in (inbox / "khong-nhan").glob("*.txt")]
    assert reasons == ["Tệp không phải gói tin edXML, hoặc đã bị cắt cụt.\n"]


def test_a_packet_that_no_rule_foresaw_holds_up_no_other(
    peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = current_folders().inbox
    inbox.mkdir(parents=True)
    for name in ("a.edxml", "b.edxml"):
        (inbox / name).write_bytes(peer.packet(name.encode()))
        os.utime(inbox / name, (0, 0))
    take_in = entry.take_in

    def faulty(actor: Any, source: Any, name: str, *, limit: int) -> entry.Received:
        if name == "a.edxml":
            raise OverflowError
        return take_in(actor, source, name, limit=limit)

    monkeypatch.setattr(entry, "take_in", faulty)
    assert watching.scan(limit=LIMIT) == 2
    assert len(letters()) == 1
    assert [one.name for one in inbox.iterdir() if one.is_file()] == []


def test_a_recall_is_answered_once_and_ends_the_letter(peer: Peer, desk: Desk) -> None:
    peer.send(peer.packet(b"thu"))
    peer.send(peer.status("13", PEER_ID, words="Gửi nhầm"))
    (packet,) = packets()
    with transaction() as session:
        telling.answer_request(session, desk.office.clerk, packet_id=packet.id, agrees=True)
    with pytest.raises(RuleViolated), transaction() as session:
        telling.answer_request(session, desk.office.clerk, packet_id=packet.id, agrees=False)
    assert peer.told() == ["01", "15"]


def test_the_same_bytes_from_somebody_else_give_no_say_in_the_letter(peer: Peer) -> None:
    peer.send(peer.packet(b"thu"))
    peer.send(peer.packet(b"thu", document_id="H99.02,2026/11/17,7/SXD", sender="H99.02"))
    peer.send(peer.packet(b"thu", document_id="H99.01,2026/11/17,146/SNV"))
    first, stranger, repeated = packets()
    with reading() as session:
        letters_found = queries.letters_of(session, [first.id, stranger.id, repeated.id])
        assert set(letters_found) == {first.id, repeated.id}
        newest = queries.packet_of_letter(session, letters_found[first.id].id)
    assert newest is not None
    assert newest.id == repeated.id


def test_a_recall_that_came_before_its_packet_finds_it(peer: Peer, office: Office) -> None:
    peer.send(peer.status("13", PEER_ID))
    assert statuses()[0].error
    peer.send(peer.packet(b"thu"))
    with transaction() as session:
        packet = session.scalars(sa.select(ExchangePacket)).one()
        telling.answer_request(
            session, office.clerk, packet_id=packet.id, agrees=False, answer="Đã vào sổ"
        )
    assert peer.told() == ["01", "16"]


def test_a_replacement_is_a_letter_of_its_own_that_asks_for_the_old_one(peer: Peer) -> None:
    peer.send(peer.packet(b"thu"))
    business = Business(kind=3, reason="Sai số", replaces=(Replacement(PEER_ID),))
    peer.send(peer.packet(b"thu moi", document_id="moi", business=business))
    old, new = packets()
    assert new.refers_to_id == old.id
    assert len(letters()) == 2
    with reading() as session:
        asked = telling.open_request(session, old.id)
    assert asked is not None
    assert asked.description == "Sai số"


def test_a_status_of_a_stranger_about_our_packet_is_kept_without_effect(
    peer: Peer, tmp_path: Path
) -> None:
    peer.send(peer.status("06", "không có"))
    (row,) = statuses()
    assert row.error == "Chưa có gói tin nào với mã văn bản này."
