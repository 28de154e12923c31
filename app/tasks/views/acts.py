"""POST /cong-viec/<token>/<act>: each act has a route of its own with its own permission."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.db import reading, transaction
from app.errors import EditConflict, InvalidInput, RuleViolated
from app.security import SYSTEM, Actor
from app.tasks import queries, services, showing
from app.tasks.acting import Act
from app.tasks.forms import AssignForm, PartForm, ResultForm, show_error
from app.tasks.models import Task
from app.tasks.parties import Party
from app.tasks.services import TaskOrder
from app.tasks.views.blueprint import bp, end_of
from app.tasks.views.detail import fill_choices, show
from app.tasks.views.panels import PANELS
from app.tasks.views.results import keep_files
from app.web.gate import needs
from app.web.shell import current_actor

Call = Callable[[Session, Actor, Task, Any], object]


def perform(act: Act, token: str) -> ResponseReturnValue:
    """Check the form, call the service in one transaction, say so; refusals keep what was typed."""
    actor = current_actor()
    form: Any = PANELS[act].form(prefix=act.value)
    with reading() as session:
        task = queries.get_task_by_token(session, actor, token)
        fill_choices(session, actor, task, form)
    unkept = kept_first(form, token)
    if not form.validate_on_submit():
        return show(token, (act, form)), 422
    try:
        if unkept is not None:
            raise unkept
        with transaction(f"tasks.{act.name.lower()}") as session:
            CALLS[act](session, actor, task, form)
    except InvalidInput as error:
        return show(token, (act, form), show_error(form, error)), 422
    except (RuleViolated, EditConflict) as error:
        if isinstance(form, AssignForm) and isinstance(error, EditConflict):
            form.version.data = ""  # the page now shows the new state: a second yes means that
        return show(token, (act, form), error.user_message), 409
    flash(_(PANELS[act].done, **parties(token, form)), "ok")
    if act is Act.ASSIGN:
        return redirect(url_for("tasks.index"))
    return redirect(url_for("tasks.detail", token=token))


def kept_first(form: Any, token: str) -> InvalidInput | None:
    """Store the files of a result before anything is checked: what is refused loses none. The
    refusal of a file is said after those of the words."""
    if not isinstance(form, ResultForm):
        return None
    try:
        keep_files(form, token)
    except InvalidInput as error:
        return error
    return None


def parties(token: str, form: Any) -> dict[str, str]:
    """Whom the sentence after an act names, as things stand now."""
    with reading() as session:
        task = queries.get_task_by_token(session, SYSTEM, token)
        part = Party.parse(form.lead.data) if isinstance(form, PartForm) else None
        return showing.parties(session, task, part)


def assign(session: Session, actor: Actor, task: Task, form: Any) -> object:
    version = form.version.data or ""
    return services.assign_specialist(
        session,
        actor,
        task_id=task.id,
        post_id=form.post_id.data,
        note=form.note.data or "",
        version=int(version) if version.isdigit() else None,
    )


def report(session: Session, actor: Actor, task: Task, form: Any) -> object:
    return services.report_progress(
        session, actor, task_id=task.id, percent=form.percent.data, text=form.text.data
    )


def submit(session: Session, actor: Actor, task: Task, form: Any) -> object:
    return services.submit_completion(
        session,
        actor,
        task_id=task.id,
        product=form.product.data,
        files=form.kept,
        document=form.document.data or "",
    )


def accept(session: Session, actor: Actor, task: Task, form: Any) -> object:
    return services.accept_completion(session, actor, task_id=task.id)


def reject(session: Session, actor: Actor, task: Task, form: Any) -> object:
    return services.reject_completion(session, actor, task_id=task.id, reason=form.reason.data)


def give_back(session: Session, actor: Actor, task: Task, form: Any) -> object:
    return services.return_task(session, actor, task_id=task.id, reason=form.reason.data)


def send_again(session: Session, actor: Actor, task: Task, form: Any) -> object:
    return services.send_again(session, actor, task_id=task.id, text=form.text.data or "")


def extend(session: Session, actor: Actor, task: Task, form: Any) -> object:
    new_due_at = end_of(session, form.new_due_at.data)
    if new_due_at is None:
        raise InvalidInput("Phải chọn hạn mới.", "new_due_at")
    return services.request_extension(
        session, actor, task_id=task.id, new_due_at=new_due_at, reason=form.reason.data
    )


def decide(session: Session, actor: Actor, task: Task, form: Any) -> object:
    return services.decide_extension(
        session,
        actor,
        task_id=task.id,
        grant_it=form.verdict.data == "grant",
        answer=form.answer.data or "",
    )


def split(session: Session, actor: Actor, task: Task, form: Any) -> object:
    order = TaskOrder(
        title=form.title.data,
        lead=Party.parse(form.lead.data),
        body=form.body.data or "",
        due_at=end_of(session, form.due_at.data) or task.due_at,
        urgency=task.urgency,
    )
    return services.split_task(session, actor, task_id=task.id, order=order)


def waive(session: Session, actor: Actor, task: Task, form: Any) -> None:
    services.waive_children(session, actor, task_id=task.id)


def opinion(session: Session, actor: Actor, task: Task, form: Any) -> object:
    return services.give_opinion(session, actor, task_id=task.id, text=form.text.data)


def urge(session: Session, actor: Actor, task: Task, form: Any) -> None:
    services.urge(session, actor, task_id=task.id, text=form.text.data or "")


def urge_helpers(session: Session, actor: Actor, task: Task, form: Any) -> None:
    services.urge_coordinators(session, actor, task_id=task.id, text=form.text.data or "")


def recall(session: Session, actor: Actor, task: Task, form: Any) -> None:
    services.recall_directive(
        session, actor, directive_id=task.directive_id or 0, reason=form.reason.data
    )


def ask_back(session: Session, actor: Actor, task: Task, form: Any) -> None:
    services.request_return(session, actor, task_id=task.id, reason=form.reason.data)


def cancel(session: Session, actor: Actor, task: Task, form: Any) -> object:
    return services.cancel_task(session, actor, task_id=task.id, reason=form.reason.data)


CALLS: dict[Act, Call] = {
    Act.ASSIGN: assign,
    Act.REPORT: report,
    Act.SUBMIT: submit,
    Act.ACCEPT: accept,
    Act.REJECT: reject,
    Act.RETURN: give_back,
    Act.SEND_AGAIN: send_again,
    Act.EXTEND: extend,
    Act.DECIDE: decide,
    Act.SPLIT: split,
    Act.WAIVE: waive,
    Act.OPINION: opinion,
    Act.URGE: urge,
    Act.URGE_HELPERS: urge_helpers,
    Act.RECALL: recall,
    Act.ASK_BACK: ask_back,
    Act.CANCEL: cancel,
}


def route_of(act: Act) -> Callable[[str], ResponseReturnValue]:
    """The view of one act."""

    @needs(PANELS[act].needs)
    def view(token: str) -> ResponseReturnValue:
        return perform(act, token)

    return view


for _act in Act:
    bp.add_url_rule(
        f"/<token>/{_act.value}",
        endpoint=_act.name.lower(),
        view_func=route_of(_act),
        methods=["POST"],
    )
