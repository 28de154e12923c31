"""What is still open because of a letter, and which replies went out late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import kinds
from app.clock import now
from app.incoming.models import IncomingDocument
from app.incoming.queries import visible_incoming
from app.kinds import Card
from app.organisation.queries import unit_label
from app.outgoing.models import OPEN, OutgoingDocument, OutgoingStatus
from app.outgoing.queries.documents import KIND, visible_outgoing
from app.security import Actor
from app.tasks.models import OPEN as OPEN_TASKS
from app.tasks.models import Task


def open_because_of(session: Session, actor: Actor, letter_id: int) -> list[Card]:
    """“Còn mở vì văn bản này”: its unfinished tasks and the replies that have not gone out, as
    far as the actor may see them."""
    tasks = sa.select(Task.id).where(
        Task.kind == "incoming", Task.thing_id == letter_id, Task.status.in_(OPEN_TASKS)
    )
    replies = sa.select(OutgoingDocument.id).where(
        OutgoingDocument.answers_incoming_id == letter_id, OutgoingDocument.status.in_(OPEN)
    )
    found = [("task", id_) for id_ in session.scalars(tasks.order_by(Task.id))]
    found += [(KIND, id_) for id_ in session.scalars(replies.order_by(OutgoingDocument.id))]
    return kinds.cards(session, actor, found)


def replies_to(session: Session, actor: Actor, letter_id: int) -> list[OutgoingDocument]:
    """The documents that answer a letter, as far as the actor may see them."""
    rows = visible_outgoing(actor).where(OutgoingDocument.answers_incoming_id == letter_id)
    return list(session.scalars(rows.order_by(OutgoingDocument.id)))


@dataclass(frozen=True, slots=True)
class LateReply:
    """A letter whose reply is overdue or went out after its date."""

    letter: IncomingDocument
    reply: OutgoingDocument
    due_at: datetime
    issued_at: datetime | None


@dataclass(frozen=True, slots=True)
class UnitReplies:
    """Replies of one unit: how many had a date, how many kept it, which did not."""

    unit_id: int
    unit: str
    dated: int
    late: tuple[LateReply, ...]


def late_replies(
    session: Session, actor: Actor, *, since: datetime, limit: int = 2000
) -> list[UnitReplies]:
    """By drafting unit, the units with most late replies first; replies begun since a moment."""
    rows = (
        visible_outgoing(actor)
        .join(IncomingDocument, IncomingDocument.id == OutgoingDocument.answers_incoming_id)
        .where(
            IncomingDocument.due_at.is_not(None),
            OutgoingDocument.created_at >= since,
            OutgoingDocument.status != OutgoingStatus.CANCELLED,
            IncomingDocument.id.in_(visible_incoming(actor).with_only_columns(IncomingDocument.id)),
        )
        .add_columns(IncomingDocument)
        .order_by(OutgoingDocument.id.desc())
        .limit(limit)
    )
    dated: dict[int, int] = {}
    late: dict[int, list[LateReply]] = {}
    for reply, letter in session.execute(rows).tuples():
        unit_id = reply.drafting_unit_id
        dated[unit_id] = dated.get(unit_id, 0) + 1
        if (reply.issued_at or now()) > letter.due_at:
            late.setdefault(unit_id, []).append(
                LateReply(letter, reply, letter.due_at, reply.issued_at)
            )
    names = unit_label(session, dated)
    found = [
        UnitReplies(id_, names.get(id_, ""), count, tuple(late.get(id_, ())))
        for id_, count in dated.items()
    ]
    return sorted(found, key=lambda one: (-len(one.late), one.unit))
