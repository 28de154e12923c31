"""What the room publishes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.outbox import Event


@dataclass(frozen=True)
class IncidentMoved(Event):
    """An incident was raised, became graver or reached another state: playbooks look at it."""

    name: ClassVar[str] = "operations.incident_moved"
    incident_id: int
