"""In which capacity somebody acts on a task, and where the task then is. Shared by the services."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.clock import now
from app.errors import PermissionDenied, RuleViolated
from app.security import ORGAN, Actor, unit_term
from app.tasks import custody, hooks, permissions
from app.tasks.models import (
    DONE,
    RUNNING,
    STATUS_LABELS,
    Participation,
    Station,
    Task,
    TaskParticipant,
    TaskStatus,
)


def leads(actor: Actor, task: Task) -> bool:
    """Whether the actor does the task, or heads the unit that does it."""
    return task.lead_post_id in actor.post_ids or heads(actor, task)


def heads(actor: Actor, task: Task) -> bool:
    """Whether the actor heads the unit that has the task."""
    return task.lead_unit_id is not None and unit_term(task.lead_unit_id) in actor.terms


def assigned(actor: Actor, task: Task) -> bool:
    """Whether the actor holds, or acts for, the post that gave the task."""
    return task.assigner_post_id in actor.post_ids


def silent_coordinators(task: Task) -> list[TaskParticipant]:
    """The coordinators who have not given their opinion."""
    return [
        one
        for one in task.participants
        if one.role is Participation.COORDINATOR and one.opinion_at is None
    ]


def accepts(actor: Actor, task: Task) -> bool:
    """Whether the actor holds, or acts for, the post that accepts the result."""
    return task.accepting_post_id in actor.post_ids


def waits_for(actor: Actor, task: Task) -> bool:
    """Whether the actor is the one who has to do something now while the task is running."""
    if task.lead_post_id is not None:
        return task.lead_post_id in actor.post_ids
    return heads(actor, task)


def watches(actor: Actor, task: Task) -> bool:
    """Whether the actor may ask how far it is: who gave it, who heads the unit, the whole organ."""
    if assigned(actor, task):
        return True
    return actor.may(permissions.URGE) and (ORGAN in actor.terms or heads(actor, task))


def as_lead(actor: Actor, task: Task) -> Actor:
    """The actor in the post the task was sent to. Raises PermissionDenied for others."""
    if task.lead_post_id in actor.post_ids:
        return actor.in_post(task.lead_post_id)
    return as_head(actor, task)


def as_head(actor: Actor, task: Task) -> Actor:
    """The actor as the head of the unit that has the task."""
    if not heads(actor, task):
        raise PermissionDenied(f"person {actor.person_id} does not lead task {task.id}")
    in_unit = [h for h in actor.holdings if h.unit_id == task.lead_unit_id]
    return actor.in_post(in_unit[0].post_id) if in_unit else actor


def as_assigner(actor: Actor, task: Task) -> Actor:
    """The actor in the post that gave the task."""
    if not assigned(actor, task):
        raise PermissionDenied(f"person {actor.person_id} did not give task {task.id}")
    return actor.in_post(task.assigner_post_id)


def as_acceptor(actor: Actor, task: Task) -> Actor:
    """The actor in the post that accepts the result."""
    if not accepts(actor, task):
        raise PermissionDenied(f"person {actor.person_id} does not accept task {task.id}")
    return actor.in_post(task.accepting_post_id)


def must_be_open(task: Task) -> None:
    if task.status in DONE:
        raise RuleViolated("Công việc đã kết thúc.")


def must_be_running(task: Task) -> None:
    """The lead still has it: neither handed in nor given back."""
    must_be_open(task)
    if task.status not in RUNNING:
        raise RuleViolated(
            f"Công việc đang ở trạng thái “{STATUS_LABELS[task.status]}”, chưa làm được việc này."
        )


def start(session: Session, actor: Actor, task: Task) -> None:
    """Begin to work: the first report, part or assignment does it."""
    task.become(TaskStatus.IN_PROGRESS)
    task.opened_at = task.opened_at or now()  # who works on it has read it
    hooks.task_started(session, hooks.TaskStarted(actor, task))


def looked_at(session: Session, actor: Actor, task: Task) -> None:
    """Who works on it has read it, by whatever way: nothing says “chưa mở” any more."""
    task.opened_at = task.opened_at or now()
    for kind, thing_id in things(task):
        stay = custody.open_stay(session, kind, thing_id)
        if stay is not None and stay.opened_at is None:
            stay.opened_at, stay.opened_by = now(), actor.person_id


def place(
    session: Session,
    task: Task,
    station: Station,
    *,
    unit_id: int | None = None,
    post_id: int | None = None,
) -> None:
    """Move the task, and with a whole task the thing that caused it."""
    for kind, thing_id in things(task):
        custody.move(session, kind, thing_id, station=station, unit_id=unit_id, post_id=post_id)


def place_at_lead(session: Session, task: Task) -> None:
    """The task lies with whoever does it, or with the unit whose head has to name somebody."""
    station = Station.HANDLER if task.lead_post_id else Station.UNIT
    place(session, task, station, unit_id=task.lead_unit_id, post_id=task.lead_post_id)


def leave(session: Session, task: Task, *, with_cause: bool) -> None:
    """The task is nowhere any more; its cause neither, if nothing else is open for it."""
    for kind, thing_id in things(task):
        if kind == "task" or with_cause:
            custody.close(session, kind, thing_id)


def things(task: Task) -> list[tuple[str, int]]:
    """What moves with a task: itself and, for a whole one, the thing that caused it."""
    found = [("task", task.id)]
    if task.parent_id is None and task.kind and task.thing_id:
        found.append((task.kind, task.thing_id))
    return found
