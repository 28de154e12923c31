"""What the page of an incident shows, with a constant number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.feeds.models import FeedSignal
from app.files.models import StoredFile
from app.links import Linked, linked_to
from app.operations.acting import Act, acts_for
from app.operations.models import (
    Incident,
    IncidentEntry,
    IncidentSignal,
    PlaybookRun,
    PlaybookStep,
)
from app.operations.plans import Step
from app.operations.queries import KIND, incident_by_token, merged_into, story_of, visible_incidents
from app.operations.queries.playbooks import plan_of, runs_of
from app.organisation import queries as organisation
from app.security import Actor
from app.sensors.models import Alarm, Datastream
from app.tasks.models import Task
from app.tasks.queries import visible_tasks
from app.tasks.showing import TaskRow, rows_of


@dataclass(frozen=True, slots=True)
class StepView:
    """A step of a run: what it says, and its row once its turn has come."""

    step: Step
    row: PlaybookStep | None
    task: Task | None


@dataclass(frozen=True, slots=True)
class RunView:
    """A playbook at work, with all its steps in order."""

    run: PlaybookRun
    steps: Sequence[StepView]


@dataclass(frozen=True, slots=True)
class IncidentView:
    """An incident with everything around it that the actor may see."""

    incident: Incident
    acts: Sequence[Act]
    into: Incident | None
    merged: Sequence[Incident]
    signals: Sequence[IncidentSignal]
    entries: Sequence[IncidentEntry]
    people: dict[int, str]
    units: dict[int, str]
    streams: dict[int, str]  # tokens of streams by alarm
    told: dict[int, str]  # tokens of inbox signals by id
    tasks: Sequence[TaskRow]
    runs: Sequence[RunView]
    links: Sequence[Linked]
    photos: dict[str, StoredFile] = field(default_factory=dict)


def load_incident(session: Session, actor: Actor, token: str) -> IncidentView:
    """Raises NotFound for one that is not there or not the actor's to see."""
    incident = incident_by_token(session, actor, token)
    below = merged_into(session, incident.id)
    ids = [incident.id, *below]
    story = story_of(session, incident.id)
    tasks = _tasks(session, actor, ids)
    around = session.scalars(
        visible_incidents(actor).where(Incident.id.in_([*below, incident.merged_into_id or 0]))
    ).all()
    return IncidentView(
        incident=incident,
        acts=acts_for(actor, incident),
        into=next((one for one in around if one.id == incident.merged_into_id), None),
        merged=[one for one in around if one.id in below],
        signals=story.signals,
        entries=story.entries[::-1],
        people=organisation.post_label(
            session, [one.post_id for one in story.entries if one.post_id]
        ),
        units=organisation.unit_label(session, [incident.lead_unit_id or 0]),
        streams=_streams(session, story.signals),
        told=_told(session, story.signals),
        tasks=tasks,
        runs=_runs(session, ids, [row.task for row in tasks]),
        links=linked_to(session, actor, KIND, incident.id),
        photos=_photos(session, ids),
    )


def _tasks(session: Session, actor: Actor, ids: Sequence[int]) -> list[TaskRow]:
    rows = visible_tasks(actor).where(Task.kind == KIND, Task.thing_id.in_(ids))
    return rows_of(session, actor, session.scalars(rows.order_by(Task.id)).all())


def _runs(session: Session, ids: Sequence[int], tasks: Sequence[Task]) -> list[RunView]:
    by_id = {task.id: task for task in tasks}
    found = []
    for run in runs_of(session, ids):
        rows = {row.key: row for row in run.steps}
        views = []
        for step in plan_of(run.wording).steps:
            row = rows.get(step.key)
            views.append(StepView(step, row, by_id.get((row and row.task_id) or 0)))
        found.append(RunView(run, views))
    return found


def _streams(session: Session, signals: Sequence[IncidentSignal]) -> dict[int, str]:
    wanted = [one.alarm_id for one in signals if one.alarm_id]
    rows = (
        sa.select(Alarm.id, Datastream.token)
        .join(Datastream, Datastream.id == Alarm.datastream_id)
        .where(Alarm.id.in_(wanted))
    )
    return dict(session.execute(rows).tuples().all()) if wanted else {}


def _told(session: Session, signals: Sequence[IncidentSignal]) -> dict[int, str]:
    wanted = [one.signal_id for one in signals if one.signal_id]
    rows = sa.select(FeedSignal.id, FeedSignal.token).where(FeedSignal.id.in_(wanted))
    return dict(session.execute(rows).tuples().all()) if wanted else {}


def _photos(session: Session, ids: Sequence[int]) -> dict[str, StoredFile]:
    rows = sa.select(StoredFile).where(StoredFile.kind == KIND, StoredFile.thing_id.in_(ids))
    return {file.token: file for file in session.scalars(rows)}
