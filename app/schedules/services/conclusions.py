"""After a meeting: what it concluded becomes tasks (Kết luận → việc)."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from app import audit, outbox
from app.clock import now
from app.errors import EditConflict, InvalidInput, PermissionDenied, RuleViolated
from app.links import Relation, connect
from app.schedules.models import EntryState, ScheduleEntry
from app.schedules.queries import KIND, entry_by_id
from app.schedules.services.keeping import may_decide
from app.security import Actor, authorize, unit_term
from app.tasks import permissions as task_permissions
from app.tasks.models import Task, TaskSource
from app.tasks.parties import Party
from app.tasks.services.making import TaskOrder, check_reach, make_task

LONGEST = 4000  # characters of a conclusion
NOT_YET = (EntryState.DRAFT, EntryState.CANCELLED)


@dataclass(frozen=True, slots=True)
class ConclusionItem:
    """One thing to be done, by whom and until when."""

    title: str
    lead: Party
    due_at: datetime | None = None
    coordinators: Sequence[Party] = ()


def may_conclude(actor: Actor, entry: ScheduleEntry) -> bool:
    """Whether the actor may write what a meeting concluded and give its work: the office, its
    leaders, who registered it, and the heads of the units that registered or prepare it."""
    if not actor.may(task_permissions.CREATE) or entry.state in NOT_YET:
        return False
    units = {unit_term(unit) for unit in (entry.unit_id, entry.preparing_unit_id) if unit}
    made = entry.made_by_post_id in actor.post_ids
    return made or may_decide(actor, entry) or bool(units & actor.terms)


def take_conclusions(
    session: Session,
    actor: Actor,
    *,
    entry_id: int,
    version: int,
    text: str,
    items: Sequence[ConclusionItem],
) -> list[Task]:
    """Keep the conclusion of a meeting and give its tasks, linked to the entry.

    Each call makes the next version of the entry, so that a form sent twice gives its tasks once.

    Raises:
        PermissionDenied: the actor gives no tasks, or not beyond their unit, or not of this one.
        RuleViolated: the meeting has not begun, or was called off.
        EditConflict: the entry is not at `version` any more; nothing was given.
        InvalidInput: neither a conclusion nor a task, or more text than is kept.
    """
    actor = authorize(actor, task_permissions.CREATE)
    entry = entry_by_id(session, actor, entry_id, lock=True)
    if entry.state is EntryState.CANCELLED:
        raise RuleViolated("Lịch này đã hủy.")
    if not may_conclude(actor, entry):
        raise PermissionDenied(f"post {actor.post_id} concludes nothing of entry {entry_id}")
    if entry.starts_at > now():
        raise RuleViolated("Cuộc họp chưa diễn ra.")
    kept = tidy(text, bool(items))
    if entry.version != version:
        raise EditConflict(f"schedule entry {entry_id} is at {entry.version}, not {version}")
    entry.conclusion = kept
    flag_modified(entry, "conclusion")  # the version rises, though the words may be the same
    made = [
        _give(session, actor, entry, item, number) for number, item in enumerate(items, start=1)
    ]
    audit.record(session, actor, "schedule_entry.concluded", entry.id, tasks=len(made))
    outbox.changed(session, KIND, entry.id)
    return made


def tidy(text: str, has_items: bool = False) -> str:
    """The words as they are kept. Raises InvalidInput rather than cut anything off."""
    kept = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
    if not kept and not has_items:
        raise InvalidInput("Phải ghi kết luận hoặc ít nhất một việc.", "conclusion")
    if len(kept) > LONGEST:
        over = len(kept) - LONGEST
        raise InvalidInput(
            f"Kết luận dài quá {LONGEST} ký tự (thừa {over} ký tự). Hãy rút gọn, hoặc ghi từng "
            "việc vào phần việc cần làm.",
            "conclusion",
        )
    return kept


def _give(
    session: Session, actor: Actor, entry: ScheduleEntry, item: ConclusionItem, number: int
) -> Task:
    check_reach(session, actor, item.lead)
    order = TaskOrder(
        title=item.title,
        lead=item.lead,
        body=f"Kết luận tại: {entry.title}",
        coordinators=item.coordinators,
        due_at=item.due_at,
    )
    try:
        task = make_task(session, actor, order, source=TaskSource.CONCLUSION)
    except InvalidInput as error:
        raise InvalidInput(f"Việc {number}: {error.user_message}") from error
    connect(session, actor, ("task", task.id), Relation.RAISED_BY, (KIND, entry.id))
    return task
