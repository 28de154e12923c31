"""/quan-tri/lich-lam-viec: see a year, add a day, take one out."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
import yaml
from flask import Flask
from flask.testing import FlaskClient

from app.db import reading, transaction
from app.security import SYSTEM
from app.worktime import services
from app.worktime.commands import DATA
from app.worktime.models import CalendarDay
from tests.factories import Office, sign_in_as

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
    assert "24/11/2026" not in page


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
