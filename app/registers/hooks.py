"""What upper rooms must do in the same commit."""

from __future__ import annotations

from dataclasses import dataclass

from app.hooks import Hook
from app.security import Actor


@dataclass(frozen=True, slots=True)
class EntryVoided:
    """A number was crossed out. The thing's room takes the number from it, or raises RuleViolated
    when the thing has gone too far."""

    entry_id: int
    kind: str
    thing_id: int
    reason: str
    actor: Actor


entry_voided: Hook[EntryVoided] = Hook("registers.entry_voided")
