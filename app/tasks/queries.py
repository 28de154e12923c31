"""Reads of tasks and directives; every list starts from `visible_tasks`."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from app.clock import VIETNAM, now
from app.errors import NotFound
from app.security import Actor, visible
from app.tasks.models import (
    FLASH,
    OPEN,
    RUNNING,
    Directive,
    ExtensionRequest,
    ExtensionState,
    RecurringRule,
    Task,
    TaskParticipant,
    TaskProgress,
    TaskStatus,
    is_finished,
)

KIND = "task"
NUMBERED_ROWS = 10_000
FINISHED_ROWS = 1_000
"""The newest finished tasks that can be leafed through; a filter finds the older ones."""

Tasks = sa.Select[tuple[Task]]


class Tab(enum.Enum):
    """The tabs of the list."""

    MINE = "cua-toi"
    GIVEN = "toi-giao"
    UNIT = "don-vi"
    SHARED = "phoi-hop"
    DONE = "da-xong"


TAB_LABELS = {
    Tab.MINE: "Việc của tôi",
    Tab.GIVEN: "Tôi giao",
    Tab.UNIT: "Đơn vị tôi",
    Tab.SHARED: "Phối hợp, theo dõi",
    Tab.DONE: "Đã xong",
}


def visible_tasks(actor: Actor) -> Tasks:
    """Every list, count, search and export starts here."""
    return visible(sa.select(Task), Task.id, KIND, actor)


def get_task(session: Session, actor: Actor, task_id: int) -> Task:
    """Raises NotFound for a task that is not there or not the actor's to see."""
    task = session.scalar(visible_tasks(actor).where(Task.id == task_id))
    if task is None:
        raise NotFound(f"task {task_id}")
    return task


def get_task_by_token(session: Session, actor: Actor, token: str) -> Task:
    """The task of an address, with its participants. Raises NotFound."""
    rows = visible_tasks(actor).where(Task.token == token).options(selectinload(Task.participants))
    task = session.scalar(rows)
    if task is None:
        raise NotFound(f"task {token}")
    return task


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """What a list is narrowed to. Empty values mean everything."""

    tab: Tab = Tab.MINE
    text: str = ""
    due: str = ""  # overdue, today, soon (three days), none
    status: TaskStatus | None = None
    unit_id: int | None = None

    @property
    def is_narrow(self) -> bool:
        """Whether it wants less than the whole tab."""
        return bool(self.text or self.due or self.status or self.unit_id)


@dataclass(frozen=True, slots=True)
class TaskPage:
    """One page of tasks with the numbers of all tabs. `more`: there are more than `total`."""

    tasks: Sequence[Task]
    total: int
    number: int
    size: int
    more: bool = False
    counts: dict[Tab, int] = field(default_factory=dict)
    overdue: dict[Tab, int] = field(default_factory=dict)

    @property
    def pages(self) -> int:
        return max(1, -(-min(self.total, NUMBERED_ROWS) // self.size))


def page_of_tasks(
    session: Session, actor: Actor, wanted: TaskFilter, *, page: int = 1, size: int = 20
) -> TaskPage:
    """A page in the order of urgency and due date, or the newest of the finished ones.

    One query for the page, one for the numbers of the open tabs; another for the total when it is
    narrowed or the finished ones are shown, which are counted to FINISHED_ROWS only.
    """
    counts, overdue = count_tabs(session, actor)
    if wanted.tab is Tab.DONE:
        return _page_of_finished(session, actor, wanted, page, size, counts, overdue)
    rows = narrowed(visible_tasks(actor), actor, wanted)
    total = counts[wanted.tab]
    if wanted.is_narrow:
        some = rows.with_only_columns(Task.id).limit(NUMBERED_ROWS).subquery()
        total = session.scalar(sa.select(sa.func.count()).select_from(some)) or 0
    rows = rows.order_by(Task.urgency.desc(), Task.due_at.is_(None), Task.due_at, Task.id)
    number = min(max(page, 1), NUMBERED_ROWS // size)
    found = session.scalars(rows.limit(size).offset((number - 1) * size)).all()
    return TaskPage(found, total, number, size, counts=counts, overdue=overdue)


def _page_of_finished(
    session: Session,
    actor: Actor,
    wanted: TaskFilter,
    page: int,
    size: int,
    counts: dict[Tab, int],
    overdue: dict[Tab, int],
) -> TaskPage:
    """The newest first: by the time of completion no index would help."""
    number = min(max(page, 1), FINISHED_ROWS // size)
    counted = _newest_finished(actor, wanted, FINISHED_ROWS + 1).subquery()
    total = session.scalar(sa.select(sa.func.count()).select_from(counted)) or 0
    ids = _newest_finished(actor, wanted, number * size)
    rows = sa.select(Task).where(Task.id.in_(ids)).order_by(Task.id.desc())
    found = session.scalars(rows.limit(size).offset((number - 1) * size)).all()
    shown, more = min(total, FINISHED_ROWS), total > FINISHED_ROWS
    return TaskPage(found, shown, number, size, more, counts, overdue)


def _newest_finished(actor: Actor, wanted: TaskFilter, most: int) -> sa.CompoundSelect[tuple[int]]:
    """Ids of finished tasks the actor did, gave, or whose unit they head: at least the `most`
    newest of all. There are many over the years, so each side walks down an index of its own."""
    posts = sorted(actor.post_ids)
    sides = (
        Task.lead_post_id.in_(posts),
        Task.assigner_post_id.in_(posts),
        Task.lead_unit_id.in_(units_led(actor)),
    )
    rows = _filtered(visible_tasks(actor).where(is_finished()), wanted)
    rows = rows.order_by(Task.id.desc()).limit(most).with_only_columns(Task.id)
    return sa.union(*(sa.select(rows.where(side).subquery().c.id) for side in sides))


def count_tabs(session: Session, actor: Actor) -> tuple[dict[Tab, int], dict[Tab, int]]:
    """How many tasks each tab of open ones has, and how many of those are overdue: one query."""
    late, tabs = _late(), [tab for tab in Tab if tab is not Tab.DONE]
    columns = [sa.func.count().filter(_in_tab(tab, actor)) for tab in tabs]
    columns += [sa.func.count().filter(_in_tab(tab, actor), late) for tab in tabs]
    seen = visible_tasks(actor).where(Task.status.in_(OPEN)).with_only_columns(*columns)
    values = session.execute(seen.order_by(None)).one()
    return (
        dict(zip(tabs, values[: len(tabs)], strict=True)),
        dict(zip(tabs, values[len(tabs) :], strict=True)),
    )


def counted_mine(actor: Actor) -> sa.Select[tuple[int, int]]:
    """How many tasks wait for the actor, and how many of them are overdue or Hỏa tốc."""
    pressing = sa.or_(_late(), Task.urgency >= FLASH)
    mine = visible(sa.select(Task), Task.id, KIND, actor, narrowed=True)
    mine = mine.where(_in_tab(Tab.MINE, actor))
    return mine.with_only_columns(sa.func.count(), sa.func.count().filter(pressing))


def count_open(session: Session) -> tuple[int, int]:
    """All open tasks and how many of them are overdue: numbers for the health page."""
    rows = sa.select(sa.func.count(), sa.func.count().filter(_late()))
    found = session.execute(rows.where(Task.status.in_(OPEN))).one()
    return found[0], found[1]


def become_overdue(
    session: Session, actor: Actor, since: datetime, *, limit: int
) -> Sequence[Task]:
    """Tasks the actor may see whose date passed after a moment, the longest overdue first."""
    rows = visible_tasks(actor).where(_late(), Task.due_at >= since)
    return session.scalars(rows.order_by(Task.due_at, Task.id).limit(limit)).all()


def _late() -> sa.ColumnElement[bool]:
    """Past its date and not handed in; a result that waits for acceptance is not late any more."""
    return sa.and_(Task.status.in_(RUNNING | {TaskStatus.RETURNED}), Task.due_at < now())


def units_led(actor: Actor) -> list[int]:
    """Units whose things the actor sees as their head."""
    return sorted(int(term[5:]) for term in actor.terms if term.startswith("unit:"))


def _mine(actor: Actor) -> sa.ColumnElement[bool]:
    posts, units = sorted(actor.post_ids), units_led(actor)
    unassigned = sa.and_(Task.lead_unit_id.in_(units), Task.lead_post_id.is_(None))
    theirs = sa.or_(
        sa.and_(Task.assigner_post_id.in_(posts), Task.acceptor_post_id.is_(None)),
        Task.acceptor_post_id.in_(posts),
    )
    to_accept = sa.and_(theirs, Task.status == TaskStatus.SUBMITTED)
    back = sa.and_(Task.assigner_post_id.in_(posts), Task.status == TaskStatus.RETURNED)
    return sa.or_(Task.lead_post_id.in_(posts), unassigned, to_accept, back)


def _shared(actor: Actor) -> sa.ColumnElement[bool]:
    row = TaskParticipant
    return Task.id.in_(
        sa.select(row.task_id).where(
            sa.or_(row.post_id.in_(sorted(actor.post_ids)), row.unit_id.in_(units_led(actor)))
        )
    )


def _in_tab(tab: Tab, actor: Actor) -> sa.ColumnElement[bool]:
    conditions = {
        Tab.MINE: _mine(actor),
        Tab.GIVEN: Task.assigner_post_id.in_(sorted(actor.post_ids)),
        Tab.UNIT: Task.lead_unit_id.in_(units_led(actor) or sorted(actor.unit_ids)),
        Tab.SHARED: _shared(actor),
    }
    return sa.and_(conditions[tab], Task.status.in_(OPEN))


def narrowed(rows: Tasks, actor: Actor, wanted: TaskFilter) -> Tasks:
    """Of some tasks those that a filter of an open tab wants."""
    return _filtered(rows.where(_in_tab(wanted.tab, actor)), wanted)


def _filtered(rows: Tasks, wanted: TaskFilter) -> Tasks:
    if wanted.text:
        rows = rows.where(Task.title.icontains(wanted.text, autoescape=True))
    if wanted.status is not None:
        rows = rows.where(Task.status == wanted.status)
    if wanted.unit_id is not None:
        rows = rows.where(Task.lead_unit_id == wanted.unit_id)
    moment = now()
    midnight = datetime.combine(moment.astimezone(VIETNAM).date(), time(), VIETNAM)
    bounds = {
        "overdue": _late(),
        "today": Task.due_at.between(midnight, midnight + timedelta(days=1)),
        "soon": Task.due_at.between(moment, midnight + timedelta(days=4)),
        "none": Task.due_at.is_(None),
    }
    return rows.where(bounds[wanted.due]) if wanted.due in bounds else rows


def progress_of(session: Session, task_id: int) -> list[TaskProgress]:
    """Reports, the newest first."""
    rows = sa.select(TaskProgress).where(TaskProgress.task_id == task_id)
    return list(session.scalars(rows.order_by(TaskProgress.id.desc())))


def extensions_of(session: Session, task_id: int) -> list[ExtensionRequest]:
    rows = sa.select(ExtensionRequest).where(ExtensionRequest.task_id == task_id)
    return list(session.scalars(rows.order_by(ExtensionRequest.id.desc())))


def open_extension(session: Session, task_id: int) -> ExtensionRequest | None:
    """The request that waits for an answer."""
    rows = sa.select(ExtensionRequest).filter_by(task_id=task_id, state=ExtensionState.ASKED)
    return session.scalar(rows)


def parts_of(session: Session, task_id: int) -> list[Task]:
    return list(session.scalars(sa.select(Task).filter_by(parent_id=task_id).order_by(Task.id)))


def open_parts(session: Session, task_id: int) -> list[Task]:
    return [part for part in parts_of(session, task_id) if part.is_open]


def tasks_of(session: Session, kind: str, thing_ids: Iterable[int]) -> list[Task]:
    """All tasks that a thing caused, in order, with their participants."""
    rows = sa.select(Task).where(Task.kind == kind, Task.thing_id.in_(set(thing_ids)))
    return list(session.scalars(rows.order_by(Task.id).options(selectinload(Task.participants))))


def open_tasks_of(session: Session, kind: str | None, thing_id: int | None) -> list[Task]:
    """The whole tasks of a thing that are not finished; none for a task without a cause."""
    if kind is None or thing_id is None:
        return []
    return [
        task for task in tasks_of(session, kind, [thing_id]) if task.is_open and not task.parent_id
    ]


def open_directed_task(session: Session, kind: str, thing_id: int) -> Task | None:
    """The open whole task that a directive on the thing made, if there is one."""
    found = open_tasks_of(session, kind, thing_id)
    return next((task for task in found if task.directive_id), None)


def tasks_of_directive(session: Session, directive_id: int) -> list[Task]:
    rows = sa.select(Task).filter_by(directive_id=directive_id).order_by(Task.id)
    return list(session.scalars(rows.options(selectinload(Task.participants))))


def get_directive(session: Session, directive_id: int) -> Directive:
    """Raises NotFound. Whether the actor may see the thing is the caller's question."""
    directive = session.get(Directive, directive_id)
    if directive is None:
        raise NotFound(f"directive {directive_id}")
    return directive


def directive_with_readers(session: Session, directive_id: int | None) -> Directive | None:
    """The directive that made a task, if one did."""
    rows = sa.select(Directive).where(Directive.id == directive_id)
    return session.scalar(rows.options(selectinload(Directive.readers)))


def visible_by_id(
    session: Session, actor: Actor, task_ids: Iterable[int | None]
) -> dict[int, Task]:
    """Those of some tasks that the actor may see, by id."""
    wanted = {task_id for task_id in task_ids if task_id}
    rows = session.scalars(visible_tasks(actor).where(Task.id.in_(wanted))).all()
    return {task.id: task for task in rows}


def directives_of(session: Session, kind: str, thing_ids: Iterable[int]) -> list[Directive]:
    """Directives on things, the newest first, with their readers."""
    rows = sa.select(Directive).where(
        Directive.kind == kind, Directive.thing_id.in_(set(thing_ids))
    )
    ordered = rows.order_by(Directive.id.desc()).options(selectinload(Directive.readers))
    return list(session.scalars(ordered))


def participation_of(actor: Actor, task: Task) -> TaskParticipant | None:
    """The actor's own part in a task beside the lead."""
    units = set(units_led(actor))
    for row in task.participants:
        if row.post_id in actor.post_ids or row.unit_id in units:
            return row
    return None


def running_rules(session: Session, actor: Actor | None = None) -> list[RecurringRule]:
    """Rules that still make occurrences: all, or those of the actor's posts."""
    rows = sa.select(RecurringRule).where(RecurringRule.stopped_at.is_(None))
    if actor is not None:
        rows = rows.where(RecurringRule.assigner_post_id.in_(sorted(actor.post_ids)))
    return list(session.scalars(rows.order_by(RecurringRule.id)))
