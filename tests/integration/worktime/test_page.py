"""/quan-tri/lich-lam-viec: see a year, add a day, take one out."""

from __future__ import annotations

from datetime import date, datetime

import pytest
import sqlalchemy as sa
import yaml
from flask import Flask
from flask.testing import FlaskClient

from app.clock import VIETNAM
from app.db import reading, transaction
from app.security import SYSTEM
from app.worktime import services
from app.worktime.calendar import Unit
from app.worktime.commands import DATA
from app.worktime.models import CalendarDay
from app.worktime.rules import Rule
from tests.factories import Office, sign_in_as

# What pages say and keep; the SQL beneath is tested on both kinds with its services and queries.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

PAGE = "/quan-tri/lich-lam-viec"
FORM = {"day": "01/12/2026", "kind": "closure", "label": "Bão số 5", "hours": "", "source": ""}


@pytest.fixture
def chief(app: Flask, client: FlaskClient, office: Office) -> FlaskClient:
    """The chief of office, signed in, with the calendar loaded."""
    app.config["WTF_CSRF_ENABLED"] = False
    with transaction() as session:
        services.load(session, SYSTEM, yaml.safe_load(DATA.read_text(encoding="utf-8")))
    sign_in_as(client, office.chief)
    return client


def day_row(day: date) -> CalendarDay | None:
    with reading() as session:
        return session.scalar(sa.select(CalendarDay).filter_by(day=day))


def test_the_page_shows_the_special_days_of_the_year_asked_for(chief: FlaskClient) -> None:
    page = chief.get(f"{PAGE}?nam=2027").text
    assert "Lịch làm việc năm 2027" in page
    assert "05/02/2027" in page
    assert "16/02/2026" not in page


@pytest.mark.parametrize("typed", ["01/12/2026", "01122026", "01-12-26"])
def test_a_day_is_added_however_the_date_is_typed(chief: FlaskClient, typed: str) -> None:
    answer = chief.post(PAGE, data=FORM | {"day": typed})
    assert (answer.status_code, answer.location) == (302, f"{PAGE}?nam=2026")
    row = day_row(date(2026, 12, 1))
    assert row is not None
    assert row.label == "Bão số 5"


def test_hours_that_cannot_be_read_leave_the_form_as_typed(chief: FlaskClient) -> None:
    answer = chief.post(PAGE, data=FORM | {"kind": "half", "hours": "sáng"})
    assert answer.status_code == 422
    assert "07:30-11:30, 13:30-17:00" in answer.text
    assert 'value="Bão số 5"' in answer.text
    assert day_row(date(2026, 12, 1)) is None


def test_a_day_is_taken_out_again(chief: FlaskClient) -> None:
    row = day_row(date(2026, 11, 24))
    assert row is not None
    chief.post(f"{PAGE}/{row.id}/xoa", data={"nam": "2026"})
    assert day_row(date(2026, 11, 24)) is None


@pytest.mark.parametrize("who", ["clerk", "leader", "head", "specialist"])
def test_others_get_no_page(chief: FlaskClient, office: Office, who: str) -> None:
    sign_in_as(chief, getattr(office, who))
    assert chief.get(PAGE).status_code == 403
    assert chief.post(PAGE, data=FORM).status_code == 403


def test_a_limit_can_be_tried_and_explains_itself(chief: FlaskClient) -> None:
    page = chief.get(
        f"{PAGE}?thu-day=23/11/2026&thu-time=16:10&thu-amount=4&thu-unit=working_day"
    ).text
    assert "hết hạn 17:00 thứ Hai 30/11/2026." in page
    assert '<svg class="cv-days"' in page
    late = chief.get(
        f"{PAGE}?thu-day=23/11/2026&thu-time=15:01&thu-amount=1&thu-unit=working_day&thu-same_day=y"
    ).text
    assert "vì nhận sau 15:00" in late
    assert chief.get(f"{PAGE}?thu-day=x&thu-time=9&thu-amount=0&thu-unit=month").status_code == 200


def test_a_counter_gets_its_own_week_and_closures(chief: FlaskClient) -> None:
    answer = chief.post(f"{PAGE}/quay", data={"name": "Quầy tư pháp"})
    address = answer.location
    calendar_id = address.rpartition("=")[2]
    week = {"lich": calendar_id, "valid_from": "01/12/2026", "saturday": "07:30-11:30"}
    chief.post(f"{PAGE}/tuan", data=week | {"reception_only": "y"})
    chief.post(PAGE, data=FORM | {"day": "02/12/2026", "lich": calendar_id})
    page = chief.get(address).text
    assert "chỉ tiếp nhận" in page
    assert "07:30–11:30" in page
    assert "Bão số 5" in page
    assert "Bão số 5" not in chief.get(f"{PAGE}?nam=2026").text.partition("corrections-card")[0]


@pytest.mark.parametrize(
    ("path", "data", "sentence"),
    [
        ("tuan", {"valid_from": "01/12/2026", "monday": "sáng"}, "Giờ làm viết như"),
        ("tuan", {"valid_from": "01/12/2026"}, "ít nhất một ca"),
        ("tuan", {"valid_from": "01/12/2019", "monday": "08:00-11:00"}, "khai cho ngày sau đó"),
        ("quay", {"name": "Quầy một cửa"}, "Đã có lịch mang tên này"),
        ("quay", {"name": ""}, "Phải ghi tên"),
    ],
)
def test_what_cannot_be_saved_stays_as_typed(
    chief: FlaskClient, path: str, data: dict[str, str], sentence: str
) -> None:
    answer = chief.post(f"{PAGE}/{path}", data=data)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_a_change_shows_its_progress_and_what_it_moved(chief: FlaskClient) -> None:
    with transaction() as session:
        order = services.ClockOrder(
            "example", 1, Rule.of(2, Unit.WORKING_DAY),
            datetime(2026, 11, 30, 9, tzinfo=VIETNAM),
        )  # fmt: skip
        services.start_clock(session, SYSTEM, order)
    chief.post(PAGE, data=FORM)
    assert 'hx-trigger="every 2s"' in chief.get(f"{PAGE}/thay-doi").text
    assert services.recount_waiting() == 1
    page = chief.get(f"{PAGE}/thay-doi").text
    assert "hx-trigger" not in page
    assert "1 thời hạn thay đổi" in page
    moved = chief.get(page.partition('href="')[2].partition('"')[0]).text
    assert "17:00, thứ Tư 02/12/2026" in moved
    assert "17:00, thứ Năm 03/12/2026" in moved
    assert chief.get(f"{PAGE}/thay-doi/99").status_code == 404
