"""Playbooks at work: one run for each incident and playbook, each step once."""

from __future__ import annotations

from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit, outbox
from app.clock import now
from app.db import insert
from app.errors import InvalidInput, NotFound, RuleViolated
from app.operations import permissions
from app.operations.catalogue import catalogue
from app.operations.models import (
    Happening,
    Incident,
    Playbook,
    PlaybookRun,
    PlaybookStep,
    PlaybookVersion,
    RunState,
    StepState,
)
from app.operations.plans import (
    Plan,
    Standing,
    StepKind,
    Subject,
    explain,
    finished,
    fits,
    next_steps,
)
from app.operations.queries import KIND, get_incident
from app.operations.queries.playbooks import in_force, plan_of
from app.operations.services import telling
from app.operations.services.steps import carry_out
from app.security import SYSTEM, Actor, authorize
from app.tasks.hooks import TaskCompleted

RUNS = cast("sa.Table", PlaybookRun.__table__)


def subject_of(incident: Incident) -> Subject:
    """What triggers look at."""
    return Subject(incident.domain, incident.type_key, incident.severity, incident.area)


def start_fitting(session: Session, incident_id: int) -> list[int]:
    """Start the playbooks in force that fit an open incident and were not started for it; end the
    runs of a closed one. Returns the ids of what was started. Repeating it changes nothing."""
    incident = get_incident(session, SYSTEM, incident_id, lock=True)
    if not incident.is_open:
        _stop_runs(session, incident)
        return []
    started = []
    for playbook, version in in_force(session):
        plan = plan_of(version)
        if fits(plan.when, subject_of(incident)):
            reason = explain(plan.when, subject_of(incident), catalogue())
            run_id = _start(session, SYSTEM, incident, playbook, version, reason)
            if run_id is not None:
                started.append(run_id)
    return started


def start_by_hand(session: Session, actor: Actor, *, incident_id: int, playbook_id: int) -> int:
    """Start a playbook that did not start by itself. Returns the run's id.

    Raises:
        RuleViolated: the incident is closed, the playbook was never approved or ran already.
    """
    actor = authorize(actor, permissions.RECORD)
    incident = get_incident(session, actor, incident_id, lock=True)
    playbook = session.get(Playbook, playbook_id)
    if playbook is None:
        raise NotFound(f"playbook {playbook_id}")
    if not incident.is_open:
        raise RuleViolated("Sự cố đã khép lại.")
    version = session.scalar(
        sa.select(PlaybookVersion).where(
            PlaybookVersion.playbook_id == playbook.id, PlaybookVersion.no == playbook.current_no
        )
    )
    if version is None:
        raise RuleViolated("Kịch bản này chưa được ban hành.")
    run_id = _start(session, actor, incident, playbook, version, "do trực điều hành khởi động")
    if run_id is None:
        raise RuleViolated("Kịch bản này đã chạy cho sự cố.")
    return run_id


def _start(
    session: Session,
    actor: Actor,
    incident: Incident,
    playbook: Playbook,
    version: PlaybookVersion,
    reason: str,
) -> int | None:
    """The id of the new run; None where the constraint says that there is one."""
    made = session.scalar(
        insert(RUNS)
        .values(
            incident_id=incident.id, playbook_id=playbook.id, version_id=version.id,
            state=RunState.RUNNING, reason=reason[:500], started_by_post_id=actor.post_id,
            started_at=now(),
        )
        .on_conflict_do_nothing(index_elements=["incident_id", "playbook_id"])
        .returning(RUNS.c.id)
    )  # fmt: skip
    if made is None:
        return None
    telling.note(
        session, actor, incident, Happening.PLAYBOOK, f"{playbook.name}: {reason}", run=made
    )
    audit.record(session, actor, "playbook.started", playbook.id, incident=incident.id)
    outbox.changed(session, KIND, incident.id)
    advance(session, int(made))
    return int(made)


def advance(session: Session, run_id: int) -> None:
    """Carry out what has come to its turn; end waits that are over, and the run with its last
    step. Idempotent: the run is locked, and the key of a step makes it happen once."""
    run = session.get(PlaybookRun, run_id, with_for_update=True, populate_existing=True)
    if run is None or run.state is not RunState.RUNNING:
        return
    incident = get_incident(session, SYSTEM, run.incident_id, lock=True)
    plan = plan_of(run.wording)
    steps = {step.key: step for step in run.steps}
    _end_waits(plan, steps)
    while fresh := next_steps(plan, standing_of(steps)):
        for step, state in fresh:
            row = PlaybookStep(run_id=run.id, key=step.key, state=state, opened_at=now())
            session.add(row)
            steps[step.key] = row
            if state is StepState.OPEN:
                carry_out(session, incident, step, row)
            else:
                row.ended_at = now()
        session.flush()
    if finished(plan, standing_of(steps)):
        run.state, run.ended_at = RunState.DONE, now()
        telling.note(
            session, SYSTEM, incident, Happening.PLAYBOOK, f"Kết thúc: {run.playbook.name}"
        )
    outbox.changed(session, KIND, incident.id)


def standing_of(steps: dict[str, PlaybookStep]) -> dict[str, Standing]:
    """Rows as the plan's rules want them."""
    return {key: Standing(row.state, row.choice) for key, row in steps.items()}


def _end_waits(plan: Plan, steps: dict[str, PlaybookStep]) -> None:
    for key, row in steps.items():
        is_wait = plan.step(key).kind is StepKind.WAIT
        if is_wait and row.state is StepState.OPEN and row.due_at and row.due_at <= now():
            row.state, row.ended_at = StepState.DONE, now()


def decide(session: Session, actor: Actor, *, run_id: int, key: str, choice: str) -> PlaybookStep:
    """Take a decision of a run. Who is first decides.

    Raises:
        InvalidInput: the step has no such choice.
        RuleViolated: it was decided already, or its turn has not come.
    """
    actor = authorize(actor, permissions.DECIDE)
    run, incident, row = _open_step(session, actor, run_id, key)
    step = plan_of(run.wording).step(key)
    if choice not in step.choices:
        raise InvalidInput("Hãy chọn một phương án.", "choice")
    row.state, row.choice, row.ended_at = StepState.DONE, choice, now()
    row.ended_by_post_id = actor.post_id
    text = f"{step.title} {step.choices[choice]}"
    telling.note(session, actor, incident, Happening.PLAYBOOK, text, run=run_id, step=key)
    audit.record(session, actor, "playbook.decided", run.playbook_id, step=key, choice=choice)
    session.flush()
    advance(session, run_id)
    return row


def skip_step(session: Session, actor: Actor, *, run_id: int, key: str, reason: str) -> None:
    """Pass over a step that is not needed or cannot be done; what follows it goes on.

    Raises:
        InvalidInput: without a reason.
        RuleViolated: the step is not open.
    """
    actor = authorize(actor, permissions.RECORD)
    if not reason.strip():
        raise InvalidInput("Hãy ghi lý do bỏ qua.", "reason")
    run, incident, row = _open_step(session, actor, run_id, key)
    row.state, row.ended_at, row.ended_by_post_id = StepState.DONE, now(), actor.post_id
    row.note = f"Bỏ qua: {reason.strip()}"[:500]
    text = f"Bỏ qua “{plan_of(run.wording).step(key).title}”: {reason.strip()}"
    telling.note(session, actor, incident, Happening.PLAYBOOK, text, run=run_id, step=key)
    audit.record(session, actor, "playbook.step_skipped", run.playbook_id, step=key)
    session.flush()
    advance(session, run_id)


def _open_step(
    session: Session, actor: Actor, run_id: int, key: str
) -> tuple[PlaybookRun, Incident, PlaybookStep]:
    run = session.get(PlaybookRun, run_id, with_for_update=True, populate_existing=True)
    if run is None:
        raise NotFound(f"playbook run {run_id}")
    incident = get_incident(session, actor, run.incident_id, lock=True)
    row = session.get(PlaybookStep, (run_id, key), populate_existing=True)
    if row is None:
        raise RuleViolated("Bước này chưa đến lượt.")
    if row.state is not StepState.OPEN or run.state is not RunState.RUNNING:
        raise RuleViolated("Bước này đã xong.")
    return run, incident, row


def on_task_completed(session: Session, happened: TaskCompleted) -> None:
    """A step's task was accepted: the run goes on in the same commit."""
    task = happened.task
    if task.kind != KIND or task.thing_id is None:
        return
    incident = session.get(Incident, task.thing_id)
    if incident is not None:
        telling.note(
            session, happened.actor, incident, Happening.TASK_DONE, task.title, task=task.id
        )
        outbox.changed(session, KIND, incident.id)
    rows = session.scalars(
        sa.select(PlaybookStep).where(
            PlaybookStep.task_id == task.id, PlaybookStep.state == StepState.OPEN
        )
    ).all()
    for row in rows:
        row.state, row.ended_at = StepState.DONE, now()
        row.ended_by_post_id = happened.actor.post_id
        session.flush()
        advance(session, row.run_id)


def _stop_runs(session: Session, incident: Incident) -> None:
    """An incident that is over needs no further steps; what was given stays with its units."""
    rows = sa.select(PlaybookRun).where(
        PlaybookRun.incident_id == incident.id, PlaybookRun.state == RunState.RUNNING
    )
    for run in session.scalars(rows.with_for_update()):
        run.state, run.ended_at = RunState.STOPPED, now()
        text = f"Dừng vì sự cố đã khép lại: {run.playbook.name}"
        telling.note(session, SYSTEM, incident, Happening.PLAYBOOK, text, run=run.id)
