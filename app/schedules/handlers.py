"""What the relay does for this room: entries forget a letter or task that was secret."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app import db
from app.db import transaction
from app.outbox import ThingPurged
from app.relay import HandlerConsumer
from app.schedules.services.forgetting import SOURCES, forget_entries_of

CONSUMER = "schedules"
TABLES = ("schedule_entry", "schedule_change", "week_version")


def consumer() -> HandlerConsumer:
    """The consumer with all its events."""
    made = HandlerConsumer(CONSUMER)
    made.on(ThingPurged.name, on_purged)
    return made


def on_purged(payload: Mapping[str, Any]) -> None:
    """A letter was purged as secret: so are the entries made from it."""
    if payload["kind"] not in SOURCES:
        return
    with transaction("schedules.purge") as session:
        found = forget_entries_of(session, str(payload["kind"]), int(payload["thing_id"]))
    if found:
        db.forget_deleted(TABLES)
