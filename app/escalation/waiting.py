"""Whether letters and tasks still wait for somebody, and where tasks lie."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.incoming.models import IncomingDocument, IncomingStatus
from app.tasks.models import Task, TaskStatus

WAITING = frozenset({IncomingStatus.REGISTERED, IncomingStatus.SUBMITTED})


def letter_waits(session: Session, letter_id: int) -> bool:
    """Nobody gave a directive yet."""
    letter = session.get(IncomingDocument, letter_id)
    return letter is not None and letter.status in WAITING


def task_waits(session: Session, task_id: int) -> bool:
    """Nobody began."""
    task = session.get(Task, task_id)
    return task is not None and task.status is TaskStatus.NOT_STARTED


def task_place(session: Session, task_id: int) -> tuple[int | None, int | None]:
    """Its unit, and the post within it once the head has passed it on."""
    task = session.get_one(Task, task_id)
    return task.lead_unit_id, task.lead_post_id
