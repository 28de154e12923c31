"""What the duty desk orders is accepted by the chief of office (docs/adr/008)."""

from __future__ import annotations

import pytest

from app.errors import PermissionDenied
from app.security import Actor
from app.tasks import custody, queries, services
from app.tasks.acting import Act
from app.tasks.models import Station, Task, TaskStatus
from app.tasks.parties import Party
from app.tasks.queries import TaskFilter
from app.tasks.services import TaskOrder
from app.tasks.showing import load_task
from tests.factories import Office
from tests.integration.tasks.conftest import act, later, look

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def order(office: Office, unit_id: int) -> Task:
    """The duty officer sends a flooded road to a unit."""
    task: Task = act(
        services.create_task, office.duty,
        order=TaskOrder("Xử lý điểm ngập", Party(unit_id=unit_id), due_at=later(3)),
    )  # fmt: skip
    return task


def waiting(actor: Actor) -> list[str]:
    page = look(lambda s: queries.page_of_tasks(s, actor, TaskFilter()))
    return [task.title for task in page.tasks]


def offered(actor: Actor, task: Task) -> set[Act]:
    return set(look(lambda s: load_task(s, actor, task.token)).acts)


def state(task: Task) -> TaskStatus:
    found: TaskStatus = look(lambda s: s.get_one(Task, task.id).status)
    return found


def test_the_chief_of_office_accepts_what_the_duty_officer_ordered(office: Office) -> None:
    task = order(office, office.economy)
    act(services.submit_completion, office.head, task_id=task.id, product="Đã bơm, hết ngập")

    line = look(lambda s: custody.current(s, "task", [task.id]))[task.id]
    assert (line.station, waiting(office.chief)) == (Station.ACCEPTANCE, ["Xử lý điểm ngập"])
    assert waiting(office.duty) == []
    assert {Act.ACCEPT, Act.REJECT} <= offered(office.chief, task)
    assert {Act.ACCEPT, Act.REJECT} & offered(office.duty, task) == set()
    for refused in (office.duty, office.leader, office.head):
        with pytest.raises(PermissionDenied):
            act(services.accept_completion, refused, task_id=task.id)

    act(services.accept_completion, office.chief, task_id=task.id)
    assert state(task) is TaskStatus.COMPLETED


def test_a_later_date_is_asked_of_the_chief(office: Office) -> None:
    task = order(office, office.economy)
    act(
        services.request_extension, office.head, task_id=task.id,
        new_due_at=later(6), reason="Chờ máy bơm",
    )  # fmt: skip
    assert Act.DECIDE in offered(office.chief, task)
    act(services.decide_extension, office.chief, task_id=task.id, grant_it=True)
    assert look(lambda s: s.get_one(Task, task.id).extension_count) == 1


def test_a_returned_task_comes_back_to_the_duty_officer(office: Office) -> None:
    task = order(office, office.economy)
    act(services.return_task, office.head, task_id=task.id, reason="Không thuộc địa bàn")
    assert waiting(office.duty) == ["Xử lý điểm ngập"]
    act(services.send_again, office.duty, task_id=task.id, text="Đúng địa bàn")
    assert state(task) is TaskStatus.NOT_STARTED


def test_work_of_the_chiefs_own_unit_is_accepted_by_a_leader(office: Office) -> None:
    task = order(office, office.bureau)
    act(services.submit_completion, office.chief, task_id=task.id, product="Đã xong")
    with pytest.raises(PermissionDenied):
        act(services.accept_completion, office.chief, task_id=task.id)
    act(services.accept_completion, office.leader, task_id=task.id)
    assert state(task) is TaskStatus.COMPLETED


def test_a_leader_accepts_what_they_gave_as_before(office: Office) -> None:
    task: Task = act(
        services.create_task, office.leader,
        order=TaskOrder("Rà soát", Party(unit_id=office.economy)),
    )  # fmt: skip
    assert task.acceptor_post_id is None
