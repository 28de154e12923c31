"""The pages of the duty desk: shift, roster, handover, reports."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.duty import chores
from app.files.store import current_store
from app.security import Actor
from tests.factories import Office, sign_in_as
from tests.integration.duty.conftest import plan

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
BASE = "/truc-ban"


def test_the_desk_shows_who_is_on_duty_and_keeps_the_log(
    client: FlaskClient, office: Office, second: Actor
) -> None:
    plan(office, second.person_id, -1, 11)
    sign_in_as(client, office.duty)

    page = client.get(BASE).text
    assert "đến 23/11/2026 18:00" in page
    assert "Chưa ghi gì trong ngày này." in page
    assert client.post(f"{BASE}/nhat-ky", data={"text": " "}).status_code == 422
    shown = client.post(f"{BASE}/nhat-ky", data={"text": "Mưa to"}, follow_redirects=True).text
    assert "Đã ghi vào nhật ký." in shown
    assert "Mưa to" not in client.get(f"{BASE}?ngay=22/11/2026").text
    sign_in_as(client, office.leader)
    assert "Mưa to" in client.get(BASE).text
    assert client.post(f"{BASE}/nhat-ky", data={"text": "x"}).status_code == 403
    sign_in_as(client, office.specialist)
    assert client.get(BASE).status_code == 403


def test_the_chief_plans_a_week_and_hears_which_line_is_wrong(
    client: FlaskClient, office: Office, second: Actor
) -> None:
    sign_in_as(client, office.chief)
    one = {"starts_at": "24/11/2026 07:00", "ends_at": "24/11/2026 19:00"}

    added = client.post(
        f"{BASE}/lich/ca", data=one | {"person_id": office.duty.person_id}, follow_redirects=True
    )
    assert "07:00–19:00" in added.text
    again = client.post(f"{BASE}/lich/ca", data=one | {"person_id": office.duty.person_id})
    assert (again.status_code, "đã có ca trực khác" in again.text) == (422, True)
    wrong = client.post(f"{BASE}/lich/nhap", data={"lines": "25/11/2026 07:00-19:00 ai.do"})
    assert (wrong.status_code, "Dòng 1: không có người trực “ai.do”." in wrong.text) == (422, True)
    lines = f"25/11/2026 07:00-19:00 {second.name}\n25/11/2026 19:00-07:00 {office.duty.name}"
    imported = client.post(f"{BASE}/lich/nhap", data={"lines": lines}, follow_redirects=True).text
    assert "Đã nhập 2 ca trực." in imported
    assert "19:00–07:00" in imported
    gone = client.post(f"{BASE}/lich/1/xoa", data={"tuan": "2026-11-23"}, follow_redirects=True)
    assert "Đã bỏ ca trực." in gone.text


def test_a_shift_hands_over_and_the_next_one_signs(
    client: FlaskClient, office: Office, second: Actor
) -> None:
    sign_in_as(client, office.duty)
    given = client.post(f"{BASE}/ban-giao", data={"text": "Bình thường"}, follow_redirects=True)
    assert "Đã ký bàn giao. Ca sau cần ký nhận." in given.text
    assert "Ký nhận ca" not in given.text
    address = given.request.path
    sign_in_as(client, second)
    assert "Có biên bản bàn giao chưa ký nhận" in client.get(BASE).text
    assert "Ký nhận ca" in client.get(address).text
    taken = client.post(f"{address}/nhan", data={"remark": "Đã rõ"}, follow_redirects=True).text
    assert "Đã ký nhận ca." in taken
    assert second.name in taken
    assert "Đã nhận" in client.get(f"{BASE}/ban-giao").text


def test_the_report_of_the_morning_opens_as_pdf(
    app: Flask, client: FlaskClient, office: Office
) -> None:
    sign_in_as(client, office.leader)
    assert "Chưa có báo cáo nào." in client.get(f"{BASE}/bao-cao").text
    with app.app_context():
        chores.make_report(current_store(), "UBND phường Thử")

    assert "Báo cáo ngày 23/11/2026" in client.get(f"{BASE}/bao-cao").text
    answer = client.get(f"{BASE}/bao-cao/2026-11-23.pdf")
    assert (answer.mimetype, answer.data[:5]) == ("application/pdf", b"%PDF-")
    assert "Báo cáo trực ban ngày 23/11/2026" in client.get("/thong-bao").text
    for missing in ("2026-11-22", "mai"):
        assert client.get(f"{BASE}/bao-cao/{missing}.pdf").status_code == 404
