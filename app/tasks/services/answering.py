"""The document that a task asked for went out: the task is done by it, in the same commit."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app import audit, outbox
from app.clock import now
from app.notifications.services import notify
from app.security import Actor
from app.tasks import clocks, custody, hooks, queries
from app.tasks.models import Task, TaskStatus

KIND = "task"


def finish_by_document(
    session: Session, actor: Actor, *, kind: str, thing_id: int, words: str
) -> int:
    """Complete every open task of a thing with a document as the product, parts included.

    Who signed the document has accepted the work with it. Calls the hook of completed tasks, so
    that the thing closes. Returns how many whole tasks were open. The caller has authorized.
    """
    tasks = queries.open_tasks_of(session, kind, thing_id)
    for number, task in enumerate(tasks, start=1):
        for part in queries.open_parts(session, task.id):
            _finish(session, actor, part, words)
        _finish(session, actor, task, words)
        notify(
            session,
            event="task.answered",
            kind=KIND,
            thing_id=task.id,
            title=f"Đã có văn bản: {task.title}",
            text=words,
            post_ids={task.assigner_post_id, task.lead_post_id} - {None},  # type: ignore[arg-type]
        )
        last = number == len(tasks)
        hooks.task_completed(session, hooks.TaskCompleted(actor, task, last))
    return len(tasks)


def _finish(session: Session, actor: Actor, task: Task, words: str) -> None:
    """Along the state machine to the end, from wherever the task stands."""
    if task.status is TaskStatus.RETURNED:
        task.become(TaskStatus.NOT_STARTED)
    if task.status is TaskStatus.SUSPENDED:
        task.become(TaskStatus.IN_PROGRESS)
    if task.status is not TaskStatus.SUBMITTED:
        task.become(TaskStatus.SUBMITTED)
        task.submitted_at = now()
    task.become(TaskStatus.COMPLETED)
    task.product, task.completed_at, task.percent = words[:500], now(), 100
    custody.close(session, KIND, task.id)
    clocks.keep_step(session, actor, task)
    audit.record(session, actor, "task.answered", task.id)
    outbox.changed(session, KIND, task.id)
