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
    the raw batch, from 0. `signal_id` is its row in the inbox, where the target keeps each.
    """

    external_id: str
    fields: Mapping[str, Any]
    at: datetime | None
    received_at: datetime
    position: int = 0
    signal_id: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the item at the same place; `reason` is a Vietnamese sentence.

    `kind` and `thing_id` name what came of it, for the link in the inbox.
    """

    fate: Fate
    reason: str = ""
    kind: str = ""
    thing_id: int | None = None


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


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """A field that the items of a target have: what mappings fill and the page explains."""

    name: str
    label: str
    is_required: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """What an upper room takes from sources.

    Where `keeps_each` is set every item has a row in the inbox and is given to the processor once,
    whatever the sender repeats. Without it only refused items are kept (as dead letters), and the
    processor itself knows duplicates: readings are too many for a row each.
    """

    name: str
    label: str
    processor: Processor
    fields: tuple[FieldInfo, ...] = ()
    keeps_each: bool = False


_targets: dict[str, Target] = {}


def register_target(target: Target) -> None:
    """Let sources name it; a second `create_app` in one process replaces the first."""
    _targets[target.name] = target


def unregister_target(name: str) -> None:
    """Forget a target; unknown names are no error (tests)."""
    _targets.pop(name, None)


def target_named(name: str) -> Target:
    """Raises ProgrammingFault when no room has registered the target."""
    try:
        return _targets[name]
    except KeyError:
        raise ProgrammingFault(f"no room takes the target {name!r}") from None


def targets() -> tuple[Target, ...]:
    """All registered targets, by their labels."""
    return tuple(sorted(_targets.values(), key=lambda target: target.label))
