"""Grave incidents call people, and so do their tasks, until somebody acts; exercises do not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import clock, relay
from app.db import reading, transaction
from app.escalation import chores
from app.escalation.models import CaseState, EscalationCase
from app.operations import escalating, services
from app.operations.models import Incident, IncidentState
from app.tasks.models import Task, TaskStatus
from tests.factories import Office
from tests.integration.escalation.conftest import called
from tests.integration.operations.conftest import (
    AT,
    event,
    incidents,
    only_incident,
    source_of_events,
    tell,
)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
GRAVE = {"severity": "Nghiêm trọng"}


def deliver() -> None:
    while relay.deliver_once(escalating.subscribe()):
        pass


def cases() -> Sequence[EscalationCase]:
    with reading() as session:
        return session.scalars(sa.select(EscalationCase).order_by(EscalationCase.id)).all()


def test_a_grave_incident_calls_people_until_somebody_is_sent(office: Office) -> None:
    tell(source_of_events(office), event("e1", **GRAVE), event("e2", title="Cây nhỏ"))
    deliver()

    [case] = cases()
    grave, _small = incidents()
    assert (case.kind, case.thing_id, case.policy) == ("incident", grave.id, "incident")
    assert case.title == "Sự cố SC-20261123-0001, mức nghiêm trọng"
    with transaction() as session:
        session.get_one(Incident, grave.id).lead_unit_id = office.economy
    with clock.frozen(AT + timedelta(minutes=7)):
        chores.run_due()
    assert {person for _no, person, _ in called(case.id)} == {
        office.duty.person_id,
        office.head.person_id,  # of the unit that leads by now
    }
    with transaction() as session:
        services.move(
            session, office.duty, incident_id=grave.id, to=IncidentState.DISPATCHED, text=""
        )
    with clock.frozen(AT + timedelta(minutes=30)):
        chores.run_due()
    assert cases()[0].state is CaseState.STOPPED


def test_a_task_of_a_grave_incident_calls_whoever_has_it_until_they_begin(office: Office) -> None:
    tell(source_of_events(office), event("e1", **GRAVE))
    one = only_incident()
    with transaction() as session:
        incident = session.get_one(Incident, one.id)
        task = services.give_task(session, office.duty, incident, office.economy, "Dọn cây đổ")
    [case] = cases()
    assert (case.kind, case.thing_id, case.policy) == ("task", task.id, "incident_task")
    assert called(case.id) == []

    with transaction() as session:
        session.get_one(Task, task.id).lead_post_id = office.specialist.post_id
    with clock.frozen(AT + timedelta(minutes=7)):
        chores.run_due()
    assert [person for _no, person, _ in called(case.id)] == [office.specialist.person_id]
    with transaction() as session:
        session.get_one(Task, task.id).status = TaskStatus.IN_PROGRESS
    with clock.frozen(AT + timedelta(minutes=60)):
        chores.run_due()
    assert cases()[0].state is CaseState.STOPPED


def test_an_exercise_calls_nobody(office: Office) -> None:
    tell(source_of_events(office), event("e1", **GRAVE))
    one = only_incident()
    with transaction() as session:
        session.get_one(Incident, one.id).is_exercise = True
    deliver()

    with transaction() as session:
        incident = session.get_one(Incident, one.id)
        services.give_task(session, office.duty, incident, office.economy, "Dọn cây đổ")
    assert cases() == []
