"""/cong-viec/moi: a task by hand; /cong-viec/dinh-ky: reports that come again and again."""

from __future__ import annotations

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.clock import today
from app.db import reading, transaction
from app.errors import InvalidInput
from app.tasks import permissions, queries, services, showing
from app.tasks.forms import EVERY_LABELS, RuleForm, TaskForm, show_error
from app.tasks.models import RecurringRule, RecurringUnit, TaskSource
from app.tasks.parties import Party, parse_all
from app.tasks.services import RuleOrder, TaskOrder
from app.tasks.services.recurring import occurrence
from app.tasks.views.blueprint import bp, end_of
from app.web.gate import needs
from app.web.shell import current_actor

NOBODY = ("", "")


@bp.get("/moi")
@needs(permissions.CREATE)
def new() -> ResponseReturnValue:
    """The form of a task by hand."""
    return show_new(TaskForm(formdata=None))


@bp.post("/moi")
@needs(permissions.CREATE)
def create() -> ResponseReturnValue:
    """Give a task by hand."""
    form, actor = TaskForm(), current_actor()
    offer_parties(form)
    if not form.validate_on_submit():
        return show_new(form), 422
    try:
        with transaction("tasks.create") as session:
            order = TaskOrder(
                title=form.title.data,
                lead=Party.parse(form.lead.data),
                body=form.body.data or "",
                coordinators=parse_all(form.coordinators.data or []),
                readers=parse_all(form.readers.data or []),
                due_at=end_of(session, form.due_at.data, form.due_time.data),
                urgency=form.urgency.data,
            )
            source = TaskSource(form.source.data)
            token = services.create_task(session, actor, order, source=source).token
    except InvalidInput as error:
        return show_new(form, show_error(form, error)), 422
    flash(_("Đã giao việc."), "ok")
    return redirect(url_for("tasks.detail", token=token))


def show_new(form: TaskForm, message: str | None = None) -> str:
    offer_parties(form)
    return render_template("tasks/new.html", form=form, message=message)


def offer_parties(form: TaskForm | RuleForm) -> None:
    """Leads within the actor's reach; anybody may be asked to coordinate or to know."""
    with reading() as session:
        form.lead.choices = [NOBODY, *showing.lead_choices(session, current_actor())]
        if isinstance(form, TaskForm):
            everybody = showing.party_choices(session)
            form.coordinators.choices = form.readers.choices = everybody


@bp.get("/dinh-ky")
@needs(permissions.CREATE)
def rules() -> ResponseReturnValue:
    """The recurring reports of the person's posts."""
    return show_rules(RuleForm(formdata=None))


@bp.post("/dinh-ky")
@needs(permissions.CREATE)
def make_rule() -> ResponseReturnValue:
    """Set up a recurring report."""
    form = RuleForm()
    offer_parties(form)
    if not form.validate_on_submit():
        return show_rules(form), 422
    try:
        order = RuleOrder(
            title=form.title.data,
            lead=Party.parse(form.lead.data),
            every=RecurringUnit(form.every.data),
            anchor_on=form.anchor_on.data,
            body=form.body.data or "",
            days_ahead=form.days_ahead.data,
            ends_on=form.ends_on.data,
        )
        with transaction("tasks.make_rule") as session:
            services.make_rule(session, current_actor(), order)
    except InvalidInput as error:
        return show_rules(form, show_error(form, error)), 422
    flash(_("Đã lập báo cáo định kỳ."), "ok")
    return redirect(url_for("tasks.rules"))


@bp.post("/dinh-ky/<int:rule_id>/dung")
@needs(permissions.CREATE)
def stop_rule(rule_id: int) -> ResponseReturnValue:
    """Make no further occurrences."""
    with transaction("tasks.stop_rule") as session:
        services.stop_rule(session, current_actor(), rule_id=rule_id)
    flash(_("Đã dừng báo cáo định kỳ. Các việc đã giao vẫn giữ nguyên."), "ok")
    return redirect(url_for("tasks.rules"))


def show_rules(form: RuleForm, message: str | None = None) -> str:
    offer_parties(form)
    actor = current_actor()
    with reading() as session:
        found = queries.running_rules(session, actor)
        return render_template(
            "tasks/rules.html",
            form=form,
            message=message,
            rules=[(rule, next_due(rule, today())) for rule in found],
            leads=dict(showing.party_choices(session)),
            every=EVERY_LABELS,
            open_form=request.method == "POST" or not found,
        )


def next_due(rule: RecurringRule, on: date) -> date | None:
    """The first due day from a day on; None when the rule has ended."""
    number = 0
    while (due_on := occurrence(rule, number)) < on:
        number += 1
    return None if rule.ends_on is not None and due_on > rule.ends_on else due_on
