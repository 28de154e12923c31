"""Playbooks at work: started by what happened, each step once, decisions, waits, drills."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
import sqlalchemy as sa

from app import clock
from app.db import reading, transaction
from app.errors import InvalidInput, PermissionDenied, RuleViolated
from app.notifications.models import Notification
from app.operations import chores, services
from app.operations.models import (
    IncidentState,
    PlaybookRun,
    PlaybookStep,
    RunState,
    StepState,
)
from app.operations.services import playbooks, running
from app.outgoing.models import OutgoingDocument
from app.sensors.models import Severity
from app.tasks.models import Task
from app.tasks.services import handling
from tests.factories import Office
from tests.integration.operations.conftest import (
    AT,
    deliver,
    event,
    only_incident,
    source_of_events,
    tell,
)

FLOOD = {"domain": "disaster", "types": ["flood"], "severity": "high"}
ASK = {"yes": "Có", "no": "Không"}


def put_in_force(office: Office, *steps: dict[str, Any], key: str = "flood") -> None:
    definition = {"when": FLOOD, "steps": list(steps)}
    with transaction() as session:
        made = playbooks.draft_playbook(
            session, office.duty, key=key, name=f"Kịch bản {key}", definition=definition
        )
        playbooks.approve_playbook(session, office.leader, token=made.token, no=1)
        for responder, unit in (("infrastructure", office.economy), ("society", office.culture)):
            playbooks.set_response_unit(session, office.duty, responder=responder, unit_id=unit)


def flood(office: Office, **fields: Any) -> int:
    tell(source_of_events(office), event("e1", type="flood", title="Ngập cầu Mẫu", **fields))
    deliver()
    return only_incident().id


def steps() -> dict[str, PlaybookStep]:
    with reading() as session:
        return {row.key: row for row in session.scalars(sa.select(PlaybookStep))}


def states() -> dict[str, StepState]:
    return {key: row.state for key, row in steps().items()}


def runs() -> Sequence[PlaybookRun]:
    with reading() as session:
        return session.scalars(sa.select(PlaybookRun)).all()


def finish(office: Office, key: str) -> None:
    task_id = steps()[key].task_id or 0
    with transaction() as session:
        handling.submit_completion(session, office.head, task_id=task_id, product="Xong")
        handling.accept_completion(session, office.chief, task_id=task_id)


PUMP = {"key": "pump", "kind": "task", "title": "Bơm", "to": "infrastructure", "minutes": 30}
TELL = {
    "key": "tell", "kind": "message", "title": "Báo", "audience": ["leaders", "society"],
    "text": "{code}: {title}",
}  # fmt: skip
DECIDE = {
    "key": "ask", "kind": "decision", "title": "Sơ tán?", "after": ["pump"], "choices": ASK,
}  # fmt: skip
ORDER = {
    "key": "order", "kind": "telegram", "title": "Công điện", "after": ["ask"],
    "if": {"ask": "yes"}, "text": "Về việc sơ tán do {title}",
}  # fmt: skip


def test_a_grave_flood_gives_units_their_tasks_and_goes_on_when_they_are_done(
    office: Office, books: int
) -> None:
    put_in_force(office, PUMP, TELL, DECIDE, ORDER)

    incident_id = flood(office)

    assert states() == {"pump": StepState.OPEN, "tell": StepState.DONE}
    with reading() as session:
        task = session.scalars(sa.select(Task)).one()
        assert (task.title, task.lead_unit_id, task.kind) == ("Bơm", office.economy, "incident")
        assert task.due_at == clock.now() + timedelta(minutes=30)
        told = session.scalars(sa.select(Notification).filter_by(event="incident.message")).all()
        assert {one.post_id for one in told} >= {office.leader.post_id, office.head2.post_id}
    finish(office, "pump")
    assert states()["ask"] is StepState.OPEN
    run_id = runs()[0].id
    with pytest.raises(InvalidInput), transaction() as session:
        running.decide(session, office.leader, run_id=run_id, key="ask", choice="maybe")
    with transaction() as session:
        running.decide(session, office.leader, run_id=run_id, key="ask", choice="yes")
    with reading() as session:
        draft = session.scalars(sa.select(OutgoingDocument)).one()
        assert (draft.document_type, draft.drafter_post_id) == ("telegram", office.duty.post_id)
        assert draft.subject_summary == "Về việc sơ tán do Ngập cầu Mẫu"
    assert runs()[0].state is RunState.DONE
    assert only_incident().id == incident_id
    with pytest.raises(RuleViolated), transaction() as session:
        running.decide(session, office.duty, run_id=run_id, key="ask", choice="no")


def test_one_that_becomes_grave_later_starts_it_then_and_only_once(office: Office) -> None:
    put_in_force(office, PUMP)
    incident_id = flood(office, severity="medium")
    assert runs() == []

    for severity in (Severity.HIGH, Severity.CRITICAL):
        with transaction() as session:
            services.judge(session, office.duty, incident_id=incident_id, severity=severity)
        deliver()

    assert len(runs()) == 1
    assert "mức độ từ Cao" in runs()[0].reason


def test_32_that_start_and_sweep_at_once_do_each_step_once(office: Office) -> None:
    wait = {"key": "wait", "kind": "wait", "title": "Chờ", "minutes": 10}
    after = PUMP | {"key": "again", "after": ["wait"]}
    put_in_force(office, PUMP, wait, after)
    tell(source_of_events(office), event("e1", type="flood"))
    incident_id, barrier, faults = only_incident().id, Barrier(32), list[Exception]()

    def press(no: int) -> None:
        barrier.wait()
        try:
            with transaction() as session:
                running.start_fitting(session, incident_id)
            chores.run_due()
        except Exception as error:
            faults.append(error)

    def all_at_once() -> None:
        threads = [Thread(target=press, args=(no,)) for no in range(32)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)

    all_at_once()
    with clock.frozen(AT + timedelta(minutes=12)):
        all_at_once()

    assert faults == []
    assert len(runs()) == 1
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Task)) == 2
    assert states()["wait"] is StepState.DONE


def test_an_incident_that_is_over_stops_its_playbook(office: Office) -> None:
    put_in_force(office, PUMP, DECIDE)
    incident_id = flood(office)
    with transaction() as session:
        services.move(session, office.duty, incident_id=incident_id, to=IncidentState.FALSE_ALARM)
    deliver()

    assert runs()[0].state is RunState.STOPPED
    finish(office, "pump")
    assert "ask" not in states()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_step_that_nobody_answers_is_said_and_holds_nothing_up(office: Office) -> None:
    lonely = PUMP | {"key": "soldiers", "to": "military"}
    put_in_force(office, lonely, PUMP | {"after": ["soldiers"]})
    flood(office)

    assert states() == {"soldiers": StepState.FAILED, "pump": StepState.OPEN}
    assert steps()["soldiers"].note == "Chưa khai đơn vị nào là “Lực lượng quân sự, dân quân”."
    run_id = runs()[0].id
    with transaction() as session:
        running.skip_step(session, office.duty, run_id=run_id, key="pump", reason="Đã có bơm")
    assert runs()[0].state is RunState.DONE


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_drill_says_so_and_drafts_no_telegram(office: Office) -> None:
    put_in_force(office, PUMP, ORDER | {"after": [], "if": {}})
    flood(office, exercise=True)

    with reading() as session:
        assert session.scalars(sa.select(Task)).one().title == "DIỄN TẬP: Bơm"
        assert session.scalars(sa.select(OutgoingDocument)).all() == []
    assert steps()["order"].note == "Diễn tập: không soạn công điện thật"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_only_leaders_put_a_playbook_in_force(office: Office) -> None:
    definition = {"when": FLOOD, "steps": [PUMP]}
    with transaction() as session:
        made = playbooks.draft_playbook(
            session, office.duty, key="k", name="K", definition=definition
        )
        token = made.token
    flood(office)
    assert runs() == []  # nobody has approved it

    with pytest.raises(PermissionDenied), transaction() as session:
        playbooks.approve_playbook(session, office.duty, token=token, no=1)
    with pytest.raises(InvalidInput, match="vòng"), transaction() as session:
        looped = [PUMP | {"after": ["ask"]}, DECIDE]
        playbooks.reword_playbook(
            session, office.duty, token=token, name="K", version=1,
            definition={"when": FLOOD, "steps": looped},
        )  # fmt: skip


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_samples_are_loaded_once(office: Office) -> None:
    with transaction() as session:
        assert playbooks.load_samples(session, office.duty, office.leader) == 8
        assert playbooks.load_samples(session, office.duty, office.leader) == 0
