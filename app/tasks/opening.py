"""What a look at a thing would mark as seen; asked by reading first, so that most looks write
nothing. The marks themselves are made by `services.mark_opened`."""

from __future__ import annotations

import sqlalchemy as sa

from app import audit
from app.notifications.models import Notification
from app.notifications.queries import visible_notifications
from app.security import Actor
from app.tasks import custody
from app.tasks.models import OPEN, Directive, DirectiveReader, Task, TaskParticipant
from app.tasks.queries import KIND, units_led

Id = int | sa.SQLColumnExpression[int]


def news(actor: Actor, kind: str, thing_id: Id) -> sa.ColumnElement[bool]:
    """Whether the thing, what it means for the actor, or a notice about it is not yet seen.

    `thing_id` may be a column of the query that asks. Of a task that another thing caused, ask
    about that too.
    """
    return sa.or_(
        custody.unopened(actor, kind, thing_id).exists(),
        unopened_tasks(actor, kind, thing_id).exists(),
        unopened_participations(actor, kind, thing_id).exists(),
        unopened_readings(actor, kind, thing_id).exists(),
        visible_notifications(actor)
        .where(
            Notification.read_at.is_(None),
            Notification.kind == kind,
            Notification.thing_id == thing_id,
        )
        .exists(),
    )


def unwritten(actor: Actor, kind: str, thing_id: Id) -> sa.ColumnElement[bool]:
    """Whether the trail does not hold this look of the last minutes yet."""
    return ~audit.read_lately(actor, kind, thing_id, "read").exists()


def unopened_tasks(actor: Actor, kind: str, thing_id: Id) -> sa.Select[tuple[Task]]:
    """Open tasks for the thing (or the task itself) that wait for the actor's first look."""
    return sa.select(Task).where(
        _about(kind, thing_id),
        sa.or_(
            Task.lead_post_id.in_(sorted(actor.post_ids)), Task.lead_unit_id.in_(units_led(actor))
        ),
        Task.opened_at.is_(None),
        Task.status.in_(OPEN),
    )


def unopened_readings(actor: Actor, kind: str, thing_id: Id) -> sa.Select[tuple[DirectiveReader]]:
    """Readers' rows of the actor's posts and units that they have not opened."""
    row = DirectiveReader
    return (
        sa.select(row)
        .join(Directive)
        .where(
            Directive.kind == kind,
            Directive.thing_id == thing_id,
            Directive.recalled_at.is_(None),
            row.opened_at.is_(None),
            sa.or_(row.post_id.in_(sorted(actor.post_ids)), row.unit_id.in_(units_led(actor))),
        )
    )


def unopened_participations(
    actor: Actor, kind: str, thing_id: Id
) -> sa.Select[tuple[TaskParticipant]]:
    """The actor's parts in the task, or in tasks for the thing, that they have not looked at."""
    row = TaskParticipant
    theirs = sa.or_(row.post_id.in_(sorted(actor.post_ids)), row.unit_id.in_(units_led(actor)))
    return sa.select(row).join(Task).where(_about(kind, thing_id), theirs, row.opened_at.is_(None))


def _about(kind: str, thing_id: Id) -> sa.ColumnElement[bool]:
    if kind == KIND:
        return Task.id == thing_id
    return sa.and_(Task.kind == kind, Task.thing_id == thing_id)
