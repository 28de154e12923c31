"""How the last letters of the same kind were directed: a proposal with its reason, never an act.

Pure: the caller brings the past directives and the names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.tasks.models import Outcome
from app.tasks.parties import Party


@dataclass(frozen=True, slots=True)
class PastOrder:
    """One directive of the past. `thing` is what it was given on, as (kind, id)."""

    thing: tuple[str, int]
    outcome: Outcome
    text: str = ""
    lead: Party | None = None
    coordinators: tuple[Party, ...] = ()
    readers: tuple[Party, ...] = ()
    to_post_id: int | None = None

    @property
    def way(self) -> tuple[str, ...]:
        """What makes two directives alike: the outcome and who gets the thing."""
        if self.outcome is Outcome.ASSIGN:
            return (self.outcome.value, self.lead.term if self.lead else "")
        if self.outcome is Outcome.REDIRECT:
            return (self.outcome.value, f"post:{self.to_post_id}")
        return (self.outcome.value, *sorted(party.term for party in self.readers))


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A proposed directive. `examples` are the things that were directed this way, newest first."""

    outcome: Outcome
    text: str
    lead: Party | None
    coordinators: tuple[Party, ...]
    readers: tuple[Party, ...]
    to_post_id: int | None
    reason: str
    examples: tuple[tuple[str, int], ...]


def suggest_directive(
    past: Sequence[PastOrder],
    *,
    subject: str,
    names: Mapping[str, str],
    least: int = 2,
    share: float = 0.6,
) -> Suggestion | None:
    """The way most of `past` (newest first) went, or None when there is no clear one.

    Args:
        past: directives on things of the same organ and type; recalled ones left out.
        subject: what they were, for the reason: “báo cáo gần nhất của Sở Tài chính”.
        names: names of parties by their terms (`unit:12`, `post:31`).
        least: fewer past directives than this suggest nothing.
        share: the part of them, 0 to 1, that must have gone the same way.
    """
    if len(past) < least:
        return None
    ways = Counter(order.way for order in past)
    way, count = ways.most_common(1)[0]  # of equals the one that was used last
    if count / len(past) < share:
        return None
    alike = [order for order in past if order.way == way]
    return Suggestion(
        outcome=alike[0].outcome,
        text=_usual_text(alike),
        lead=alike[0].lead,
        coordinators=_usual(alike, [order.coordinators for order in alike]),
        readers=_usual(alike, [order.readers for order in alike]),
        to_post_id=alike[0].to_post_id,
        reason=f"{count} trong {len(past)} {subject} → {_where(alike[0], names)}",
        examples=tuple(order.thing for order in alike),
    )


def _usual(alike: Sequence[PastOrder], groups: Sequence[Sequence[Party]]) -> tuple[Party, ...]:
    """Who took part in more than half of them, in the order of the newest."""
    seen = Counter(party for group in groups for party in dict.fromkeys(group))
    return tuple(party for party, count in seen.items() if 2 * count > len(alike))


def _usual_text(alike: Sequence[PastOrder]) -> str:
    """The words under more than half of them; what was said once is not repeated."""
    words = Counter(order.text.strip() for order in alike if order.text.strip())
    text, count = words.most_common(1)[0] if words else ("", 0)
    return text if 2 * count > len(alike) else ""


def _where(order: PastOrder, names: Mapping[str, str]) -> str:
    if order.outcome is Outcome.FILE:
        return "Lưu"
    if order.outcome is Outcome.ASSIGN and order.lead is not None:
        return names.get(order.lead.term, order.lead.term)
    if order.outcome is Outcome.REDIRECT:
        return f"Chuyển {names.get(f'post:{order.to_post_id}', 'lãnh đạo khác')} chỉ đạo"
    readers = ", ".join(names.get(party.term, party.term) for party in order.readers)
    return f"Để biết: {readers}"
