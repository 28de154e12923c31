"""The timeline of an incident, and its severity, which its open signals decide."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.operations.models import Happening, Incident, IncidentEntry, IncidentSignal
from app.operations.queries import merged_into
from app.operations.severities import highest
from app.security import Actor
from app.sensors.models import SEVERITY_LABELS, Severity

LONGEST = 2000


def note(
    session: Session,
    actor: Actor,
    incident: Incident,
    happening: Happening,
    text: str = "",
    **detail: Any,
) -> IncidentEntry:
    """Add a line to the timeline. `detail` holds ids and codes that pages make links of."""
    entry = IncidentEntry(
        incident_id=incident.id,
        happening=happening,
        text=text[:LONGEST],
        detail=detail,
        person_id=actor.person_id,
        post_id=actor.post_id,
    )
    session.add(entry)
    return entry


def set_severity(session: Session, actor: Actor, incident: Incident, to: Severity) -> None:
    """Change it and say so, if it is another."""
    if incident.severity is to:
        return
    text = f"{SEVERITY_LABELS[incident.severity]} → {SEVERITY_LABELS[to]}"
    before, incident.severity = incident.severity, to
    note(session, actor, incident, Happening.SEVERITY, text, before=before.value, to=to.value)


def follow_signals(session: Session, actor: Actor, incident: Incident) -> None:
    """The highest of the open signals of the incident and of all that it took in; a person's
    judgement holds against it, and without an open signal it stays as it is."""
    if incident.hand_severity is not None:
        return
    session.flush()
    ids = [incident.id, *merged_into(session, incident.id)]
    found = session.scalars(
        sa.select(IncidentSignal.severity)
        .where(IncidentSignal.incident_id.in_(ids), IncidentSignal.over_at.is_(None))
        .distinct()
    ).all()
    if found:
        set_severity(session, actor, incident, highest(found))
