"""The pages of a week: what stands in the table, who reads what, and how it prints."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pdfplumber
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.clock import now, today
from app.db import transaction
from app.schedules.models import (
    ChangeKind,
    EntryState,
    ScheduleEntry,
    ScheduleParticipant,
    Visibility,
)
from app.schedules.times import moment, monday_of
from app.security import PUBLIC, Actor, grant
from tests.factories import Office, sign_in_as

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

MONDAY = date(2026, 11, 23)
WEEK = "/lich/tuan/2026-11-23"


def enter(office: Office, **values: Any) -> str:
    """A published entry of Tuesday morning with the leader in the chair; its token."""
    day = date(2026, 11, 24)
    facts = {
        "title": "Giao ban tuần",
        "state": EntryState.PUBLISHED,
        "published_at": now(),
        "day": day,
        "starts_at": moment(day, time(8, 0)),
        "ends_at": moment(day, time(9, 30)),
        "place": "Phòng họp A",
        "chair_post_id": office.leader.post_id,
        "folded": "giao ban tuan",
    } | values
    with transaction() as session:
        entry = ScheduleEntry(**facts)
        entry.participants = [ScheduleParticipant(unit_id=office.economy)]
        session.add(entry)
        session.flush()
        if entry.visibility is not Visibility.PRIVATE and entry.published_at:
            grant(session, "schedule_entry", entry.id, PUBLIC, reason="published")
        return entry.token


def reader(app: Flask, actor: Actor) -> Callable[[str], tuple[int, str]]:
    client = app.test_client()
    sign_in_as(client, actor)

    def read(path: str) -> tuple[int, str]:
        answer = client.get(path)
        return answer.status_code, answer.get_data(as_text=True)

    return read


def test_the_week_shows_days_parts_of_the_day_and_the_entry(app: Flask, office: Office) -> None:
    token = enter(office)
    status, html = reader(app, office.specialist)(WEEK)
    assert status == 200
    assert "Lịch công tác tuần 48" in html
    assert "08:00–09:30" in html
    assert f'href="/lich/{token}"' in html
    assert "Phòng họp A" in html
    assert html.count("Làm việc tại cơ quan") == 11  # six days of two parts, one of them taken
    assert "Chủ Nhật" not in html


def test_others_read_only_that_somebody_is_busy(app: Flask, office: Office) -> None:
    token = enter(office, title="Khám sức khỏe", visibility=Visibility.PRIVATE)
    read = reader(app, office.specialist)
    _status, html = read(WEEK)
    assert "Bận" in html
    assert "Khám sức khỏe" not in html
    assert "Phòng họp A" not in html
    assert read(f"/lich/{token}")[0] == 404
    assert "Khám sức khỏe" in reader(app, office.leader)(WEEK)[1]


def test_a_change_after_the_publication_is_red_and_says_why(app: Flask, office: Office) -> None:
    token = enter(
        office, state=EntryState.CANCELLED, change=ChangeKind.CANCELLED,
        changed_at=now(), change_note="Chủ tịch họp tỉnh",
    )  # fmt: skip
    read = reader(app, office.specialist)
    assert 'class="cv-week-off cv-week-red"' in read(WEEK)[1]
    assert "Chủ tịch họp tỉnh" in read(f"/lich/{token}")[1]


def test_the_filter_finds_words_without_marks_and_answers_with_the_card(
    app: Flask, office: Office
) -> None:
    enter(office)
    read = reader(app, office.specialist)
    assert "Giao ban tuần" in read(f"{WEEK}?q=giao+ban")[1]
    assert "Không có lịch nào khớp bộ lọc" in read(f"{WEEK}?q=tiep+dan")[1]


def test_a_day_leads_to_its_week_and_nonsense_to_nothing(app: Flask, office: Office) -> None:
    client = app.test_client()
    sign_in_as(client, office.specialist)
    assert client.get("/lich?day=2027-01-01").headers["Location"].endswith("/tuan/2026-12-28")
    assert client.get("/lich/tuan/tuan-sau").status_code == 404


def test_the_week_prints_with_its_title_and_entries(app: Flask, office: Office) -> None:
    enter(office)
    client = app.test_client()
    sign_in_as(client, office.specialist)
    answer = client.get(f"{WEEK}/lich-tuan.pdf")
    assert answer.mimetype == "application/pdf"
    with pdfplumber.open(io.BytesIO(answer.data)) as paper:
        words = " ".join((page.extract_text() or "") for page in paper.pages)
    assert "LỊCH CÔNG TÁC TUẦN 48" in words
    assert "Giao ban tuần" in words


def test_a_week_goes_from_registration_to_publication_and_a_change(
    app: Flask, office: Office
) -> None:
    monday = monday_of(today()) + timedelta(days=14)
    path = f"/lich/tuan/{monday}"
    head, chief, other = (browser(app, a) for a in (office.head, office.chief, office.specialist))
    answer = head.post("/lich/moi", data=typed(monday, office))
    assert answer.status_code == 302, answer.get_data(as_text=True)
    entry = answer.headers["Location"]
    assert "Họp giao ban quý" not in other.get(path).get_data(as_text=True)
    waiting = chief.get(f"{path}?view=cho-ban-hanh").get_data(as_text=True)
    assert "Tổng hợp 1 lịch đã đăng ký" in waiting
    ids = re.findall(r'name="id" value="(\d+)"', waiting)
    chief.post(f"{path}/tong-hop", data={"id": ids})
    chief.post(f"{path}/duyet")
    assert "Ban hành lịch tuần" in chief.get(f"{path}?view=cho-ban-hanh").get_data(as_text=True)
    chief.post(f"{path}/ban-hanh", data={"note": "Họp đúng giờ"})
    assert "Họp giao ban quý" in other.get(path).get_data(as_text=True)
    form = chief.get(f"{entry}/sua").get_data(as_text=True)
    version = re.findall(r'name="version"[^>]*value="(\d+)"', form)
    moved = typed(monday, office, starts="10:00", ends="11:00", version=version)
    assert chief.post(f"{entry}/sua", data=moved).status_code == 422  # without a reason
    saved = chief.post(f"{entry}/sua", data=moved | {"reason": "Chủ tịch họp tỉnh"})
    assert saved.status_code == 302
    html = other.get(path).get_data(as_text=True)
    assert "10:00–11:00" in html
    assert "Chủ tịch họp tỉnh" in html
    assert "cv-week-red" in html


def test_a_busy_person_is_a_warning_that_can_be_overruled(app: Flask, office: Office) -> None:
    monday = monday_of(today()) + timedelta(days=14)
    head = browser(app, office.head)
    assert head.post("/lich/moi", data=typed(monday, office)).status_code == 302
    second = typed(monday, office, title="Tiếp công dân")
    refused = head.post("/lich/moi", data=second)
    assert refused.status_code == 422
    assert "Có người đã bận vào giờ này" in refused.get_data(as_text=True)
    assert head.post("/lich/moi", data=second | {"anyway": "1"}).status_code == 302


def test_bad_hours_are_refused_with_everything_typed(app: Flask, office: Office) -> None:
    monday = monday_of(today()) + timedelta(days=14)
    answer = browser(app, office.head).post("/lich/moi", data=typed(monday, office, ends="07:00"))
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Giờ kết thúc phải sau giờ bắt đầu." in html
    assert "Họp giao ban quý" in html


def test_the_morning_shows_the_own_day_only(app: Flask, office: Office) -> None:
    day = today()
    enter(office, day=day, starts_at=moment(day, time(8)), ends_at=moment(day, time(9)))
    assert "Giao ban tuần" in reader(app, office.leader)("/lich/sang-nay")[1]
    assert "không có lịch nào" in reader(app, office.one_stop)("/lich/sang-nay")[1]


def browser(app: Flask, actor: Actor) -> FlaskClient:
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    sign_in_as(client, actor)
    return client


def typed(day: date, office: Office, **values: Any) -> dict[str, Any]:
    return {
        "title": "Họp giao ban quý", "day": f"{day:%d/%m/%Y}", "starts": "8h", "ends": "9h30",
        "chair": office.leader.post_id, "preparing": 0, "kind": "work", "visibility": "organ",
        "participants": [f"unit:{office.culture}"], "place": "Phòng họp A",
    } | values  # fmt: skip


def test_the_grid_puts_entries_at_their_hour_and_day_and_stays_when_the_week_is_turned(
    app: Flask, office: Office
) -> None:
    token = enter(office)
    sunday = date(2026, 11, 29)
    enter(office, title="Trực bão", day=sunday, starts_at=moment(sunday, time(5, 0)),
          ends_at=moment(sunday, time(6, 0)))  # fmt: skip
    read = reader(app, office.specialist)

    status, html = read(f"{WEEK}?dang=luoi")

    assert status == 200
    row = html.split(">08:00</th>")[1].split("</tr>")[0]
    cells = row.split("<td>")[1:]
    assert [n for n, cell in enumerate(cells) if f"/lich/{token}" in cell] == [1]  # Tuesday
    assert ">05:00</th>" in html
    assert "Chủ Nhật" in html
    assert html.count("dang=luoi") >= 4  # back, forth, and both tabs
    assert ">08:00</th>" not in read(f"{WEEK}?dang=luoi&view=cho-ban-hanh")[1]
