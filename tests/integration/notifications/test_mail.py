"""Mail: Hỏa tốc at once, everything else in one digest a day; taken to a real server, once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app import outbox, relay
from app.clock import frozen, local, now
from app.db import reading, transaction
from app.notifications import handlers, mail, mail_line, mailing
from app.notifications.models import Notification, OutgoingMail
from app.notifications.services import mark_read, notify
from app.organisation.models import Delegation, DelegationState, Person
from app.security import Actor
from tests.factories import Office, sign_in_as
from tests.integration.notifications.conftest import (
    Postbox,
    address_of,
    give_addresses,
    serving,
)

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
MORNING = datetime(2026, 11, 25, 1, tzinfo=UTC)  # 08:00 on a Wednesday in Vietnam


@pytest.fixture
def server(postbox: Postbox, port: int) -> Iterator[Postbox]:
    with serving(postbox, port):
        yield postbox


def leave(actor: Actor, title: str, *, urgent: bool = False, text: str = "") -> None:
    with transaction() as session:
        notify(
            session,
            event="letter.submitted",
            kind="letter",
            thing_id=5,
            title=title,
            text=text,
            urgent=urgent,
            post_ids=[actor.post_id or 0],
        )


def remind_of(actor: Actor, title: str, thing_id: int = 9) -> None:
    with transaction() as session:
        notify(
            session,
            event="task.reminder",
            kind="task",
            thing_id=thing_id,
            title=title,
            post_ids=[actor.post_id or 0],
            digest_on=local(now()).date(),
        )


def digests() -> None:
    more = True
    while more:
        with transaction() as session:
            more = mailing.mail_digests(session, now())


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    body = message.get_body((kind,))
    assert body is not None
    found: str = body.get_content()
    return found


@SQLITE
def test_an_urgent_notice_is_mailed_at_once_to_holder_and_delegate(
    office: Office, server: Postbox
) -> None:
    give_addresses(office.leader, office.chief, office.head)
    lend(office.leader, office.chief)

    leave(office.leader, "Hỏa tốc: 07/CĐ-UBND <gấp>", urgent=True, text="Phòng chống bão")
    relay.deliver_all()

    assert len(server.received) == 2
    [message] = server.to(office.leader)
    assert "Hỏa tốc: 07/CĐ-UBND <gấp>" in message["Subject"]
    assert message["From"].addresses[0].addr_spec == "congvu@phuong.vi-du.vn"
    assert "Phòng chống bão" in text_of(message)
    assert "https://congvu.vi-du.vn/thong-bao" in text_of(message)
    assert "07/CĐ-UBND &lt;gấp&gt;" in text_of(message, "html")
    assert len(server.to(office.chief)) == 1


def lend(owner: Actor, deputy: Actor) -> None:
    with transaction() as session:
        session.add(
            Delegation(
                from_post_id=owner.post_id,
                from_person_id=owner.person_id,
                to_person_id=deputy.person_id,
                valid_from=now() - timedelta(hours=1),
                valid_to=now() + timedelta(hours=1),
                state=DelegationState.APPROVED,
            )
        )


@SQLITE
def test_a_mail_that_is_delivered_twice_is_sent_once_and_has_one_message_id(
    office: Office, server: Postbox
) -> None:
    give_addresses(office.leader)
    leave(office.leader, "Hỏa tốc: một", urgent=True)
    with reading() as session:
        [mail_id] = session.scalars(sa.select(OutgoingMail.id))
        first, again = (handlers.content_of(session, mail_id) for _ in range(2))
    post = mail.configured()
    assert post is not None
    assert isinstance(first, mail.Content)
    assert isinstance(again, mail.Content)

    relay.deliver_all()
    with transaction() as session:
        session.execute(sa.update(outbox.OutboxDelivery).values(done_at=None, due_at=now()))
    relay.deliver_all()

    assert mail.compose(post, first)["Message-ID"] == mail.compose(post, again)["Message-ID"]
    assert [m["Message-ID"] for m in server.received] == [first.message_id]


@SQLITE
def test_a_mail_waits_while_the_server_is_away(office: Office, postbox: Postbox, port: int) -> None:
    give_addresses(office.leader)
    leave(office.leader, "Hỏa tốc: chờ máy chủ", urgent=True)
    relay.deliver_all()
    with reading() as session:
        waiting = session.scalars(sa.select(outbox.OutboxDelivery).filter_by(consumer="mail")).one()
    assert "ConnectionRefusedError" in (waiting.last_error or "")

    with serving(postbox, port), frozen(now() + timedelta(minutes=5)):
        relay.deliver_all()

    assert len(postbox.received) == 1


@SQLITE
def test_a_refused_address_is_noted_and_a_busy_one_tried_again_while_others_get_theirs(
    office: Office, server: Postbox
) -> None:
    give_addresses(office.leader, office.head, office.chief)
    server.answers = {
        address_of(office.leader): "550 no such mailbox",
        address_of(office.head): "451 greylisted, come again",
    }
    for actor in (office.leader, office.head, office.chief):
        leave(actor, "Hỏa tốc: ba người", urgent=True)
    relay.deliver_all()
    assert [len(server.to(a)) for a in (office.leader, office.head, office.chief)] == [0, 0, 1]

    server.answers.pop(address_of(office.head))
    with frozen(now() + timedelta(minutes=5)):
        relay.deliver_all()
        with reading() as session:
            line = mail_line(session)

    assert [len(server.to(a)) for a in (office.leader, office.head, office.chief)] == [0, 1, 1]
    assert (line.tone, "2 thư đã gửi, 1 thư không gửi được" in line.text) == ("warn", True)


def test_two_schedulers_make_one_digest_a_person_and_day(office: Office, server: Postbox) -> None:
    people = (office.leader, office.head, office.specialist)
    give_addresses(*people)
    with frozen(MORNING):
        for actor in people:
            remind_of(actor, "Còn 1 ngày làm việc: Báo cáo quý")
            leave(actor, "Việc mới: Kế hoạch")
        together(digests, 4)
        relay.deliver_all()
        digests()
        relay.deliver_all()

    assert [len(server.to(actor)) for actor in people] == [1, 1, 1]
    text = text_of(server.received[0])
    assert "NHẮC VIỆC" in text
    assert "Còn 1 ngày làm việc: Báo cáo quý" in text
    assert "Việc mới: Kế hoạch" in text


def together(act: object, times: int) -> None:
    """Call `act` in as many threads at one moment; their failures are the test's."""
    barrier, failures = Barrier(times), list[BaseException]()

    def run() -> None:
        barrier.wait(10)
        try:
            act()  # type: ignore[operator]
        except BaseException as error:
            failures.append(error)

    threads = [Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []


@SQLITE
def test_a_digest_has_what_is_unread_since_the_last_one(office: Office, server: Postbox) -> None:
    give_addresses(office.head)
    with frozen(MORNING):
        leave(office.head, "Thông báo thứ nhất")
        digests()
        relay.deliver_all()
    with frozen(MORNING + timedelta(hours=3)):
        leave(office.head, "Thông báo thứ hai")
        leave(office.head, "Thông báo đã đọc")
        with transaction() as session:
            ids = session.scalars(sa.select(Notification.id).filter_by(title="Thông báo đã đọc"))
            mark_read(session, office.head, notification_ids=ids.all())
    with frozen(MORNING + timedelta(days=1)):
        digests()
        relay.deliver_all()

    _first, second = server.to(office.head)
    assert "Thông báo thứ hai" in text_of(second)
    assert "thứ nhất" not in text_of(second)
    assert "đã đọc" not in text_of(second)
    assert "26/11/2026" in second["Subject"]


@SQLITE
def test_nobody_is_mailed_an_empty_digest_or_one_on_a_day_off(
    office: Office, server: Postbox
) -> None:
    give_addresses(office.head)
    with frozen(MORNING):
        digests()
        relay.deliver_all()
    with frozen(datetime(2026, 11, 28, 2, tzinfo=UTC)):  # a Saturday
        leave(office.head, "Thông báo cuối tuần")
        digests()
        relay.deliver_all()
    assert server.received == []
    with frozen(datetime(2026, 11, 30, 1, tzinfo=UTC)):
        digests()
        relay.deliver_all()
    assert "Thông báo cuối tuần" in text_of(server.to(office.head)[0])


@SQLITE
def test_each_person_chooses_hour_and_way(
    client: FlaskClient, office: Office, server: Postbox
) -> None:
    client.application.config["WTF_CSRF_ENABLED"] = False
    give_addresses(office.head, office.chief)
    choose(client, office.head, {"digest": "mail", "digest_hour": "10"})
    choose(client, office.chief, {"digest": "app", "digest_hour": "7", "urgent_by_mail": "y"})
    for actor in (office.head, office.chief):
        leave(actor, "Hỏa tốc: ai nhận", urgent=True)
    relay.deliver_all()
    assert [len(server.to(a)) for a in (office.head, office.chief)] == [0, 1]

    with frozen(MORNING):
        for actor in (office.head, office.chief):
            leave(actor, "Việc mới")
        digests()
        relay.deliver_all()
        assert len(server.received) == 1
    with frozen(MORNING + timedelta(hours=2)):
        digests()
        relay.deliver_all()

    assert [len(server.to(a)) for a in (office.head, office.chief)] == [1, 1]


def choose(client: FlaskClient, actor: Actor, form: dict[str, str]) -> None:
    sign_in_as(client, actor)
    assert client.post("/thong-bao/cai-dat", data=form).status_code == 302
    page = client.get("/thong-bao/cai-dat").get_data(as_text=True)
    assert address_of(actor) in page


@SQLITE
def test_an_hour_that_is_not_offered_is_refused(client: FlaskClient, office: Office) -> None:
    client.application.config["WTF_CSRF_ENABLED"] = False
    sign_in_as(client, office.head)
    answer = client.post("/thong-bao/cai-dat", data={"digest": "mail", "digest_hour": "3"})
    assert answer.status_code == 422


@SQLITE
def test_a_notice_that_was_purged_is_not_mailed(office: Office, server: Postbox) -> None:
    give_addresses(office.leader)
    leave(office.leader, "Hỏa tốc: sẽ bị xóa", urgent=True)
    with transaction() as session:
        session.execute(sa.delete(Notification))
    relay.deliver_all()
    with reading() as session:
        row = session.scalars(sa.select(OutgoingMail)).one()
    assert (server.received, row.not_sent) == ([], "Thông báo đã bị xóa.")


@SQLITE
def test_the_health_page_says_that_mail_is_set_up(app: Flask, port: int) -> None:
    with reading() as session:
        assert f"127.0.0.1:{port}" in mail_line(session).text


@SQLITE
def test_a_wrong_address_holds_up_no_other_mail(office: Office, server: Postbox) -> None:
    give_addresses(office.leader, office.clerk)
    with transaction() as session:
        session.get_one(Person, office.leader.person_id).email = "van thu@@"
    leave(office.leader, "Một", urgent=True)
    leave(office.clerk, "Hai", urgent=True)
    relay.deliver_all()
    assert len(server.to(office.clerk)) == 1
    with reading() as session:
        refused = session.scalars(
            sa.select(OutgoingMail).where(OutgoingMail.person_id == office.leader.person_id)
        ).one()
    assert "không phải là địa chỉ thư" in refused.not_sent
