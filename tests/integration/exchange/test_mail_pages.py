"""The pages of mails: what came and went, one mail, looking now, sending again."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app import relay
from app.db import reading, transaction
from app.errors import PermissionDenied
from app.exchange.mail import polling, taking
from app.exchange.mail.taking import Coming, Place
from app.exchange.models import ArrivalState, MailArrival, Mailbox, MailSending, SendingState
from app.exchange.queries.mails import LETTERS_TO_KNOW, organ_of_address
from app.exchange.services.sending import NO_FILE
from app.files.store import StoredBlob, current_store
from app.incoming import entry as door
from app.incoming import services as incoming
from app.incoming.models import IncomingDocument
from app.outgoing.models import Channel, Delivery, Recipient
from app.outgoing.services import RecipientData, recall_document, scans
from app.security import SYSTEM
from config.settings import MailboxSettings, MailSettings, Settings
from tests.factories import Office, sign_in_as
from tests.integration.exchange.test_packets_in import read_all
from tests.integration.incoming.conftest import LIMIT, PDF, Desk, books
from tests.integration.notifications.conftest import Postbox, free_port, serving
from tests.integration.outgoing.conftest import Writers

__all__ = ["books"]
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
BOX = MailboxSettings("imap.vi-du.vn", "vanthu", "mat-khau")
FROM, NEW = "vanthu@snv.vi-du.vn", "moi@snv.vi-du.vn"


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def settings(settings: Settings, port: int) -> Settings:
    server = MailSettings("127.0.0.1", "congvu@phuong.vi-du.vn", port, security="none")
    return replace(settings, mail=server, mailbox=BOX)


@pytest.fixture
def client(app: Flask, office: Office) -> FlaskClient:
    """The clerk's browser, whose forms need no token."""
    app.config["WTF_CSRF_ENABLED"] = False
    found = app.test_client()
    sign_in_as(found, office.clerk)
    return found


def text_of(client: FlaskClient, url: str) -> str:
    answer = client.get(url, follow_redirects=True)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def arrive(uid: int, *contents: bytes, subject: str = "Gửi công văn") -> MailArrival:
    """A mail as the sandbox hands it over, taken in."""
    message = {
        "message_id": f"<{uid}@x>", "sender": FROM, "sender_name": "Sở Nội vụ", "report": None,
        "subject": subject, "body": "Kính gửi\nquý cơ quan",
        "parts": [{"name": f"{n}.pdf", "path": f"part-{n}"} for n in range(len(contents))],
    }  # fmt: skip
    with transaction() as session:
        row, coming = taking.open_mail(
            session, Place(BOX.name, 1, uid), StoredBlob(f"{uid:064x}", 9), message
        )
        arrival_id = row.id
    for one, content in zip(coming, contents, strict=True):
        _bring(one, content)
    with transaction() as session:
        taking.settle(session, arrival_id)
    read_all()
    with reading() as session:
        return session.get_one(MailArrival, arrival_id)


def _bring(one: Coming, content: bytes) -> None:
    assert one.intake_id is not None
    door.take_bytes(SYSTEM, one.intake_id, io.BytesIO(PDF + content), limit=LIMIT)


def letter() -> IncomingDocument:
    with reading() as session:
        return session.scalars(sa.select(IncomingDocument).order_by(IncomingDocument.id)).all()[-1]


def send(writers: Writers, *, scanned: bool) -> int:
    """An issued paper document for one address; its id."""
    people = [RecipientData(name="Sở Nội vụ", channel=Channel.EMAIL, email=FROM)]
    document_id = writers.issued(recipients=people)
    if scanned:
        attach(document_id)
    relay.deliver_all()
    relay.deliver_all()
    return document_id


def attach(document_id: int) -> None:
    blob = current_store().put(io.BytesIO(PDF + b"ban quet"))
    with transaction() as session:
        scans.attach_scan(session, SYSTEM, document_id=document_id, blob=blob, pages=1)


def sent() -> MailSending:
    with reading() as session:
        return session.scalars(sa.select(MailSending)).one()


def recipient() -> Recipient:
    with reading() as session:
        return session.scalars(sa.select(Recipient).filter_by(channel=Channel.EMAIL)).one()


def test_a_mail_that_came_stands_in_the_list_on_its_page_and_on_its_letter(
    client: FlaskClient, books: int
) -> None:
    mail = arrive(1, b"thu", b"phu luc")
    assert "Gửi công văn" in text_of(client, "/lien-thong/thu")
    page = text_of(client, f"/lien-thong/thu/{mail.token}")
    assert "0.pdf" in page
    assert "1.pdf" in page
    assert "quý cơ quan" in page
    assert f"/van-ban-den/{letter().token}" in page
    assert FROM in text_of(client, f"/van-ban-den/{letter().token}")


def test_refused_mails_have_a_tab_with_the_reason(client: FlaskClient, office: Office) -> None:
    arrive(1)
    page = text_of(client, "/lien-thong/thu?tab=khong-nhan")
    assert taking.NO_PARTS in page
    assert "Mọi thư đến đều đã nhận đủ." in text_of(client, "/lien-thong/thu?tab=khong-nhan&q=zzz")


def test_of_an_address_that_always_wrote_for_one_organ_the_form_knows_the_organ(
    client: FlaskClient, office: Office, books: int
) -> None:
    desk = Desk(office)
    for uid in range(1, 1 + LETTERS_TO_KNOW):
        arrive(uid, b"thu %d" % uid)
        with reading() as session:
            assert organ_of_address(session, FROM) is None
        data, letter_id = replace(desk.data(), code_number=str(uid)), letter().id
        with transaction() as session:
            incoming.register_letter(
                session, office.clerk, letter_id=letter_id, data=data,
                submit_to_post_id=office.leader.post_id,
            )  # fmt: skip
    last = letter()
    with reading() as session:
        assert organ_of_address(session, FROM) == last.organ_id
        assert organ_of_address(session, "la@la.example") is None


def test_looking_now_is_asked_by_clerks_only(
    client: FlaskClient, app: Flask, office: Office
) -> None:
    client.post("/lien-thong/thu/lay-ngay")
    with reading() as session:
        assert session.get_one(Mailbox, BOX.name).asked_at is not None
    other = app.test_client()
    sign_in_as(other, office.specialist)
    assert other.get("/lien-thong/thu").status_code == 403
    assert other.post("/lien-thong/thu/lay-ngay").status_code == 403


def test_a_refused_mail_is_sent_again_to_the_address_as_it_is_now(
    client: FlaskClient, writers: Writers, port: int
) -> None:
    postbox = Postbox()
    postbox.answers[FROM] = "550 no such user"
    with serving(postbox, port):
        send(writers, scanned=True)
        first = sent()
        assert first.state is SendingState.REFUSED
        assert "Gửi lại" in text_of(client, "/lien-thong/thu?tab=khong-gui")
        with transaction() as session:
            session.scalars(sa.select(Recipient).filter_by(email=FROM)).one().email = NEW
        client.post(f"/lien-thong/thu/di/{first.id}/gui-lai")
        relay.deliver_all()
        client.post(f"/lien-thong/thu/di/{first.id}/gui-lai")  # it went: nothing follows
        relay.deliver_all()
    (mail,) = postbox.received
    assert mail["To"].addresses[0].addr_spec == NEW
    assert mail["Message-ID"] != first.message_id
    assert (sent().state, recipient().delivery) == (SendingState.ACCEPTED, Delivery.SENT)


def test_without_a_file_the_mail_waits_for_the_scan_and_then_goes(
    writers: Writers, port: int
) -> None:
    postbox = Postbox()
    with serving(postbox, port):
        document_id = send(writers, scanned=False)
        assert (sent().state, sent().reason) == (SendingState.QUEUED, NO_FILE)
        assert (recipient().delivery, recipient().detail) == (Delivery.WAITING, NO_FILE)
        attach(document_id)
        relay.deliver_all()
        relay.deliver_all()
    assert len(postbox.received) == 1
    assert sent().state is SendingState.ACCEPTED


def test_recalled_before_its_scan_came_a_document_never_goes(writers: Writers, port: int) -> None:
    postbox = Postbox()
    with serving(postbox, port):
        document_id = send(writers, scanned=False)
        with transaction() as session:
            recall_document(session, writers.office.clerk, document_id=document_id, reason="Sai")
        attach(document_id)
        relay.deliver_all()
        relay.deliver_all()
    assert postbox.received == []


def test_only_mails_from_the_first_that_is_open_on_are_asked_for(office: Office) -> None:
    for uid in (1, 2, 5):
        arrive(uid)
    with transaction() as session:
        assert taking.first_open_uid(session, BOX.name, 1) == 6
        assert taking.first_open_uid(session, BOX.name, 2) == 1, "numbered anew"
        broken_off = session.scalars(sa.select(MailArrival).filter_by(uid=2)).one()
        broken_off.state = ArrivalState.RECEIVED
        session.flush()
        assert taking.first_open_uid(session, BOX.name, 1) == 2
        assert taking.settled_uids(session, BOX.name, 1, 2) == {5}
        assert taking.settled_uids(session, BOX.name, 1, 2, among=[1, 3]) == {1, 5}


def test_who_may_not_handle_packets_may_not_ask_for_mail(office: Office) -> None:
    with pytest.raises(PermissionDenied):
        polling.ask(office.specialist, BOX)
