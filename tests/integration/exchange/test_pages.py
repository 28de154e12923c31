"""The pages: packets in a list, one packet, the letter with two values a field, its recall."""

from __future__ import annotations

import io

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.db import reading, transaction
from app.exchange.models import PacketState
from app.incoming.models import IncomingDocument, IntakeItem
from app.incoming.services import jobs
from app.security import Actor
from tests.factories import Office, sign_in_as
from tests.integration.exchange.conftest import PEER_ID, Peer, packets
from tests.integration.exchange.test_packets_out import issue
from tests.integration.incoming.conftest import finish, job_of, reading_of
from tests.integration.outgoing.conftest import Writers

# What pages say and keep; the SQL beneath is tested on both kinds with its services and queries.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser whose forms need no token."""
    app.config["WTF_CSRF_ENABLED"] = False
    return app.test_client()


def drop(client: FlaskClient, data: bytes, name: str = "goi.edxml") -> dict[str, str]:
    """A file dropped on the intake page; its answer."""
    answer = client.post(
        "/van-ban-den/tai-len",
        data={"file": (io.BytesIO(data), name)},
        headers={"Accept": "application/json"},
    )
    found: dict[str, str] = answer.get_json()
    return found


def read_main(**fields: str) -> str:
    """A worker reads the letter; its token."""
    with reading() as session:
        first = session.scalars(sa.select(IntakeItem.id).order_by(IntakeItem.id)).first()
        letter = session.scalars(sa.select(IncomingDocument)).one()
    assert first is not None
    job_id = job_of(first)
    with transaction() as session:
        claim = jobs.claim_job(session, job_id=job_id)
    assert claim is not None
    finish(claim, reading_of("Kính gửi", **fields))
    return letter.token


def text_of(client: FlaskClient, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_a_packet_dropped_on_the_intake_page_fills_the_form(
    client: FlaskClient, peer: Peer
) -> None:
    sign_in_as(client, peer.office.clerk)
    answer = drop(client, peer.packet(b"thu", b"phu luc"))
    assert answer["tone"] == "ok"
    token = read_main(code_number="146", code_notation="SNV-TCCB", issued_date="2026-11-16")
    page = text_of(client, f"/van-ban-den/{token}")
    assert 'value="145"' in page, "the packet's value stands in the field"
    assert "Trên trang ghi: <q>146</q>" in page
    assert 'data-choose-value-value="146"' in page
    assert 'data-choose-field-value="code_notation"' not in page, "both say the same"
    assert "Theo gói tin liên thông" in page
    assert 'value="15/12/2026"' in page, "the packet's due date"
    assert answer["url"].endswith(token)


def test_a_file_that_is_no_packet_is_answered_with_its_reason(
    client: FlaskClient, peer: Peer
) -> None:
    sign_in_as(client, peer.office.clerk)
    answer = drop(client, b"khong phai")
    assert answer == {
        "message": "Tệp không phải gói tin edXML, hoặc đã bị cắt cụt.", "tone": "warn"
    }  # fmt: skip
    page = text_of(client, "/lien-thong?tab=loi")
    assert "Không đọc được" in page
    (packet,) = packets()
    again = client.post(f"/lien-thong/{packet.token}/lam-lai", follow_redirects=True)
    assert "Tệp không phải gói tin edXML" in again.get_data(as_text=True)


@pytest.mark.parametrize(
    ("tab", "words"),
    [
        ("den", "Chưa nhận gói tin liên thông nào."),
        ("di", "Chưa gửi gói tin liên thông nào."),
        ("loi", "Không có gói tin nào cần xử lý."),
    ],
)
def test_an_empty_list_says_so(client: FlaskClient, peer: Peer, tab: str, words: str) -> None:
    sign_in_as(client, peer.office.chief)
    assert words in text_of(client, f"/lien-thong?tab={tab}")


def test_a_recall_is_answered_on_the_packets_page(client: FlaskClient, peer: Peer) -> None:
    peer.send(peer.packet(b"thu"))
    peer.send(peer.status("13", PEER_ID, words="Gửi nhầm"))
    (packet,) = packets()
    sign_in_as(client, peer.office.clerk)
    assert packet.subject in text_of(client, "/lien-thong?tab=loi")
    assert "Gửi nhầm" in text_of(client, f"/lien-thong/{packet.token}")
    refused = client.post(f"/lien-thong/{packet.token}/tra-loi", data={"agrees": "0"})
    assert refused.status_code == 409
    assert "Phải ghi lý do từ chối thu hồi." in refused.get_data(as_text=True)
    client.post(f"/lien-thong/{packet.token}/tra-loi", data={"agrees": "1"})
    assert peer.told() == ["01", "15"]
    with reading() as session:
        assert session.scalars(sa.select(IncomingDocument)).all() == [], "the draft is refused"


def test_the_letters_page_says_what_its_sender_was_told(client: FlaskClient, peer: Peer) -> None:
    peer.send(peer.packet(b"thu"))
    token = read_main()
    sign_in_as(client, peer.office.clerk)
    page = text_of(client, f"/van-ban-den/{token}")
    assert "Đã báo: Đã đến" in page
    assert "Gói tin của Sở Nội vụ" in page


def test_an_outgoing_packet_is_downloaded_as_it_goes(
    client: FlaskClient, peer: Peer, writers: Writers
) -> None:
    issue(peer, writers)
    peer.settle()
    (packet,) = packets()
    sign_in_as(client, peer.office.clerk)
    assert "Chưa có phản hồi" in text_of(client, f"/lien-thong/{packet.token}")
    data = client.get(f"/lien-thong/{packet.token}/goi-tin").data
    assert b"<edXML:edXML" in data
    assert b"<ContentTransferEncoded>JVBERi" in data
    assert packet.state is PacketState.WRITTEN


@pytest.mark.parametrize("who", ["specialist", "head", "leader", "admin"])
def test_others_see_no_packets(client: FlaskClient, office: Office, peer: Peer, who: str) -> None:
    peer.send(peer.packet(b"thu"))
    actor: Actor = getattr(office, who)
    sign_in_as(client, actor)
    for url in ("/lien-thong", f"/lien-thong/{packets()[0].token}"):
        assert client.get(url).status_code == 403
    assert client.post(f"/lien-thong/{packets()[0].token}/lam-lai").status_code == 403
