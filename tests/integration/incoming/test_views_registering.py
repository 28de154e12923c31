"""The clerk's form: filled from the reading, entered in the book, every refusal keeps the text."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from app.clock import today
from app.db import transaction
from app.incoming.models import DueSource, IncomingStatus
from app.incoming.services import save_rule
from app.tasks.models import Outcome
from tests.factories import Office
from tests.integration.incoming.conftest import Desk, send
from tests.integration.incoming.pages import address, browser, letter, page, typed

# What pages say and keep; the SQL beneath is tested on both kinds with its services and queries.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

S = IncomingStatus


def test_the_form_shows_what_was_read_and_what_is_doubtful(
    app: Flask, office: Office, desk: Desk
) -> None:
    taken = desk.read(b"1", code_number="145", issuing_organ="Sở Nội vụ")
    html = page(browser(app, office.clerk), address(taken.letter_id))
    assert 'value="145"' in html
    assert "Máy đọc, chắc 97%" in html
    assert "Xem trước:" in html
    assert '<a href="#issued_date">' in html  # nothing was read there
    assert '<a href="#code_number">' not in html


def test_a_letter_that_is_being_read_waits_or_is_typed_at_once(app: Flask, office: Office) -> None:
    taken = send(office.clerk, b"%PDF-1.7\n1")
    client, path = browser(app, office.clerk), address(taken.letter_id)
    html = page(client, path)
    assert "Máy đang đọc văn bản này" in html
    assert 'id="register"' not in html
    assert 'id="register"' in page(client, f"{path}?nhap-tay=1")
    assert 'id="waiting"' in page(client, f"{path}/cho-doc", htmx=True)


def test_the_waiting_part_reloads_the_page_when_the_reading_has_ended(
    app: Flask, office: Office, desk: Desk
) -> None:
    taken = desk.read(b"1")
    answer = browser(app, office.clerk).get(f"{address(taken.letter_id)}/cho-doc")
    assert answer.headers["HX-Refresh"] == "true"


def test_register_and_submit_gives_the_number_and_opens_the_next_letter(
    app: Flask, office: Office, desk: Desk
) -> None:
    first, second = desk.read(b"1"), desk.read(b"2")
    client = browser(app, office.clerk)
    data = typed(office, act="submit", due_on="30112026")
    answer = client.post(f"{address(first.letter_id)}/vao-so", data=data)
    assert answer.status_code == 302
    assert letter(second.letter_id).token in answer.headers["Location"]
    done = letter(first.letter_id)
    assert (done.status, done.arrival_number) == (S.SUBMITTED, 1)
    assert done.submitted_to_post_id == office.leader.post_id
    assert (done.due_source, done.issued_date) == (DueSource.TEXT, date(2026, 11, 16))
    html = page(client, answer.headers["Location"])
    assert '<span class="cv-big-number">1</span>' in html
    assert f"/van-ban-den/{done.token}/tem" in html


def test_register_alone_submits_to_nobody(app: Flask, office: Office, desk: Desk) -> None:
    taken = desk.read(b"1")
    data = typed(office, act="register")
    browser(app, office.clerk).post(f"{address(taken.letter_id)}/vao-so", data=data)
    assert letter(taken.letter_id).status is S.REGISTERED


def test_missing_values_are_named_and_nothing_typed_is_lost(
    app: Flask, office: Office, desk: Desk
) -> None:
    taken = desk.read(b"1")
    data = typed(office, act="submit", subject_summary="", organ="Sở Mới", note="giữ chữ này")
    answer = browser(app, office.clerk).post(f"{address(taken.letter_id)}/vao-so", data=data)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert '<a href="#subject_summary">' in html
    assert 'value="giữ chữ này"' in html
    assert '<option selected value="Sở Mới">' in html
    assert letter(taken.letter_id).arrival_number is None


def test_a_date_after_today_is_refused_at_its_field(app: Flask, office: Office, desk: Desk) -> None:
    taken = desk.read(b"1")
    data = typed(office, act="register", issued_date="01/01/2999")
    answer = browser(app, office.clerk).post(f"{address(taken.letter_id)}/vao-so", data=data)
    assert answer.status_code == 422
    assert 'id="issued_date-error"' in answer.get_data(as_text=True)


def test_a_receiver_that_was_not_offered_is_refused(app: Flask, office: Office, desk: Desk) -> None:
    taken = desk.read(b"1")
    data = typed(office, act="submit", submit_to=str(office.specialist.post_id))
    answer = browser(app, office.clerk).post(f"{address(taken.letter_id)}/vao-so", data=data)
    assert answer.status_code == 422
    assert letter(taken.letter_id).arrival_number is None


def test_the_same_letter_twice_gets_three_answers(app: Flask, office: Office, desk: Desk) -> None:
    first = desk.register(b"1")
    taken = desk.read(b"2")
    client, path = browser(app, office.clerk), address(taken.letter_id)
    answer = client.post(f"{path}/vao-so", data=typed(office, act="register"))
    html = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert f"{path}/gan-vao/{first}" in html  # attach to the registered one
    assert 'name="duplicate_reason"' in html  # register with a reason
    assert 'data-bs-target="#reject"' in html  # refuse
    again = typed(office, act="register", duplicate_reason="Bản sao có bút tích")
    assert client.post(f"{path}/vao-so", data=again).status_code == 302
    assert letter(taken.letter_id).arrival_number == 2


def test_the_scan_of_a_double_goes_to_the_registered_letter(
    app: Flask, office: Office, desk: Desk
) -> None:
    first, taken = desk.register(b"1"), desk.read(b"2")
    path = f"{address(taken.letter_id)}/gan-vao/{first}"
    answer = browser(app, office.clerk).post(path)
    assert answer.headers["Location"].endswith(letter(first).token)
    assert "2" in page(browser(app, office.clerk), address(first))


def test_somebody_elses_change_is_told_and_a_second_press_goes_through(
    app: Flask, office: Office, desk: Desk
) -> None:
    taken = desk.read(b"1")
    client, path = browser(app, office.clerk), address(taken.letter_id)
    data = typed(office, act="register", version="999", note="của tôi")
    answer = client.post(f"{path}/vao-so", data=data)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "vừa được người khác sửa" in html
    assert 'value="của tôi"' in html
    version = letter(taken.letter_id).version
    assert f'name="version" type="hidden" value="{version}"' in html
    assert client.post(f"{path}/vao-so", data=data | {"version": version}).status_code == 302


def test_a_letter_is_registered_once(app: Flask, office: Office, desk: Desk) -> None:
    letter_id = desk.register(b"1")
    answer = browser(app, office.clerk).post(
        f"{address(letter_id)}/vao-so", data=typed(office, act="register")
    )
    assert answer.status_code == 409
    assert "đã vào sổ" in answer.get_data(as_text=True)


def test_the_regulation_lets_a_letter_go_straight_at_registration(
    app: Flask, office: Office, desk: Desk
) -> None:
    with transaction() as session:
        rule = save_rule(
            session, office.chief, rule_id=None, name="Báo cáo nhân sự", outcome=Outcome.INFORM,
            from_post_id=office.chief.post_id or 0, source="Điều 12 Quy chế làm việc",
            document_type="official_letter", words="vị trí việc làm",
            reader_unit_ids=(office.culture,), valid_from=today(),
        )  # fmt: skip
        rule_id = rule.id
    taken = desk.read(b"1", document_type="Công văn", subject_summary="Rà soát vị trí việc làm")
    client, path = browser(app, office.clerk), address(taken.letter_id)
    assert f'value="rule:{rule_id}"' in page(client, path)
    data = typed(office, act="submit", submit_to=f"rule:{rule_id}")
    assert client.post(f"{path}/vao-so", data=data).status_code == 302
    assert letter(taken.letter_id).status is S.FOR_INFORMATION

    other = desk.read(b"2")
    data = typed(office, act="submit", submit_to=f"rule:{rule_id}", subject_summary="Mời họp")
    refused = client.post(f"{address(other.letter_id)}/vao-so", data=data | {"code_number": "9"})
    assert refused.status_code == 422  # not a letter of this kind: nothing was entered
    assert letter(other.letter_id).arrival_number is None


def test_a_paper_without_a_scan_gets_its_number(app: Flask, office: Office) -> None:
    client = browser(app, office.clerk)
    page(client, "/van-ban-den/khong-tep")
    data = typed(office, act="register", envelope_only="y")
    answer = client.post("/van-ban-den/khong-tep", data=data)
    assert answer.status_code == 302
    html = page(client, answer.headers["Location"])
    assert '<span class="cv-big-number">1</span>' in html
    assert "Văn bản không có tệp" in html
    doubled = client.post("/van-ban-den/khong-tep", data=data)
    assert doubled.status_code == 409
    assert 'name="duplicate_reason"' in doubled.get_data(as_text=True)
    assert client.post("/van-ban-den/khong-tep", data={"act": "register"}).status_code == 422


def test_a_correction_needs_a_reason_and_leaves_the_rest_alone(
    app: Flask, office: Office, desk: Desk
) -> None:
    letter_id = desk.register(b"1", page_count=7)
    client, path = browser(app, office.clerk), f"{address(letter_id)}/sua"
    assert 'value="SNV-TCCB"' in page(client, path)
    data = typed(office, code_notation="SNV-VP", version=letter(letter_id).version)
    assert client.post(path, data=data).status_code == 422
    assert client.post(path, data=data | {"reason": "Gõ nhầm"}).status_code == 302
    done = letter(letter_id)
    assert (done.code_notation, done.page_count, done.arrival_number) == ("SNV-VP", 7, 1)
    stale = client.post(path, data=data | {"reason": "Sửa lại"})
    assert stale.status_code == 409
    assert 'value="SNV-VP"' in stale.get_data(as_text=True)


def test_only_those_who_register_may(app: Flask, office: Office, desk: Desk) -> None:
    taken = desk.read(b"1")
    path = address(taken.letter_id)
    for actor in (office.leader, office.head, office.specialist, office.admin):
        client = browser(app, actor)
        assert client.post(f"{path}/vao-so", data=typed(office)).status_code == 403
        assert client.get(path).status_code in (403, 404)
    assert letter(taken.letter_id).arrival_number is None


def test_a_number_that_a_pen_wrote_is_not_forgotten(app: Flask, office: Office, desk: Desk) -> None:
    path = address(desk.read(b"1").letter_id)
    data, client = typed(office, code_number=""), browser(app, office.clerk)

    refused = client.post(f"{path}/vao-so", data=data)
    assert refused.status_code == 422
    assert "Có ký hiệu mà chưa có số" in refused.get_data(as_text=True)
    assert 'name="no_number"' in refused.get_data(as_text=True)

    assert client.post(f"{path}/vao-so", data=data | {"no_number": "y"}).status_code == 302
