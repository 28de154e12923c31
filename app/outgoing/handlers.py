"""What the relay does for this room: drafts forget a letter that was secret."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app import db
from app.db import transaction
from app.outbox import ThingPurged
from app.outgoing.services.forgetting import forget_drafts_of
from app.outgoing.signing import keeping
from app.relay import HandlerConsumer

CONSUMER = "outgoing"
TABLES = ("outgoing_document", "draft_version", "draft_comment", "review_step", "opinion_request")


def consumer(var_dir: Path) -> HandlerConsumer:
    """The consumer with all its events; `var_dir` holds what waits for signatures."""
    made = HandlerConsumer(CONSUMER)
    made.on(ThingPurged.name, lambda payload: on_purged(payload, var_dir))
    return made


def on_purged(payload: Mapping[str, Any], var_dir: Path) -> None:
    """A letter was purged as secret: so are the drafts that answer it."""
    if payload["kind"] != "incoming":
        return
    with transaction("outgoing.purge") as session:
        stages = forget_drafts_of(session, int(payload["thing_id"]))
    if stages is None:
        return
    for stage_id in stages:
        keeping.forget(var_dir, stage_id)
    db.forget_deleted(TABLES)
