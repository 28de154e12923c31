"""The list of titles that make a paper secret: who keeps it, what it does from which day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.clock import today
from app.db import reading
from app.incoming import queries
from app.incoming.models import SecretHead
from tests.factories import Office
from tests.integration.incoming.pages import browser, page
from workflows.runtime import read_options

PATH = "/van-ban-den/tieu-de-mat"


pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def in_force() -> tuple[str, ...]:
    with reading() as session:
        return queries.secret_heads_on(session, today())


def test_a_new_title_counts_from_its_day_for_the_reader_too(app: Flask, office: Office) -> None:
    assert in_force() == ("ĐƠN TỐ CÁO", "ĐƠN TỐ GIÁC")
    client = browser(app, office.chief)
    data = {
        "title": "  đơn  trình báo ", "basis": "Danh mục năm 2026",
        "valid_from": f"{today():%d/%m/%Y}", "valid_to": "",
    }  # fmt: skip
    assert client.post(f"{PATH}/moi", data=data).status_code == 302
    assert client.post(f"{PATH}/moi", data=data).status_code == 422  # the same days twice
    assert "ĐƠN TRÌNH BÁO" in page(client, PATH)
    assert "ĐƠN TRÌNH BÁO" in read_options(app.extensions["settings"]).secrecy_heads

    with reading() as session:
        [head] = [one for one in queries.all_secret_heads(session) if "TRÌNH" in one.title]
    ended = data | {
        "valid_from": f"{today() - timedelta(days=9):%d/%m/%Y}",
        "valid_to": f"{today() - timedelta(days=1):%d/%m/%Y}",
        "version": str(head.version),
    }
    assert client.post(f"{PATH}/{head.id}", data=ended).status_code == 302
    assert in_force() == ("ĐƠN TỐ CÁO", "ĐƠN TỐ GIÁC")
    assert client.post(f"{PATH}/{head.id}", data=ended).status_code == 409  # an old page
    with reading() as session:
        assert session.get_one(SecretHead, head.id).changed_by == office.chief.person_id


def test_a_title_that_would_hold_everything_or_ends_before_it_begins_is_refused(
    app: Flask, office: Office
) -> None:
    client = browser(app, office.admin)
    data = {"title": "ĐƠN", "basis": "x", "valid_from": "01/01/2026", "valid_to": ""}
    assert "ít nhất 6 ký tự" in client.post(f"{PATH}/moi", data=data).get_data(as_text=True)
    data |= {"title": "ĐƠN TỐ CÁO KHÁC", "valid_to": "01/01/2025"}
    assert client.post(f"{PATH}/moi", data=data).status_code == 422


def test_the_chief_and_the_administrator_keep_the_list(app: Flask, office: Office) -> None:
    roles = ("leader", "chief", "clerk", "head", "specialist", "admin")
    opened = {
        role for role in roles if browser(app, getattr(office, role)).get(PATH).status_code == 200
    }
    assert opened == {"chief", "admin"}
