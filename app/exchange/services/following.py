"""Letters move, their senders are told: 02 to 06, from what the letter's own rows say.

Computed from facts and not from steps watched, so that nothing is lost when this did not run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import now
from app.exchange.edxml.types import ACCEPTED, ASSIGNED, DONE, HANDLED, REJECTED
from app.exchange.models import ExchangePacket, ExchangeStatus, Way
from app.exchange.queries.letters import followed, intakes_of, letters_of
from app.exchange.services import telling
from app.exchange.services.purging import SENTENCE
from app.incoming.models import IncomingDocument, IncomingStatus, IntakeItem
from app.incoming.queries import KIND as LETTER
from app.tasks.models import Directive, Outcome, Task

S = IncomingStatus
ENDED = {S.DONE: "", S.FILED: "", S.FORWARDED: "Đã chuyển đến cơ quan có thẩm quyền."}


@dataclass(frozen=True, slots=True)
class Due:
    """A status that a packet's sender has not been told."""

    packet_id: int
    code: str
    at: datetime
    description: str = ""


@dataclass(frozen=True, slots=True)
class _Work:
    """When a letter was given out and taken up."""

    assigned: dict[int, datetime]
    started: dict[int, datetime]


def due_statuses(session: Session, packets: Sequence[ExchangePacket]) -> list[Due]:
    """What is to be told now, by a constant number of queries."""
    ids = [packet.id for packet in packets]
    letters, intakes = letters_of(session, ids), intakes_of(session, ids)
    work = _work_on(session, {letter.id for letter in letters.values()})
    told = _told(session, ids)
    due: list[Due] = []
    for packet in packets:
        letter = letters.get(packet.id)
        if letter is None:
            found = _refused(packet.id, intakes[packet.id])
        else:
            found = _moved(packet.id, letter, work)
        due += [one for one in found if (packet.id, one.code) not in told]
    return due


def _refused(packet_id: int, items: Sequence[IntakeItem]) -> list[Due]:
    """The clerk refused the draft, or its files are secret."""
    codes = {item.reject_code for item in items}
    reasons = [item.reject_reason or "" for item in items if item.reject_code == "refused"]
    at = max((item.settled_at or now() for item in items), default=now())
    if "secret" in codes:
        return [Due(packet_id, REJECTED, at, SENTENCE)]
    return [Due(packet_id, REJECTED, at, reasons[0])] if reasons else []


def _moved(packet_id: int, letter: IncomingDocument, work: _Work) -> list[Due]:
    """All that has happened to a letter so far."""
    if letter.registered_at is None:
        return []
    number = f"Số đến {letter.arrival_label}"
    found = [Due(packet_id, ACCEPTED, letter.registered_at, number)]
    if letter.id in work.assigned:
        found.append(Due(packet_id, ASSIGNED, work.assigned[letter.id]))
    if letter.id in work.started:
        found.append(Due(packet_id, HANDLED, work.started[letter.id]))
    closed, reason = letter.closed_at or now(), letter.closed_reason or ""
    if letter.status is S.RETURNED_TO_SENDER:
        found.append(Due(packet_id, REJECTED, closed, reason))
    elif letter.status in ENDED:
        found.append(Due(packet_id, DONE, closed, ENDED[letter.status]))
    return found


def _work_on(session: Session, letter_ids: set[int]) -> _Work:
    assigned = sa.select(Directive.thing_id, sa.func.min(Directive.created_at)).where(
        Directive.kind == LETTER,
        Directive.thing_id.in_(letter_ids),
        Directive.outcome == Outcome.ASSIGN,
        Directive.recalled_at.is_(None),
    )
    started = sa.select(Task.thing_id, sa.func.min(Task.opened_at)).where(
        Task.kind == LETTER, Task.thing_id.in_(letter_ids), Task.opened_at.is_not(None)
    )
    return _Work(
        dict(session.execute(assigned.group_by(Directive.thing_id)).tuples().all()),
        {
            thing_id: at
            for thing_id, at in session.execute(started.group_by(Task.thing_id)).tuples()
            if thing_id is not None and at is not None
        },
    )


def _told(session: Session, packet_ids: Sequence[int]) -> set[tuple[int, str]]:
    rows = sa.select(ExchangeStatus.packet_id, ExchangeStatus.code).where(
        ExchangeStatus.packet_id.in_(packet_ids), ExchangeStatus.way == Way.OUT
    )
    return {(packet_id or 0, code) for packet_id, code in session.execute(rows).tuples()}


def tell_due(session: Session, due: Sequence[Due]) -> int:
    """Queue what `due_statuses` found; what another process queued meanwhile is left out."""
    told = 0
    for one in due:
        packet = session.get_one(ExchangePacket, one.packet_id, with_for_update=True)
        row = telling.tell(session, packet, one.code, at=one.at, description=one.description)
        told += row is not None
    return told


def next_followed(session: Session, after: int) -> list[ExchangePacket]:
    """The next packets to look at; an empty list after the last."""
    return followed(session, after=after)
