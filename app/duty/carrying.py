"""What the rooms below carry over from shift to shift: open incidents, calls nobody took."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.escalation.models import EscalationCase
from app.escalation.queries import KIND as CALL
from app.escalation.queries import visible_cases
from app.operations.models import Incident
from app.operations.queries import KIND as INCIDENT
from app.operations.queries import visible_incidents
from app.security import Actor

MOST = 100


def open_incidents(session: Session, actor: Actor) -> list[tuple[str, int]]:
    """All incidents that are not over, oldest first."""
    rows = visible_incidents(actor).where(Incident.closed_at.is_(None))
    ids = session.scalars(rows.with_only_columns(Incident.id).order_by(Incident.id).limit(MOST))
    return [(INCIDENT, id_) for id_ in ids]


def open_calls(session: Session, actor: Actor) -> list[tuple[str, int]]:
    """Calls that nobody has answered."""
    rows = visible_cases(actor).where(EscalationCase.ended_at.is_(None))
    only = rows.with_only_columns(EscalationCase.id).order_by(EscalationCase.id).limit(MOST)
    return [(CALL, id_) for id_ in session.scalars(only)]
