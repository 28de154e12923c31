"""Rooms and vehicles: who has one in a week, adding and retiring, and the end of registration."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.clock import frozen
from app.schedules import queries, services
from app.schedules.models import Visibility
from app.security import Actor
from tests.factories import Office, sign_in_as
from tests.integration.schedules.conftest import (
    MONDAY,
    TUESDAY,
    act,
    data,
    look,
    make_room,
    publish,
    register,
)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

WEEK = f"/lich/tuan/{MONDAY}"


@pytest.fixture
def client_of(app: Flask) -> Callable[[Actor], FlaskClient]:
    def signed_in(actor: Actor) -> FlaskClient:
        app.config["WTF_CSRF_ENABLED"] = False
        client = app.test_client()
        sign_in_as(client, actor)
        return client

    return signed_in


def text(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def room(office: Office) -> tuple[int, str]:
    """A room's id and the address of its week."""
    room_id = make_room(office)
    [one] = look(queries.resources)
    return room_id, f"/lich/phong-xe/{one.token}"


def test_the_week_of_a_room_shows_who_has_it_and_only_that_it_is_taken_for_what_is_not_theirs(
    office: Office, client_of: Callable[[Actor], FlaskClient]
) -> None:
    room_id, path = room(office)
    chair = {"chair_post_id": office.leader.post_id, "resource_ids": [room_id]}
    register(office.head, "Giao ban tuần", **chair)
    private = chair | {"begins": 13, "ends": 14, "visibility": Visibility.PRIVATE}
    register(office.head, "Gặp riêng", **private)
    publish(office)
    act(services.register_entry, office.clerk, data("Lịch nháp", 15, 16, **chair), draft=True)
    other = text(client_of(office.one_stop), f"{path}?tuan=2026-11-27")
    assert "Giao ban tuần" in other
    assert "13:00–14:00" in other
    assert "15:00–16:00" in other
    assert "Gặp riêng" not in other
    assert "Lịch nháp" not in other
    assert other.count("Bận") == 2
    assert other.count("Trống cả ngày") == 6
    leader = text(client_of(office.leader), f"{path}?tuan=2026-11-27")
    assert "Gặp riêng" in leader
    assert "Lịch nháp" not in leader
    assert "Giao ban tuần" not in text(client_of(office.leader), f"{path}?tuan=2026-11-30")


def test_the_list_says_which_room_is_taken_now(
    office: Office, client_of: Callable[[Actor], FlaskClient]
) -> None:
    room_id, path = room(office)
    register(office.head, chair_post_id=office.leader.post_id, resource_ids=[room_id])
    assert "Trống" in text(client_of(office.one_stop), "/lich/phong-xe")
    with frozen(TUESDAY.replace(day=25)):  # 09:00 of the meeting's day
        html = text(client_of(office.one_stop), "/lich/phong-xe")
    assert "Bận đến 10:00" in html
    assert path in html
    assert "/lich/phong-xe/moi" not in html


def test_the_office_adds_changes_and_retires_a_room_and_others_do_not(
    office: Office, client_of: Callable[[Actor], FlaskClient]
) -> None:
    clerk, typed = client_of(office.clerk), {"kind": "vehicle", "name": "Xe 7 chỗ", "seats": "7"}
    refused = clerk.post("/lich/phong-xe/moi", data=typed | {"seats": "bảy"})
    assert refused.status_code == 422
    assert "bảy" in refused.get_data(as_text=True)
    path = clerk.post("/lich/phong-xe/moi", data=typed | {"is_active": "y"}).headers["Location"]
    twice = clerk.post("/lich/phong-xe/moi", data=typed)
    assert twice.status_code == 422
    assert "Đã có phòng hoặc xe mang tên này." in twice.get_data(as_text=True)
    [car] = look(queries.resources)
    entry = register(office.head, chair_post_id=office.leader.post_id, resource_ids=[car.id])
    [version] = re.findall(r'name="version"[^>]*value="(\d+)"', text(clerk, f"{path}/sua"))
    retired = typed | {"version": version}  # the box is not ticked
    saved = clerk.post(f"{path}/sua", data=retired, follow_redirects=True)
    assert "Còn 1 lần đặt từ hôm nay vẫn giữ nguyên." in saved.get_data(as_text=True)
    assert clerk.post(f"{path}/sua", data=retired).status_code == 409  # changed meanwhile
    assert look(queries.resources) == []
    assert entry.title in text(clerk, f"{path}?tuan={MONDAY}")
    head = client_of(office.head)
    assert path not in text(head, "/lich/phong-xe")
    assert head.post(f"{path}/sua", data=retired).status_code == 403
    assert head.get("/lich/phong-xe/moi").status_code == 403


def test_the_office_sets_the_end_of_registration_of_a_week_that_is_not_published(
    office: Office, client_of: Callable[[Actor], FlaskClient]
) -> None:
    clerk = client_of(office.clerk)
    url = f"{WEEK}/han-dang-ky"
    assert "Hạn đăng ký" in text(clerk, f"{WEEK}?view=cho-ban-hanh")
    typed = (("21/11/2026", ""), ("30/11/2026", "8h"), ("01/01/0001", "0h"))
    for wrong in ({"day": day, "at": hour} for day, hour in typed):
        said = clerk.post(url, data=wrong, follow_redirects=True).get_data(as_text=True)
        assert "Các đơn vị đăng ký" not in said
    assert look(lambda s: queries.sheet_of(s, MONDAY)) is None
    done = clerk.post(url, data={"day": "21/11/2026", "at": "11h"}, follow_redirects=True)
    assert "đến 11:00, thứ Bảy 21/11/2026." in done.get_data(as_text=True)
    with frozen(TUESDAY.replace(day=21)):  # Saturday 09:00, after the usual end
        register(office.head, chair_post_id=office.leader.post_id)
    assert client_of(office.head).post(url, data={}).status_code == 403
    publish(office)
    assert url not in text(clerk, f"{WEEK}?view=cho-ban-hanh")
    late = clerk.post(url, data={"day": "22/11/2026", "at": "8h"}, follow_redirects=True)
    assert "Lịch tuần này đã ban hành." in late.get_data(as_text=True)
