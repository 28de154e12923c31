"""What mail publishes. Ids only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.outbox import Event


@dataclass(frozen=True)
class MailQueued(Event):
    """A document waits to be sent to one recipient by mail."""

    name: ClassVar[str] = "exchange.mail_queued"
    sending_id: int
