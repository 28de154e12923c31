"""/cong-viec/<token>: one task, what was said about it and what may be done now."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from app import audit
from app.db import reading, transaction
from app.security import Actor
from app.tasks import opening, permissions, queries, services, showing, standing
from app.tasks.acting import Act
from app.tasks.forms import AssignForm, PartForm
from app.tasks.models import SOURCE_LABELS, STATUS_LABELS, Task
from app.tasks.showing import TaskView
from app.tasks.views.blueprint import TONES, bp
from app.tasks.views.panels import PANELS, Panel
from app.web.gate import needs
from app.web.shell import current_actor
from app.worktime.showing import why_of


@dataclass(frozen=True, slots=True)
class Offered:
    """An act on the page with its form; `open`: put forward."""

    act: Act
    panel: Panel
    form: FlaskForm
    label: str
    open: bool


@bp.get("/<token>")
@needs(permissions.MONITOR)
def detail(token: str) -> ResponseReturnValue:
    """The page of a task; for htmx only what others may have changed. Opening it marks it seen."""
    actor = current_actor()
    with reading() as session:
        task = queries.get_task_by_token(session, actor, token)
        asked = [opening.news(actor, *thing) for thing in standing.things(task)]
        asked.append(opening.unwritten(actor, queries.KIND, task.id))
        to_note = session.scalar(sa.select(sa.or_(*asked)))
    if to_note:
        with transaction("tasks.open") as session:
            services.mark_opened(session, actor, queries.KIND, task.id)
            audit.record_read(session, actor, queries.KIND, task.id, "read")
    if "HX-Request" in request.headers:
        with reading() as session:
            view = showing.load_task(session, actor, token)
            return render_template("tasks/_facts.html", **context(session, view))
    return show(token)


def show(token: str, given: tuple[Act, FlaskForm] | None = None, message: str | None = None) -> str:
    """The page; `given` is a form that was refused, `message` why."""
    actor = current_actor()
    with reading() as session:
        view = showing.load_task(session, actor, token)
        acts = list(view.acts)
        if given is not None and given[0] not in acts and message is None:
            acts.append(given[0])
        offered = [offer(session, actor, view, act, given) for act in acts]
        offered.sort(key=lambda one: not one.open)
        return render_template(
            "tasks/detail.html",
            offered=offered,
            refused=given[1] if given else None,
            message=message,
            **context(session, view),
        )


def context(session: Session, view: TaskView) -> dict[str, object]:
    task = view.task
    return {
        "view": view,
        "task": task,
        "to_file": what_to_file(view),
        "why": why_of(
            session,
            queries.KIND,
            task.id,
            started_at=task.created_at,
            due_at=task.due_at,
            finished_at=task.finished_at,
        ),
        "sources": SOURCE_LABELS,
        "states": STATUS_LABELS,
        "tones": TONES,
    }


def what_to_file(view: TaskView) -> tuple[str, int]:
    """What goes into a case file when the work is done: what caused it, else the task."""
    cause = view.cause
    return (cause.kind, cause.id) if cause else (queries.KIND, view.task.id)


def offer(
    session: Session,
    actor: Actor,
    view: TaskView,
    act: Act,
    given: tuple[Act, FlaskForm] | None = None,
) -> Offered:
    """An act with its form: the refused one with what was typed, or a new one."""
    refused = given is not None and given[0] is act
    form = given[1] if given and refused else new_form(session, actor, view.task, act)
    label = PANELS[act].label
    if act is Act.ASSIGN and view.task.lead_post_id is not None:
        label = "Đổi người làm"
    return Offered(
        act=act,
        panel=PANELS[act],
        form=form,
        label=label,
        open=refused or (given is None and act is front_act(actor, view)),
    )


def front_act(actor: Actor, view: TaskView) -> Act | None:
    """The act that most likely comes next; its form stands open."""
    task, acts = view.task, view.acts
    if Act.ASSIGN in acts and task.lead_post_id is None:
        return Act.ASSIGN
    for act in (Act.ACCEPT, Act.DECIDE, Act.SEND_AGAIN):
        if act in acts:
            return act
    if Act.REPORT in acts and task.lead_post_id in actor.post_ids:
        return Act.REPORT
    return Act.OPINION if Act.OPINION in acts else None


def new_form(session: Session, actor: Actor, task: Task, act: Act) -> FlaskForm:
    """An empty form of the act, with its choices and what is known already."""
    form = PANELS[act].form(formdata=None, prefix=act.value)
    fill_choices(session, actor, task, form)
    if isinstance(form, AssignForm):
        form.version.data = str(task.version)
        form.post_id.data = task.lead_post_id
    if act is Act.REPORT:
        form["percent"].data = task.percent
    return form


def fill_choices(session: Session, actor: Actor, task: Task, form: FlaskForm) -> None:
    """Whom a task or a part of it can be given to."""
    if isinstance(form, AssignForm):
        form.post_id.choices = [
            (one.post_id, candidate_label(one)) for one in showing.candidates(session, task)
        ]
    if isinstance(form, PartForm):
        form.lead.choices = [("", "")] + [
            (f"post:{one.post_id}", one.label) for one in showing.candidates(session, task)
        ]


def candidate_label(one: showing.Candidate) -> str:
    """“Trần Văn Mẫu, Chuyên viên Phòng Kinh tế (3 việc)”."""
    return f"{one.label} ({one.open_tasks} việc)" if one.open_tasks else one.label
