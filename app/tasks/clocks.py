"""Tasks whose date was counted, not chosen: the clock goes with the task, and moves its date."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app import outbox
from app.clock import local, now
from app.notifications.services import notify
from app.security import Actor
from app.tasks import hooks
from app.tasks.models import Directive, Task
from app.worktime import queries as worktime
from app.worktime import services as clocks
from app.worktime.hooks import ClockMoved, clock_moved
from app.worktime.rules import Rule

KIND = "task"


def subscribe() -> None:
    """Let a corrected calendar move the dates of tasks."""
    clock_moved.subscribe(follow_calendar)


def start(session: Session, actor: Actor, task: Task, limit: Rule) -> None:
    """Count the limit from now on; its end is the task's date. Without a calendar nothing runs."""
    if worktime.default_calendar(session) is None:
        return
    order = clocks.ClockOrder(KIND, task.id, limit, now())
    task.due_at = task.original_due_at = clocks.start_clock(session, actor, order).due_at


def keep_step(session: Session, actor: Actor, task: Task) -> None:
    """Bring the clock in step: it ends with the result, and where a person chose another date; it
    runs again when the result is sent back."""
    clock = worktime.find_clock(session, KIND, task.id)
    if clock is None:
        return
    if task.finished_at is not None or not task.is_open or task.due_at != clock.due_at:
        clocks.finish_clock(session, actor, clock)
    else:
        clocks.reopen_clock(session, actor, clock)
        task.due_at = clock.due_at  # the calendar may have changed in between


def follow_calendar(session: Session, moved: ClockMoved) -> None:
    """The task's date, and that of its directive, move with the clock; who does the task and who
    gave it are told why."""
    task = session.get(Task, moved.clock.thing_id) if moved.clock.kind == KIND else None
    if task is None or not task.is_open or task.due_at != moved.from_due_at:
        return
    task.due_at = moved.to_due_at
    directive = session.get(Directive, task.directive_id) if task.directive_id else None
    if directive is not None and directive.due_at == moved.from_due_at:
        directive.due_at = moved.to_due_at
    when = f"{local(moved.to_due_at):%H:%M %d/%m/%Y}" if moved.to_due_at else "chưa rõ"
    notify(
        session,
        event="task.due_moved",
        kind=KIND,
        thing_id=task.id,
        title=f"Hạn chuyển sang {when}: {task.title}",
        text=f"Lịch làm việc thay đổi: {moved.why}.",
        post_ids=[post for post in (task.lead_post_id, task.assigner_post_id) if post],
        unit_ids=[task.lead_unit_id] if task.lead_unit_id else [],
    )
    outbox.changed(session, KIND, task.id)
    hooks.task_due_moved(session, hooks.TaskDueMoved(task, moved.from_due_at, moved.to_due_at))
