"""Writing a version of a procedure as pages: draft, differences, publication, never changed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.procedures import queries, services
from app.procedures.models import Procedure, ProcedureVersion
from app.procedures.records import FeeRecord, PaperRecord, Record, WayRecord
from tests.integration.procedures.conftest import LICENCE, MONDAY, Counter, act, look
from tests.integration.procedures.test_pages import browser, page

pytestmark = [
    pytest.mark.usefixtures("monday"),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
TOMORROW = MONDAY.date() + timedelta(days=1)


def address_of(counter: Counter) -> str:
    found = look(lambda s: s.get_one(Procedure, counter.ids[LICENCE.code]).token)
    return f"/mot-cua/thu-tuc/{found}"


def typed(html: str) -> dict[str, str]:
    """What a browser would send back of the form as it stands."""
    found = {}
    for tag in re.findall(r"<input [^>]*>", html):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ('type="checkbox"' not in tag or " checked" in tag):
            found[name[1]] = unescape(value[1]) if value else ""
    for name, body in re.findall(
        r'<textarea [^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', html, re.S
    ):
        found[name] = unescape(body).strip()
    for name, body in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', html, re.S):
        chosen = re.search(r'<option selected value="([^"]*)"', body)
        first = re.search(r'<option value="([^"]*)"', body)
        found[name] = unescape((chosen or first or ["", ""])[1])
    return found


def write(client: FlaskClient, counter: Counter, **changes: str) -> None:
    address = address_of(counter)
    answer = client.post(f"{address}/soan", data=typed(page(client, f"{address}/soan")) | changes)
    assert answer.status_code == 302, answer.get_data(as_text=True)


def records(counter: Counter) -> list[tuple[int, str, Record]]:
    """Number, state and content of all versions, the newest first."""

    def whole(session: Session, one: ProcedureVersion) -> Record:
        return services.record_of(session, queries.version_whole(session, one.id))

    def every(session: Session) -> list[tuple[int, str, Record]]:
        return [
            (one.number, one.state.value, whole(session, one))
            for one in queries.versions_of(session, counter.ids[LICENCE.code])
        ]

    found: list[tuple[int, str, Record]] = look(every)
    return found


def test_a_draft_shows_what_it_changes_and_is_published_from_a_day_on(
    app: Flask, counter: Counter
) -> None:
    client, address = browser(app, counter.office.chief), address_of(counter)
    before = records(counter)[0][2]
    write(client, counter, **{"limit_amount": "5", "papers-3-name": "Ảnh chân dung"})
    shown = page(client, f"{address}/thay-doi")
    assert "<del>3 ngày làm việc" in shown
    assert "<ins>5 ngày làm việc" in shown
    assert "<ins>Ảnh chân dung, 1 bản chính</ins>" in shown
    assert "Lệ phí đăng ký" not in shown
    sent = typed(shown) | {"valid_from": f"{TOMORROW:%d/%m/%Y}"}
    assert client.post(f"{address}/thay-doi", data=sent).status_code == 302
    (number, state, after), (_old, _state, kept) = records(counter)
    assert (number, state, after.limit_amount, len(after.papers)) == (2, "published", 5, 4)
    assert kept == before
    day: list[date | None] = look(
        lambda s: [one.valid_to for one in queries.versions_of(s, counter.ids[LICENCE.code])]
    )
    assert day == [None, MONDAY.date()]
    assert client.get(f"{address}/thay-doi").status_code == 404
    assert "3 ngày làm việc" in page(client, f"{address}?ban=1")


def test_an_unchanged_form_keeps_every_part_of_the_version(app: Flask, counter: Counter) -> None:
    client, address = browser(app, counter.office.chief), address_of(counter)
    before = records(counter)[0][2]
    write(client, counter)
    assert records(counter)[0][2] == replace(before, valid_from=MONDAY.date())
    assert "giống hệt" in page(client, f"{address}/thay-doi")


def test_lines_of_one_name_keep_each_its_own_values_and_every_part_is_in_the_form(
    app: Flask, counter: Counter
) -> None:
    twice = replace(
        records(counter)[0][2],
        sort="TTHC không liên thông",
        limit_amount=1,
        start_rule="from_reception",
        cutoff_minute=14 * 60 + 30,
        most_extension_amount=2,
        fees=(
            FeeRecord("Phí", 2000, "fee", "page", "after", 3, 1000, 200_000, "sao", "NĐ 1"),
            FeeRecord("Phí", 5000, "fee", "copy", "before", ground="NĐ 2"),
        ),
        papers=(PaperRecord("Đơn", "Mẫu 01", shape="application"), PaperRecord("Đơn")),
        ways=(WayRecord("counter", "3 ngày"), WayRecord("post", "5 ngày", "40.000", "Bưu điện")),
        steps=tuple(
            replace(step, unit="Phòng Kinh tế", hundredths=20)
            for step in records(counter)[0][2].steps
        ),
    )  # fmt: skip
    act(services.save_draft, counter.office.chief, record=twice, seen=None)
    client, address = browser(app, counter.office.chief), address_of(counter)
    write(client, counter)
    kept = records(counter)[0][2]
    unit = kept.unit  # by its whole name
    assert kept == replace(twice, steps=tuple(replace(one, unit=unit) for one in twice.steps))
    shown = page(client, f"{address}/thay-doi")
    assert "từ trang thứ 3 mỗi trang 1.000 đồng" in shown
    assert "Bưu chính công ích, 5 ngày" in shown
    write(client, counter, **{"fees-0-name": "", "ways-1-channel": ""})
    left = records(counter)[0][2]
    assert (left.fees, left.ways) == (twice.fees[1:], twice.ways[:1])


def test_two_people_do_not_overwrite_each_others_draft_and_none_is_published_unseen(
    app: Flask, counter: Counter
) -> None:
    client, address = browser(app, counter.office.chief), address_of(counter)
    stale = typed(page(client, f"{address}/soan"))
    write(client, counter, name="Tên mới")
    seen = typed(page(client, f"{address}/thay-doi"))
    assert client.post(f"{address}/soan", data=stale).status_code == 409
    write(client, counter, name="Tên mới hơn")
    assert client.post(f"{address}/thay-doi", data=seen).status_code == 409
    assert client.post(f"{address}/bo-ban-thao", data=seen).status_code == 302
    assert [(number, state) for number, state, _record in records(counter)] == [
        (2, "draft"), (1, "published"),
    ]  # fmt: skip
    client.post(f"{address}/bo-ban-thao", data=typed(page(client, f"{address}/thay-doi")))
    assert len(records(counter)) == 1


def test_only_those_who_configure_write_versions_and_wrong_ones_are_refused(
    app: Flask, counter: Counter
) -> None:
    address = address_of(counter)
    assert browser(app, counter.office.one_stop).get(f"{address}/soan").status_code == 403
    client = browser(app, counter.office.chief)
    form = typed(page(client, f"{address}/soan"))
    over = client.post(f"{address}/soan", data=form | {"steps-1-hundredths": "900"})
    assert over.status_code == 422
    assert "vượt thời hạn chung" in over.get_data(as_text=True)
    made = typed(page(client, "/mot-cua/thu-tuc/moi/soan"))
    fresh = made | {
        "code": "9.912345",
        "name": "Cấp bản sao mẫu",
        "field": "Mẫu",
        "limit_amount": "2",
    }
    assert client.post("/mot-cua/thu-tuc/moi/soan", data=fresh | {"code": "x"}).status_code == 422
    assert client.post("/mot-cua/thu-tuc/moi/soan", data=fresh).status_code == 302
    again = client.post("/mot-cua/thu-tuc/moi/soan", data=fresh)
    assert again.status_code == 409
