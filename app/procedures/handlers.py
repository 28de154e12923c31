"""What the relay does for this room: those who wait for a result hear that it was issued."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.db import transaction
from app.outgoing.events import DocumentIssued
from app.procedures.services.results import tell_issued
from app.relay import HandlerConsumer

CONSUMER = "procedures"


def consumer() -> HandlerConsumer:
    """The consumer with all its events."""
    made = HandlerConsumer(CONSUMER)
    made.on(DocumentIssued.name, on_issued)
    return made


def on_issued(payload: Mapping[str, Any]) -> None:
    """A document went out; perhaps it is the result of a dossier."""
    with transaction("procedures.tell_issued") as session:
        tell_issued(session, int(payload["document_id"]))
