"""What this room publishes besides `ThingChanged`. Ids only, never content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.outbox import Event


@dataclass(frozen=True)
class WorkWanted(Event):
    """A job waits for a worker."""

    name: ClassVar[str] = "outgoing.work_wanted"
    job_id: int


@dataclass(frozen=True)
class DocumentIssued(Event):
    """A document went out: mail, packets and posters may follow."""

    name: ClassVar[str] = "outgoing.issued"
    document_id: int


@dataclass(frozen=True)
class ScanAttached(Event):
    """A paper document has its scan: what waited for an electronic copy may go."""

    name: ClassVar[str] = "outgoing.scan_attached"
    document_id: int


@dataclass(frozen=True)
class DocumentRecalled(Event):
    """An issued document is called back: electronic receivers are told."""

    name: ClassVar[str] = "outgoing.recalled"
    document_id: int
