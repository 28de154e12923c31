"""Notices reach the posts they were left for, whoever holds them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from flask.testing import FlaskClient

from app.clock import frozen
from app.db import reading, transaction
from app.notifications import queries
from app.notifications.services import mark_read, notify
from app.security import Actor
from tests.factories import Office, sign_in_as

MONDAY = datetime(2026, 11, 23, 2, tzinfo=UTC)


def leave(**changes: object) -> int:
    values: dict[str, object] = {
        "event": "letter.submitted",
        "kind": "letter",
        "thing_id": 5,
        "title": "Trình công văn 12/STC-TH",
    }
    with transaction() as session:
        return notify(session, **(values | changes))  # type: ignore[arg-type]


def unread(actor: Actor) -> int:
    with reading() as session:
        return queries.unread_count(session, actor)


def test_a_notice_to_a_post_is_seen_by_its_holder_only(office: Office) -> None:
    leave(post_ids=[office.leader.post_id])
    assert (unread(office.leader), unread(office.clerk)) == (1, 0)


def test_a_notice_to_a_unit_reaches_its_head(office: Office) -> None:
    assert leave(unit_ids=[office.economy]) == 1
    assert (unread(office.head), unread(office.specialist)) == (1, 0)


def test_a_unit_whose_head_is_named_too_gets_one_notice(office: Office) -> None:
    leave(unit_ids=[office.economy], post_ids=[office.head.post_id])
    assert unread(office.head) == 1


def test_reading_marks_the_notices_of_one_thing_or_of_all(office: Office) -> None:
    leave(post_ids=[office.leader.post_id])
    leave(post_ids=[office.leader.post_id], thing_id=6)
    with transaction() as session:
        assert mark_read(session, office.leader, thing=("letter", 5)) == 1
    assert unread(office.leader) == 1
    with transaction() as session:
        mark_read(session, office.clerk)
    assert unread(office.leader) == 1
    with transaction() as session:
        mark_read(session, office.leader)
    assert unread(office.leader) == 0


def test_a_reminder_waits_for_its_day_and_is_left_once(office: Office) -> None:
    for _ in range(3):
        leave(post_ids=[office.head.post_id], digest_on=date(2026, 11, 25))
    with frozen(MONDAY):
        assert unread(office.head) == 0
    with reading() as session:
        found = queries.digest(session, date(2026, 11, 25))
    assert [len(notices) for notices in found.values()] == [1]


def test_the_page_shows_notices_and_the_button_reads_them(
    client: FlaskClient, office: Office
) -> None:
    client.application.config["WTF_CSRF_ENABLED"] = False
    leave(post_ids=[office.leader.post_id])
    sign_in_as(client, office.leader)
    page = client.get("/thong-bao").get_data(as_text=True)
    assert "Trình công văn 12/STC-TH" in page
    assert "1 chưa đọc" in page
    assert client.post("/thong-bao/da-doc").status_code == 302
    assert unread(office.leader) == 0


def test_the_polling_address_answers_the_counters(client: FlaskClient, office: Office) -> None:
    leave(post_ids=[office.leader.post_id])
    sign_in_as(client, office.leader)
    counters = client.get("/thong-bao/dem").get_json()["counters"]
    assert counters["unread"] == {"number": 1, "urgent": False}
