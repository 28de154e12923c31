"""Mails come from a real mailbox: once, whatever dies in between, and none is forgotten."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import pytest
import sqlalchemy as sa

from app.db import reading, transaction
from app.exchange import entry
from app.exchange.folders import current_folders
from app.exchange.mail import polling, taking
from app.exchange.models import ArrivalState, MailArrival, Mailbox, PacketState
from app.exchange.queries import mails as queries
from app.exchange.services import holding
from app.incoming.models import IncomingDocument, IntakeItem, IntakeSource
from config.settings import Settings
from tests.factories import Office
from tests.integration.exchange.conftest import PEER_ID, Peer, packets, statuses
from tests.integration.exchange.mail_server import Post, dovecot
from tests.integration.incoming.conftest import LIMIT, PDF
from tests.integration.workflows.test_kill_walk import killed_at

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
S = ArrivalState


@pytest.fixture
def post() -> Iterator[Post]:
    with dovecot() as server:
        yield server


def a_mail(*contents: bytes, subject: str = "Gửi công văn", name: str = "thu.pdf") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Sở Nội vụ <vanthu@snv.vi-du.vn>"
    message["To"], message["Subject"] = "phuong@vi-du.vn", subject
    message["Message-ID"] = "<thu-1@snv.vi-du.vn>"
    message.set_content("Kính gửi quý cơ quan,\nXin gửi công văn đính kèm.\n")
    for number, content in enumerate(contents):
        message.add_attachment(
            content, maintype="application", subtype="pdf", filename=f"{number}-{name}"
        )
    return message


def mails() -> Sequence[MailArrival]:
    with reading() as session:
        return session.scalars(sa.select(MailArrival).order_by(MailArrival.id)).all()


def items() -> Sequence[IntakeItem]:
    with reading() as session:
        return session.scalars(sa.select(IntakeItem).order_by(IntakeItem.id)).all()


def letters() -> int:
    with reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(IncomingDocument)) or 0


def test_a_mail_becomes_one_letter_with_its_attachments_and_is_then_marked_read(
    office: Office, post: Post
) -> None:
    post.put(a_mail(PDF + b"thu", PDF + b"phu luc").as_bytes())
    assert post.read_flags() == [False]
    assert polling.poll(post.box, limit=LIMIT) == 1
    assert polling.poll(post.box, limit=LIMIT) == 0
    (mail,) = mails()
    assert mail.state is S.TAKEN
    assert mail.sender == "vanthu@snv.vi-du.vn"
    assert mail.body.startswith("Kính gửi quý cơ quan")
    assert [item.file_name for item in items()] == ["0-thu.pdf", "1-thu.pdf"]
    assert {item.source for item in items()} == {IntakeSource.MAIL}
    assert letters() == 1
    assert post.read_flags() == [True]


@SQLITE
@pytest.mark.parametrize(
    "where",
    [
        "app.exchange.mail.taking:open_mail",
        "app.incoming.entry:take_bytes",
        "app.exchange.mail.taking:settle",
        "app.exchange.mail.imap:Box.mark_read",
    ],
)
def test_killed_anywhere_a_mail_is_marked_read_only_when_stored_and_comes_once(
    office: Office, settings: Settings, post: Post, where: str
) -> None:
    post.put(a_mail(PDF + b"thu", PDF + b"phu luc").as_bytes())
    killed_at(settings, where, lambda: polling.poll(post.box, limit=LIMIT))
    assert post.read_flags() == [False]
    polling.poll(post.box, limit=LIMIT)
    assert [mail.state for mail in mails()] == [S.TAKEN]
    assert len(items()) == 2
    assert letters() == 1
    assert post.read_flags() == [True]


def test_numbered_anew_by_the_server_no_mail_comes_twice(office: Office, post: Post) -> None:
    post.put(a_mail(PDF + b"thu").as_bytes())
    polling.poll(post.box, limit=LIMIT)
    post.begin_anew()
    polling.poll(post.box, limit=LIMIT)
    assert [mail.state for mail in mails()] == [S.TAKEN, S.DOUBLE]
    assert mails()[0].uidvalidity != mails()[1].uidvalidity
    assert len(items()) == 1


@SQLITE
def test_bad_mails_have_a_row_with_the_reason_and_hold_up_no_other(
    office: Office, post: Post
) -> None:
    post.put(a_mail(subject="Chào").as_bytes())
    post.put(b"\r\nkhong co dau thu\r\n")
    post.put(a_mail(PDF + b"x" * (2 * LIMIT)).as_bytes())
    post.put(a_mail(PDF + b"tot").as_bytes())
    assert polling.poll(post.box, limit=LIMIT) == 4
    assert [mail.state for mail in mails()] == [S.REFUSED, S.REFUSED, S.REFUSED, S.TAKEN]
    reasons = [mail.reason for mail in mails()]
    assert reasons == [taking.NO_PARTS, polling.BROKEN, polling.TOO_BIG, ""]


@SQLITE
def test_a_packet_in_a_mail_goes_through_the_packets_door(peer: Peer, post: Post) -> None:
    message = a_mail()
    message.add_attachment(
        peer.packet(b"thu"), maintype="application", subtype="xml", filename="goi.edxml"
    )
    post.put(message.as_bytes())
    polling.poll(post.box, limit=LIMIT)
    assert [item.source for item in items()] == [IntakeSource.EXCHANGE]
    assert mails()[0].state is S.TAKEN
    assert mails()[0].subject == mails()[0].body == ""  # else a purge would leave words behind
    ((packet,), arrival) = packets(), mails()[0]
    with reading() as session:
        [(_part, _item, brought)] = queries.parts_of(session, peer.office.clerk, arrival.id)
        letter = queries.letter_of(session, peer.office.clerk, arrival.id)
    assert (brought and brought.id) == packet.id
    assert (letter and letter.id) == items()[0].letter_id


@SQLITE
@pytest.mark.parametrize(
    ("sender", "reason"),
    [
        ("la@la.example", holding.STRANGER),
        ("vanthu@khac.vi-du.vn", holding.FOREIGN.format(code="H99.01")),
    ],
)
def test_a_packet_whose_mail_may_not_speak_for_its_sender_waits_for_a_clerk(
    peer: Peer, post: Post, sender: str, reason: str
) -> None:
    message = a_mail(PDF + b"thu")
    message.replace_header("From", sender)
    message.add_attachment(
        peer.packet(b"thu"), maintype="application", subtype="xml", filename="goi.edxml"
    )
    post.put(message.as_bytes())
    box = replace(post.box, packet_senders=(("@khac.vi-du.vn", "H99.02"),))
    polling.poll(box, limit=LIMIT)
    assert [item.source for item in items()] == [IntakeSource.MAIL]
    assert reason in mails()[0].reason
    (packet,) = packets()
    assert (packet.state, packet.error) == (PacketState.HELD, reason)
    assert peer.told() == []
    received = entry.resume(packet.id, limit=LIMIT)  # a clerk lets it in
    assert received is not None
    assert received.ok
    assert [item.source for item in items()] == [IntakeSource.MAIL, IntakeSource.EXCHANGE]
    assert peer.told() == ["01"]


@SQLITE
def test_a_status_in_a_mail_moves_nothing_for_an_organ_its_sender_may_not_speak_for(
    peer: Peer, post: Post
) -> None:
    peer.send(peer.packet(b"thu"))
    message = a_mail()
    message.replace_header("From", "vanthu@khac.vi-du.vn")
    message.add_attachment(
        peer.status("13", PEER_ID), maintype="application", subtype="xml", filename="a.edxml"
    )
    post.put(message.as_bytes())
    box = replace(post.box, packet_senders=(("@khac.vi-du.vn", "H99.02"),))
    polling.poll(box, limit=LIMIT)
    assert [row.code for row in statuses()] == ["01"]
    first, held = packets()
    assert (first.state, held.state) == (PacketState.TAKEN, PacketState.HELD)
    assert entry.resume(held.id, limit=LIMIT) is not None
    assert [row.code for row in statuses()] == ["01", "13"]
    assert packets()[1].state is PacketState.TAKEN
    assert current_folders().raw(held.id) is None


@SQLITE
def test_a_mail_that_no_rule_foresaw_holds_up_no_other(
    office: Office, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.put(a_mail(PDF + b"mot").as_bytes())
    post.put(a_mail(PDF + b"hai", subject="Thư sau").as_bytes())
    open_mail = taking.open_mail

    def faulty(session: Any, place: Any, blob: Any, message: Any) -> Any:
        if message["subject"] != "Thư sau":
            raise OverflowError
        return open_mail(session, place, blob, message)

    monkeypatch.setattr(taking, "open_mail", faulty)
    assert polling.poll(post.box, limit=LIMIT) == 2
    assert [mail.state for mail in mails()] == [S.REFUSED, S.TAKEN]
    assert mails()[0].reason == polling.UNFORESEEN


@SQLITE
def test_a_secret_attachment_takes_the_words_of_its_mail_with_it(
    office: Office, post: Post
) -> None:
    post.put(a_mail(PDF + b"mat", subject="Tuyệt đối").as_bytes())
    polling.poll(post.box, limit=LIMIT)
    intake_id = items()[0].id
    with transaction() as session:
        assert taking.purge_mails_of(session, intake_id) == 1
    (mail,) = mails()
    assert (mail.state, mail.subject, mail.body) == (S.PURGED, "", "")


@SQLITE
def test_asked_for_the_relay_looks_at_once_and_notes_a_wrong_password(
    office: Office, post: Post
) -> None:
    post.put(a_mail(PDF + b"thu").as_bytes())
    assert polling.poll_when_due(post.box, limit=LIMIT) == 1
    post.put(a_mail(PDF + b"hai").as_bytes())
    assert polling.poll_when_due(post.box, limit=LIMIT) == 0
    polling.ask(office.clerk, post.box)
    assert polling.poll_when_due(post.box, limit=LIMIT) == 1
    polling.ask(office.clerk, post.box)
    assert polling.poll_when_due(replace(post.box, password="sai"), limit=LIMIT) == 0
    with reading() as session:
        assert session.get_one(Mailbox, post.box.name).error
