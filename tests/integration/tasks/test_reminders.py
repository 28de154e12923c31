"""Reminders and escalation: each level once for each date, to the right person, however many
sweep."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa

from app.clock import frozen, now
from app.db import reading, transaction
from app.notifications.models import Notification
from app.organisation.queries import post_label
from app.security import Actor
from app.tasks import services
from app.tasks.models import Task, TaskReminder
from app.tasks.parties import Party
from app.tasks.services import TaskOrder
from tests.factories import Office
from tests.integration.tasks.conftest import act

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
MONDAY = datetime(2026, 11, 2, 1, tzinfo=UTC)  # 08:00 in Vietnam
DUE = datetime(2026, 11, 12, 10, tzinfo=UTC)  # the Thursday of the next week, 17:00


def give(giver: Actor, lead: Party, *, due_at: datetime = DUE, urgency: int = 0) -> Task:
    order = TaskOrder("Rà soát thủ tục", lead, due_at=due_at, urgency=urgency)
    with frozen(MONDAY):
        task: Task = act(services.create_task, giver, order=order)
    return task


def sweep(at: datetime) -> int:
    left: int = 0
    last: int | None = 0
    while last is not None:
        with frozen(at), transaction() as session:
            swept = services.remind(session, now(), after_id=last, limit=2)
            left, last = left + swept.left, swept.last_id
    return left


def told(at: datetime) -> dict[int, list[str]]:
    """The titles of reminders that were left at a moment, by post."""
    events = ("task.reminder", "task.escalated")
    rows = sa.select(Notification).where(
        Notification.event.in_(events), Notification.created_at >= at
    )
    found: dict[int, list[str]] = {}
    with reading() as session:
        for notice in session.scalars(rows.order_by(Notification.id)):
            found.setdefault(notice.post_id, []).append(notice.title)
    return found


def day(number: int, hour: int = 1) -> datetime:
    return datetime(2026, 11, number, hour, tzinfo=UTC)


@SQLITE
def test_a_task_of_a_specialist_rises_to_head_chief_and_assigner(office: Office) -> None:
    give(office.leader, Party(post_id=office.specialist.post_id))
    steps = {}
    for number in range(2, 21):
        sweep(day(number))
        sweep(day(number, 3))
        steps[number] = {post: len(titles) for post, titles in told(day(number)).items()}
    specialist, head, chief, leader = (
        actor.post_id for actor in (office.specialist, office.head, office.chief, office.leader)
    )
    assert {number: found for number, found in steps.items() if found} == {
        9: {specialist: 1},  # three working days before
        11: {specialist: 1},
        12: {specialist: 1},
        13: {specialist: 1, head: 1},  # overdue
        17: {chief: 1},
        19: {leader: 1},
        20: {specialist: 1},  # again after a week
    }


@SQLITE
def test_what_goes_up_says_who_has_it(office: Office) -> None:
    give(office.leader, Party(post_id=office.specialist.post_id))
    sweep(day(13))
    with reading() as session:
        rows = sa.select(Notification).filter_by(event="task.escalated")
        [notice] = session.scalars(rows)
        post_id = office.specialist.post_id or 0
        name = post_label(session, [post_id])[post_id]
    assert (notice.title, notice.text) == ("Quá hạn 1 ngày làm việc: Rà soát thủ tục", name)
    assert (notice.digest_on, notice.urgent) == (day(13).date(), False)


@SQLITE
def test_a_task_within_a_unit_stays_there(office: Office) -> None:
    give(office.head, Party(post_id=office.specialist.post_id))
    for number in range(13, 24):
        sweep(day(number))
    posts = Counter({post: len(titles) for post, titles in told(MONDAY).items()})
    assert posts == {office.specialist.post_id: 2, office.head.post_id: 1}


@SQLITE
def test_a_task_of_a_unit_is_its_heads_who_is_told_once(office: Office) -> None:
    give(office.chief, Party(unit_id=office.economy))
    for number in (13, 17, 19):
        sweep(day(number))
    assert {post: len(titles) for post, titles in told(MONDAY).items()} == {
        office.head.post_id: 1,
        office.chief.post_id: 1,
    }


@SQLITE
def test_a_later_date_begins_anew_and_a_finished_task_is_left_alone(office: Office) -> None:
    task = give(office.leader, Party(unit_id=office.economy))
    assert sweep(day(12)) == 1
    with transaction() as session:
        session.get_one(Task, task.id).due_at = DUE + timedelta(days=7)
    assert sweep(day(12, 2)) == 0
    assert sweep(day(19)) == 1
    with frozen(day(19)):
        act(services.submit_completion, office.head, task_id=task.id, product="12/BC-KT")
    assert sweep(day(23)) == 0


@SQLITE
def test_an_express_task_interrupts_even_on_a_day_off(office: Office) -> None:
    saturday = datetime(2026, 11, 7, 9, tzinfo=UTC)
    for urgency in (0, 3):
        give(office.leader, Party(unit_id=office.economy), due_at=saturday, urgency=urgency)
    assert sweep(saturday + timedelta(hours=1)) == 1
    with reading() as session:
        [notice] = session.scalars(sa.select(Notification).filter_by(event="task.reminder"))
    assert (notice.urgent, notice.digest_on) == (True, None)


@SQLITE
def test_after_a_stop_of_days_one_reminder_is_left_not_three(office: Office) -> None:
    give(office.leader, Party(unit_id=office.economy))
    assert sweep(day(12)) == 1
    assert list(told(MONDAY).values()) == [["Hết hạn hôm nay: Rà soát thủ tục"]]


def test_two_sweeps_at_once_reach_each_level_once(office: Office) -> None:
    for _ in range(5):
        give(office.leader, Party(post_id=office.specialist.post_id))
    at, barrier, failures = day(19), Barrier(2), list[BaseException]()

    def run() -> None:
        barrier.wait(10)
        try:
            with transaction() as session:
                services.remind(session, at)
        except BaseException as error:
            failures.append(error)

    threads = [Thread(target=run) for _ in range(2)]
    with frozen(at):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)

    assert failures == []
    assert Counter(len(titles) for titles in told(at).values()) == {5: 4}
    with reading() as session:
        levels = session.scalars(sa.select(TaskReminder.level)).all()
    assert Counter(levels) == {
        "late-1": 5, "up-head": 5, "up-chief": 5, "up-assigner": 5,
    }  # fmt: skip
