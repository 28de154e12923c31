"""What a meeting concluded becomes tasks, once; nothing that was typed is cut off or lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.clock import frozen
from app.errors import EditConflict, InvalidInput, PermissionDenied, RuleViolated
from app.schedules import queries
from app.schedules.models import ScheduleEntry
from app.schedules.services import ConclusionItem, take_conclusions
from app.tasks.models import Task, TaskSource
from app.tasks.parties import Party
from tests.factories import Office, sign_in_as
from tests.integration.schedules.conftest import act, at, look, register

AFTER = at(14)


@pytest.fixture
def meeting(office: Office) -> ScheduleEntry:
    return register(office.leader, "Họp giao ban", chair_post_id=office.leader.post_id)


@pytest.fixture
def leader(app: Flask) -> FlaskClient:
    app.config["WTF_CSRF_ENABLED"] = False
    return app.test_client()


def tasks() -> list[Task]:
    return look(lambda s: s.scalars(sa.select(Task).order_by(Task.id)).all())  # type: ignore[no-any-return]


def kept(office: Office, meeting: ScheduleEntry) -> ScheduleEntry:
    return look(lambda s: queries.get_entry(s, office.leader, meeting.token))  # type: ignore[no-any-return]


def typed(meeting: ScheduleEntry, office: Office, **more: str) -> dict[str, str]:
    return {
        "version": str(meeting.version),
        "conclusion": "Thống nhất phương án 1.\r\nGiao phòng Kinh tế.",
        "viec-1-title": "Trình phương án chi tiết",
        "viec-1-lead": f"unit:{office.economy}",
        "viec-1-due_on": "30/11/2026",
    } | more


def one_of_many_forms(office: Office, meeting: ScheduleEntry) -> str:
    item = ConclusionItem("Trình phương án", Party(unit_id=office.economy))
    try:
        conclude(office, meeting, office.leader, items=[item])
    except EditConflict:
        return "late"
    return "made"


def test_of_many_equal_forms_one_gives_the_tasks(office: Office, meeting: ScheduleEntry) -> None:
    with frozen(AFTER), ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _n: one_of_many_forms(office, meeting), range(8)))
    assert sorted(results) == ["late"] * 7 + ["made"]
    [task] = tasks()
    assert (task.title, task.source) == ("Trình phương án", TaskSource.CONCLUSION)


def conclude(office: Office, meeting: ScheduleEntry, actor: Any, **more: Any) -> Any:
    arguments = {"version": meeting.version, "text": "Thống nhất", "items": []} | more
    return act(take_conclusions, actor, entry_id=meeting.id, **arguments)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_conclusions_come_from_those_who_hold_the_meeting_and_afterwards(
    office: Office, meeting: ScheduleEntry
) -> None:
    with pytest.raises(RuleViolated):
        conclude(office, meeting, office.leader)
    with frozen(AFTER):
        with pytest.raises(PermissionDenied):
            conclude(office, meeting, office.specialist)
        with pytest.raises(InvalidInput) as long:
            conclude(office, meeting, office.leader, text="a" * 4001)
        assert "4000 ký tự" in long.value.user_message
        with pytest.raises(InvalidInput):
            conclude(office, meeting, office.leader, text="  ")
        late = ConclusionItem("Việc", Party(unit_id=office.economy), AFTER - timedelta(days=1))
        with pytest.raises(InvalidInput) as past:
            conclude(office, meeting, office.leader, items=[late])
        assert past.value.user_message.startswith("Việc 1: ")
    assert kept(office, meeting).conclusion == ""
    assert tasks() == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_page_gives_tasks_once_and_the_entry_shows_them(
    leader: FlaskClient, office: Office, meeting: ScheduleEntry
) -> None:
    address = f"/lich/{meeting.token}"
    sign_in_as(leader, office.leader)
    assert "ket-luan" not in leader.get(address).get_data(as_text=True)
    with frozen(AFTER):
        sign_in_as(leader, office.leader)
        assert f"{address}/ket-luan" in leader.get(address).get_data(as_text=True)
        assert "Việc 5" in leader.get(f"{address}/ket-luan").get_data(as_text=True)
        data = typed(meeting, office)
        first = leader.post(f"{address}/ket-luan", data=data, follow_redirects=True)
        page = first.get_data(as_text=True)
        assert "Đã ghi kết luận và giao 1 việc." in page
        assert "Việc đã giao từ cuộc họp" in page
        again = leader.post(f"{address}/ket-luan", data=data, follow_redirects=True)
        assert "các việc đã giao một lần" in again.get_data(as_text=True)
    assert [task.title for task in tasks()] == ["Trình phương án chi tiết"]
    assert kept(office, meeting).conclusion == "Thống nhất phương án 1.\nGiao phòng Kinh tế."


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_refused_form_keeps_what_was_typed(
    leader: FlaskClient, office: Office, meeting: ScheduleEntry
) -> None:
    address, words = f"/lich/{meeting.token}/ket-luan", "Kết luận rất dài. " * 250
    with frozen(AFTER):
        sign_in_as(leader, office.leader)
        long = leader.post(address, data=typed(meeting, office, conclusion=words))
        page = long.get_data(as_text=True)
        assert (long.status_code, words.strip() in page) == (422, True)
        assert "Kết luận dài quá 4000 ký tự" in page
        assert "Trình phương án chi tiết" in page
        nobody = leader.post(address, data=typed(meeting, office, **{"viec-2-title": "Việc hai"}))
        assert nobody.status_code == 422
        assert "Hãy chọn nơi chủ trì." in nobody.get_data(as_text=True)
        leader.post(address, data=typed(meeting, office))
        other = leader.post(address, data=typed(meeting, office, conclusion="Lời khác"))
        assert (other.status_code, "Lời khác" in other.get_data(as_text=True)) == (409, True)
    assert len(tasks()) == 1
