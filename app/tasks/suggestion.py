"""The directive proposed for a thing: how the last ones of the same organ and type were directed.

Pure: the rows come from the room that knows the things, the result fills a form. Nothing is sent
without a person's act.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median_low

from app.clock import local
from app.tasks.habits import read_habits
from app.tasks.models import Directive, Outcome, Participation, Task
from app.tasks.parties import Party
from app.worktime.calendar import Calendar

Choice = tuple[str, ...]  # the outcome, and the terms of its lead, leader or readers


@dataclass(frozen=True, slots=True)
class PastDirective:
    """How one earlier thing was directed. `working_days`: how long its lead was given."""

    thing_id: int
    outcome: Outcome
    lead: Party | None = None
    to_post_id: int | None = None
    coordinators: tuple[Party, ...] = ()
    readers: tuple[Party, ...] = ()
    working_days: int | None = None
    text: str = ""

    @property
    def choice(self) -> Choice:
        """What must agree for two directives to count as the same."""
        if self.outcome is Outcome.ASSIGN:
            return (self.outcome.value, self.lead.term if self.lead else "")
        if self.outcome is Outcome.REDIRECT:
            return (self.outcome.value, f"post:{self.to_post_id}")
        return (self.outcome.value, *sorted(reader.term for reader in self.readers))


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A prefilled directive. `reason` is one line to read; `thing_ids` are the proof behind it,
    newest first."""

    outcome: Outcome
    lead: Party | None
    to_post_id: int | None
    coordinators: tuple[Party, ...]
    readers: tuple[Party, ...]
    working_days: int | None
    text: str
    reason: str
    thing_ids: tuple[int, ...]


def suggest_directive(
    what: str, past: Sequence[PastDirective], name: Callable[[Party], str]
) -> Suggestion | None:
    """The proposal, or None when there is too little history or no clear habit.

    Args:
        what: the kind of thing, for the reason: “báo cáo gần nhất của Sở Tài chính”.
        past: how earlier ones were directed, newest first; recalled directives left out.
        name: the short name of a unit or post.

    Who coordinated, who was informed, the time given and the text are taken over only when most
    of those that agree had them. How many are needed stands in `config/data/directing.yaml`.
    """
    habits = read_habits()
    if len(past) < habits.least:
        return None
    counted = Counter(one.choice for one in past)
    choice, agreeing = counted.most_common(1)[0]
    if agreeing / len(past) < habits.share:
        return None
    same = [one for one in past if one.choice == choice]
    days = [one.working_days for one in same if one.working_days is not None]
    return Suggestion(
        outcome=same[0].outcome,
        lead=same[0].lead,
        to_post_id=same[0].to_post_id,
        coordinators=_usual([one.coordinators for one in same]),
        readers=_usual([one.readers for one in same]),
        working_days=median_low(days) if 2 * len(days) > len(same) else None,
        text=_usual_text(same),
        reason=f"{agreeing} trong {len(past)} {what} → {_target(same[0], name)}",
        thing_ids=tuple(one.thing_id for one in same),
    )


def past_of(
    directives: Iterable[Directive], tasks: Mapping[int, Task], calendar: Calendar
) -> list[PastDirective]:
    """Directives as values; `tasks` are the whole tasks they made, by directive, with their
    participants loaded."""
    return [_past(directive, tasks.get(directive.id), calendar) for directive in directives]


def _past(directive: Directive, task: Task | None, calendar: Calendar) -> PastDirective:
    participants = task.participants if task is not None else []
    has_lead = directive.lead_unit_id is not None or directive.lead_post_id is not None
    return PastDirective(
        thing_id=directive.thing_id,
        outcome=directive.outcome,
        lead=Party(directive.lead_unit_id, directive.lead_post_id) if has_lead else None,
        to_post_id=directive.to_post_id,
        coordinators=tuple(
            Party(row.unit_id, row.post_id)
            for row in participants
            if row.role is Participation.COORDINATOR
        ),
        readers=tuple(Party(row.unit_id, row.post_id) for row in directive.readers),
        working_days=_days(calendar, directive.created_at, directive.due_at),
        text=directive.text,
    )


def _days(calendar: Calendar, given_at: datetime, due_at: datetime | None) -> int | None:
    if due_at is None:
        return None
    return calendar.working_days_between(local(given_at).date(), local(due_at).date())


def _usual(groups: Sequence[Sequence[Party]]) -> tuple[Party, ...]:
    """Parties that stand in more than half of the groups, the most frequent first."""
    counted = Counter(party for parties in groups for party in dict.fromkeys(parties))
    return tuple(party for party, count in counted.most_common() if 2 * count > len(groups))


def _usual_text(same: Sequence[PastDirective]) -> str:
    """The words under more than half of them; what was said once is not repeated."""
    words = Counter(one.text.strip() for one in same if one.text.strip())
    text, count = words.most_common(1)[0] if words else ("", 0)
    return text if 2 * count > len(same) else ""


def _target(model: PastDirective, name: Callable[[Party], str]) -> str:
    if model.outcome is Outcome.ASSIGN and model.lead is not None:
        return name(model.lead)
    if model.outcome is Outcome.REDIRECT and model.to_post_id is not None:
        return f"Chuyển {name(Party(post_id=model.to_post_id))} chỉ đạo"
    if model.outcome is Outcome.INFORM:
        return "Để biết: " + ", ".join(name(reader) for reader in model.readers)
    return "Lưu"
