"""Grave incidents call people until somebody takes them up, and so do tasks nobody begins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.db import transaction
from app.escalation import hooks
from app.escalation.services import Subject, start_escalation
from app.operations.events import IncidentMoved
from app.operations.models import Incident, IncidentState
from app.operations.queries import KIND
from app.relay import HandlerConsumer
from app.security import SYSTEM
from app.sensors.models import SEVERITY_LABELS, Severity
from app.tasks.models import Task
from app.tasks.queries import KIND as TASK

GRAVE = frozenset({Severity.HIGH, Severity.CRITICAL})
UNANSWERED = frozenset({IncidentState.REPORTED, IncidentState.VERIFIED})
CONSUMER = "incident-calls"


def subscribe() -> HandlerConsumer:
    """Tell escalation about incidents; the consumer that starts calls."""
    hooks.still_waits[KIND] = incident_waits
    hooks.place_of[KIND] = incident_place
    made = HandlerConsumer(CONSUMER)
    made.on(IncidentMoved.name, on_moved)
    return made


def incident_waits(session: Session, incident_id: int) -> bool:
    """Nobody was sent to it yet."""
    incident = session.get(Incident, incident_id)
    return incident is not None and incident.state in UNANSWERED


def incident_place(session: Session, incident_id: int) -> tuple[int | None, int | None]:
    """The unit that leads the answer."""
    return session.get_one(Incident, incident_id).lead_unit_id, None


def on_moved(payload: Mapping[str, Any]) -> None:
    """A grave incident that nobody answers: the desk, the head, the chief, the leader."""
    with transaction("operations.call_people") as session:
        incident = session.get_one(Incident, int(payload["incident_id"]))
        if _calls(incident) and incident.state in UNANSWERED:
            title = f"Sự cố {incident.code}, mức {SEVERITY_LABELS[incident.severity].lower()}"
            start_escalation(session, SYSTEM, Subject(KIND, incident.id, title), "incident")


def call_about_task(session: Session, incident: Incident, task: Task) -> None:
    """Who has the task is called unless somebody begins; an exercise calls nobody."""
    if _calls(incident):
        title = f"Việc ứng phó sự cố {incident.code}"
        start_escalation(session, SYSTEM, Subject(TASK, task.id, title), "incident_task")


def _calls(incident: Incident) -> bool:
    return incident.severity in GRAVE and not incident.is_exercise
