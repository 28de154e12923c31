"""Directives (bút phê): one of four outcomes, in one commit with all that follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit, outbox
from app.clock import now
from app.errors import InvalidInput, PermissionDenied, RuleViolated
from app.notifications.services import mark_read, notify
from app.organisation import queries as organisation
from app.security import SYSTEM, Actor, Role, authorize, grant, post_term, revoke, unit_term
from app.tasks import clocks, custody, hooks, opening, permissions, queries, standing
from app.tasks.models import (
    FLASH,
    Directive,
    DirectiveReader,
    Outcome,
    Station,
    Task,
    TaskSource,
    TaskStatus,
)
from app.tasks.parties import Party
from app.tasks.services.making import TaskOrder, check_reach, make_task
from app.worktime.rules import Rule


@dataclass(frozen=True, slots=True)
class DirectiveOrder:
    """What a leader decides. `lead` and `coordinators` belong to ASSIGN, `to_post_id` to REDIRECT,
    `readers` to ASSIGN and INFORM. `suggested`: the proposal was taken as it stood. `limit`: how
    `due_at` was counted, when it was."""

    outcome: Outcome
    text: str = ""
    lead: Party | None = None
    coordinators: Sequence[Party] = ()
    readers: Sequence[Party] = ()
    due_at: datetime | None = None
    to_post_id: int | None = None
    urgency: int = 0
    suggested: bool = False
    limit: Rule | None = None


def give_directive(
    session: Session,
    actor: Actor,
    *,
    kind: str,
    thing_id: int,
    title: str,
    order: DirectiveOrder,
    sent_to_post_id: int | None = None,
) -> Directive:
    """Direct a thing. The caller has made sure that the actor may see it and that it waits.

    `title` names the thing for the task and the notices; `sent_to_post_id` is the post that it
    was submitted to, in which the actor acts.

    Raises:
        PermissionDenied: the actor may not direct, or not beyond their unit.
        InvalidInput: the order lacks a lead, a reader or a leader.
        RuleViolated: the thing is assigned already; recall that first.
    """
    actor = authorize(actor, permissions.DIRECT, post_id=sent_to_post_id)
    if actor.post_id is None:
        raise PermissionDenied("a directive needs a post")
    _check(session, actor, order)
    _replace_returned(session, actor, kind, thing_id)
    directive = _written(actor, actor.post_id, kind, thing_id, order)
    session.add(directive)
    session.flush()
    grant(session, kind, thing_id, post_term(actor.post_id), "directed")
    _EFFECTS[order.outcome](session, actor, directive, order, title)
    audit.record(
        session, actor, "directive.given", directive.id, of=kind, thing=thing_id,
        outcome=order.outcome.value,
    )  # fmt: skip
    hooks.directive_given(session, hooks.DirectiveGiven(actor, directive))
    outbox.changed(session, kind, thing_id)
    return directive


def _written(
    actor: Actor, post_id: int, kind: str, thing_id: int, order: DirectiveOrder
) -> Directive:
    """The row of an order, with its readers; `post_id` gives it."""
    directive = Directive(
        kind=kind,
        thing_id=thing_id,
        outcome=order.outcome,
        text=order.text.strip()[:2000],
        from_post_id=post_id,
        by_person_id=actor.person_id,
        on_behalf_of=actor.on_behalf_of,
        to_post_id=order.to_post_id,
        lead_unit_id=order.lead.unit_id if order.lead else None,
        lead_post_id=order.lead.post_id if order.lead else None,
        due_at=order.due_at,
        urgency=order.urgency,
        suggested=order.suggested,
        created_at=now(),
    )
    directive.readers = [
        DirectiveReader(unit_id=party.unit_id, post_id=party.post_id) for party in order.readers
    ]
    return directive


def recall_directive(session: Session, actor: Actor, *, directive_id: int, reason: str) -> None:
    """Take a directive back while nobody has opened it.

    Raises:
        PermissionDenied: another post gave it.
        RuleViolated: somebody has opened it; ask for its return instead.
    """
    directive = queries.get_directive(session, directive_id)
    if directive.from_post_id not in actor.post_ids:
        raise PermissionDenied(f"directive {directive_id} is another's")
    actor = authorize(actor.in_post(directive.from_post_id), permissions.DIRECT)
    tasks = queries.tasks_of_directive(session, directive_id)
    if any(task.opened_at for task in tasks) or any(r.opened_at for r in directive.readers):
        raise RuleViolated("Đã có người mở văn bản này. Hãy dùng “Yêu cầu trả lại”.")
    directive.recall(reason)
    terms = _terms_of(directive, tasks)
    for task in tasks:
        task.become(TaskStatus.CANCELLED)
        task.completed_at = now()
        custody.close(session, "task", task.id)
        clocks.keep_step(session, actor, task)
        outbox.changed(session, "task", task.id)
    for term in terms:
        revoke(session, directive.kind, directive.thing_id, term)
        for task in tasks:
            revoke(session, "task", task.id, term)
    custody.move(
        session, directive.kind, directive.thing_id,
        station=Station.LEADER, post_id=directive.from_post_id,
    )  # fmt: skip
    audit.record(session, actor, "directive.recalled", directive.id)
    hooks.directive_recalled(session, hooks.DirectiveRecalled(actor, directive))
    outbox.changed(session, directive.kind, directive.thing_id)


def request_return(session: Session, actor: Actor, *, task_id: int, reason: str) -> None:
    """Ask the lead, who has opened the task, to give it back (yêu cầu trả lại).

    Raises:
        RuleViolated: no directive made the task, or nobody has opened it yet: recall it instead.
    """
    task = queries.get_task(session, actor, task_id)
    actor = authorize(standing.as_assigner(actor, task), permissions.DIRECT)
    standing.must_be_running(task)
    directive = queries.directive_with_readers(session, task.directive_id)
    if directive is None or task.parent_id is not None:
        raise RuleViolated("Việc này không do ý kiến chỉ đạo tạo ra. Hãy dùng “Hủy việc”.")
    if not task.opened_at and not any(reader.opened_at for reader in directive.readers):
        raise RuleViolated("Chưa có ai mở việc này. Hãy dùng “Thu hồi”.")
    if not reason.strip():
        raise InvalidInput("Phải ghi lý do yêu cầu trả lại.", "reason")
    notify(
        session,
        event="task.return_asked",
        kind="task",
        thing_id=task.id,
        title=f"Yêu cầu trả lại: {task.title}",
        text=reason.strip(),
        post_ids=[task.lead_post_id] if task.lead_post_id else [],
        unit_ids=[task.lead_unit_id] if task.lead_unit_id else [],
    )
    audit.record(session, actor, "task.return_asked", task.id)


def mark_opened(session: Session, actor: Actor, kind: str, thing_id: int) -> bool:
    """Note that the actor has looked at a thing and at what it means for them (“Đã xem”).

    Returns whether anything was new. An INFORM directive that all have opened closes.
    """
    news = custody.opened(session, actor, kind, thing_id)
    if kind == "task":
        for thing in standing.things(queries.get_task(session, actor, thing_id)):
            news |= custody.opened(session, actor, *thing)
    for task in session.scalars(opening.unopened_tasks(actor, kind, thing_id)).all():
        task.opened_at, news = now(), True
        custody.opened(session, actor, "task", task.id)
    for participant in session.scalars(
        opening.unopened_participations(actor, kind, thing_id)
    ).all():
        participant.opened_at, news = now(), True
    for reader in session.scalars(opening.unopened_readings(actor, kind, thing_id)).all():
        reader.opened_at, reader.opened_by, news = now(), actor.person_id, True
        if all(other.opened_at for other in reader.directive.readers):
            _close_inform(session, actor, reader.directive)
    mark_read(session, actor, thing=(kind, thing_id))
    if news:
        audit.record(session, actor, f"{kind}.seen", thing_id)
        outbox.changed(session, kind, thing_id)
    return news


def close_expired_informs(session: Session, *, older_than: timedelta, limit: int = 200) -> int:
    """Close INFORM directives whose readers did not all open them in time. Returns how many."""
    rows = session.scalars(
        sa.select(Directive)
        .where(
            Directive.outcome == Outcome.INFORM,
            Directive.closed_at.is_(None),
            Directive.recalled_at.is_(None),
            Directive.created_at < now() - older_than,
        )
        .limit(limit)
    ).all()
    for directive in rows:
        _close_inform(session, SYSTEM, directive)
        outbox.changed(session, directive.kind, directive.thing_id)
    return len(rows)


def _replace_returned(session: Session, actor: Actor, kind: str, thing_id: int) -> None:
    """A new directive takes the place of a task that was given back; of a running one never."""
    task = queries.open_directed_task(session, kind, thing_id)
    if task is None:
        return
    if task.status is not TaskStatus.RETURNED:
        raise RuleViolated("Đã giao cho một nơi chủ trì. Hãy thu hồi trước khi giao lại.")
    task.become(TaskStatus.CANCELLED)
    task.completed_at = now()
    custody.close(session, "task", task.id)
    clocks.keep_step(session, actor, task)
    audit.record(session, actor, "task.replaced", task.id)
    outbox.changed(session, "task", task.id)


def _check(session: Session, actor: Actor, order: DirectiveOrder) -> None:
    if order.outcome is Outcome.ASSIGN:
        if order.lead is None:
            raise InvalidInput("Phải chọn một đơn vị hoặc một người chủ trì.", "lead")
        check_reach(session, actor, order.lead)
    if order.outcome is Outcome.INFORM and not order.readers:
        raise InvalidInput("Phải chọn ít nhất một nơi nhận để biết.", "readers")
    if order.outcome is Outcome.REDIRECT:
        leaders = {post.id for post in organisation.posts_with_role(session, Role.LEADER)}
        if order.to_post_id not in leaders - {actor.post_id}:
            raise InvalidInput("Phải chọn một lãnh đạo khác.", "to_post_id")


def _assign(
    session: Session, actor: Actor, directive: Directive, order: DirectiveOrder, title: str
) -> None:
    if order.lead is None:
        raise InvalidInput("Phải chọn một đơn vị hoặc một người chủ trì.", "lead")
    task_order = TaskOrder(
        title=title,
        lead=order.lead,
        body=order.text,
        coordinators=order.coordinators,
        readers=order.readers,
        due_at=order.due_at,
        urgency=order.urgency,
        limit=order.limit,
    )
    make_task(
        session, actor, task_order,
        source=TaskSource.DIRECTIVE,
        directive_id=directive.id,
        cause=(directive.kind, directive.thing_id),
    )  # fmt: skip


def _redirect(
    session: Session, actor: Actor, directive: Directive, order: DirectiveOrder, title: str
) -> None:
    to_post = order.to_post_id or 0
    grant(session, directive.kind, directive.thing_id, post_term(to_post), "redirected")
    custody.move(
        session, directive.kind, directive.thing_id, station=Station.LEADER, post_id=to_post
    )
    notify(
        session,
        event="directive.redirected",
        kind=directive.kind,
        thing_id=directive.thing_id,
        title=f"Chờ đồng chí chỉ đạo: {title}",
        text=directive.text,
        post_ids=[to_post],
        urgent=directive.urgency >= FLASH,
    )


def _inform(
    session: Session, actor: Actor, directive: Directive, order: DirectiveOrder, title: str
) -> None:
    for party in order.readers:
        grant(session, directive.kind, directive.thing_id, party.term, "informed")
    custody.move(session, directive.kind, directive.thing_id, station=Station.READERS)
    notify(
        session,
        event="directive.informed",
        kind=directive.kind,
        thing_id=directive.thing_id,
        title=f"Để biết: {title}",
        text=directive.text,
        post_ids=[party.post_id for party in order.readers if party.post_id],
        unit_ids=[party.unit_id for party in order.readers if party.unit_id],
    )


def _file(
    session: Session, actor: Actor, directive: Directive, order: DirectiveOrder, title: str
) -> None:
    directive.closed_at = now()
    custody.close(session, directive.kind, directive.thing_id)


_EFFECTS = {
    Outcome.ASSIGN: _assign,
    Outcome.REDIRECT: _redirect,
    Outcome.INFORM: _inform,
    Outcome.FILE: _file,
}


def _close_inform(session: Session, actor: Actor, directive: Directive) -> None:
    if directive.outcome is not Outcome.INFORM or directive.closed_at is not None:
        return
    directive.closed_at = now()
    custody.close(session, directive.kind, directive.thing_id)
    hooks.directive_read(session, hooks.DirectiveRead(actor, directive))


def _terms_of(directive: Directive, tasks: Sequence[Task]) -> set[str]:
    """The doors a directive opened, but not that of the leader who gave it."""
    sides = [(directive.lead_unit_id, directive.lead_post_id)]
    sides += [(reader.unit_id, reader.post_id) for reader in directive.readers]
    sides += [(p.unit_id, p.post_id) for task in tasks for p in task.participants]
    terms = {unit_term(unit_id) for unit_id, _ in sides if unit_id}
    terms |= {post_term(post_id) for _, post_id in sides if post_id}
    return terms - {post_term(directive.from_post_id)}
