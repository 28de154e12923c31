"""A calendar file of another program becomes drafts; it is shown first and never doubled."""

from __future__ import annotations

import html
import io
import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.schedules.models import EntryState, ScheduleEntry
from tests.factories import Office
from tests.integration.schedules.conftest import look
from tests.integration.schedules.test_week_pages import browser

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

EVENTS = """BEGIN:VEVENT
UID:mot@thu
DTSTAMP:20261101T000000Z
DTSTART;TZID=Asia/Ho_Chi_Minh:20261125T080000
DTEND;TZID=Asia/Ho_Chi_Minh:20261125T093000
SUMMARY:Họp tỉnh
LOCATION:Hội trường tỉnh
END:VEVENT
BEGIN:VEVENT
UID:lap@thu
DTSTAMP:20261101T000000Z
DTSTART:20261126T010000Z
RRULE:FREQ=WEEKLY;COUNT=3
EXDATE:20261203T010000Z
SUMMARY:Tập huấn
END:VEVENT
BEGIN:VEVENT
UID:ngay@thu
DTSTAMP:20261101T000000Z
DTSTART;VALUE=DATE:20261127
SUMMARY:Nghỉ phép
END:VEVENT
"""


def calendar(events: str = EVENTS) -> bytes:
    lines = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Thu//VI\n{events}END:VCALENDAR\n"
    return lines.replace("\n", "\r\n").encode()


def upload(client: FlaskClient, content: bytes) -> TestResponse:
    return client.post("/lich/nhap", data={"file": (io.BytesIO(content), "lich.ics")})


def take(client: FlaskClient, content: bytes) -> str:
    """Upload, then confirm what is shown."""
    shown = upload(client, content).get_data(as_text=True)
    found = re.search(r'name="rows" value="([^"]+)"', shown)
    assert found is not None
    answer = client.post(
        "/lich/nhap/xac-nhan", data={"rows": html.unescape(found[1])}, follow_redirects=True
    )
    return html.unescape(answer.get_data(as_text=True))


def entries() -> list[ScheduleEntry]:
    rows = sa.select(ScheduleEntry).order_by(ScheduleEntry.starts_at)
    found: list[ScheduleEntry] = look(lambda s: list(s.scalars(rows)))
    return found


def test_events_are_shown_and_become_drafts_with_their_occurrences(
    app: Flask, office: Office
) -> None:
    client = browser(app, office.specialist)

    shown = html.unescape(upload(client, calendar()).get_data(as_text=True))

    assert "4 lịch sẽ được nhập" in shown
    assert "25/11/2026 08:00" in shown
    assert entries() == []
    assert "4 lịch nháp mới" in take(client, calendar())
    made = entries()
    assert [(one.title, one.day.day, one.all_day) for one in made] == [
        ("Họp tỉnh", 25, False), ("Tập huấn", 26, False), ("Nghỉ phép", 27, True),
        ("Tập huấn", 10, False),
    ]  # fmt: skip
    assert {one.state for one in made} == {EntryState.DRAFT}


def test_the_same_file_again_doubles_nothing_and_a_changed_one_changes(
    app: Flask, office: Office
) -> None:
    client = browser(app, office.specialist)
    take(client, calendar())

    again = take(client, calendar())
    assert "4 giữ nguyên" in again, re.findall("Đã nhập[^<]*", again)
    moved = EVENTS.replace("Hội trường tỉnh", "Phòng 2").replace(
        "SUMMARY:Nghỉ phép", "SUMMARY:Nghỉ phép\nSTATUS:CANCELLED"
    )
    assert "0 lịch nháp mới, 1 thay đổi, 1 hủy, 2 giữ nguyên" in take(client, calendar(moved))
    assert {one.place for one in entries()} == {"Phòng 2", ""}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Hãy chọn một tệp."),
        (b"PK\x03\x04 no calendar", "Tệp không phải là lịch iCalendar (.ics)."),
        (calendar(""), "Tệp không có lịch nào"),
        (b" " * (2 * 1024 * 1024 + 1), "Tệp lịch lớn hơn 2 MB."),
    ],
)
def test_what_is_no_calendar_is_told(
    app: Flask, office: Office, content: bytes, sentence: str
) -> None:
    client = browser(app, office.specialist)
    data = {"file": (io.BytesIO(content), "lich.ics" if content else "")}

    answer = client.post("/lich/nhap", data=data)

    assert answer.status_code == 422
    assert sentence in html.unescape(answer.get_data(as_text=True))


def test_only_what_was_shown_can_be_confirmed(app: Flask, office: Office) -> None:
    client = browser(app, office.specialist)

    answer = client.post("/lich/nhap/xac-nhan", data={"rows": "W10.abc.def"})

    assert answer.status_code == 409
    assert "Hãy chọn lại tệp" in answer.get_data(as_text=True)
    assert entries() == []
