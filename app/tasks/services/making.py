"""Making tasks: from a directive, by hand, by splitting another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app import audit, outbox
from app.clock import now
from app.errors import InvalidInput, PermissionDenied, RuleViolated
from app.notifications.services import notify
from app.organisation import queries as organisation
from app.security import ORGAN, Actor, Role, authorize, grant, post_term, unit_term
from app.tasks import clocks, permissions, queries, standing
from app.tasks.models import (
    FLASH,
    Participation,
    Task,
    TaskParticipant,
    TaskSource,
    TaskStatus,
)
from app.tasks.parties import Party
from app.worktime.rules import Rule

KIND = "task"


@dataclass(frozen=True, slots=True)
class TaskOrder:
    """The five things that must be clear: work, lead, coordinators, due date, product (body)."""

    title: str
    lead: Party
    body: str = ""
    coordinators: Sequence[Party] = ()
    readers: Sequence[Party] = ()
    due_at: datetime | None = None
    urgency: int = 0
    limit: Rule | None = None  # when the date was counted: a corrected calendar moves it


def create_task(
    session: Session, actor: Actor, order: TaskOrder, *, source: TaskSource = TaskSource.ORAL
) -> Task:
    """Give a task by hand: an oral order, a conclusion of a meeting, a plan.

    Raises:
        PermissionDenied: the actor may not give tasks, or not outside their unit.
        InvalidInput: no title, a due date that has passed, or a unit that nobody heads.
    """
    actor = authorize(actor, permissions.CREATE)
    check_reach(session, actor, order.lead)
    return make_task(session, actor, order, source=source)


def split_task(session: Session, actor: Actor, *, task_id: int, order: TaskOrder) -> Task:
    """Give a part of a task to somebody else; the whole stays with its lead.

    Raises:
        PermissionDenied: the actor may not give tasks, or not outside their unit.
        RuleViolated: the lead does not have it now, or the part would be due after the whole.
    """
    whole = queries.get_task(session, actor, task_id)
    actor = authorize(standing.as_lead(actor, whole), permissions.CREATE)
    check_reach(session, actor, order.lead)
    standing.must_be_running(whole)
    if whole.due_at is not None and (order.due_at is None or order.due_at > whole.due_at):
        raise RuleViolated("Hạn của việc tách ra không được sau hạn của việc chính.")
    if whole.status is TaskStatus.NOT_STARTED:
        standing.start(session, actor, whole)
    part = make_task(session, actor, order, source=TaskSource.SPLIT, parent=whole)
    outbox.changed(session, KIND, whole.id)
    return part


def waive_children(session: Session, actor: Actor, *, task_id: int) -> None:
    """Let a task be finished although parts of it are open."""
    task = queries.get_task(session, actor, task_id)
    actor = authorize(standing.as_lead(actor, task), permissions.HANDLE)
    standing.must_be_running(task)
    if task.children_waived or not queries.open_parts(session, task.id):
        raise RuleViolated("Không còn việc tách ra nào đang mở.")
    task.children_waived = True
    audit.record(session, actor, "task.parts_waived", task.id)
    outbox.changed(session, KIND, task.id)


def make_task(
    session: Session,
    actor: Actor,
    order: TaskOrder,
    *,
    source: TaskSource,
    parent: Task | None = None,
    directive_id: int | None = None,
    cause: tuple[str, int] | None = None,
) -> Task:
    """The row with its participants, rights, place and notices. Permission is the caller's."""
    if actor.post_id is None:
        raise PermissionDenied("a task needs an assigner with a post")
    if parent is not None:
        cause, directive_id = _cause_of(parent), parent.directive_id
    kind, thing_id = cause or (None, None)
    task = Task(
        title=_check(session, order),
        body=order.body.strip(),
        source=source,
        urgency=order.urgency,
        directive_id=directive_id,
        kind=kind,
        thing_id=thing_id,
        parent_id=parent.id if parent else None,
        assigner_post_id=actor.post_id,
        acceptor_post_id=_acceptor(session, actor.post_id, order.lead),
        lead_unit_id=_unit_of(session, order.lead),
        lead_post_id=order.lead.post_id,
        due_at=order.due_at,
        original_due_at=order.due_at,
        assigned_at=now() if order.lead.post_id else None,
    )
    task.participants = _participants(order)
    session.add(task)
    session.flush()
    if order.limit is not None:
        clocks.start(session, actor, task, order.limit)
    _open_to(session, actor, task, order)
    standing.place_at_lead(session, task)
    _announce(session, actor, task, order)
    return task


def _acceptor(session: Session, assigner_post_id: int, lead: Party) -> int | None:
    """Who accepts instead of an assigner whose roles may not, as those of the duty desk: the chief
    of office, to whose office it belongs, else a leader; nobody the work of the own unit
    (docs/adr/008)."""
    accepting = permissions.ACCEPT.roles.keys()
    if organisation.get_post(session, assigner_post_id).roles & accepting:
        return None
    for role in (Role.CHIEF_OF_OFFICE, Role.LEADER):
        for post in organisation.posts_with_role(session, role):
            if post.unit_id != _unit_of(session, lead):
                return post.id
    return None


def _check(session: Session, order: TaskOrder) -> str:
    """The tidy title of an order that can be carried out."""
    title = order.title.strip()
    if not title:
        raise InvalidInput("Phải ghi nội dung việc cần làm.", "title")
    if order.due_at is not None and order.due_at < now():
        raise InvalidInput("Hạn xử lý đã qua, hãy chọn ngày khác.", "due_at")
    unit_id = order.lead.unit_id
    if unit_id is not None and organisation.head_post(session, unit_id) is None:
        raise InvalidInput("Đơn vị này chưa có người phụ trách. Hãy giao đích danh.", "lead")
    return title[:500]


def check_reach(session: Session, actor: Actor, lead: Party) -> None:
    """A head gives work within the unit only; leaders and the chief of office everywhere.

    Raises:
        PermissionDenied: the lead is outside what the actor directs.
    """
    unit_id = _unit_of(session, lead)
    if ORGAN in actor.terms or (unit_id is not None and unit_term(unit_id) in actor.terms):
        return
    if lead.unit_id is not None and Role.DUTY_OFFICER in actor.roles:
        return  # the duty officer sends an incident to a unit
    raise PermissionDenied(f"post {actor.post_id} directs no work in unit {unit_id}")


def _cause_of(task: Task) -> tuple[str, int] | None:
    return (task.kind, task.thing_id) if task.kind and task.thing_id else None


def _unit_of(session: Session, party: Party) -> int | None:
    if party.unit_id is not None:
        return party.unit_id
    return organisation.get_post(session, party.post_id or 0).unit_id


def _participants(order: TaskOrder) -> list[TaskParticipant]:
    """Coordinators and readers once each; who leads or coordinates is no mere reader."""
    seen = {order.lead.term}
    rows = []
    for role, parties in (
        (Participation.COORDINATOR, order.coordinators),
        (Participation.FOR_INFORMATION, order.readers),
    ):
        for party in parties:
            if party.term not in seen:
                seen.add(party.term)
                rows.append(
                    TaskParticipant(role=role, unit_id=party.unit_id, post_id=party.post_id)
                )
    return rows


def _open_to(session: Session, actor: Actor, task: Task, order: TaskOrder) -> None:
    terms = {post_term(task.assigner_post_id): "assigner", order.lead.term: "lead"}
    terms.setdefault(post_term(task.accepting_post_id), "acceptor")
    if task.lead_unit_id is not None:
        terms.setdefault(unit_term(task.lead_unit_id), "lead")
    for party in (*order.coordinators, *order.readers):
        terms.setdefault(party.term, "participant")
    cause = _cause_of(task)
    for term, reason in terms.items():
        grant(session, KIND, task.id, term, reason)
        if cause is not None:
            grant(session, cause[0], cause[1], term, reason)


def _announce(session: Session, actor: Actor, task: Task, order: TaskOrder) -> None:
    lead = order.lead
    notify(
        session,
        event="task.given",
        kind=KIND,
        thing_id=task.id,
        title=f"Việc mới: {task.title}",
        urgent=task.urgency >= FLASH,
        post_ids=[lead.post_id] if lead.post_id else [],
        unit_ids=[lead.unit_id] if lead.unit_id else [],
    )
    others = [*order.coordinators, *order.readers]
    notify(
        session,
        event="task.shared",
        kind=KIND,
        thing_id=task.id,
        title=f"Phối hợp, theo dõi: {task.title}",
        post_ids=[party.post_id for party in others if party.post_id],
        unit_ids=[party.unit_id for party in others if party.unit_id],
    )
    audit.record(session, actor, "task.given", task.id, lead=order.lead.term)
    outbox.changed(session, KIND, task.id)
