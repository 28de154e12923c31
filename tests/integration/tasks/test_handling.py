"""From assignment to the accepted result, with every refusal on the way."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from app.clock import frozen
from app.db import transaction
from app.errors import AppError, EditConflict, InvalidInput, PermissionDenied, RuleViolated
from app.notifications.models import Notification
from app.tasks import custody, hooks, queries, services
from app.tasks.models import ExtensionState, Station, Task, TaskStatus
from app.tasks.parties import Party
from app.tasks.queries import Tab, TaskFilter
from app.tasks.services import TaskOrder
from tests.factories import Office
from tests.integration.tasks.conftest import (
    THING,
    THING_QUERY,
    act,
    direct,
    later,
    look,
    the_task,
)


def assign(office: Office, task: Task) -> None:
    act(
        services.assign_specialist, office.head, task_id=task.id,
        post_id=office.specialist.post_id,
    )  # fmt: skip


def station() -> Station | None:
    line = look(lambda s: custody.current(s, *THING_QUERY)).get(THING[1])
    return line.station if line else None


@pytest.fixture
def completed(app: Flask) -> Iterator[list[hooks.TaskCompleted]]:
    """What rooms above are told."""
    heard: list[hooks.TaskCompleted] = []

    def hear(_session: object, happening: hooks.TaskCompleted) -> None:
        heard.append(happening)

    hooks.task_completed.subscribe(hear)
    yield heard
    hooks.task_completed.unsubscribe(hear)


def test_a_task_goes_from_head_to_specialist_to_acceptance(
    office: Office, task: Task, completed: list[hooks.TaskCompleted]
) -> None:
    assign(office, task)
    assert station() is Station.HANDLER
    act(services.report_progress, office.specialist, task_id=task.id, percent=40, text="Đã họp.")
    act(services.submit_completion, office.specialist, task_id=task.id, product="28/UBND-KT")
    assert station() is Station.ACCEPTANCE
    act(services.accept_completion, office.leader, task_id=task.id)
    assert the_task().status is TaskStatus.COMPLETED
    assert station() is None
    [happening] = completed
    assert (happening.task.id, happening.last) == (task.id, True)


def test_the_chain_shows_every_station_once(office: Office, task: Task) -> None:
    assign(office, task)
    act(services.submit_completion, office.specialist, task_id=task.id, product="Đã trả lời")
    act(services.reject_completion, office.leader, task_id=task.id, reason="Bổ sung số liệu")
    stays = look(lambda s: custody.chain(s, *THING))
    assert [stay.title for stay in stays] == [
        "Chờ phân công", "Đang xử lý", "Chờ duyệt kết quả", "Đang xử lý",
    ]  # fmt: skip
    assert [stay.state for stay in stays] == ["done", "done", "done", "now"]


def test_a_head_assigns_only_people_of_the_unit(office: Office, task: Task) -> None:
    with pytest.raises(RuleViolated, match="trong đơn vị"):
        act(
            services.assign_specialist, office.head, task_id=task.id,
            post_id=office.specialist2.post_id,
        )  # fmt: skip


def test_a_form_opened_before_somebody_elses_change_is_refused(office: Office, task: Task) -> None:
    assign(office, task)
    with pytest.raises(EditConflict):
        act(
            services.assign_specialist, office.head, task_id=task.id,
            post_id=office.head.post_id, version=task.version,
        )  # fmt: skip


def test_nobody_accepts_the_own_work(office: Office) -> None:
    direct(office, lead=Party(post_id=office.vice_leader.post_id))
    task = the_task()
    act(services.submit_completion, office.vice_leader, task_id=task.id, product="Xong")
    with pytest.raises(PermissionDenied):
        act(services.accept_completion, office.vice_leader, task_id=task.id)


def test_a_result_needs_a_product(office: Office, task: Task) -> None:
    with pytest.raises(InvalidInput, match="sản phẩm"):
        act(services.submit_completion, office.head, task_id=task.id, product=" ")


@pytest.mark.parametrize("percent", [-1, 100, 250])
def test_progress_stays_under_a_hundred(office: Office, task: Task, percent: int) -> None:
    with pytest.raises(InvalidInput, match="0 đến 99"):
        act(services.report_progress, office.head, task_id=task.id, percent=percent, text="x")


def test_a_returned_task_waits_at_its_assigner_and_can_be_given_again(
    office: Office, task: Task
) -> None:
    act(services.return_task, office.head, task_id=task.id, reason="Không thuộc thẩm quyền")
    assert (the_task().status, station()) == (TaskStatus.RETURNED, Station.LEADER)
    act(services.send_again, office.leader, task_id=task.id, text="Thuộc quy chế, khoản 2")
    assert (the_task().status, station()) == (TaskStatus.NOT_STARTED, Station.UNIT)


def test_a_part_is_due_before_the_whole_and_finished_first(office: Office, task: Task) -> None:
    lead = Party(post_id=office.specialist.post_id)
    late = TaskOrder("Lập bảng", lead, due_at=later(9))
    with pytest.raises(RuleViolated, match="không được sau hạn"):
        act(services.split_task, office.head, task_id=task.id, order=late)
    order = TaskOrder("Lập bảng", lead, due_at=later(2))
    part = act(services.split_task, office.head, task_id=task.id, order=order)
    with pytest.raises(RuleViolated, match="chưa xong"):
        act(services.submit_completion, office.head, task_id=task.id, product="Xong")
    act(services.submit_completion, office.specialist, task_id=part.id, product="Bảng")
    act(services.accept_completion, office.head, task_id=part.id)
    act(services.submit_completion, office.head, task_id=task.id, product="Xong")


def test_waived_parts_hold_nothing_up(office: Office, task: Task) -> None:
    order = TaskOrder("Lập bảng", Party(post_id=office.specialist.post_id), due_at=later(2))
    act(services.split_task, office.head, task_id=task.id, order=order)
    act(services.waive_children, office.head, task_id=task.id)
    act(services.submit_completion, office.head, task_id=task.id, product="Xong")


def test_an_extension_keeps_the_first_date(office: Office, task: Task) -> None:
    new = later(9)
    act(services.request_extension, office.head, task_id=task.id, new_due_at=new, reason="Chờ sở")
    act(services.decide_extension, office.leader, task_id=task.id, grant_it=True)
    after = the_task()
    assert (after.due_at, after.original_due_at, after.extension_count) == (
        new, task.original_due_at, 1,
    )  # fmt: skip
    [request] = look(lambda s: queries.extensions_of(s, task.id))
    assert request.state is ExtensionState.GRANTED


def test_an_extension_is_asked_before_the_date_and_once(office: Office, task: Task) -> None:
    ask = {"task_id": task.id, "new_due_at": later(30), "reason": "Chờ sở"}
    with frozen(later(6)), pytest.raises(RuleViolated, match="quá hạn"):
        act(services.request_extension, office.head, **ask)
    act(services.request_extension, office.head, **ask)
    with pytest.raises(RuleViolated, match="đang chờ"):
        act(services.request_extension, office.head, **ask)
    with pytest.raises(InvalidInput, match="lý do"):
        act(services.decide_extension, office.leader, task_id=task.id, grant_it=False)


def test_tasks_are_counted_for_everybody_concerned_in_their_tabs(
    office: Office, task: Task
) -> None:
    def counts(actor: object) -> dict[Tab, int]:
        found: dict[Tab, int] = look(
            lambda s: queries.page_of_tasks(s, actor, TaskFilter()).counts  # type: ignore[arg-type]
        )
        return {tab: number for tab, number in found.items() if number}

    assert counts(office.leader) == {Tab.GIVEN: 1}
    assert counts(office.head) == {Tab.MINE: 1, Tab.UNIT: 1}
    assign(office, task)
    assert counts(office.specialist) == {Tab.MINE: 1, Tab.UNIT: 1}
    assert counts(office.head) == {Tab.UNIT: 1}
    assert counts(office.head2) == {}
    act(services.submit_completion, office.specialist, task_id=task.id, product="Xong")
    assert counts(office.leader) == {Tab.MINE: 1, Tab.GIVEN: 1}


def test_of_many_who_accept_at_once_one_wins(
    office: Office, task: Task, completed: list[hooks.TaskCompleted]
) -> None:
    act(services.submit_completion, office.head, task_id=task.id, product="Xong")
    refused: list[AppError] = []

    def accept() -> None:
        try:
            with transaction() as session:
                services.accept_completion(session, office.leader, task_id=task.id)
        except AppError as error:
            refused.append(error)
        except Exception as error:  # a stale row is answered as an edit conflict by the pages
            refused.append(EditConflict(str(error)))

    threads = [threading.Thread(target=accept) for _ in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 31
    assert the_task().status is TaskStatus.COMPLETED


def opinions_asked() -> list[int]:
    rows = sa.select(Notification.post_id).filter_by(event="task.opinion_asked")
    return list(look(lambda s: s.scalars(rows.order_by(Notification.id)).all()))


def test_a_specialist_asks_those_who_coordinate_and_are_silent(office: Office) -> None:
    helpers = [Party(unit_id=office.culture), Party(post_id=office.one_stop.post_id)]
    direct(office, coordinators=helpers)
    task = the_task()
    assign(office, task)
    act(services.give_opinion, office.one_stop, task_id=task.id, text="Không có ý kiến khác.")

    with pytest.raises(PermissionDenied):
        act(services.urge_coordinators, office.one_stop, task_id=task.id)
    act(services.urge_coordinators, office.specialist, task_id=task.id, text="Trước thứ Năm")

    assert opinions_asked() == [office.head2.post_id]
    act(services.give_opinion, office.head2, task_id=task.id, text="Nhất trí.")
    with pytest.raises(RuleViolated, match="đã cho ý kiến"):
        act(services.urge_coordinators, office.specialist, task_id=task.id)


def test_a_specialist_urges_nobody_else(office: Office, task: Task) -> None:
    assign(office, task)
    for who in (office.specialist, office.specialist2):
        with pytest.raises(AppError):
            act(services.urge, who, task_id=task.id)
        with pytest.raises(AppError):
            act(services.nudge, who, kind="task", thing_id=task.id)
