"""The pages of sensors: what they show, and who may do what on them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.clock import local, now
from app.db import reading, transaction
from app.feeds.processors import Item, SourceRef, target_named
from app.sensors.ingesting import TARGET
from app.sensors.models import Datastream, Rule, RuleKind, Severity, Thing
from app.sensors.services import approve_rule, draft_rule
from tests.factories import Office, sign_in_as

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

INTERVAL = timedelta(minutes=5)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def without_tokens(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False


def page(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.get_data(as_text=True)


def put_up(client: FlaskClient) -> Datastream:
    """A station with a water level, by the forms."""
    client.post("/quan-trac/tram/moi", data={"name": "Trạm Bến Mẫu", "kind": "station"})
    with reading() as session:
        thing = session.scalars(sa.select(Thing)).one()
    answer = client.post(
        f"/quan-trac/tram/{thing.token}/luong-moi",
        data={
            "name": "Mực nước sông Mẫu", "key": "ben-mau", "measured": "water_level",
            "unit_symbol": "m", "interval_seconds": "300", "alarm_level_1": "2,5",
            "alarm_level_2": "3", "alarm_level_3": "3,5",
        },
    )  # fmt: skip
    assert answer.status_code == 302
    with reading() as session:
        return session.scalars(sa.select(Datastream)).one()


def send(*values: float) -> None:
    """One value each interval, the last one now."""
    end = now()
    items = [
        Item("", {"stream": "ben-mau", "value": value}, end - no * INTERVAL, end)
        for no, value in enumerate(reversed(values))
    ]
    with transaction("test") as session:
        target_named(TARGET).processor.process(session, SourceRef(1, "Trạm thử", TARGET), items)


def test_a_rule_is_tried_approved_by_somebody_else_and_raises(
    app: Flask, client: FlaskClient, office: Office
) -> None:
    sign_in_as(client, office.admin)
    stream = put_up(client)
    send(2.4, 3.2, 2.9)
    answer = client.post(
        "/quan-trac/quy-tac/moi",
        data={
            "name": "Nước trên báo động II", "kind": "threshold", "severity": "high",
            "streams": [str(stream.id)], "raise_at": "3", "clear_at": "2,95",
        },
    )  # fmt: skip
    assert answer.status_code == 302
    address = answer.headers["Location"]
    assert "Bản này sẽ phát 1 cảnh báo." in page(client, address)
    with reading() as session:
        rule = session.scalars(sa.select(Rule)).one()
    approval = f"/quan-trac/quy-tac/{rule.token}/duyet/1"
    assert client.post(approval).status_code == 403

    sign_in_as(client, office.chief)
    assert client.post(approval).status_code == 302
    with transaction("test") as session:
        later = now() + timedelta(minutes=1)
        item = Item("", {"stream": "ben-mau", "value": 3.65}, later, later)
        target_named(TARGET).processor.process(session, SourceRef(1, "Trạm thử", TARGET), [item])
    assert "Đang mở" in page(client, "/quan-trac/canh-bao")
    listed = page(client, "/quan-trac")
    assert "trên BĐ III 0,15 m" in listed
    assert "1 cảnh báo" in listed
    assert client.post(f"/quan-trac/quy-tac/{rule.token}/tat").status_code == 302
    assert "Không có cảnh báo nào đang mở" in page(client, "/quan-trac/canh-bao")


def test_a_stream_without_values_says_so_and_shows_no_zero(
    app: Flask, client: FlaskClient, office: Office
) -> None:
    sign_in_as(client, office.admin)
    stream = put_up(client)
    shown = page(client, f"/quan-trac/luong/{stream.token}?ngay=7")
    assert "Không có số liệu không có nghĩa là bằng không." in shown
    assert "Chưa có số liệu" in page(client, "/quan-trac")


def test_a_station_in_maintenance_says_so_and_raises_no_alarm(
    app: Flask, client: FlaskClient, office: Office
) -> None:
    sign_in_as(client, office.admin)
    put_up(client)
    with transaction("test") as session:
        thing = session.scalars(sa.select(Thing)).one()
        stream = session.scalars(sa.select(Datastream)).one()
        stored = {"streams": [stream.id], "raise_at": 3.0}
        rule = draft_rule(
            session, office.admin, name="Nước cao", kind=RuleKind.THRESHOLD,
            severity=Severity.HIGH, stored=stored,
        )  # fmt: skip
        approve_rule(session, office.chief, rule.id, 1)
    address = f"/quan-trac/tram/{thing.token}"
    first, last = (f"{local(now() + days):%d/%m/%Y %H:%M}" for days in (-DAY, DAY))
    wrong = {"starts_at": last, "ends_at": first, "reason": "Thay đầu đo"}
    refused = client.post(f"{address}/bao-tri", data=wrong)
    assert refused.status_code == 422
    assert "phải sau thời điểm bắt đầu" in refused.get_data(as_text=True)
    assert "Chưa có đợt bảo trì nào" in page(client, address)
    right = wrong | {"starts_at": first, "ends_at": last}
    assert client.post(f"{address}/bao-tri", data=right).status_code == 302
    shown = page(client, address)
    assert "Đang bảo trì" in shown
    assert "Thay đầu đo" in shown
    send(3.5)
    assert "Không có cảnh báo nào đang mở" in page(client, "/quan-trac/canh-bao")
    assert "3,5" in page(client, "/quan-trac")

    sign_in_as(client, office.chief)
    assert "Báo bảo trì" not in page(client, address)
    assert client.post(f"{address}/bao-tri", data=right).status_code == 403


def test_a_new_version_begins_with_the_old_one_and_waits_for_approval(
    app: Flask, client: FlaskClient, office: Office
) -> None:
    sign_in_as(client, office.admin)
    stream = put_up(client)
    hours = {"weekdays": [0, 1], "start": "07:00:00", "until": "17:00:00"}
    old = {"streams": [stream.id], "raise_at": 2.5, "above": False, "hold_seconds": 600}
    with transaction("test") as session:
        rule = draft_rule(
            session, office.admin, name="Nước cạn", kind=RuleKind.THRESHOLD,
            severity=Severity.LOW, stored=old | {"hours": hours},
        )  # fmt: skip
        approve_rule(session, office.chief, rule.id, 1)
    address = f"/quan-trac/quy-tac/{rule.token}"
    assert "Soạn bản mới" in page(client, address)
    form = page(client, f"{address}/ban-moi")
    assert re.search(r'name="raise_at"[^>]*value="2,5"', form)
    assert re.search(r'name="hold_minutes"[^>]*value="10"', form)
    assert re.search(r'<input checked[^>]*name="below"', form)
    typed = {"streams": [str(stream.id)], "raise_at": "2", "clear_at": "1,5", "below": "y"}
    assert client.post(f"{address}/ban-moi", data=typed).status_code == 422
    answer = client.post(f"{address}/ban-moi", data=typed | {"clear_at": "2,2"})
    assert answer.headers["Location"].endswith(f"{rule.token}?no=2")
    with reading() as session:
        kept = session.scalars(sa.select(Rule)).one()
        assert (kept.current_no, [version.no for version in kept.versions]) == (1, [1, 2])
        stored = kept.versions[1].definition
    assert (stored["raise_at"], stored["clear_at"], stored["above"]) == (2.0, 2.2, False)
    assert stored["hours"] == hours
    sign_in_as(client, office.chief)
    assert "Soạn bản mới" not in page(client, address)
    assert client.post(f"{address}/ban-moi", data=typed).status_code == 403


def test_a_wrong_form_keeps_its_words_and_says_why(
    app: Flask, client: FlaskClient, office: Office
) -> None:
    sign_in_as(client, office.admin)
    stream = put_up(client)
    answer = client.post(
        "/quan-trac/quy-tac/moi",
        data={
            "name": "Ngược", "kind": "threshold", "severity": "low",
            "streams": [str(stream.id)], "raise_at": "3", "clear_at": "4",
        },
    )  # fmt: skip
    assert answer.status_code == 422
    shown = answer.get_data(as_text=True)
    assert "sai phía của ngưỡng" in shown
    assert "Ngược" in shown


def test_who_has_no_part_in_it_sees_no_page(
    app: Flask, client: FlaskClient, office: Office
) -> None:
    sign_in_as(client, office.clerk)
    for address in ("/quan-trac", "/quan-trac/canh-bao", "/quan-trac/quy-tac"):
        assert client.get(address).status_code == 403
