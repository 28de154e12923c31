"""A date that was counted, not chosen, follows the calendar: task, directive, letter together."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
import yaml

from app import clock
from app.db import reading, transaction
from app.incoming import services
from app.incoming.models import IncomingDocument
from app.notifications.models import Notification
from app.security import SYSTEM
from app.tasks.models import Directive, Task
from app.tasks.services import extensions, handling
from app.worktime import queries as worktime
from app.worktime import services as calendars
from app.worktime.commands import DATA
from app.worktime.models import DayKind, DeadlineClock
from tests.factories import Office
from tests.integration.incoming.conftest import Desk
from tests.integration.incoming.test_straight_routing import rule

MONDAY = datetime(2026, 11, 23, 2, tzinfo=UTC)
DUE, LATER = datetime(2026, 11, 27, 10, tzinfo=UTC), datetime(2026, 11, 30, 10, tzinfo=UTC)


@pytest.fixture
def letter_id(office: Office, desk: Desk) -> int:
    """A letter that went straight to a unit, with three working days."""
    with clock.frozen(MONDAY):
        with transaction() as session:
            calendars.load(session, SYSTEM, yaml.safe_load(DATA.read_text(encoding="utf-8")))
        found = desk.register(document_type="invitation")
        rule_id = rule(office)
        with transaction() as session:
            services.route_straight(session, office.clerk, letter_id=found, rule_id=rule_id)
    return found


def storm(office: Office) -> int:
    with transaction() as session:
        calendars.set_day(
            session, office.chief, day=date(2026, 11, 26), kind=DayKind.CLOSURE, label="Bão số 12"
        )
    return calendars.recount_waiting()


def task_and_clock() -> tuple[Task, DeadlineClock]:
    with reading() as session:
        task = session.scalars(sa.select(Task)).one()
        found = worktime.find_clock(session, "task", task.id)
    assert found is not None
    return task, found


def test_a_closure_moves_task_directive_and_letter_and_tells_both_sides(
    office: Office, letter_id: int
) -> None:
    assert task_and_clock()[0].due_at == DUE
    with clock.frozen(MONDAY):
        assert storm(office) == 1
    with reading() as session:
        task = session.scalars(sa.select(Task)).one()
        directive = session.scalars(sa.select(Directive)).one()
        letter = session.get_one(IncomingDocument, letter_id)
        told = session.scalars(sa.select(Notification).filter_by(event="task.due_moved")).all()
    assert {task.due_at, directive.due_at, letter.due_at} == {LATER}
    assert task.original_due_at == DUE
    assert {one.post_id for one in told} == {office.head.post_id, office.chief.post_id}
    assert "Bão số 12" in told[0].text


def test_the_clock_ends_with_the_result_and_runs_again_when_it_is_sent_back(
    office: Office, letter_id: int
) -> None:
    task, _ = task_and_clock()
    with clock.frozen(MONDAY):
        with transaction() as session:
            handling.submit_completion(session, office.head, task_id=task.id, product="Đã trả lời")
        assert task_and_clock()[1].finished_at is not None
        assert storm(office) == 0, "what is done is not moved"
        with transaction() as session:
            handling.reject_completion(session, office.chief, task_id=task.id, reason="Thiếu số")
    task, running = task_and_clock()
    assert (running.finished_at, running.due_at, task.due_at) == (None, LATER, LATER)


def test_a_date_that_a_person_chose_later_is_theirs(office: Office, letter_id: int) -> None:
    task, _ = task_and_clock()
    chosen = datetime(2026, 12, 4, 10, tzinfo=UTC)
    with clock.frozen(MONDAY):
        with transaction() as session:
            extensions.request_extension(
                session, office.head, task_id=task.id, new_due_at=chosen, reason="Nhiều việc"
            )
        with transaction() as session:
            extensions.decide_extension(session, office.chief, task_id=task.id, grant_it=True)
        assert storm(office) == 0
    assert task_and_clock()[0].due_at == chosen
