"""The list of tasks as a board: one column a state, the most pressing first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.security import Actor
from app.tasks import queries
from app.tasks.models import Task, TaskStatus
from app.tasks.queries import TaskFilter
from app.tasks.showing import TaskRow, rows_of

ALWAYS = (TaskStatus.NOT_STARTED, TaskStatus.IN_PROGRESS, TaskStatus.SUBMITTED)
SOMETIMES = (TaskStatus.RETURNED, TaskStatus.SUSPENDED)  # shown only with something in it
CARDS_A_COLUMN = 30


@dataclass(frozen=True, slots=True)
class Column:
    """A state with its first cards; `total` says how many there are."""

    status: TaskStatus
    rows: Sequence[TaskRow]
    total: int

    @property
    def more(self) -> int:
        return self.total - len(self.rows)


def board_of(
    session: Session, actor: Actor, wanted: TaskFilter, *, most: int = CARDS_A_COLUMN
) -> list[Column]:
    """The columns of the open tasks of a tab: one query for all cards and totals."""
    pressing = (Task.urgency.desc(), Task.due_at.is_(None), Task.due_at, Task.id)
    rows = queries.narrowed(queries.visible_tasks(actor), actor, wanted)
    placed = rows.with_only_columns(
        Task.id,
        sa.func.row_number().over(partition_by=Task.status, order_by=pressing).label("place"),
        sa.func.count().over(partition_by=Task.status).label("total"),
    ).subquery()
    found = session.execute(
        sa.select(Task, placed.c.total)
        .join(placed, placed.c.id == Task.id)
        .where(placed.c.place <= most)
        .order_by(placed.c.place)
    ).all()
    totals = {task.status: total for task, total in found}
    shown = rows_of(session, actor, [task for task, _total in found])
    return [
        Column(status, [row for row in shown if row.task.status is status], totals.get(status, 0))
        for status in (*ALWAYS, *SOMETIMES)
        if status in ALWAYS or status in totals
    ]
