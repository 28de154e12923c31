"""What nobody has let in waits for a clerk; what died half-way holds up no other."""

from __future__ import annotations

import io
import os
import re
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.clock import now
from app.db import reading, transaction
from app.exchange import entry
from app.exchange.edxml import Business, Party, ResponseFor, Status
from app.exchange.edxml.write import write_status
from app.exchange.folders import LEFT_BEHIND_SECONDS, current_folders
from app.exchange.models import ExchangePacket, PacketState, Way
from app.exchange.queries.letters import STILL_COMING
from app.exchange.services import hearing, holding, telling
from app.incoming import services as incoming
from app.incoming.models import IncomingDocument, IntakeItem
from app.security import SYSTEM
from tests.factories import sign_in_as
from tests.integration.exchange.conftest import PEER, PEER_ID, Peer, packets
from tests.integration.exchange.test_packets_in import read_all, register
from tests.integration.incoming.conftest import LIMIT, Desk

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
S = PacketState


@pytest.fixture
def client(app: Flask, peer: Peer) -> FlaskClient:
    """The clerk's browser, whose forms need no token."""
    app.config["WTF_CSRF_ENABLED"] = False
    found = app.test_client()
    sign_in_as(found, peer.office.clerk)
    return found


def letters() -> int:
    with reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(IncomingDocument)) or 0


def bytes_of_letters() -> set[str | None]:
    with reading() as session:
        return set(session.scalars(sa.select(IntakeItem.sha256)))


def test_a_packet_of_the_same_name_that_says_something_else_is_kept_and_let_in_by_a_clerk(
    peer: Peer, client: FlaskClient
) -> None:
    peer.send(peer.packet(b"thu"))
    changed = peer.packet(b"thu da sua")
    assert not peer.send(changed).ok
    first, held = packets()
    assert (held.state, held.error, held.refers_to_id) == (S.HELD, holding.CHANGED, first.id)
    assert letters() == 1
    page = client.get(f"/lien-thong/{held.token}").get_data(as_text=True)
    assert "Vẫn nhận" in page
    assert holding.CHANGED in page
    client.post(f"/lien-thong/{held.token}/lam-lai")
    assert [one.state for one in packets()] == [S.TAKEN, S.TAKEN]
    assert letters() == len(bytes_of_letters()) == 2
    assert peer.send(changed).ok
    assert [one.repeats for one in packets()] == [0, 1]


def test_the_same_words_in_another_spelling_of_the_xml_are_the_same_packet(peer: Peer) -> None:
    data = peer.packet(b"thu")
    peer.send(data)
    assert peer.send(data.replace(b"?>", b"?>\n\n", 1)).ok
    (packet,) = packets()
    assert (packet.state, packet.repeats) == (S.TAKEN, 1)


def test_an_update_of_the_same_document_is_told_of_anew(peer: Peer) -> None:
    peer.send(peer.packet(b"thu"))
    peer.send(peer.packet(b"thu da sua", business=Business(kind=2)))
    assert [one.state for one in packets()] == [S.TAKEN, S.TAKEN]
    assert peer.told() == ["01", "01"]
    peer.settle()
    assert peer.told() == ["01", "01"], "told once each"


def test_thrown_away_nothing_of_a_packet_stays(peer: Peer, client: FlaskClient) -> None:
    peer.send(b"khong phai goi tin")
    (packet,) = packets()
    assert current_folders().raw(packet.id) is not None
    client.post(f"/lien-thong/{packet.token}/bo")
    (gone,) = packets()
    assert (gone.state, gone.file_name, gone.sha256) == (S.PURGED, "", None)
    assert current_folders().raw(packet.id) is None
    assert client.post(f"/lien-thong/{packet.token}/bo").status_code == 409


def test_a_repaired_packet_comes_in_after_the_broken_one_was_thrown_away(
    peer: Peer, client: FlaskClient
) -> None:
    peer.send(peer.packet())
    client.post(f"/lien-thong/{packets()[0].token}/bo")
    assert peer.send(peer.packet(b"thu")).ok
    assert [one.state for one in packets()] == [S.PURGED, S.TAKEN]


def test_marked_as_handled_a_packet_leaves_the_list_of_troubles(
    peer: Peer, client: FlaskClient
) -> None:
    peer.send(b"khong phai goi tin")
    (packet,) = packets()
    troubles = "/lien-thong?tab=loi"
    assert "goi.edxml" in client.get(troubles).get_data(as_text=True)
    client.post(f"/lien-thong/{packet.token}/da-xu-ly")
    assert "goi.edxml" not in client.get(troubles).get_data(as_text=True)
    assert current_folders().raw(packet.id) is not None
    assert client.post(f"/lien-thong/{packet.token}/da-xu-ly").status_code == 409


def test_packets_that_cannot_be_gone_on_with_hold_up_no_other(peer: Peer) -> None:
    peer.send(peer.packet(b"thu"))
    long_ago = now() - STILL_COMING - timedelta(seconds=1)
    with transaction() as session:
        session.add_all(
            ExchangePacket(
                way=Way.IN, state=S.RECEIVED, key=f"in:{number}", sha256=f"{number:064x}",
                created_at=long_ago,
            )
            for number in range(25)
        )  # fmt: skip
        session.flush()
        last = ExchangePacket(
            way=Way.IN, state=S.RECEIVED, key=f"in:H99.01:{PEER_ID}-2", created_at=long_ago
        )
        session.add(last)
        session.flush()
        last_id = last.id
    raw = current_folders().work() / "raw"
    raw.write_bytes(peer.packet(b"thu hai", document_id=f"{PEER_ID}-2"))
    current_folders().hold(last_id, raw)
    entry.keep_up(limit=LIMIT)
    states = [one.state for one in packets()]
    assert states == [S.TAKEN, *[S.BROKEN] * 25, S.TAKEN]
    assert {one.error for one in packets() if one.state is S.BROKEN} == {holding.LOST}


def test_what_a_killed_process_left_is_swept_and_what_still_comes_is_not(peer: Peer) -> None:
    old, new = current_folders().work(), current_folders().work()
    long_ago = now().timestamp() - LEFT_BEHIND_SECONDS - 1
    os.utime(old, (long_ago, long_ago))
    entry.keep_up(limit=LIMIT)
    assert not old.exists()
    assert new.exists()


def test_a_recall_without_files_is_stored_and_never_looked_at_again(peer: Peer) -> None:
    peer.send(peer.packet(b"thu"))
    entry.take_in(
        SYSTEM, io.BytesIO(peer.packet(business=Business(kind=1))), "thu-hoi.edxml", limit=LIMIT
    )
    peer.settle()
    recall = packets()[1]
    assert recall.state is S.TAKEN
    assert recall.file_id is not None
    assert current_folders().raw(recall.id) is None


def test_a_recall_may_name_its_document_by_number_and_day(peer: Peer) -> None:
    peer.send(peer.packet(b"thu"))
    status = Status(
        response_for=ResponseFor(code="145/SNV-TCCB", issued_date=date(2026, 11, 16)),
        sender=Party(PEER, "Sở Nội vụ"),
        code="13",
        at=datetime(2026, 11, 20, 3, tzinfo=UTC),
    )
    peer.send(write_status(status))
    with reading() as session:
        assert telling.open_request(session, packets()[0].id) is not None


@pytest.mark.parametrize("spelling", [b"Business", b"Bussiness"])
def test_a_recall_packet_of_either_spelling_is_refused_with_16(peer: Peer, spelling: bytes) -> None:
    peer.send(peer.packet(b"thu"))
    written = peer.packet(business=Business(kind=1, reason="Gửi nhầm"))
    assert b"Bussiness" in written
    peer.send(written.replace(b"Bussiness", spelling))
    with transaction() as session:
        first = session.scalars(sa.select(ExchangePacket).order_by(ExchangePacket.id)).first()
        assert first is not None
        telling.answer_request(
            session, peer.office.clerk, packet_id=first.id, agrees=False, answer="Đã vào sổ"
        )
    assert peer.told() == ["01", "16"]


def test_a_registered_letter_that_is_returned_is_told_as_02_with_its_reason(peer: Peer) -> None:
    letter_id = peer.send(peer.packet(b"thu")).letter_id
    assert letter_id is not None
    read_all()
    register(Desk(peer.office), letter_id)
    with transaction() as session:
        incoming.return_to_sender(
            session, peer.office.leader, letter_id=letter_id, reason="Không đúng thẩm quyền"
        )
    told = [one for one in peer.out() if isinstance(one, Status)]
    assert [one.code for one in told] == ["01", "03", "02"]
    assert told[-1].description == "Không đúng thẩm quyền"
    peer.settle()
    assert peer.told() == ["01", "03", "02"], "nothing is told twice"


def test_a_status_that_fits_nothing_waits_for_a_clerk_and_still_finds_a_late_packet(
    peer: Peer, client: FlaskClient
) -> None:
    peer.send(peer.status("03", "H99.07.04,2026/11/20,9/UBND", words="Đã tiếp nhận"))
    peer.send(peer.status("13", PEER_ID, minute=5))
    page = client.get("/lien-thong?tab=loi").get_data(as_text=True)
    assert page.count(hearing.NO_PACKET) == 2
    ids = re.findall(r"/lien-thong/trang-thai/(\d+)/da-xu-ly", page)
    assert len(ids) == 2

    for status_id in ids:
        done = client.post(f"/lien-thong/trang-thai/{status_id}/da-xu-ly", follow_redirects=True)
        assert "Đã đánh dấu trạng thái là đã xử lý." in done.get_data(as_text=True)
    again = client.post(f"/lien-thong/trang-thai/{ids[0]}/da-xu-ly", follow_redirects=True)
    assert "không còn chờ xử lý" in again.get_data(as_text=True)
    page = client.get("/lien-thong?tab=loi").get_data(as_text=True)
    assert "Không có gói tin nào cần xử lý." in page

    peer.send(peer.packet(b"thu"))  # what was asked back before it came
    assert "Nơi gửi đề nghị trả lại" in client.get("/lien-thong?tab=loi").get_data(as_text=True)
