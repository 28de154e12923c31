"""What this room publishes besides `ThingChanged`. Ids only, never content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.outbox import Event


@dataclass(frozen=True)
class ReadingWanted(Event):
    """A job waits for a worker."""

    name: ClassVar[str] = "incoming.reading_wanted"
    job_id: int


@dataclass(frozen=True)
class LetterRegistered(Event):
    """A letter has its number: acknowledgements to the sender may follow."""

    name: ClassVar[str] = "incoming.registered"
    letter_id: int
