"""The page of a giấy mời asks for an answer, shows who is taken first, and loses nothing typed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.clock import frozen
from app.incoming.queries import get_letter
from app.schedules import queries
from app.schedules.models import ResourceKind, Visibility
from app.schedules.services import save_resource
from app.tasks.models import TaskSource
from app.tasks.parties import Party
from app.tasks.services.making import TaskOrder, make_task
from tests.factories import Office, sign_in_as
from tests.integration.schedules.conftest import (
    THURSDAY_BEFORE,
    act,
    look,
    make_invitation,
    register,
)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

NOBODY = {"invite-sent": "", "invite-preparing": ""}
HOUR = {"invite-day": "25/11/2026", "invite-starts": "9h", "invite-ends": "11h"} | NOBODY


@pytest.fixture
def leader(app: Flask, office: Office) -> FlaskClient:
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    sign_in_as(client, office.leader)
    return client


def token_of(office: Office, letter: int) -> str:
    token: str = look(lambda s: get_letter(s, office.leader, letter)).token
    return token


def test_an_invitation_asks_who_goes_and_shows_clashes_before_the_choice(
    leader: FlaskClient, office: Office
) -> None:
    register(office.leader, "Việc riêng", chair_post_id=office.leader.post_id,
             visibility=Visibility.PRIVATE)  # fmt: skip
    token = token_of(office, make_invitation(office))
    page = leader.get(f"/van-ban-den/{token}").get_data(as_text=True)
    for words in ("Trả lời giấy mời", "Tôi dự", "Cử … dự", "Không dự", "Chỉ đạo khác"):
        assert words in page
    then = leader.get(f"/lich/tra-loi/{token}/luc-do", query_string=HOUR).get_data(as_text=True)
    assert "Trùng lịch" in then
    assert "08:00–10:00" in then
    assert "Có thể cử:" in then
    later = {**HOUR, "invite-starts": "13h30", "invite-ends": "15h"}
    then = leader.get(f"/lich/tra-loi/{token}/luc-do", query_string=later).get_data(as_text=True)
    assert "Không trùng lịch nào" in then


def test_answering_enters_the_meeting_and_closes_the_letter(
    leader: FlaskClient, office: Office
) -> None:
    letter = make_invitation(office)
    answered = leader.post(
        f"/lich/tra-loi/{token_of(office, letter)}",
        data={**HOUR, "invite-answer": "attend", "invite-place": "Trụ sở UBND tỉnh"},
        follow_redirects=True,
    )
    assert "Cuộc họp đã vào lịch" in answered.get_data(as_text=True)
    entries = look(lambda s: queries.entries_of(s, office.leader, "incoming", letter))
    assert [entry.place for entry in entries] == ["Trụ sở UBND tỉnh"]
    page = leader.get(f"/van-ban-den/{token_of(office, letter)}").get_data(as_text=True)
    assert f"/lich/{entries[0].token}" in page


def test_what_was_typed_stays_when_the_answer_is_refused(
    leader: FlaskClient, office: Office
) -> None:
    car = act(save_resource, office.clerk, kind=ResourceKind.VEHICLE, name="Xe 51A").id
    register(office.head, chair_post_id=office.head.post_id, resource_ids=[car])
    token = token_of(office, make_invitation(office))
    typed = {"invite-answer": "send", "invite-text": "Nhờ đồng chí dự giúp", **HOUR}
    for more, status, words in (
        ({}, 422, "Phải chọn người được cử dự."),
        ({"invite-sent": office.vice_leader.post_id, "invite-starts": ""}, 422, "ngày và giờ họp"),
        ({"invite-sent": office.vice_leader.post_id, "invite-day": "01/01/2026"}, 409, "đã diễn"),
        ({"invite-sent": office.vice_leader.post_id, "invite-vehicles": car}, 409, "Xe 51A"),
    ):
        answer = leader.post(f"/lich/tra-loi/{token}", data=typed | more)
        page = answer.get_data(as_text=True)
        assert answer.status_code == status, more
        assert words in page
        assert "Nhờ đồng chí dự giúp" in page


def test_the_morning_shows_what_waits_and_what_became_overdue(
    leader: FlaskClient, office: Office
) -> None:
    make_invitation(office)
    order = TaskOrder(title="Báo cáo rà soát cây xanh", lead=Party(unit_id=office.economy),
                      due_at=THURSDAY_BEFORE + timedelta(hours=1))  # fmt: skip
    act(make_task, office.leader, order, source=TaskSource.ORAL)
    page = leader.get("/lich/sang-nay").get_data(as_text=True)
    assert "Văn bản đến chờ ý kiến: 1" in page
    assert "Họp về phòng, chống bão" in page
    assert "Báo cáo rà soát cây xanh" not in page
    with frozen(THURSDAY_BEFORE + timedelta(hours=20)):
        sign_in_as(leader, office.leader)  # the first session has ended by then
        page = leader.get("/lich/sang-nay").get_data(as_text=True)
        assert leader.get("/").headers["Location"] == "/lich/sang-nay"
    assert "Quá hạn từ hôm qua" in page
    assert "Báo cáo rà soát cây xanh" in page


def test_only_who_directs_answers_and_only_invitations(
    app: Flask, leader: FlaskClient, office: Office
) -> None:
    token = token_of(office, make_invitation(office))
    other = app.test_client()
    sign_in_as(other, office.specialist)
    assert other.post(f"/lich/tra-loi/{token}", data=HOUR).status_code == 403
    assert leader.post("/lich/tra-loi/unknown", data=HOUR).status_code == 404
