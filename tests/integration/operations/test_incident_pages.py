"""The pages of incidents: who sees what, every act, refusals that keep what was typed."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app import clock
from app.db import reading, transaction
from app.operations import services
from app.operations.acting import Act
from app.operations.models import Incident, IncidentState, Origin
from app.operations.queries.statistics import tellers
from app.sensors.models import Severity
from app.tasks.models import Task
from tests.factories import Office
from tests.integration.operations.conftest import (
    BRIDGE,
    event,
    incidents,
    only_incident,
    source_of_events,
    tell,
    timeline,
)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
S = IncidentState
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + b"\x00" * 200 + b"\xff\xd9"


def post(client: FlaskClient, act: Act, **fields: Any) -> Any:
    token = incidents()[0].token
    data = {f"{act.value}-{name}": value for name, value in fields.items()}
    return client.post(f"/su-co/{token}/{act.value}", data=data)


def test_the_way_of_an_incident_from_the_desk_to_what_was_learnt(
    office: Office, pages: Any
) -> None:
    tell(source_of_events(office), event("e1", type="flood", place="Cầu Mẫu", **BRIDGE))
    duty, leader, head = (pages(who) for who in ("duty", "leader", "head"))
    address = f"/su-co/{only_incident().token}"
    assert head.get(address).status_code == 404  # nobody sent the unit yet

    assert post(duty, Act.VERIFY, text="Có ảnh").status_code == 302
    sent = post(duty, Act.DISPATCH, units=[office.economy], work="Bơm nước", minutes=60)
    assert sent.status_code == 302
    page = head.get(address).get_data(as_text=True)
    assert "Bơm nước" in page
    assert "Điều động" not in page.split('id="facts"')[0]  # what others may do is not offered
    assert post(head, Act.ARRIVE, text="Nước 40 cm").status_code == 302
    photo = {"photos": (io.BytesIO(JPEG), "ngap.jpg"), "text": "Ảnh đầu cầu"}
    assert post(head, Act.NOTE, **photo, latitude="21.1", longitude="105.9").status_code == 302
    assert "ngap.jpg" in duty.get(address).get_data(as_text=True)
    [token] = timeline(only_incident().id)[-1].detail["photos"]
    assert head.get(f"/su-co/anh/{token}").data == JPEG
    assert pages("head2").get(f"/su-co/anh/{token}").status_code == 404
    assert post(duty, Act.RESOLVE).status_code == 302
    assert post(leader, Act.REVIEW, text="Thêm máy bơm").status_code == 302
    assert only_incident().state is S.REVIEWED
    with reading() as session:
        assert session.scalars(sa.select(Task)).one().title == "Bơm nước"


def test_the_desk_shows_open_ones_gravest_first_and_narrows_by_the_address(
    office: Office, pages: Any
) -> None:
    source = source_of_events(office)
    tell(source, event("e1", title="Cây nhỏ", severity="low"), event("e2", title="Cây to"))
    tell(source, event("e3", type="malware", title="Mã độc", severity="critical", **BRIDGE))
    duty = pages("duty")

    page = duty.get("/su-co").get_data(as_text=True)
    assert page.index("Mã độc") < page.index("Cây to") < page.index("Cây nhỏ")
    narrowed = duty.get("/su-co?linh_vuc=infrastructure&q=to").get_data(as_text=True)
    assert "Cây to" in narrowed
    assert "Cây nhỏ" not in narrowed
    assert "Chưa có sự cố nào khép lại" in duty.get("/su-co?tab=da-dong").get_data(as_text=True)
    assert "Cây to" not in pages("specialist").get("/su-co").get_data(as_text=True)
    assert pages("clerk").get("/su-co").status_code == 403


def test_two_that_are_near_are_proposed_merged_and_parted_again(office: Office, pages: Any) -> None:
    source = source_of_events(office)
    tell(source, event("e1", key="a", title="Cây đổ", **BRIDGE))
    tell(source, event("e2", key="b", title="Đổ cây", severity="high", **BRIDGE))
    first, second = incidents()
    duty = pages("duty")
    assert "Có thể là một" in duty.get("/su-co").get_data(as_text=True)

    ids = {"first": second.id, "second": first.id}
    assert duty.post("/su-co/la-mot", data=ids).location.endswith(first.token)
    tell(source, event("e3", key="b", title="Vẫn đổ"))
    assert len(incidents()) == 2  # what is told of the merged one joins the other
    assert incidents()[0].severity is Severity.HIGH
    gone = duty.get(f"/su-co/{second.token}").get_data(as_text=True)
    assert first.code in gone
    assert duty.post(f"/su-co/{second.token}/{Act.PART.value}").status_code == 302
    assert [one.state for one in incidents()] == [S.REPORTED, S.REPORTED]
    assert duty.post("/su-co/khong-phai-mot", data=ids).status_code == 302
    assert "Có thể là một" not in duty.get("/su-co").get_data(as_text=True)


@pytest.mark.parametrize(
    ("act", "fields", "status", "sentence"),
    [
        (Act.NOTE, {"text": "  "}, 422, "Hãy ghi nội dung hoặc gửi ảnh."),
        (Act.NOTE, {"photos": (io.BytesIO(b"MZ" + b"\0" * 99), "a.exe")}, 422, "không phải ảnh"),
        (Act.DISPATCH, {"work": "Đi ngay", "minutes": 60}, 422, "Hãy chọn đơn vị"),
        (Act.EDIT, {"title": "", "place": "Chợ mới"}, 422, "Chợ mới"),
        (Act.EDIT, {"title": "Cây", "version": "7"}, 409, "vừa được người khác sửa"),
        (Act.CONTROL, {"text": "Xong rồi"}, 409, "Xong rồi"),
        (Act.REOPEN, {}, 409, "không chuyển sang"),
    ],
)
def test_what_is_refused_says_why_and_keeps_what_was_typed(
    office: Office, pages: Any, act: Act, fields: dict[str, Any], status: int, sentence: str
) -> None:
    tell(source_of_events(office), event("e1"))

    answer = post(pages("duty"), act, **fields)

    assert answer.status_code == status
    assert sentence in answer.get_data(as_text=True)
    assert only_incident().state is S.REPORTED


def test_a_call_becomes_an_incident_in_one_form_and_a_refused_one_keeps_its_words(
    office: Office, pages: Any
) -> None:
    duty = pages("duty")
    told = {"type_key": "fire_residential", "severity": "", "place": "12 Phố Mẫu"}
    told["caller_phone"] = "0900"
    missing = duty.post("/su-co/ghi-nhan", data=told | {"place": ""})
    assert missing.status_code == 422
    assert "0900" in missing.get_data(as_text=True)

    assert duty.post("/su-co/ghi-nhan", data=told).status_code == 302

    one = only_incident()
    assert (one.origin, one.title, one.made_by_post_id) == (
        Origin.CALL, "Cháy khu dân cư", office.duty.post_id,
    )  # fmt: skip
    assert pages("leader").get("/su-co/ghi-nhan").status_code == 403


def test_a_unit_that_was_sent_sees_no_caller(office: Office, pages: Any) -> None:
    fields = {"caller_name": "Bà Mẫu", "caller_phone": "0900 111"}
    tell(source_of_events(office), event("e1", **fields))
    order = services.Dispatch(units=[office.economy], work="Dọn cây")
    incident_id = only_incident().id
    with transaction() as session:
        services.dispatch(session, office.duty, incident_id=incident_id, order=order)

    address = f"/su-co/{only_incident().token}"
    assert "Bà Mẫu" in pages("duty").get(address).get_data(as_text=True)
    assert "Bà Mẫu" not in pages("head").get(address).get_data(as_text=True)


def test_an_exercise_says_so_everywhere(office: Office, pages: Any) -> None:
    tell(source_of_events(office), event("e1", exercise=True))
    duty = pages("duty")
    for address in ("/su-co", f"/su-co/{only_incident().token}"):
        assert "DIỄN TẬP" in duty.get(address).get_data(as_text=True)
    with reading() as session:
        assert session.scalars(sa.select(Incident.is_exercise)).one()


def test_who_is_often_wrong_is_told_by_rule_and_source(office: Office, pages: Any) -> None:
    source = source_of_events(office, "Tổng đài hay nhầm")
    tell(source, event("e1"), event("e2"), event("e3", exercise=True))
    tell(source_of_events(office, "Tổng đài chắc chắn"), event("e1"))
    first = incidents()[0]
    with transaction() as session:
        services.move(session, office.duty, incident_id=first.id, to=S.FALSE_ALARM)

    with reading() as session:
        told = tellers(session, office.duty, clock.now() - timedelta(days=1))
    assert [(one.name, one.incidents, one.false_alarms, one.open) for one in told] == [
        ("Tổng đài hay nhầm", 2, 1, 1),
        ("Tổng đài chắc chắn", 1, 0, 1),
    ]
    assert [one.share for one in told] == [1.0, 0.0]
    page = pages("leader").get("/su-co/bao-nham?ngay=30").get_data(as_text=True)
    assert "Tổng đài hay nhầm" in page
    assert "100%" in page
    assert pages("head").get("/su-co/bao-nham").status_code == 403


def test_a_leaders_morning_begins_with_the_gravest_open_incidents(
    office: Office, pages: Any
) -> None:
    tell(source_of_events(office), event("e1", title="Cây to", severity="critical"))
    assert "Cây to" in pages("leader").get("/lich/sang-nay").get_data(as_text=True)
    assert "Cây to" not in pages("clerk").get("/lich/sang-nay").get_data(as_text=True)


def test_a_form_that_is_sent_twice_is_one_call(office: Office, pages: Any) -> None:
    duty = pages("duty")
    told = {"type_key": "fire_other", "severity": "", "place": "Chợ Mẫu", "ticket": "t1",
            "description": "Khói đen.\nChưa thấy lửa."}  # fmt: skip
    first = duty.post("/su-co/ghi-nhan", data=told)
    again = duty.post("/su-co/ghi-nhan", data=told)

    assert (first.status_code, again.location) == (302, first.location)
    assert only_incident().description == "Khói đen.\nChưa thấy lửa."
    assert 'name="ticket" type="hidden" value=""' not in duty.get("/su-co/ghi-nhan").get_data(True)


@pytest.mark.parametrize("latitude", ["inf", "nan", "999", "", "hai mốt"])
def test_a_note_from_nowhere_on_earth_gives_no_place(
    office: Office, pages: Any, latitude: str
) -> None:
    tell(source_of_events(office), event("e1"), event("e2", **BRIDGE))
    duty = pages("duty")
    noted = post(duty, Act.NOTE, text="Đã tới", latitude=latitude, longitude="105.8")

    assert noted.status_code == 302
    assert incidents()[0].latitude is None
    assert duty.get("/su-co").status_code == 200
