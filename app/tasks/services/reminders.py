"""Reminding of tasks, and taking the overdue ones up: each level of each date once.

Ordinary tasks go into the daily digest; only those that are Hỏa tốc interrupt.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.clock import VIETNAM, local
from app.notifications.services import notify
from app.organisation import queries as organisation
from app.security import Role
from app.tasks.indexing import lead_labels
from app.tasks.models import FLASH, RUNNING, Task, TaskReminder
from app.tasks.reminding import Level, Target, reached, read_plan
from app.tasks.services.making import KIND
from app.worktime.calendar import Calendar
from app.worktime.queries import load_calendar


@dataclass(frozen=True, slots=True)
class Swept:
    """How many notices were left, and after which task to go on; None when all were looked at."""

    left: int
    last_id: int | None


@dataclass(slots=True)
class _People:
    """Who is above a task, looked up once for all tasks of a sweep."""

    session: Session
    heads: dict[int, int | None] = field(default_factory=dict)
    chiefs: list[int] | None = None

    def head(self, unit_id: int | None) -> int | None:
        if unit_id is None:
            return None
        if unit_id not in self.heads:
            post = organisation.head_post(self.session, unit_id)
            self.heads[unit_id] = post.id if post else None
        return self.heads[unit_id]

    def chief(self) -> list[int]:
        if self.chiefs is None:
            posts = organisation.posts_with_role(self.session, Role.CHIEF_OF_OFFICE)
            self.chiefs = [post.id for post in posts]
        return self.chiefs


def remind(session: Session, at: datetime, *, after_id: int = 0, limit: int = 25) -> Swept:
    """Leave the reminders that are due among the next tasks. Repeating it leaves nothing twice,
    and two sweeps at once neither: a level is a row that exists once. On days off only Hỏa tốc."""
    calendar, people = load_calendar(session), _People(session)
    tasks = _candidates(session, calendar, at, after_id, limit)
    labels = lead_labels(session, tasks)
    known = _known(session, tasks)
    left = 0
    for task in tasks:
        if task.due_at is None:
            continue
        levels = reached(read_plan(), calendar, task.created_at, task.due_at, at)
        new = [level for level in levels if (task.id, task.due_at, level.name) not in known]
        fresh = {level.target: level for level in new if _reach(session, task, level)}
        for level in fresh.values():  # the strongest for each target
            left += _leave(session, people, task, level, labels[task.id], at)
    return Swept(left, tasks[-1].id if len(tasks) == limit else None)


def _candidates(
    session: Session, calendar: Calendar, at: datetime, after_id: int, limit: int
) -> list[Task]:
    """Running tasks near or past their date, in the order of their ids."""
    last = local(at).date()
    for _ in range(read_plan().horizon):
        last = calendar.next_working_day(last)
    rows = sa.select(Task).where(
        Task.status.in_(RUNNING),
        Task.due_at <= datetime.combine(last, time.max, VIETNAM),
        Task.id > after_id,
    )
    if not calendar.is_working_day(local(at).date()):
        rows = rows.where(Task.urgency >= FLASH)
    return list(session.scalars(rows.order_by(Task.id).limit(limit)))


def _known(session: Session, tasks: list[Task]) -> set[tuple[int, datetime, str]]:
    row = TaskReminder
    rows = sa.select(row.task_id, row.due_at, row.level).where(
        row.task_id.in_([task.id for task in tasks])
    )
    return set(session.execute(rows).tuples())


def _reach(session: Session, task: Task, level: Level) -> bool:
    """Write the level down; False when another sweep did at this moment."""
    try:
        with session.begin_nested():
            session.add(TaskReminder(task_id=task.id, due_at=task.due_at, level=level.name))
    except IntegrityError:
        return False
    return True


def _leave(
    session: Session, people: _People, task: Task, level: Level, lead: str, at: datetime
) -> int:
    post_ids = _posts(session, people, task, level.target)
    goes_up, flash = level.target is not Target.LEAD, task.urgency >= FLASH
    return notify(
        session,
        event="task.escalated" if goes_up else "task.reminder",
        kind=KIND,
        thing_id=task.id,
        title=f"{level.sentence}: {task.title}",
        text=lead if goes_up else "",
        post_ids=post_ids,
        urgent=flash,
        digest_on=None if flash else local(at).date(),
    )


def _posts(session: Session, people: _People, task: Task, target: Target) -> list[int]:
    """Whom a level is for. Nobody is told twice: who is both, is told as the lower."""
    head = people.head(task.lead_unit_id)
    lead = task.lead_post_id or head
    ladder = {Target.LEAD: [lead], Target.HEAD: [head]}
    if organisation.get_post(session, task.assigner_post_id).unit_id != task.lead_unit_id:
        ladder[Target.CHIEF] = list(people.chief())
    ladder[Target.ASSIGNER] = [task.assigner_post_id]
    told: set[int | None] = {None}
    for step, posts in ladder.items():
        if step is target:
            return [post for post in posts if post is not None and post not in told]
        told.update(posts)
    return []
