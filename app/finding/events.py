"""What this room publishes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.outbox import Event


@dataclass(frozen=True)
class RebuildAsked(Event):
    """Somebody wants the index made anew; the relay alone writes it."""

    name: ClassVar[str] = "finding.rebuild_asked"
