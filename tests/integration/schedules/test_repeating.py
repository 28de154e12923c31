"""An entry that comes again is registered on the form, with exceptions, and ended on its page."""

from __future__ import annotations

import html
import re
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask

from app.schedules.models import EntryState, ScheduleEntry
from tests.factories import Office
from tests.integration.schedules.conftest import look, make_room, register
from tests.integration.schedules.test_week_pages import browser

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def typed(office: Office, **changed: object) -> dict[str, object]:
    return {
        "title": "Giao ban đơn vị", "day": "25/11/2026", "starts": "8h", "ends": "9h30",
        "kind": "work", "visibility": "organ", "chair": str(office.head.post_id),
        "preparing": "0", "repeat-frequency": "weekly", "repeat-every": "1",
        "repeat-weekdays": ["0", "2"], "repeat-last_on": "16/12/2026",
        "repeat-skipped": "30/11/2026; 9-12-2026",
    } | changed  # fmt: skip


def entries() -> list[ScheduleEntry]:
    rows: list[ScheduleEntry] = look(lambda s: list(s.scalars(ordered())))
    return rows


def ordered() -> sa.Select[tuple[ScheduleEntry]]:
    return sa.select(ScheduleEntry).order_by(ScheduleEntry.day)


def test_it_is_registered_for_each_day_but_the_exceptions_and_ended_from_a_day_on(
    app: Flask, office: Office
) -> None:
    client = browser(app, office.head)

    answer = client.post("/lich/moi", data=typed(office), follow_redirects=True)

    assert "Đã đăng ký 5 lần" in answer.get_data(as_text=True)
    days = [entry.day for entry in entries()]
    assert days == [date(2026, 11, 25), *(date(2026, 12, day) for day in (2, 7, 14, 16))]
    second = entries()[1]
    page = client.get(f"/lich/{second.token}").get_data(as_text=True)
    assert "Hằng tuần, đến hết 16/12/2026" in page
    client.post(f"/lich/{second.token}/huy-cac-lan", data={"reason": "Đổi cách họp"})
    states = [entry.state for entry in entries()]
    assert states == [EntryState.REGISTERED, *[EntryState.CANCELLED] * 4]


def test_busy_people_are_told_by_day_and_a_taken_room_refuses_the_whole(
    app: Flask, office: Office
) -> None:
    room = make_room(office)
    register(office.head, "Tập huấn", chair_post_id=office.head.post_id)  # 25/11, 8 to 10
    client = browser(app, office.head)

    warned = client.post("/lich/moi", data=typed(office))

    text = html.unescape(warned.get_data(as_text=True))
    assert warned.status_code == 422
    assert re.search(r"25/11/2026: [^<]*Tập huấn", text)
    assert 'value="30/11/2026; 9-12-2026"' in text
    assert len(entries()) == 1
    other = typed(office, chair=str(office.head2.post_id), rooms=[str(room)])
    assert client.post("/lich/moi", data=other | {"anyway": "1"}).status_code == 302
    refused = client.post("/lich/moi", data=other | {"anyway": "1", "title": "Nữa"})
    assert refused.status_code == 409
    assert "25/11" in refused.get_data(as_text=True)
    assert len(entries()) == 6


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"repeat-last_on": ""}, "Hãy ghi ngày lặp cuối."),
        ({"repeat-last_on": "24/11/2026"}, "Ngày lặp cuối phải sau ngày đầu."),
        ({"repeat-last_on": "16/12/2028"}, "Một lịch lặp nhiều nhất 60 lần."),
        ({"repeat-every": "0"}, "Nhập số từ 1 đến 52."),
        ({"repeat-skipped": "hôm nào đó"}, "Hãy ghi các ngày dạng dd/mm/yyyy"),
        ({"draft": "1"}, "Lịch lặp được đăng ký ngay, không lưu nháp."),
    ],
)
def test_a_rule_that_cannot_be_is_told_at_its_field(
    app: Flask, office: Office, changed: dict[str, object], sentence: str
) -> None:
    answer = browser(app, office.head).post("/lich/moi", data=typed(office, **changed))

    assert answer.status_code in (409, 422)
    text = answer.get_data(as_text=True)
    assert sentence in text
    assert "Giao ban đơn vị" in text
    assert entries() == []
