"""The public week: what is published and public, and nothing else of it than a citizen needs."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.db import transaction
from app.organisation.queries import post_label
from app.schedules import services
from app.schedules.models import EntryState, Resource, ResourceKind, ScheduleEntry, Visibility
from app.schedules.times import moment
from app.tasks.parties import Party
from tests.factories import Office
from tests.integration.schedules.conftest import MONDAY, act, data, look, publish, register

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

WEEK = f"/cong-dan/lich?ngay={MONDAY.isoformat()}"


def page(client: FlaskClient, path: str = WEEK) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def open_entry(office: Office, title: str = "Tiếp công dân định kỳ") -> ScheduleEntry:
    """A public entry with all that is not for citizens."""
    car: Resource = act(
        services.save_resource, office.clerk, kind=ResourceKind.VEHICLE, name="Xe 7 chỗ 29A"
    )
    return register(
        office.head,
        title,
        visibility=Visibility.PUBLIC,
        chair_post_id=office.leader.post_id,
        place="Trụ sở tiếp công dân",
        participants=[Party(post_id=office.specialist.post_id), Party(unit_id=office.economy)],
        others="Gia đình ông Mẫu",
        preparation="Hồ sơ khiếu nại số 12",
        preparing_unit_id=office.culture,
        note="Mang theo con dấu",
        resource_ids=[car.id],
        source=("incoming", 4711),
    )


def test_a_citizen_reads_time_subject_chair_and_place_of_a_public_entry_and_no_more(
    office: Office, client: FlaskClient
) -> None:
    entry = open_entry(office)
    publish(office)
    html = page(client)
    leader, guest = office.leader.post_id or 0, office.specialist.post_id or 0
    names = look(lambda s: post_label(s, [leader, guest]))
    for shown in ("Tiếp công dân định kỳ", "08:00", "10:00", "Trụ sở tiếp công dân"):
        assert shown in html
    assert names[leader] in html
    for hidden in (
        names[guest], "Gia đình ông Mẫu", "Hồ sơ khiếu nại", "Mang theo",
        "Xe 7 chỗ", "4711", "/lich/", entry.token, entry.uid,
    ):  # fmt: skip
        assert hidden not in html


def test_internal_private_and_waiting_entries_leave_no_trace_on_the_public_week(
    office: Office, client: FlaskClient
) -> None:
    chair: dict[str, Any] = {"chair_post_id": office.leader.post_id}
    register(office.head, "Giao ban nội bộ", visibility=Visibility.ORGAN, **chair)
    register(office.head, "Khám sức khỏe", visibility=Visibility.PRIVATE, **chair)
    publish(office)
    act(
        services.register_entry, office.head,
        data("Hội nghị tháng Mười hai", starts_at=moment(date(2026, 12, 1), time(8)),
             ends_at=moment(date(2026, 12, 1), time(9)), visibility=Visibility.PUBLIC, **chair),
    )  # fmt: skip
    html = page(client)
    for hidden in ("Giao ban nội bộ", "Khám sức khỏe", "Bận", "08:00"):
        assert hidden not in html
    assert "Tuần này không có hoạt động nào được công khai" in html
    assert "Hội nghị" not in page(client, "/cong-dan/lich?ngay=2026-12-01")


def test_a_public_entry_that_turns_private_or_is_called_off_is_said_so_without_the_reason(
    office: Office, client: FlaskClient
) -> None:
    entry = open_entry(office)
    other = register(
        office.head, "Lễ phát động", visibility=Visibility.PUBLIC,
        chair_post_id=office.leader.post_id,
    )  # fmt: skip
    publish(office)
    act(services.cancel_entry, office.clerk, entry_id=entry.id, reason="Ông Mẫu ốm")
    html = page(client)
    assert "<s>Tiếp công dân định kỳ</s>" in html
    assert "Đã hủy" in html
    assert "Ông Mẫu ốm" not in html
    with transaction() as session:
        kept = session.get_one(ScheduleEntry, other.id)
        assert kept.state is EntryState.PUBLISHED
        kept.visibility = Visibility.PRIVATE
    assert "Lễ phát động" not in page(client)


def test_weeks_far_away_and_nonsense_are_not_found(office: Office, client: FlaskClient) -> None:
    for day in ("2016-11-23", "2031-01-01", "tuan-sau", "9999-12-31"):
        assert client.get(f"/cong-dan/lich?ngay={day}").status_code == 404
    assert "Tuần sau" not in page(client, "/cong-dan/lich?ngay=2027-01-11")
