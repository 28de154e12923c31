"""Calendar feeds: an outside reader sees entries, changes and what was called off."""

from __future__ import annotations

import html
import re
from datetime import time, timedelta
from typing import Any

import pytest
from flask import Flask
from icalendar import Calendar

from app.clock import today
from app.db import transaction
from app.schedules.models import ChangeKind, EntryState, ScheduleEntry
from app.schedules.times import local_time, moment
from tests.factories import Office
from tests.integration.schedules.test_week_pages import browser, enter

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def subscribe(app: Flask, office: Office, scope: str = "organ") -> str:
    answer = browser(app, office.leader).post("/lich/dia-chi", data={"scope": scope})
    found = re.search(r'value="(http[^"]+\.ics)"', answer.get_data(as_text=True))
    assert found is not None
    return html.unescape(found[1])


def events(content: bytes) -> list[Any]:
    return list(Calendar.from_ical(content).walk("VEVENT"))


def enter_soon(office: Office) -> str:
    day = today() + timedelta(days=3)
    return enter(
        office, day=day, starts_at=moment(day, time(8, 0)), ends_at=moment(day, time(9, 30))
    )


def test_a_reader_sees_an_entry_its_change_and_its_end(app: Flask, office: Office) -> None:
    token = enter_soon(office)
    address = subscribe(app, office, "person")
    reader = app.test_client()  # not signed in
    answer = reader.get(address)
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert all(len(line) <= 75 for line in answer.data.split(b"\r\n"))
    assert b"BEGIN:VTIMEZONE" in answer.data
    [first] = events(answer.data)
    assert str(first["summary"]) == "Giao ban tuần"
    assert first["dtstart"].params["TZID"] == "Asia/Ho_Chi_Minh"
    assert local_time(first["dtstart"].dt).hour == 8
    assert (first["sequence"], str(first["status"])) == (0, "CONFIRMED")
    with transaction() as session:
        entry = session.query(ScheduleEntry).filter_by(token=token).one()
        entry.state, entry.change, entry.sequence = EntryState.CANCELLED, ChangeKind.CANCELLED, 1
    [second] = events(reader.get(address).data)
    assert second["uid"] == first["uid"]
    assert (second["sequence"], str(second["status"])) == (1, "CANCELLED")


def test_a_revoked_or_unknown_address_answers_nothing(app: Flask, office: Office) -> None:
    address = subscribe(app, office)
    leader = browser(app, office.leader)
    page = leader.get("/lich/dia-chi").get_data(as_text=True)
    assert address not in page
    [feed_id] = re.findall(r"/lich/dia-chi/(\d+)/thu-hoi", page)
    assert browser(app, office.clerk).post(f"/lich/dia-chi/{feed_id}/thu-hoi").status_code == 404
    assert app.test_client().get(address).status_code == 200
    leader.post(f"/lich/dia-chi/{feed_id}/thu-hoi")
    assert app.test_client().get(address).status_code == 401
    assert app.test_client().get("/lich/nguon/khong-co.ics").status_code == 401
