"""After a meeting: what it concluded becomes tasks (Kết luận → việc)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app import audit, outbox
from app.clock import now
from app.errors import InvalidInput, RuleViolated
from app.links import Relation, connect
from app.schedules.models import EntryState
from app.schedules.queries import KIND, entry_by_id
from app.security import Actor, authorize
from app.tasks import permissions as task_permissions
from app.tasks.models import Task, TaskSource
from app.tasks.parties import Party
from app.tasks.services.making import TaskOrder, check_reach, make_task


@dataclass(frozen=True, slots=True)
class ConclusionItem:
    """One thing to be done, by whom and until when."""

    title: str
    lead: Party
    due_at: datetime | None = None
    coordinators: Sequence[Party] = ()


def take_conclusions(
    session: Session, actor: Actor, *, entry_id: int, text: str, items: Sequence[ConclusionItem]
) -> list[Task]:
    """Keep the conclusion of a meeting and give its tasks, linked to the entry.

    Raises:
        PermissionDenied: the actor gives no tasks, or not beyond their unit.
        RuleViolated: the meeting has not begun, or was called off.
        InvalidInput: neither a conclusion nor a task.
    """
    actor = authorize(actor, task_permissions.CREATE)
    entry = entry_by_id(session, actor, entry_id, lock=True)
    if entry.state is EntryState.CANCELLED:
        raise RuleViolated("Lịch này đã hủy.")
    if entry.starts_at > now():
        raise RuleViolated("Cuộc họp chưa diễn ra.")
    if not text.strip() and not items:
        raise InvalidInput("Phải ghi kết luận hoặc ít nhất một việc.", "conclusion")
    entry.conclusion = text.strip()[:4000]
    made = []
    for item in items:
        check_reach(session, actor, item.lead)
        order = TaskOrder(
            title=item.title,
            lead=item.lead,
            body=f"Kết luận tại: {entry.title}",
            coordinators=item.coordinators,
            due_at=item.due_at,
        )
        task = make_task(session, actor, order, source=TaskSource.CONCLUSION)
        connect(session, actor, ("task", task.id), Relation.RAISED_BY, (KIND, entry.id))
        made.append(task)
    audit.record(session, actor, "schedule_entry.concluded", entry.id, tasks=len(made))
    outbox.changed(session, KIND, entry.id)
    return made
