"""The relay's consumer that tells the workers' queue in Prefect about new jobs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from app import relay
from app.db import transaction
from app.incoming.events import ReadingWanted
from app.incoming.services import jobs
from app.relay import HandlerConsumer


def hand_over(payload: Mapping[str, Any]) -> None:
    """Queue one reading. Raises when Prefect is away: the delivery waits and comes again."""
    from workflows.read_document import read_document

    read_document.delay(payload["job_id"])
    with transaction("jobs.offered") as session:
        jobs.note_offered(session, payload["job_id"])


def register() -> None:
    """Let the relay of this process hand readings to Prefect."""
    consumer = HandlerConsumer("jobs", lease=timedelta(seconds=60))
    consumer.on(ReadingWanted.name, hand_over)
    relay.register(consumer)
