"""The boundary to upper rooms: a source names its target, an upper room registers who takes it.

`Processor.process` runs inside the one transaction that takes a batch. It does no I/O of its own.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from app.errors import ProgrammingFault

LARGEST_BATCH = 500


class Fate(enum.Enum):
    """What became of an item."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of a batch, after the source's mapping.

    `at` is the moment it speaks of, aware, None when it named none; `position` is its place in
    the raw batch, from 0.
    """

    external_id: str
    fields: Mapping[str, Any]
    at: datetime | None
    received_at: datetime
    position: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the item at the same place; `reason` is a Vietnamese sentence."""

    fate: Fate
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SourceRef:
    """The source as a processor needs to know it."""

    id: int
    name: str
    target: str
    settings: Mapping[str, Any] = field(default_factory=dict)


class Processor(Protocol):
    """Takes the items of one batch of at most `LARGEST_BATCH`; one outcome for each, in order."""

    def process(
        self, session: Session, source: SourceRef, items: Sequence[Item]
    ) -> Sequence[Outcome]: ...


_processors: dict[str, Processor] = {}


def register_processor(target: str, processor: Processor) -> None:
    """Let sources name `target`; a second `create_app` in one process replaces the first."""
    _processors[target] = processor


def processor_for(target: str) -> Processor:
    """Raises ProgrammingFault when no room has registered the target."""
    try:
        return _processors[target]
    except KeyError:
        raise ProgrammingFault(f"no processor for the target {target!r}") from None


def targets() -> tuple[str, ...]:
    """All registered targets, sorted."""
    return tuple(sorted(_processors))
