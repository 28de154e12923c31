"""What the relay does for this room: playbooks look at incidents that moved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.db import transaction
from app.operations.events import IncidentMoved
from app.operations.services.running import start_fitting
from app.relay import HandlerConsumer

CONSUMER = "playbooks"


def consumer() -> HandlerConsumer:
    """The consumer with all its events."""
    made = HandlerConsumer(CONSUMER)
    made.on(IncidentMoved.name, on_moved)
    return made


def on_moved(payload: Mapping[str, Any]) -> None:
    """An incident is new, graver, or in another state."""
    with transaction("operations.start_playbooks") as session:
        start_fitting(session, int(payload["incident_id"]))
