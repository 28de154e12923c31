"""What this room publishes besides `ThingChanged`. Ids only, never content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.outbox import Event


@dataclass(frozen=True)
class PacketQueued(Event):
    """A packet waits to be written to the out-folder."""

    name: ClassVar[str] = "exchange.packet_queued"
    packet_id: int


@dataclass(frozen=True)
class StatusQueued(Event):
    """A status waits to be written to the out-folder."""

    name: ClassVar[str] = "exchange.status_queued"
    status_id: int
