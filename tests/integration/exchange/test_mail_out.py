"""Issued documents go out by mail through a real server; what becomes of each is one state."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
import sqlalchemy as sa

from app import relay
from app.db import reading, transaction
from app.exchange.mail import bounces, handlers
from app.exchange.models import MailSending, SendingState
from app.files.store import current_store
from app.notifications.smtp import Connection
from app.outgoing import services as outgoing
from app.outgoing.models import Channel, Delivery, OutgoingDocument, Recipient, Stage
from app.outgoing.services import RecipientData
from app.outgoing.services.issuing import record_stage
from app.security import SYSTEM
from config.settings import MailSettings, Settings
from tests.integration.notifications.conftest import Postbox, free_port, serving
from tests.integration.outgoing.conftest import Writers

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def settings(settings: Settings, port: int) -> Settings:
    server = MailSettings("127.0.0.1", "congvu@phuong.vi-du.vn", port, security="none")
    return replace(settings, mail=server)


def issue(writers: Writers, *addresses: str) -> int:
    people = [RecipientData(name=one, channel=Channel.EMAIL, email=one) for one in addresses]
    document_id = writers.sealed(recipients=people)
    blob = current_store().put(io.BytesIO(b"%PDF-1.7 ban phat hanh"))
    with transaction() as session:
        document = session.get_one(OutgoingDocument, document_id)
        record_stage(session, SYSTEM, document, Stage.SEALED, blob)
        outgoing.issue_document(session, writers.office.clerk, document_id=document_id)
    return document_id


def recipients() -> list[Recipient]:
    with reading() as session:
        rows = sa.select(Recipient).filter_by(channel=Channel.EMAIL).order_by(Recipient.id)
        return list(session.scalars(rows))


def sendings() -> list[MailSending]:
    with reading() as session:
        return list(session.scalars(sa.select(MailSending).order_by(MailSending.id)))


def test_a_document_goes_to_each_address_and_a_refused_one_says_why(
    writers: Writers, postbox: Postbox, port: int
) -> None:
    postbox.answers["khong-co@snv.vi-du.vn"] = "550 no such user"
    with serving(postbox, port):
        issue(writers, "vanthu@snv.vi-du.vn", "khong-co@snv.vi-du.vn")
        relay.deliver_all()
        relay.deliver_all()
    (mail,) = postbox.received
    (part,) = mail.iter_attachments()
    assert part.get_content() == b"%PDF-1.7 ban phat hanh"
    assert [one.delivery for one in recipients()] == [Delivery.SENT, Delivery.FAILED]
    assert "no such user" in recipients()[1].detail
    assert [one.state for one in sendings()] == [SendingState.ACCEPTED, SendingState.REFUSED]
    assert mail["Message-ID"] == sendings()[0].message_id


@SQLITE
def test_died_before_noting_it_the_mail_goes_again_under_the_same_message_id(
    writers: Writers, postbox: Postbox, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue(writers, "vanthu@snv.vi-du.vn")
    relay.deliver_all()  # the server is away: it is queued and waits
    assert sendings()[0].state is SendingState.QUEUED
    payload = {"sending_id": sendings()[0].id}
    taken = Connection.send

    def send_and_die(self: Connection, message: object) -> None:
        taken(self, message)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    with serving(postbox, port):
        with monkeypatch.context() as patch:
            patch.setattr(Connection, "send", send_and_die)
            with pytest.raises(KeyboardInterrupt):
                handlers.on_queued(payload)
        handlers.on_queued(payload)
        handlers.on_queued(payload)
    assert len(postbox.received) == 2
    assert len({mail["Message-ID"] for mail in postbox.received}) == 1
    assert sendings()[0].state is SendingState.ACCEPTED


@SQLITE
def test_a_mail_that_comes_back_marks_its_recipient_returned(
    writers: Writers, postbox: Postbox, port: int
) -> None:
    with serving(postbox, port):
        issue(writers, "vanthu@snv.vi-du.vn")
        relay.deliver_all()
        relay.deliver_all()
    report = {"failed": True, "words": "smtp; 550 mailbox full", "ids": [sendings()[0].message_id]}
    with transaction() as session:
        assert bounces.note(session, report) == "smtp; 550 mailbox full"
        assert bounces.note(session, {**report, "ids": ["<la@x>"]}) == bounces.UNKNOWN
    assert recipients()[0].delivery is Delivery.RETURNED
