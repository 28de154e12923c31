"""Several incidents that are one: merged by redirect, parted again, or said to be two."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit, outbox
from app.clock import now
from app.db import insert
from app.errors import InvalidInput, RuleViolated
from app.operations import permissions
from app.operations.events import IncidentMoved
from app.operations.models import (
    OPEN,
    Happening,
    Incident,
    IncidentApart,
    IncidentEntry,
    IncidentState,
)
from app.operations.queries import KIND, get_incident, roots_of
from app.operations.services import telling
from app.operations.services.answering import must_be_free
from app.security import Access, Actor, authorize, grant


def merge(session: Session, actor: Actor, *, incident_id: int, into_id: int) -> Incident:
    """Let one incident go into another that is open. Its page leads there, what is told of it
    from now on joins the other, whose severity follows; its tasks stay with their units.

    Returns the incident that stays.

    Raises:
        InvalidInput: both are the same, or the other went into this one.
        RuleViolated: one of them is closed.
    """
    actor = authorize(actor, permissions.RECORD)
    into_id = roots_of(session, [into_id]).get(into_id, into_id)
    if into_id == incident_id:
        raise InvalidInput("Không gộp một sự cố vào chính nó.", "into")
    both = {
        id_: get_incident(session, actor, id_, lock=True) for id_ in sorted((incident_id, into_id))
    }
    one, other = both[incident_id], both[into_id]
    if not (one.is_open and other.is_open):
        raise RuleViolated("Chỉ gộp được hai sự cố đang mở.")
    before = one.state
    one.state, one.state_at, one.closed_at = IncidentState.DUPLICATE, now(), now()
    one.merged_into_id = other.id
    _share_rights(session, one, other)
    telling.note(
        session, actor, one, Happening.MERGED, other.code, into=other.id, before=before.value
    )
    telling.note(session, actor, other, Happening.TAKEN_IN, f"{one.code}: {one.title}", of=one.id)
    telling.follow_signals(session, actor, other)
    audit.record(session, actor, "incident.merged", one.id, into=other.id)
    for incident in (one, other):
        outbox.publish(session, IncidentMoved(incident.id))
        outbox.changed(session, KIND, incident.id)
    return other


def part(session: Session, actor: Actor, *, incident_id: int) -> Incident:
    """Undo a merge: the incident is open again in the state it had; what was told since stays
    with the other.

    Raises:
        RuleViolated: it was not merged, or another incident is open about the same by now.
    """
    actor = authorize(actor, permissions.RECORD)
    one = get_incident(session, actor, incident_id, lock=True)
    if one.merged_into_id is None:
        raise RuleViolated("Sự cố này không ở trạng thái đã gộp.")
    other = get_incident(session, actor, one.merged_into_id, lock=True)
    must_be_free(session, one)
    one.state, one.state_at, one.closed_at = _state_before(session, one), now(), None
    one.merged_into_id = None
    session.flush()
    telling.note(session, actor, one, Happening.PARTED, other.code, of=other.id, to=one.state.value)
    telling.note(session, actor, other, Happening.PARTED, one.code, of=one.id)
    for incident in (one, other):
        telling.follow_signals(session, actor, incident)
        outbox.publish(session, IncidentMoved(incident.id))
        outbox.changed(session, KIND, incident.id)
    audit.record(session, actor, "incident.parted", one.id, of=other.id)
    return one


def say_apart(session: Session, actor: Actor, *, incident_id: int, other_id: int) -> None:
    """Two incidents are two: they are not proposed as one any more. Repeating it is no error.

    Raises InvalidInput when both are the same.
    """
    actor = authorize(actor, permissions.RECORD)
    first, second = sorted((incident_id, other_id))
    if first == second:
        raise InvalidInput("Hãy chọn hai sự cố khác nhau.", "other")
    for id_ in (first, second):
        get_incident(session, actor, id_)
    session.execute(
        insert(IncidentApart.__table__)
        .values(first_id=first, second_id=second, said_by_post_id=actor.post_id, said_at=now())
        .on_conflict_do_nothing()
    )
    audit.record(session, actor, "incident.said_apart", first, other=second)


def _state_before(session: Session, incident: Incident) -> IncidentState:
    merged = (
        sa.select(IncidentEntry)
        .where(
            IncidentEntry.incident_id == incident.id, IncidentEntry.happening == Happening.MERGED
        )
        .order_by(IncidentEntry.id.desc())
        .limit(1)
    )
    entry = session.scalars(merged).one()
    before = IncidentState(entry.detail["before"])
    return before if before in OPEN else IncidentState.REPORTED


def _share_rights(session: Session, one: Incident, other: Incident) -> None:
    """Whoever was sent to one of them sees what it became."""
    terms = session.scalars(
        sa.select(Access.term).where(Access.kind == KIND, Access.thing_id == one.id)
    ).all()
    for term in terms:
        grant(session, KIND, other.id, term, "merged")
