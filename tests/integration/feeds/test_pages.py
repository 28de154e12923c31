"""The pages of feeds: what they show, and who may do what on them."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.db import reading
from app.feeds import chores, entry, queries
from app.feeds.devices import device_secret
from app.feeds.models import FeedDevice, FeedFault, FeedPoll, FeedSignal, FeedSource
from app.feeds.preparing import SourceInfo
from app.feeds.words import FaultState, SignalState
from config.settings import Settings
from tests.factories import Office, sign_in_as
from tests.integration.feeds.conftest import Desk
from tests.integration.feeds.test_taking import arrived, event

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

HOME = "/luong-du-lieu"
SOURCE = {"name": "Trạm khí Mẫu", "kind": "push", "target": "probe_events", "format": "json"}


@pytest.fixture(autouse=True)
def without_tokens(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False


def page(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.get_data(as_text=True)


def declare(client: FlaskClient, office: Office, **changed: str) -> SourceInfo:
    sign_in_as(client, office.admin)
    answer = client.post(f"{HOME}/nguon/moi", data=SOURCE | {"is_active": "y"} | changed)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    with reading() as session:
        return queries.info_of(session.scalars(sa.select(FeedSource)).one())


def test_a_source_is_declared_and_a_devices_secret_is_shown_once(
    client: FlaskClient, office: Office, desk: Desk, settings: Settings
) -> None:
    source = declare(client, office)
    address = f"{HOME}/nguon/{source.token}"

    made = client.post(f"{address}/thiet-bi", data={"name": "Bộ ghi số 1"})

    with reading() as session:
        device = session.scalars(sa.select(FeedDevice)).one()
    secret = device_secret(settings.secret_key, device.key)
    assert secret in made.get_data(as_text=True)
    again = page(client, address)
    assert device.key in again
    assert secret not in again
    client.post(f"{address}/thiet-bi/{device.id}/thu-hoi")
    assert "Đã thu hồi" in page(client, address)


def test_nothing_typed_is_lost_when_a_source_is_refused(
    client: FlaskClient, office: Office, desk: Desk
) -> None:
    sign_in_as(client, office.admin)
    for changed, sentence in (
        ({"mapping": "{no"}, "Nội dung phải là JSON hợp lệ."),
        ({"mapping": "[1]"}, "Nội dung phải là một đối tượng JSON {…}."),
        ({"mapping": '{"fields": {"level": "x"}}'}, "Chưa nói lấy “Sự việc” (what) từ đâu."),
        ({"kind": "poll", "address": "tram.example"}, "Hãy nhập địa chỉ (https://…)"),
    ):
        answer = client.post(f"{HOME}/nguon/moi", data=SOURCE | changed)

        assert answer.status_code == 422
        text = answer.get_data(as_text=True)
        assert sentence in text
        assert "Trạm khí Mẫu" in text


def test_a_polled_source_is_planned_and_can_be_asked_at_once(
    client: FlaskClient, office: Office, desk: Desk
) -> None:
    source = declare(client, office, kind="poll", address="https://tin.example/a.json")
    with reading() as session:
        before = session.scalars(sa.select(FeedPoll.due_at)).one()

    assert "Chạy ngay" in page(client, HOME)
    assert client.post(f"{HOME}/nguon/{source.token}/lay-ngay").status_code == 302

    with reading() as session:
        assert session.scalars(sa.select(FeedPoll.due_at)).one() > before


def test_a_fault_is_replayed_or_given_up_on_its_page(
    client: FlaskClient, office: Office, desk: Desk
) -> None:
    source = declare(client, office, target="probe_values")
    entry.arrive(source, arrived(event(1, "rain")))
    entry.arrive(source, arrived(event(1, "ash")))
    with reading() as session:
        ash, rain = session.scalars(sa.select(FeedFault).order_by(FeedFault.reason)).all()
    sign_in_as(client, office.duty)
    assert "Không có loại “rain”." in page(client, f"{HOME}/loi")
    desk.known.add("rain")

    assert client.post(f"{HOME}/loi/{rain.token}/xu-ly-lai").status_code == 302
    assert "Đang xử lý lại" in page(client, f"{HOME}/loi/{rain.token}")
    chores.work_on_faults()
    assert client.post(f"{HOME}/loi/{ash.token}/bo-qua", data={"reason": ""}).status_code == 422
    assert (
        client.post(f"{HOME}/loi/{ash.token}/bo-qua", data={"reason": "Tin thử"}).status_code == 302
    )
    assert client.post(f"{HOME}/loi/{ash.token}/bo-qua", data={"reason": "Nữa"}).status_code == 409

    assert "Mọi tin đến đều nhận được" in page(client, f"{HOME}/loi")
    with reading() as session:
        states = {f.id: f.state for f in session.scalars(sa.select(FeedFault))}
    assert states == {ash.id: FaultState.DISCARDED, rain.id: FaultState.SOLVED}


def test_the_inbox_shows_each_signal_a_page_at_a_time_and_takes_dead_ones_again(
    client: FlaskClient, office: Office, desk: Desk
) -> None:
    source = declare(client, office)
    entry.arrive(source, arrived(*(event(no) for no in range(60)), event(99, "rain")))
    sign_in_as(client, office.duty)

    first = page(client, f"{HOME}/hop-tin")
    with reading() as session:
        last = queries.signals(session, limit=50)[-1].token
        dead = session.scalars(sa.select(FeedSignal).where(FeedSignal.reason != "")).one()
    second = page(client, f"{HOME}/hop-tin?truoc={last}")

    assert (first.count("data-row-link"), second.count("data-row-link")) == (50, 11)
    assert f"truoc={last}" in first
    only_dead = page(client, f"{HOME}/hop-tin?trang-thai=dead")
    assert only_dead.count("data-row-link") == 1
    client.post(f"{HOME}/hop-tin/{dead.token}/xu-ly-lai")
    assert "Vẫn chưa xử lý được" in page(client, f"{HOME}/hop-tin/{dead.token}")
    desk.known.add("rain")
    client.post(f"{HOME}/hop-tin/{dead.token}/xu-ly-lai")
    with reading() as session:
        assert session.get_one(FeedSignal, dead.id).state is SignalState.PROCESSED


def test_a_sample_is_tried_without_storing_anything(
    client: FlaskClient, office: Office, desk: Desk
) -> None:
    sign_in_as(client, office.admin)
    data = {
        "target": "probe_events", "format": "json",
        "mapping": json.dumps({"fields": {"what": "su_viec"}}),
        "sample": '[{"id": 1, "su_viec": "Cháy chợ"}, {"id": 2}]',
    }  # fmt: skip

    answer = client.post(f"{HOME}/thu-mau", data=data)

    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "Đọc được 2 mục." in text
    assert "Cháy chợ" in text
    assert "Mục 2: Thiếu “Sự việc”." in text
    wrong = client.post(f"{HOME}/thu-mau", data=data | {"mapping": '{"fields": {"what": "a["}}'})
    assert wrong.status_code == 422
    assert "“what” sai" in wrong.get_data(as_text=True)


def test_who_reads_no_documents_reads_no_signals_either(
    app: Flask, client: FlaskClient, office: Office, desk: Desk
) -> None:
    source = declare(client, office)
    entry.arrive(source, arrived(event(1, "rain")))
    with reading() as session:
        token = session.scalars(sa.select(FeedSignal.token)).one()

    assert "Không có loại “rain”." in page(client, f"{HOME}/loi")
    assert page(client, f"{HOME}/hop-tin", 403)
    assert page(client, f"{HOME}/hop-tin/{token}", 403)
    sign_in_as(client, office.clerk)
    assert page(client, HOME, 403)
