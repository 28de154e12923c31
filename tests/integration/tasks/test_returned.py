"""What was given back or called off waits again, and races have one winner."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from app.clock import frozen
from app.db import transaction
from app.errors import EditConflict, InvalidInput, RuleViolated
from app.outbox import OutboxEvent
from app.tasks import custody, hooks, queries, services
from app.tasks.models import Custody, Outcome, RecurringUnit, Station, Task, TaskStatus
from app.tasks.parties import Party
from app.tasks.services import RuleOrder, TaskOrder
from tests.factories import Office
from tests.integration.tasks.conftest import THING, act, direct, look, the_task


@pytest.fixture
def returned() -> Iterator[list[hooks.TaskReturned]]:
    """What the rooms above hear."""
    heard: list[hooks.TaskReturned] = []

    def hear(_session: object, happening: hooks.TaskReturned) -> None:
        heard.append(happening)

    hooks.task_returned.subscribe(hear)
    yield heard
    hooks.task_returned.unsubscribe(hear)


def place() -> Custody | None:
    found: Custody | None = look(lambda s: custody.open_stay(s, *THING))
    return found


def tasks() -> list[Task]:
    found: list[Task] = look(lambda s: queries.tasks_of(s, THING[0], [THING[1]]))
    return found


def test_a_new_directive_takes_the_place_of_a_returned_task(office: Office, task: Task) -> None:
    act(services.return_task, office.head, task_id=task.id, reason="Không thuộc thẩm quyền")
    direct(office, lead=Party(unit_id=office.culture))
    first, second = tasks()
    assert (first.status, second.status) == (TaskStatus.CANCELLED, TaskStatus.NOT_STARTED)
    assert look(lambda s: custody.open_stay(s, "task", first.id)) is None
    here = place()
    assert here is not None
    assert (here.station, here.unit_id) == (Station.UNIT, office.culture)


@pytest.mark.parametrize("outcome", [Outcome.FILE, Outcome.INFORM])
def test_a_returned_thing_may_also_be_filed_or_shown(
    office: Office, task: Task, outcome: Outcome
) -> None:
    act(services.return_task, office.head, task_id=task.id, reason="Đã giải quyết")
    direct(office, outcome=outcome, lead=None, readers=[Party(unit_id=office.culture)])
    assert the_task().status is TaskStatus.CANCELLED


@pytest.mark.parametrize("outcome", list(Outcome))
def test_a_running_task_is_not_directed_away(office: Office, task: Task, outcome: Outcome) -> None:
    with pytest.raises(RuleViolated, match="thu hồi"):
        direct(
            office,
            outcome=outcome,
            readers=[Party(unit_id=office.culture)],
            to_post_id=office.vice_leader.post_id,
        )


def test_a_cancelled_task_lets_its_cause_wait_for_another_directive(
    office: Office, task: Task, returned: list[hooks.TaskReturned]
) -> None:
    act(services.cancel_task, office.leader, task_id=task.id, reason="Đã có việc khác thay")
    here = place()
    assert here is not None
    assert (here.station, here.post_id) == (Station.LEADER, office.leader.post_id)
    assert [happening.task.id for happening in returned] == [task.id]


def test_a_unit_that_nobody_heads_gets_no_task(office: Office) -> None:
    with pytest.raises(InvalidInput, match="phụ trách"):
        direct(office, lead=Party(unit_id=office.service_centre))
    assert tasks() == []
    direct(office, lead=Party(post_id=office.one_stop.post_id))


def test_only_who_heads_a_unit_opens_what_lies_there(office: Office, task: Task) -> None:
    assert not act(services.mark_opened, office.specialist, kind=THING[0], thing_id=THING[1])
    assert act(services.mark_opened, office.head, kind=THING[0], thing_id=THING[1])
    here = place()
    assert here is not None
    assert here.opened_by == office.head.person_id
    assert the_task().opened_at is not None


def test_of_many_who_assign_from_the_same_form_one_wins(office: Office, task: Task) -> None:
    refused: list[Exception] = []
    posts = [office.specialist.post_id, office.head.post_id] * 16

    def assign(post_id: int | None) -> None:
        try:
            with transaction() as session:
                services.assign_specialist(
                    session,
                    office.head,
                    task_id=task.id,
                    post_id=post_id or 0,
                    version=task.version,
                )
        except (EditConflict, sa.orm.exc.StaleDataError) as error:  # both are answered by 409
            refused.append(error)

    threads = [threading.Thread(target=assign, args=(post_id,)) for post_id in posts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 31
    stays = look(lambda s: s.scalars(sa.select(Custody).filter_by(kind="task")).all())
    assert [stay.station for stay in stays] == [Station.UNIT, Station.HANDLER]


def test_timetables_that_run_at_once_make_each_occurrence_once(office: Office) -> None:
    order = RuleOrder(
        "Báo cáo tuần", Party(unit_id=office.economy), RecurringUnit.WEEK, date(2026, 11, 6)
    )
    faults: list[Exception] = []

    def make_due() -> None:
        try:
            with transaction() as session:
                services.create_due_occurrences(session, date(2026, 11, 13))
        except Exception as error:
            faults.append(error)

    with frozen(datetime(2026, 11, 6, 1, tzinfo=UTC)):
        act(services.make_rule, office.leader, order=order)
        threads = [threading.Thread(target=make_due) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert faults == []
    rows = sa.select(Task.occurrence_on).where(Task.rule_id.is_not(None))
    days = sorted(look(lambda s: s.scalars(rows).all()))
    assert days == [date(2026, 11, 13), date(2026, 11, 20)]


def test_every_act_tells_the_index_about_the_task_and_its_cause(office: Office, task: Task) -> None:
    act(services.report_progress, office.head, task_id=task.id, percent=10, text="Đã họp")
    events = look(lambda s: s.scalars(sa.select(OutboxEvent).order_by(OutboxEvent.id)).all())
    changed = [(e.payload["kind"], e.payload["thing_id"]) for e in events if "kind" in e.payload]
    assert changed[-2:] == [("task", task.id), THING]


def test_a_task_by_hand_needs_a_title_and_a_date_to_come(office: Office) -> None:
    lead = Party(unit_id=office.economy)
    with pytest.raises(InvalidInput, match="nội dung"):
        act(services.create_task, office.leader, order=TaskOrder(" ", lead))
    past = datetime(2020, 1, 1, tzinfo=UTC)
    with pytest.raises(InvalidInput, match="đã qua"):
        act(services.create_task, office.leader, order=TaskOrder("Rà soát", lead, due_at=past))
