"""What a thing said is purged: no word of it stays in the directives and tasks that it caused."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit, outbox
from app.files.queries import files_of
from app.files.services import purge_own_files
from app.notifications.services import forget_notices
from app.security import Actor
from app.tasks.models import Directive, ExtensionRequest, Task, TaskParticipant, TaskProgress

KIND = "task"
PURGED = "(Nội dung đã xóa vì là tài liệu mật)"


def forget_thing(session: Session, actor: Actor, kind: str, thing_id: int) -> None:
    """Blank titles and texts of the thing's directives, tasks and notices, in the transaction of
    its purge. Who had to do what until when stays. The caller publishes the thing's own purge."""
    blank_directives = sa.update(Directive).where(
        Directive.kind == kind, Directive.thing_id == thing_id
    )
    session.execute(blank_directives.values(text="", recall_reason=None))
    task_ids = session.scalars(
        sa.select(Task.id).filter_by(kind=kind, thing_id=thing_id).order_by(Task.id)
    ).all()
    shared = _forget_tasks(session, task_ids)
    forget_notices(session, kind, [thing_id])
    forget_notices(session, KIND, task_ids)
    for task_id in task_ids:
        audit.record(session, actor, "task.purged", task_id, shared_files=shared.get(task_id, []))
        outbox.publish(session, outbox.ThingPurged(kind=KIND, thing_id=task_id))
        outbox.changed(session, KIND, task_id)


def _forget_tasks(session: Session, task_ids: Sequence[int]) -> dict[int, list[int]]:
    """Returns by task the files of other things with the same bytes: a person decides on them."""
    tasks = sa.update(Task).where(Task.id.in_(task_ids))
    # A page that was opened before shows what is gone: the version makes its answer a conflict.
    blank = {"title": PURGED, "body": "", "product": "", "result": "", "return_reason": None}
    session.execute(tasks.values(**blank, version=Task.version + 1))
    files = files_of(session, KIND, task_ids)
    own = {file.id for rows in files.values() for file in rows}
    shared = {
        task_id: [one for one in purge_own_files(session, [file.id for file in rows])
                  if one not in own]
        for task_id, rows in files.items()
    }  # fmt: skip
    for update in (
        sa.update(TaskProgress).where(TaskProgress.task_id.in_(task_ids)).values(text=""),
        sa.update(TaskParticipant)
        .where(TaskParticipant.task_id.in_(task_ids))
        .values(opinion=None),
        sa.update(ExtensionRequest)
        .where(ExtensionRequest.task_id.in_(task_ids))
        .values(reason="", answer=""),
    ):
        session.execute(update)
    session.expire_all()
    return shared
