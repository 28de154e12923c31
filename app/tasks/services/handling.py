"""Doing tasks: assign, report, finish, accept, return, urge."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app import audit, outbox
from app.clock import now
from app.errors import EditConflict, InvalidInput, PermissionDenied, RuleViolated
from app.notifications.services import notify
from app.organisation import queries as organisation
from app.security import Actor, authorize, grant, post_term
from app.tasks import clocks, hooks, permissions, queries, standing
from app.tasks.models import (
    FLASH,
    Participation,
    Station,
    Task,
    TaskParticipant,
    TaskProgress,
    TaskStatus,
)
from app.tasks.services import results
from app.tasks.services.making import KIND
from app.tasks.services.results import ResultFile


def assign_specialist(
    session: Session,
    actor: Actor,
    *,
    task_id: int,
    post_id: int,
    note: str = "",
    version: int | None = None,
) -> Task:
    """Let somebody of the unit do its task. Also changes who does it.

    Raises:
        PermissionDenied: the actor does not head the unit.
        RuleViolated: the post is of another unit, or the task is closed.
        EditConflict: `version` is given and the task has changed since.
    """
    task = queries.get_task(session, actor, task_id)
    if version is not None and version != task.version:
        raise EditConflict(f"task {task_id} is at {task.version}, not {version}")
    actor = authorize(standing.as_head(actor, task), permissions.CREATE)
    standing.must_be_running(task)
    unit_id = organisation.get_post(session, post_id).unit_id
    if unit_id not in organisation.units_under(session, task.lead_unit_id or 0):
        raise RuleViolated("Chỉ giao được cho người trong đơn vị.")
    task.lead_post_id, task.assigned_at = post_id, now()
    task.opened_at = task.opened_at or now()
    grant(session, KIND, task.id, post_term(post_id), "assigned")
    if task.kind and task.thing_id:
        grant(session, task.kind, task.thing_id, post_term(post_id), "assigned")
    if task.status is TaskStatus.NOT_STARTED:
        standing.start(session, actor, task)
    standing.place(session, task, Station.HANDLER, post_id=post_id)
    _tell(session, task, "task.assigned", f"Việc mới: {task.title}", note, post_ids=[post_id])
    _write_down(session, actor, task, "task.assigned", post=post_id)
    return task


def report_progress(
    session: Session, actor: Actor, *, task_id: int, percent: int, text: str
) -> TaskProgress:
    """Report on the way: how far (0 to 99 percent) and in words."""
    task = queries.get_task(session, actor, task_id)
    actor = authorize(standing.as_lead(actor, task), permissions.HANDLE)
    standing.must_be_running(task)
    if not 0 <= percent < 100:
        raise InvalidInput("Tiến độ là số từ 0 đến 99; xong thì báo hoàn thành.", "percent")
    if not text.strip():
        raise InvalidInput("Phải ghi nội dung báo cáo.", "text")
    standing.looked_at(session, actor, task)
    if task.status is TaskStatus.NOT_STARTED:
        standing.start(session, actor, task)
    task.percent = percent
    progress = TaskProgress(
        task_id=task.id,
        by_post_id=actor.post_id,
        by_person_id=actor.person_id,
        at=now(),
        percent=percent,
        text=text.strip(),
    )
    session.add(progress)
    _write_down(session, actor, task, "task.reported", percent=percent)
    return progress


def submit_completion(
    session: Session,
    actor: Actor,
    *,
    task_id: int,
    product: str,
    files: Sequence[ResultFile] = (),
    document: str = "",
) -> Task:
    """Hand in the result to whoever accepts it: in words of one line or more, with files whose
    bytes are stored already, and with the number of a document that it is linked to.

    Raises:
        InvalidInput: nothing says what the product is; no visible document has the number, or
            more than one has.
        RuleViolated: parts are open and not waived.
    """
    task = queries.get_task(session, actor, task_id)
    actor = authorize(standing.as_lead(actor, task), permissions.HANDLE)
    if not product.strip():
        raise InvalidInput("Phải ghi sản phẩm: số văn bản trả lời hoặc kết quả.", "product")
    if queries.open_parts(session, task.id) and not task.children_waived:
        raise RuleViolated("Còn việc tách ra chưa xong. Hoàn thành hoặc bỏ qua các việc đó trước.")
    standing.looked_at(session, actor, task)
    if task.status is TaskStatus.NOT_STARTED:
        standing.start(session, actor, task)
    task.become(TaskStatus.SUBMITTED)
    results.attach(session, actor, task, files)
    results.link_document(session, actor, task, document)
    task.result = "\n".join(product.strip().splitlines())[:4000]
    task.product = " ".join(product.split())[:500]
    task.submitted_at, task.percent = now(), 100
    standing.place(session, task, Station.ACCEPTANCE, post_id=task.accepting_post_id)
    _tell(
        session, task, "task.submitted", f"Chờ duyệt kết quả: {task.title}", task.product,
        post_ids=[task.accepting_post_id],
    )  # fmt: skip
    _write_down(session, actor, task, "task.submitted")
    return task


def accept_completion(session: Session, actor: Actor, *, task_id: int) -> Task:
    """Accept the result; with the last open task its cause closes in the same commit."""
    task = queries.get_task(session, actor, task_id)
    actor = authorize(standing.as_acceptor(actor, task), permissions.ACCEPT)
    _not_own_work(actor, task)
    task.become(TaskStatus.COMPLETED)
    task.completed_at = now()
    session.flush()
    last = not queries.open_tasks_of(session, task.kind, task.thing_id)
    standing.leave(session, task, with_cause=last)
    accepted = f"Kết quả được chấp nhận: {task.title}"
    _tell_lead(session, task, "task.accepted", accepted)
    if task.acceptor_post_id is not None:
        _tell(session, task, "task.accepted", accepted, "", post_ids=[task.assigner_post_id])
    _write_down(session, actor, task, "task.accepted")
    hooks.task_completed(session, hooks.TaskCompleted(actor, task, last))
    return task


def reject_completion(session: Session, actor: Actor, *, task_id: int, reason: str) -> Task:
    """Send the result back to be done better."""
    task = queries.get_task(session, actor, task_id)
    actor = authorize(standing.as_acceptor(actor, task), permissions.ACCEPT)
    if not reason.strip():
        raise InvalidInput("Phải ghi yêu cầu bổ sung, chỉnh sửa.", "reason")
    if task.status is not TaskStatus.SUBMITTED:
        raise RuleViolated("Công việc chưa được báo hoàn thành.")
    task.become(TaskStatus.IN_PROGRESS)
    task.submitted_at, task.percent = None, 90
    standing.place_at_lead(session, task)
    _tell_lead(session, task, "task.rejected", f"Cần làm lại: {task.title}", reason.strip())
    _write_down(session, actor, task, "task.rejected")
    return task


def return_task(session: Session, actor: Actor, *, task_id: int, reason: str) -> Task:
    """Give the task back to whoever gave it: it is not this unit's or person's to do."""
    task = queries.get_task(session, actor, task_id)
    actor = authorize(standing.as_lead(actor, task), permissions.HANDLE)
    if not reason.strip():
        raise InvalidInput("Phải ghi lý do trả lại.", "reason")
    task.become(TaskStatus.RETURNED)
    task.return_reason, task.opened_at = reason.strip()[:500], task.opened_at or now()
    standing.place(session, task, Station.LEADER, post_id=task.assigner_post_id)
    _tell(
        session, task, "task.returned", f"Bị trả lại: {task.title}", task.return_reason,
        post_ids=[task.assigner_post_id],
    )  # fmt: skip
    _write_down(session, actor, task, "task.returned")
    hooks.task_returned(session, hooks.TaskReturned(actor, task))
    return task


def send_again(session: Session, actor: Actor, *, task_id: int, text: str = "") -> Task:
    """Give a returned task to the same lead once more, with an answer to the reason."""
    task = queries.get_task(session, actor, task_id)
    actor = authorize(standing.as_assigner(actor, task), permissions.CREATE)
    task.become(TaskStatus.NOT_STARTED)
    task.opened_at = None
    standing.place_at_lead(session, task)
    _tell_lead(session, task, "task.given", f"Giao lại: {task.title}", text.strip())
    _write_down(session, actor, task, "task.sent_again")
    return task


def cancel_task(session: Session, actor: Actor, *, task_id: int, reason: str) -> Task:
    """Call a task off. A whole task's cause waits for a new directive of its assigner, as if it
    had been given back."""
    task = queries.get_task(session, actor, task_id)
    actor = authorize(standing.as_assigner(actor, task), permissions.CREATE)
    if not reason.strip():
        raise InvalidInput("Phải ghi lý do hủy việc.", "reason")
    task.become(TaskStatus.CANCELLED)
    task.completed_at, task.return_reason = now(), reason.strip()[:500]
    standing.place(session, task, Station.LEADER, post_id=task.assigner_post_id)
    standing.leave(session, task, with_cause=False)
    _tell_lead(session, task, "task.cancelled", f"Đã hủy: {task.title}", reason.strip())
    _write_down(session, actor, task, "task.cancelled")
    hooks.task_returned(session, hooks.TaskReturned(actor, task))
    return task


def give_opinion(session: Session, actor: Actor, *, task_id: int, text: str) -> TaskParticipant:
    """A coordinator's opinion to the lead."""
    task = queries.get_task(session, actor, task_id)
    participant = queries.participation_of(actor, task)
    if participant is None or participant.role is not Participation.COORDINATOR:
        raise PermissionDenied(f"person {actor.person_id} does not coordinate task {task.id}")
    actor = authorize(actor, permissions.HANDLE)
    standing.must_be_open(task)
    if not text.strip():
        raise InvalidInput("Phải ghi nội dung ý kiến.", "text")
    participant.opinion, participant.opinion_at = text.strip()[:2000], now()
    participant.opened_at = participant.opened_at or now()
    _tell_lead(session, task, "task.opinion", f"Ý kiến phối hợp: {task.title}", text.strip())
    _write_down(session, actor, task, "task.opinion_given")
    return participant


def urge(session: Session, actor: Actor, *, task_id: int, text: str = "") -> None:
    """Remind the lead now (đôn đốc).

    Raises:
        PermissionDenied: the actor neither gave the task nor watches over its unit.
        RuleViolated: the task is not with its lead, or the lead is the actor.
    """
    task = queries.get_task(session, actor, task_id)
    if not standing.watches(actor, task):
        raise PermissionDenied(f"person {actor.person_id} does not watch over task {task.id}")
    standing.must_be_running(task)
    if standing.waits_for(actor, task):
        raise RuleViolated("Việc này đang chờ chính bạn.")
    _tell_lead(session, task, "task.urged", f"Đôn đốc: {task.title}", text.strip())
    _write_down(session, actor, task, "task.urged")


def urge_coordinators(session: Session, actor: Actor, *, task_id: int, text: str = "") -> None:
    """The lead asks those who coordinate on the own task for their opinion.

    Raises:
        PermissionDenied: the actor does not lead the task.
        RuleViolated: the task is not with its lead, or all have given their opinion.
    """
    task = queries.get_task(session, actor, task_id)
    actor = authorize(standing.as_lead(actor, task), permissions.URGE)
    standing.must_be_running(task)
    silent = standing.silent_coordinators(task)
    if not silent:
        raise RuleViolated("Các nơi phối hợp đã cho ý kiến.")
    notify(
        session,
        event="task.opinion_asked",
        kind=KIND,
        thing_id=task.id,
        title=f"Chờ ý kiến phối hợp: {task.title}",
        text=text.strip(),
        post_ids=[one.post_id for one in silent if one.post_id],
        unit_ids=[one.unit_id for one in silent if one.unit_id],
        urgent=task.urgency >= FLASH,
    )
    _write_down(session, actor, task, "task.opinion_asked")


def _not_own_work(actor: Actor, task: Task) -> None:
    """Whoever did the work does not accept it, unless they gave the task to themselves."""
    if task.lead_post_id in actor.post_ids and not task.given_to_oneself:
        raise PermissionDenied(f"post {task.lead_post_id} did task {task.id} itself")


def _tell(
    session: Session, task: Task, event: str, title: str, text: str, *, post_ids: list[int]
) -> None:
    notify(
        session,
        event=event,
        kind=KIND,
        thing_id=task.id,
        title=title,
        text=text,
        post_ids=post_ids,
        urgent=task.urgency >= FLASH,
    )


def _tell_lead(session: Session, task: Task, event: str, title: str, text: str = "") -> None:
    notify(
        session,
        event=event,
        kind=KIND,
        thing_id=task.id,
        title=title,
        text=text,
        post_ids=[task.lead_post_id] if task.lead_post_id else [],
        unit_ids=[task.lead_unit_id] if task.lead_unit_id and not task.lead_post_id else [],
        urgent=task.urgency >= FLASH,
    )


def _write_down(session: Session, actor: Actor, task: Task, action: str, **detail: object) -> None:
    audit.record(session, actor, action, task.id, **detail)
    clocks.keep_step(session, actor, task)
    outbox.changed(session, KIND, task.id)
    if task.kind and task.thing_id:
        outbox.changed(session, task.kind, task.thing_id)
