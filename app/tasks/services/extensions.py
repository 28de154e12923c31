"""Later dates (gia hạn): asked before the date, decided by whoever accepts the result."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app import audit, outbox
from app.clock import local, now
from app.errors import InvalidInput, RuleViolated
from app.notifications.services import notify
from app.security import Actor, authorize
from app.tasks import clocks, permissions, queries, standing
from app.tasks.models import ExtensionRequest, ExtensionState, Task
from app.tasks.services.making import KIND


def request_extension(
    session: Session, actor: Actor, *, task_id: int, new_due_at: datetime, reason: str
) -> ExtensionRequest:
    """Ask for a later date.

    Raises:
        RuleViolated: the date has passed already, there is none, or a request waits.
        InvalidInput: the new date is not later, or there is no reason.
    """
    task = queries.get_task(session, actor, task_id)
    actor = authorize(standing.as_lead(actor, task), permissions.HANDLE)
    _check(session, task, new_due_at, reason)
    request = ExtensionRequest(
        task_id=task.id,
        reason=reason.strip(),
        new_due_at=new_due_at,
        asked_by=actor.post_id,
        asked_at=now(),
    )
    session.add(request)
    notify(
        session,
        event="task.extension_asked",
        kind=KIND,
        thing_id=task.id,
        title=f"Xin gia hạn đến {local(new_due_at):%d/%m/%Y}: {task.title}",
        text=request.reason,
        post_ids=[task.accepting_post_id],
    )
    audit.record(session, actor, "task.extension_asked", task.id, to=new_due_at.isoformat())
    outbox.changed(session, KIND, task.id)
    return request


def _check(session: Session, task: Task, new_due_at: datetime, reason: str) -> None:
    """That a later date can be asked for now, and that this one can."""
    standing.must_be_running(task)
    if task.due_at is None:
        raise RuleViolated("Công việc không có thời hạn, không cần gia hạn.")
    if now() > task.due_at:
        raise RuleViolated("Đã quá hạn. Gia hạn phải xin trước khi hết hạn.")
    if new_due_at <= task.due_at:
        raise InvalidInput("Hạn mới phải sau hạn hiện tại.", "new_due_at")
    if not reason.strip():
        raise InvalidInput("Phải ghi lý do xin gia hạn.", "reason")
    if queries.open_extension(session, task.id) is not None:
        raise RuleViolated("Đã có một đề nghị gia hạn đang chờ trả lời.")


def decide_extension(
    session: Session, actor: Actor, *, task_id: int, grant_it: bool, answer: str = ""
) -> Task:
    """Grant or refuse the request that waits. The first date stays on record."""
    task = queries.get_task(session, actor, task_id)
    actor = authorize(standing.as_acceptor(actor, task), permissions.ACCEPT)
    request = queries.open_extension(session, task.id)
    if request is None:
        raise RuleViolated("Không có đề nghị gia hạn nào đang chờ.")
    if not grant_it and not answer.strip():
        raise InvalidInput("Phải ghi lý do không đồng ý gia hạn.", "answer")
    request.state = ExtensionState.GRANTED if grant_it else ExtensionState.REFUSED
    request.decided_by, request.decided_at = actor.post_id, now()
    request.answer = answer.strip()
    if grant_it:
        task.due_at = request.new_due_at
        task.extension_count += 1
        clocks.keep_step(session, actor, task)
    verdict = "Đồng ý" if grant_it else "Không đồng ý"
    notify(
        session,
        event="task.extension_decided",
        kind=KIND,
        thing_id=task.id,
        title=f"{verdict} gia hạn: {task.title}",
        text=request.answer,
        post_ids=[request.asked_by] if request.asked_by else [],
    )
    audit.record(session, actor, "task.extension_decided", task.id, granted=grant_it)
    outbox.changed(session, KIND, task.id)
    return task
