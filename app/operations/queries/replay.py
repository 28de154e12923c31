"""A past day as it was known at each minute: what was open, in which state, who had been told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import VIETNAM
from app.operations.models import Happening, Incident, IncidentEntry, IncidentState
from app.operations.queries.incidents import visible_incidents
from app.security import Actor
from app.sensors.models import Severity

MOST_ENTRIES = 5000
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Known:
    """What was known of an incident from a second of the day on."""

    second: int
    state: IncidentState
    severity: Severity


@dataclass(frozen=True, slots=True)
class Replayed:
    """An incident with what was known of it through the day, oldest first."""

    incident: Incident
    known: Sequence[Known]


@dataclass(frozen=True, slots=True)
class ReplayDay:
    """A day: its incidents and all that was written down; `cut` says that some of it is missing."""

    day: date
    incidents: Sequence[Replayed]
    entries: Sequence[tuple[int, IncidentEntry]]
    cut: bool


def bounds_of(day: date) -> tuple[datetime, datetime]:
    """The first moment of a Vietnamese day and that of the next one."""
    start = datetime.combine(day, time(), VIETNAM)
    return start, start + DAY


def replay_of(session: Session, actor: Actor, day: date) -> ReplayDay:
    """Two queries: incidents that were open at some time of the day, everything told of them
    before its end, of which only the day's own lines are shown."""
    start, end = bounds_of(day)
    rows = visible_incidents(actor).where(
        Incident.reported_at < end,
        sa.or_(Incident.closed_at.is_(None), Incident.closed_at >= start),
    )
    incidents = session.scalars(rows.order_by(Incident.reported_at, Incident.id)).all()
    ids = [one.id for one in incidents]
    entries = session.scalars(
        sa.select(IncidentEntry)
        .where(IncidentEntry.incident_id.in_(ids), IncidentEntry.at < end)
        .order_by(IncidentEntry.at, IncidentEntry.id)
        .limit(MOST_ENTRIES + 1)
    ).all()
    cut, entries = len(entries) > MOST_ENTRIES, entries[:MOST_ENTRIES]
    by_incident: dict[int, list[IncidentEntry]] = {}
    for entry in entries:
        by_incident.setdefault(entry.incident_id, []).append(entry)
    return ReplayDay(
        day,
        [Replayed(one, known_of(one, by_incident.get(one.id, []), start)) for one in incidents],
        [(second_of(entry.at, start), entry) for entry in entries if entry.at >= start],
        cut,
    )


def second_of(moment: datetime, start: datetime) -> int:
    """Seconds since the day began, 0 for what was before it."""
    return max(0, int((moment - start).total_seconds()))


def known_of(incident: Incident, entries: Sequence[IncidentEntry], start: datetime) -> list[Known]:
    """States and severities through the day, read from the timeline. The severity at the beginning
    is that before the first change; without a change it is the incident's."""
    severity = first_severity(incident, entries)
    state, found = IncidentState.REPORTED, list[Known]()
    for entry in entries:
        if entry.happening is Happening.STATE:
            state = IncidentState(entry.detail["to"])
        elif entry.happening is Happening.SEVERITY:
            severity = Severity(entry.detail["to"])
        elif entry.happening is Happening.MERGED:
            state = IncidentState.DUPLICATE
        elif entry.happening is Happening.PARTED and "to" in entry.detail:
            state = IncidentState(entry.detail["to"])
        elif entry.happening is not Happening.RAISED:
            continue
        known = Known(second_of(entry.at, start), state, severity)
        if found and found[-1].second == known.second:
            found.pop()
        found.append(known)
    return found


def first_severity(incident: Incident, entries: Sequence[IncidentEntry]) -> Severity:
    """What the severity was when the incident was raised."""
    changes = [entry for entry in entries if entry.happening is Happening.SEVERITY]
    return Severity(changes[0].detail["before"]) if changes else incident.severity
