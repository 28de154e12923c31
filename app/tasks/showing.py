"""What the pages show of tasks: rows of the list and everything of one task."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import kinds
from app.clock import now
from app.files.models import StoredFile
from app.files.queries import files_of
from app.kinds import Card
from app.links import Linked, linked_to
from app.organisation import queries as organisation
from app.organisation.models import Unit
from app.security import ORGAN, Actor, Role
from app.tasks import custody, queries, standing
from app.tasks.acting import Act, acts_for
from app.tasks.custody import CustodyLine, Stay
from app.tasks.indexing import lead_labels
from app.tasks.models import (
    OPEN,
    Directive,
    ExtensionRequest,
    ExtensionState,
    Participation,
    Station,
    Task,
    TaskProgress,
    TaskStatus,
)
from app.tasks.parties import Party
from app.worktime.calendar import Calendar, DeadlineState, deadline_state
from app.worktime.queries import load_calendar


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One line of a list. `unread`: it lies with the actor, who has not opened it."""

    task: Task
    lead: str
    unit: str
    deadline: DeadlineState
    custody: CustodyLine | None
    unread: bool


def rows_of(session: Session, actor: Actor, tasks: Sequence[Task]) -> list[TaskRow]:
    """Rows for tasks in their order; the number of queries does not depend on how many."""
    lines = custody.current(session, queries.KIND, [task.id for task in tasks])
    leads, calendar, moment = lead_labels(session, tasks), load_calendar(session), now()
    units = organisation.unit_label(session, [t.lead_unit_id for t in tasks if t.lead_unit_id])
    return [
        TaskRow(
            task=task,
            lead=leads[task.id],
            unit=units.get(task.lead_unit_id or 0, ""),
            deadline=deadline_of(calendar, task, moment),
            custody=lines.get(task.id),
            unread=task.is_open and task.opened_at is None and standing.leads(actor, task),
        )
        for task in tasks
    ]


def deadline_of(calendar: Calendar, task: Task, moment: datetime) -> DeadlineState:
    """How the date stands; a suspended task pauses, a cancelled one has none any more."""
    if task.status is TaskStatus.SUSPENDED:
        return DeadlineState("paused")
    if task.status is TaskStatus.CANCELLED:
        return DeadlineState("none")
    found = deadline_state(calendar, task.due_at, task.finished_at, moment)
    if task.status is TaskStatus.SUBMITTED:  # handed in, and not done before it is accepted
        return DeadlineState(found.state.replace("done", "handed_in"), found.days)
    return found


@dataclass(frozen=True, slots=True)
class Helper:
    """A unit or post beside the lead, with what it said."""

    who: str
    role: Participation
    opened_at: datetime | None
    opinion: str
    opinion_at: datetime | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for a later date with the names of those who asked and decided."""

    request: ExtensionRequest
    by: str
    decided_by: str

    @property
    def waits(self) -> bool:
        return self.request.state is ExtensionState.ASKED


@dataclass(frozen=True, slots=True)
class Report:
    """A report on the way and who made it."""

    progress: TaskProgress
    by: str


@dataclass(frozen=True, slots=True)
class TaskView:
    """One task with all that its page shows."""

    task: Task
    row: TaskRow
    assigner: str
    acceptor: str  # if the assigner may not accept
    director: str
    on_behalf: str
    directive: Directive | None
    cause: Card | None
    whole: Task | None
    previous: Task | None
    parts: list[TaskRow]
    reports: list[Report]
    helpers: list[Helper]
    extensions: list[Asked]
    chain: list[Stay]
    files: list[StoredFile]
    links: list[Linked]
    acts: list[Act] = field(default_factory=list)

    @property
    def accepting(self) -> str:
        """Who looks at the result."""
        return self.acceptor or self.assigner

    @property
    def asked(self) -> Asked | None:
        """The request that waits for an answer."""
        return next((asked for asked in self.extensions if asked.waits), None)


def load_task(session: Session, actor: Actor, token: str) -> TaskView:
    """Everything of one task by a constant number of queries. Raises NotFound."""
    task = queries.get_task_by_token(session, actor, token)
    parts = queries.parts_of(session, task.id)
    reports = queries.progress_of(session, task.id)
    extensions = queries.extensions_of(session, task.id)
    directive = queries.directive_with_readers(session, task.directive_id)
    names = _names(session, task, reports, extensions, directive)
    rows = rows_of(session, actor, [task, *parts])
    asked = [_asked(request, names) for request in extensions]
    waiting = next((a.request for a in asked if a.waits), None)
    near = queries.visible_by_id(session, actor, (task.parent_id, task.previous_id))
    return TaskView(
        task=task,
        row=rows[0],
        assigner=names.get(task.assigner_post_id, ""),
        acceptor=names.get(task.acceptor_post_id or 0, ""),
        director=names.get(directive.from_post_id, "") if directive else "",
        on_behalf=_person(session, directive.on_behalf_of if directive else None),
        directive=directive,
        cause=_cause(session, actor, task),
        whole=near.get(task.parent_id or 0),
        previous=near.get(task.previous_id or 0),
        parts=rows[1:],
        reports=[Report(row, names.get(row.by_post_id or 0, "")) for row in reports],
        helpers=_helpers(session, task, names),
        extensions=asked,
        chain=custody.chain(session, queries.KIND, task.id),
        files=files_of(session, queries.KIND, [task.id])[task.id],
        links=linked_to(session, actor, queries.KIND, task.id),
        acts=acts_for(
            actor,
            task,
            parts_open=any(part.is_open for part in parts),
            asked=waiting,
            participant=queries.participation_of(actor, task),
            directive=directive,
        ),
    )


def parties(session: Session, task: Task, part: Party | None = None) -> dict[str, str]:
    """Who is concerned by an act, for the sentence after it; `part`: who got a split task."""
    posts = {task.lead_post_id, task.assigner_post_id, task.accepting_post_id}
    posts |= {part.post_id} if part else set()
    names = organisation.post_label(session, [post_id for post_id in posts if post_id])
    return {
        "lead": lead_labels(session, [task])[task.id],
        "assigner": names.get(task.assigner_post_id, ""),
        "acceptor": names.get(task.accepting_post_id, ""),
        "part": names.get(part.post_id or 0, "") if part else "",
    }


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody of the unit who could do the task, with how much lies there already."""

    post_id: int
    label: str
    open_tasks: int


def candidates(session: Session, task: Task) -> list[Candidate]:
    """The people of the unit and of those below it, heads first; two queries for the load."""
    if task.lead_unit_id is None:
        return []
    under = organisation.units_under(session, task.lead_unit_id)
    choices = [c for c in organisation.people_choices(session) if c.unit_id in under]
    load = dict(
        session.execute(
            sa.select(Task.lead_post_id, sa.func.count())
            .where(Task.lead_post_id.in_([c.post_id for c in choices]), Task.status.in_(OPEN))
            .group_by(Task.lead_post_id)
        )
        .tuples()
        .all()
    )
    return [Candidate(c.post_id, c.label, load.get(c.post_id, 0)) for c in choices]


def party_choices(
    session: Session, *, unit_ids: Iterable[int] | None = None
) -> list[tuple[str, str]]:
    """Units and people as values of a picker (`unit:12`, `post:31`); all, or of some units."""
    wanted = None if unit_ids is None else set(unit_ids)
    units: list[Unit] = organisation.units(session)
    people = organisation.people_choices(session)
    return [
        (f"unit:{unit.id}", unit.short_name)
        for unit in units
        if wanted is None or unit.id in wanted
    ] + [
        (f"post:{one.post_id}", one.label)
        for one in people
        if wanted is None or one.unit_id in wanted
    ]


def lead_choices(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """Whom the actor may give work to, as `services.making.check_reach` decides."""
    if ORGAN in actor.terms:
        return party_choices(session)
    led = {int(term.removeprefix("unit:")) for term in actor.terms if term.startswith("unit:")}
    if Role.DUTY_OFFICER in actor.roles:
        everywhere = [choice for choice in party_choices(session) if choice[0].startswith("unit:")]
        inside = party_choices(session, unit_ids=led)
        return everywhere + [choice for choice in inside if choice not in everywhere]
    return party_choices(session, unit_ids=led)


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A thing of any kind that waits somewhere, with how long it has been there."""

    card: Card
    label: str
    line: CustodyLine


def waiting_rows(
    session: Session, actor: Actor, *, unit_id: int, station: Station
) -> list[WaitingRow]:
    """What waits at a station of a unit, the oldest first: a few queries a kind."""
    stays = custody.waiting_at(session, actor, unit_id=unit_id, station=station)
    lines = {
        (kind, thing_id): line
        for kind in dict.fromkeys(stay.kind for stay in stays)
        for thing_id, line in custody.current(
            session, kind, [stay.thing_id for stay in stays if stay.kind == kind]
        ).items()
    }
    cards = kinds.cards(session, actor, [(stay.kind, stay.thing_id) for stay in stays])
    return [
        WaitingRow(card, kinds.get(card.kind).label, lines[card.kind, card.id]) for card in cards
    ]


def _cause(session: Session, actor: Actor, task: Task) -> Card | None:
    if task.kind is None or task.thing_id is None:
        return None
    return next(iter(kinds.cards(session, actor, [(task.kind, task.thing_id)])), None)


def _names(
    session: Session,
    task: Task,
    reports: Sequence[TaskProgress],
    extensions: Sequence[ExtensionRequest],
    directive: Directive | None,
) -> dict[int, str]:
    posts = {task.assigner_post_id, task.acceptor_post_id, task.lead_post_id}
    posts |= {report.by_post_id for report in reports}
    posts |= {row.asked_by for row in extensions} | {row.decided_by for row in extensions}
    posts |= {row.post_id for row in task.participants}
    if directive is not None:
        posts.add(directive.from_post_id)
    return organisation.post_label(session, [post_id for post_id in posts if post_id])


def _asked(request: ExtensionRequest, names: dict[int, str]) -> Asked:
    return Asked(
        request, names.get(request.asked_by or 0, ""), names.get(request.decided_by or 0, "")
    )


def _helpers(session: Session, task: Task, names: dict[int, str]) -> list[Helper]:
    rows = task.participants
    units = organisation.unit_label(session, [row.unit_id for row in rows if row.unit_id])
    return [
        Helper(
            who=names.get(row.post_id or 0) or units.get(row.unit_id or 0, ""),
            role=row.role,
            opened_at=row.opened_at,
            opinion=row.opinion or "",
            opinion_at=row.opinion_at,
        )
        for row in rows
    ]


def _person(session: Session, person_id: int | None) -> str:
    return "" if person_id is None else organisation.get_person(session, person_id).full_name
