"""Several people's weeks side by side, and the times at which all of them are free."""

from __future__ import annotations

import html
import re
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.clock import local
from app.schedules import queries
from app.schedules.models import Visibility
from app.tasks.parties import Party
from tests.factories import Office, sign_in_as
from tests.integration.schedules.conftest import MONDAY, at, look, publish, register

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def client_of(app: Flask, office: Office) -> FlaskClient:
    client = app.test_client()
    sign_in_as(client, office.one_stop)
    return client


def read(client: FlaskClient, query: str = "") -> str:
    answer = client.get(f"/lich/ranh-ban?ngay=2026-11-25{query}")
    assert answer.status_code == 200
    return html.unescape(answer.get_data(as_text=True))


def test_the_leaders_stand_side_by_side_and_private_hours_say_only_that_they_are_taken(
    app: Flask, office: Office
) -> None:
    register(office.head, "Giao ban", chair_post_id=office.leader.post_id)
    register(office.head, "Khám sức khỏe", begins=13, ends=14,
             chair_post_id=office.vice_leader.post_id, visibility=Visibility.PRIVATE)  # fmt: skip
    before = read(client_of(app, office))
    assert before.count("Chưa ban hành") == 2
    assert "Giao ban" not in before
    publish(office)
    page = read(client_of(app, office))
    for shown in ("08:00–10:00", "Giao ban", "13:00–14:00"):
        assert shown in page
    for hidden in ("Khám sức khỏe", "Chưa ban hành"):
        assert hidden not in page
    [row] = [one for one in page.split("<tr") if "Thứ Tư" in one]
    leaders = look(queries.leaders)
    assert row.count("<td") == len(leaders) == 2
    assert [cell.count("–") for cell in row.split("<td")[1:]] == [1, 1]
    assert row.split("<td")[2].count("Bận") == 1


def test_a_time_that_suits_everybody_leads_to_the_form_with_day_hours_and_people(
    app: Flask, office: Office
) -> None:
    chair, guest = office.leader.post_id or 0, office.specialist.post_id or 0
    register(office.head, "Tập huấn", chair_post_id=chair, participants=[Party(post_id=guest)],
             starts_at=at(7, 30, MONDAY), ends_at=at(15))  # fmt: skip
    client = client_of(app, office)
    page = read(client, f"&ai={chair}&ai={guest}&phut=120")
    assert page.count("Cả ngày") == 2  # Tuesday, both of them
    assert "từ 07:30" in page
    links = re.findall(r'href="(/lich/moi[^"]+)"', page)
    assert len(links) == 6
    form = html.unescape(client.get(links[0]).get_data(as_text=True))
    for filled in ("25/11/2026", "15:00", "17:00"):
        assert f'value="{filled}"' in form
    assert re.search(rf'<option selected value="{chair}"', form)
    assert re.search(rf'<option selected value="post:{guest}"', form)


def test_nonsense_in_the_address_is_said_so_and_shows_nobodys_days(
    app: Flask, office: Office
) -> None:
    client = client_of(app, office)
    for query in ("?phut=5", "?ngay=hom-nay", "?ai=999999", "?ai=" + "&ai=".join("1234567")):
        answer = client.get(f"/lich/ranh-ban{query}")
        assert answer.status_code == 422, query
        assert "<table" not in answer.get_data(as_text=True)
    assert "hom-nay" in client.get("/lich/ranh-ban?ngay=hom-nay").get_data(as_text=True)
    assert client.get("/lich/ranh-ban?ngay=9999-12-31").status_code == 422


def test_no_time_is_offered_on_a_public_holiday(app: Flask, office: Office) -> None:
    leader, monday = office.leader.post_id or 0, date(2026, 11, 23)
    assert app.test_cli_runner().invoke(args=["worktime", "load"]).exit_code == 0

    free = look(lambda s: queries.free_slots(s, [leader], monday, 120, days=3, limit=100))

    days = {local(start).date() for start, _end in free}
    assert days == {date(2026, 11, 23), date(2026, 11, 25), date(2026, 11, 26)}  # 24/11 is free
