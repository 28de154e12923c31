"""What the room publishes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.outbox import Event


@dataclass(frozen=True)
class TextReady(Event):
    """A text message may be sent now."""

    name: ClassVar[str] = "escalation.text_ready"
    call_id: int
