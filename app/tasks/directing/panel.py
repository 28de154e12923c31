"""What a leader needs beside a thing to direct it: whom to choose, proposed dates, a suggestion."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from app import kinds
from app.clock import now
from app.kinds import Card
from app.organisation import queries as organisation
from app.organisation.models import Person
from app.security import Actor, Role
from app.tasks import queries
from app.tasks.habits import read_habits
from app.tasks.models import FLASH, Directive, Outcome, Task
from app.tasks.proposals import DueProposal, propose_due
from app.tasks.showing import lead_choices, party_choices
from app.tasks.suggestion import PastDirective, Suggestion, past_of, suggest_directive
from app.worktime.calendar import Calendar
from app.worktime.queries import load_calendar

EXAMPLES = 5
OUTCOME_LABELS = {
    Outcome.ASSIGN: "Giao xử lý",
    Outcome.REDIRECT: "Chuyển lãnh đạo khác chỉ đạo",
    Outcome.INFORM: "Để biết",
    Outcome.FILE: "Lưu",
}


@dataclass(frozen=True, slots=True)
class DirectivePanel:
    """Everything `tasks/_directive_form.html` shows besides the form.

    `dated`: the first proposal follows from the sender's date, or from Hỏa tốc, and is preselected;
    otherwise nothing is, so that no deadline arises by itself.
    """

    leads: list[tuple[str, str]]
    parties: list[tuple[str, str]]
    leaders: list[tuple[str, str]]
    due: list[DueProposal]
    dated: bool
    phrases: tuple[str, ...]
    suggestion: Suggestion | None
    examples: list[Card]

    @property
    def names(self) -> dict[str, str]:
        """Names of units and posts by the values of the pickers."""
        return dict(self.parties)


def load_panel(
    session: Session,
    actor: Actor,
    *,
    sender_due: datetime | None = None,
    urgency: int = 0,
    past: Sequence[Directive] = (),
    subject: str = "văn bản gần nhất cùng loại",
) -> DirectivePanel:
    """The panel for a thing, by a constant number of queries.

    Args:
        sender_due: the date that the thing itself names, if any.
        urgency: 0 to 3, for the usual limits.
        past: directives on earlier things of the same organ and type, newest first.
        subject: what those were, for the reason: “báo cáo gần nhất của Sở Tài chính”.
    """
    habits, calendar, moment = read_habits(), load_calendar(session), now()
    parties = party_choices(session)
    names = short_names(session, parties)
    found = suggest_directive(
        subject, past_values(session, past, calendar), lambda party: names.get(party.term, "")
    )
    leads = lead_choices(session, actor)
    if found is not None and not _possible(found, {value for value, _label in leads}):
        found = None
    due = propose_due(
        calendar, moment, sender_due=sender_due, limits=habits.limits.get(urgency, ()),
        at_once=urgency >= FLASH,
    )  # fmt: skip
    return DirectivePanel(
        leads=leads,
        parties=parties,
        leaders=_other_leaders(session, actor),
        due=due,
        dated=bool(due) and (urgency >= FLASH or (sender_due is not None and sender_due > moment)),
        phrases=habits.phrases,
        suggestion=found,
        examples=_examples(session, actor, past, found),
    )


@dataclass(frozen=True, slots=True)
class ReaderLine:
    """Somebody who was to know, and when they looked."""

    who: str
    opened_at: datetime | None


@dataclass(frozen=True, slots=True)
class DirectiveLine:
    """A directive as `tasks/_directive_list.html` shows it. `to`: who leads or directs next."""

    directive: Directive
    what: str
    who: str
    on_behalf: str
    to: str
    readers: list[ReaderLine]


def directive_lines(session: Session, kind: str, thing_id: int) -> list[DirectiveLine]:
    """The directives of a thing, the newest first, with names; a constant number of queries."""
    return lines_of(session, queries.directives_of(session, kind, [thing_id]))


def lines_of(session: Session, found: Sequence[Directive]) -> list[DirectiveLine]:
    """Lines of directives that were read with their readers, in the order given."""
    sides = [(one.lead_unit_id, one.lead_post_id or one.to_post_id) for one in found]
    sides += [(row.unit_id, row.post_id) for one in found for row in one.readers]
    posts = {one.from_post_id for one in found} | {post for _unit, post in sides if post}
    names = {f"post:{i}": label for i, label in organisation.post_label(session, posts).items()}
    labels = organisation.unit_label(session, [unit for unit, _post in sides if unit])
    names |= {f"unit:{i}": label for i, label in labels.items()}
    people = _people(session, {one.on_behalf_of for one in found})

    def name(unit_id: int | None, post_id: int | None) -> str:
        return names.get(f"unit:{unit_id}" if unit_id else f"post:{post_id}", "")

    return [
        DirectiveLine(
            directive=one,
            what=OUTCOME_LABELS[one.outcome],
            who=name(None, one.from_post_id),
            on_behalf=people.get(one.on_behalf_of or 0, ""),
            to=name(one.lead_unit_id, one.lead_post_id or one.to_post_id),
            readers=[ReaderLine(name(r.unit_id, r.post_id), r.opened_at) for r in one.readers],
        )
        for one in found
    ]


def past_values(
    session: Session, directives: Sequence[Directive], calendar: Calendar
) -> list[PastDirective]:
    """Directives as values with those who coordinated: two queries, however many."""
    ids = [directive.id for directive in directives]
    rows = sa.select(Task).where(Task.directive_id.in_(ids), Task.parent_id.is_(None))
    tasks = session.scalars(rows.options(selectinload(Task.participants)))
    return past_of(directives, {task.directive_id or 0: task for task in tasks}, calendar)


def short_names(session: Session, parties: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Names by picker value, units by their short names as people say them."""
    names = dict(parties)
    ids = [int(value[5:]) for value in names if value.startswith("unit:")]
    labels = organisation.unit_label(session, ids)
    return names | {f"unit:{unit_id}": label for unit_id, label in labels.items()}


def _people(session: Session, ids: Iterable[int | None]) -> dict[int, str]:
    wanted = {person_id for person_id in ids if person_id}
    if not wanted:
        return {}
    rows = sa.select(Person.id, Person.full_name).where(Person.id.in_(wanted))
    return dict(session.execute(rows).tuples().all())


def _examples(
    session: Session, actor: Actor, past: Sequence[Directive], found: Suggestion | None
) -> list[Card]:
    """The newest things behind the suggestion, as far as the actor may see them."""
    behind = set(found.thing_ids) if found else set()
    things = [(one.kind, one.thing_id) for one in past if one.thing_id in behind]
    return kinds.cards(session, actor, things[:EXAMPLES])


def _possible(found: Suggestion, leads: set[str]) -> bool:
    """A unit that has ended, or one the actor gives no work to, is not suggested."""
    return found.outcome is not Outcome.ASSIGN or (
        found.lead is not None and found.lead.term in leads
    )


def _other_leaders(session: Session, actor: Actor) -> list[tuple[str, str]]:
    posts = [
        post.id
        for post in organisation.posts_with_role(session, Role.LEADER)
        if post.id != actor.post_id
    ]
    labels = organisation.post_label(session, posts)
    return [(str(post_id), labels[post_id]) for post_id in posts]
