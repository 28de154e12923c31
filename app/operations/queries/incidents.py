"""Incidents that an actor may see; every list and count starts from `visible_incidents`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.errors import NotFound
from app.operations.models import (
    Incident,
    IncidentEntry,
    IncidentSignal,
)
from app.operations.permissions import READ
from app.security import DUTY, Actor, visible

KIND = "incident"

Incidents = sa.Select[tuple[Incident]]


def visible_incidents(actor: Actor) -> Incidents:
    """All for the duty desk, the chief of office and leaders; else those that were opened to a
    post or unit of the actor. Who sees every document does not see every incident by that."""
    rows = sa.select(Incident)
    if not actor.may(READ):
        return rows.where(sa.false())
    if DUTY in actor.terms:
        return rows
    return visible(rows, Incident.id, KIND, actor)


def get_incident(
    session: Session, actor: Actor, incident_id: int, *, lock: bool = False
) -> Incident:
    """Raises NotFound for one that is not there or not the actor's to see."""
    return _one(session, visible_incidents(actor).where(Incident.id == incident_id), lock)


def incident_by_token(
    session: Session, actor: Actor, token: str, *, lock: bool = False
) -> Incident:
    """The incident of an address. Raises NotFound."""
    return _one(session, visible_incidents(actor).where(Incident.token == token), lock)


def _one(session: Session, rows: Incidents, lock: bool) -> Incident:
    if lock:
        rows = rows.with_for_update(of=Incident).execution_options(populate_existing=True)
    found = session.scalar(rows)
    if found is None:
        raise NotFound("incident")
    return found


def roots_of(session: Session, incident_ids: Iterable[int]) -> dict[int, int]:
    """Of each incident the one that it was merged into in the end, itself if into none: one
    query (a merged one may have taken in others before)."""
    wanted = sorted(set(incident_ids))
    walk = (
        sa.select(Incident.id.label("start"), Incident.id, Incident.merged_into_id)
        .where(Incident.id.in_(wanted))
        .cte("walk", recursive=True)
    )
    above = aliased(Incident)
    walk = walk.union_all(
        sa.select(walk.c.start, above.id, above.merged_into_id).join_from(
            walk, above, above.id == walk.c.merged_into_id
        )
    )
    ends = sa.select(walk.c.start, walk.c.id).where(walk.c.merged_into_id.is_(None))
    return dict(session.execute(ends).tuples().all())


def merged_into(session: Session, incident_id: int) -> list[int]:
    """Ids of all that were merged into an incident, directly or through others."""
    walk = sa.select(Incident.id).where(Incident.merged_into_id == incident_id).cte(recursive=True)
    below = aliased(Incident)
    walk = walk.union_all(
        sa.select(below.id).join_from(walk, below, below.merged_into_id == walk.c.id)
    )
    return list(session.scalars(sa.select(walk.c.id).order_by(walk.c.id)))


@dataclass(frozen=True, slots=True)
class Story:
    """Signals and timeline of an incident with those of all that were merged into it."""

    signals: Sequence[IncidentSignal]
    entries: Sequence[IncidentEntry]


MOST_ENTRIES = 500


def story_of(session: Session, incident_id: int) -> Story:
    """Three queries; the newest `MOST_ENTRIES` entries, oldest first. Who may see the incident
    is the caller's question."""
    ids = [incident_id, *merged_into(session, incident_id)]
    signals = session.scalars(
        sa.select(IncidentSignal)
        .where(IncidentSignal.incident_id.in_(ids))
        .order_by(IncidentSignal.at.desc(), IncidentSignal.id.desc())
    ).all()
    newest = session.scalars(
        sa.select(IncidentEntry)
        .where(IncidentEntry.incident_id.in_(ids))
        .order_by(IncidentEntry.at.desc(), IncidentEntry.id.desc())
        .limit(MOST_ENTRIES)
    ).all()
    return Story(signals, newest[::-1])
