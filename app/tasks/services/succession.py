"""What waits at a post goes to another post: tasks, parts in them, and the things held there."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit, outbox
from app.security import Actor, grant, post_term
from app.tasks import custody
from app.tasks.models import (
    OPEN,
    Custody,
    Directive,
    DirectiveReader,
    RecurringRule,
    Task,
    TaskParticipant,
)

KIND = "task"
REASON = "handed_over"


def open_tasks_at(session: Session, post_id: int) -> list[Task]:
    """Open tasks that the post does or has given, in the order of their dates."""
    at_post = sa.or_(Task.lead_post_id == post_id, Task.assigner_post_id == post_id)
    rows = sa.select(Task).where(at_post, Task.status.in_(OPEN))
    return list(session.scalars(rows.order_by(Task.due_at.is_(None), Task.due_at, Task.id)))


def stays_at(session: Session, post_id: int) -> list[Custody]:
    """Things other than tasks that lie with the post now, the oldest first."""
    rows = sa.select(Custody).where(
        Custody.post_id == post_id, Custody.until.is_(None), Custody.kind != KIND
    )
    return list(session.scalars(rows.order_by(Custody.since, Custody.id)))


def hand_over_tasks(session: Session, actor: Actor, *, from_post_id: int, to_post_id: int) -> None:
    """Move open tasks, parts, unread information, custody and recurring rules to another post.

    The caller has decided that the actor may. What is finished stays with who did it.
    """
    for task in open_tasks_at(session, from_post_id):
        if task.lead_post_id == from_post_id:
            task.lead_post_id = to_post_id
        if task.assigner_post_id == from_post_id:
            task.assigner_post_id = to_post_id
        _give(session, task, to_post_id)
        audit.record(session, actor, "task.handed_over", task.id, post=to_post_id)
    _move_parts(session, from_post_id, to_post_id)
    _move_readers(session, from_post_id, to_post_id)
    _move_custody(session, from_post_id, to_post_id)
    _move_rules(session, from_post_id, to_post_id)


def _give(session: Session, task: Task, to_post_id: int) -> None:
    things = [(KIND, task.id)]
    if task.kind and task.thing_id:
        things.append((task.kind, task.thing_id))
    _grant_all(session, things, to_post_id)


def _grant_all(session: Session, things: Iterable[tuple[str, int]], post_id: int) -> None:
    for kind, thing_id in things:
        grant(session, kind, thing_id, post_term(post_id), REASON)
        outbox.changed(session, kind, thing_id)


def _move_parts(session: Session, from_post_id: int, to_post_id: int) -> None:
    """Parts in open tasks; where the other post has a part already, that one counts."""
    row = TaskParticipant
    theirs = set(session.scalars(sa.select(row.task_id).where(row.post_id == to_post_id)))
    rows = sa.select(row, Task).join(Task).where(row.post_id == from_post_id, Task.status.in_(OPEN))
    for part, task in session.execute(rows).tuples().all():
        if part.task_id not in theirs:
            part.post_id = to_post_id
            _give(session, task, to_post_id)


def _move_readers(session: Session, from_post_id: int, to_post_id: int) -> None:
    """What the post has still to take note of."""
    row = DirectiveReader
    theirs = set(session.scalars(sa.select(row.directive_id).where(row.post_id == to_post_id)))
    rows = sa.select(row, Directive).join(Directive).where(
        row.post_id == from_post_id, row.opened_at.is_(None), Directive.recalled_at.is_(None)
    )  # fmt: skip
    for reader, directive in session.execute(rows).tuples().all():
        if reader.directive_id not in theirs:
            reader.post_id = to_post_id
            _grant_all(session, [(directive.kind, directive.thing_id)], to_post_id)


def _move_custody(session: Session, from_post_id: int, to_post_id: int) -> None:
    rows = sa.select(Custody).where(Custody.post_id == from_post_id, Custody.until.is_(None))
    for stay in session.scalars(rows).all():
        custody.move(session, stay.kind, stay.thing_id, station=stay.station, post_id=to_post_id)
        _grant_all(session, [(stay.kind, stay.thing_id)], to_post_id)


def _move_rules(session: Session, from_post_id: int, to_post_id: int) -> None:
    rule = RecurringRule
    at_post = sa.or_(rule.assigner_post_id == from_post_id, rule.lead_post_id == from_post_id)
    for row in session.scalars(sa.select(rule).where(at_post, rule.stopped_at.is_(None))):
        if row.assigner_post_id == from_post_id:
            row.assigner_post_id = to_post_id
        if row.lead_post_id == from_post_id:
            row.lead_post_id = to_post_id
