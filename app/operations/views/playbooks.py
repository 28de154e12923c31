"""/su-co/kich-ban: playbooks, their versions, what they would do, who answers as what."""

from __future__ import annotations

from typing import Any

import yaml
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.db import reading, transaction
from app.errors import EditConflict, InvalidInput, NotFound, RuleViolated
from app.operations import permissions
from app.operations.catalogue import catalogue
from app.operations.forms import PlaybookForm, UnitsForm, WhatIfForm
from app.operations.models import DOMAIN_LABELS
from app.operations.plans import KIND_LABELS, Subject
from app.operations.queries.playbooks import plan_of, playbook_by_token, playbooks
from app.operations.queries.responders import answering_units
from app.operations.queries.thinking import imagine, plan_with_recipients
from app.operations.services import playbooks as services
from app.operations.views.blueprint import bp
from app.operations.views.calls import type_choices
from app.organisation import queries as organisation
from app.organisation.forms import options, show_error
from app.sensors.models import SEVERITY_LABELS, Severity
from app.web.gate import needs
from app.web.shell import current_actor


@bp.get("/kich-ban")
@needs(permissions.DESK)
def playbook_list() -> ResponseReturnValue:
    """All playbooks."""
    with reading() as session:
        found = playbooks(session)
        plans = {one.id: plan_of(one.versions[-1]) for one in found}
        return render_template(
            "operations/playbooks.html", playbooks=found, plans=plans, domains=DOMAIN_LABELS,
            severities=SEVERITY_LABELS,
            may_draft=current_actor().may(permissions.DRAFT_PLAYBOOK),
        )  # fmt: skip


@bp.get("/kich-ban/<token>")
@needs(permissions.DESK)
def playbook(token: str) -> ResponseReturnValue:
    """One playbook; `?ban=` chooses the version, the newest without it."""
    actor = current_actor()
    with reading() as session:
        one = playbook_by_token(session, token)
        no = request.args.get("ban", one.versions[-1].no, type=int)
        version = next((found for found in one.versions if found.no == no), None)
        if version is None:
            raise NotFound(f"playbook {token}, version {no}")
        plan = plan_of(version)
        return render_template(
            "operations/playbook.html", playbook=one, version=version, plan=plan,
            steps=plan_with_recipients(session, plan), kinds=KIND_LABELS, domains=DOMAIN_LABELS,
            severities=SEVERITY_LABELS,
            labels=sorted(catalogue().label(key) for key in plan.when.types),
            titles={step.key: step.title for step in plan.steps},
            may_draft=actor.may(permissions.DRAFT_PLAYBOOK),
            may_approve=actor.may(permissions.APPROVE_PLAYBOOK),
        )  # fmt: skip


@bp.route("/kich-ban/moi", methods=["GET", "POST"])
@needs(permissions.DRAFT_PLAYBOOK)
def new_playbook() -> ResponseReturnValue:
    """Write a playbook; a leader puts it in force."""
    form, message = PlaybookForm(), None
    if request.method == "GET":
        form.definition.data = SKELETON
    if form.validate_on_submit():
        try:
            with transaction("operations.draft_playbook") as session:
                made = services.draft_playbook(
                    session, current_actor(), key=form.key.data or "", name=form.name.data or "",
                    definition=form.read(),
                )  # fmt: skip
                token = made.token
        except InvalidInput as error:
            message = show_error(form, error)
        else:
            flash(_("Đã soạn kịch bản; lãnh đạo ban hành thì mới tự chạy."), "ok")
            return redirect(url_for("operations.playbook", token=token))
    page = render_template("operations/playbook_form.html", form=form, message=message,
                           playbook=None, known=catalogue(), kinds=KIND_LABELS)  # fmt: skip
    return page, 422 if request.method == "POST" else 200


@bp.route("/kich-ban/<token>/ban-moi", methods=["GET", "POST"])
@needs(permissions.DRAFT_PLAYBOOK)
def reword_playbook(token: str) -> ResponseReturnValue:
    """Write the next version, beginning with the newest."""
    message = None
    with reading() as session:
        one = playbook_by_token(session, token)
        newest = one.versions[-1].definition
    form = PlaybookForm(data={"key": one.key, "name": one.name, "version": str(one.version)})
    if request.method == "GET":
        form.definition.data = written(newest)
    if form.validate_on_submit():
        try:
            with transaction("operations.reword_playbook") as session:
                made = services.reword_playbook(
                    session, current_actor(), token=token, name=form.name.data or "",
                    definition=form.read(), version=int(form.version.data or 0),
                )  # fmt: skip
                no = made.no
        except InvalidInput as error:
            message = show_error(form, error)
        except EditConflict as error:
            message = error.user_message
        else:
            flash(_("Đã soạn bản %(no)s; chờ lãnh đạo ban hành.", no=no), "ok")
            return redirect(url_for("operations.playbook", token=token, ban=no))
    page = render_template("operations/playbook_form.html", form=form, message=message,
                           playbook=one, known=catalogue(), kinds=KIND_LABELS)  # fmt: skip
    return page, 422 if request.method == "POST" else 200


@bp.post("/kich-ban/<token>/ban-hanh/<int:no>")
@needs(permissions.APPROVE_PLAYBOOK)
def approve_playbook(token: str, no: int) -> ResponseReturnValue:
    """Put a version in force."""
    try:
        with transaction("operations.approve_playbook") as session:
            services.approve_playbook(session, current_actor(), token=token, no=no)
    except RuleViolated as error:
        flash(error.user_message, "late")
    else:
        flash(_("Đã ban hành bản %(no)s; sự cố phù hợp sẽ tự chạy kịch bản này.", no=no), "ok")
    return redirect(url_for("operations.playbook", token=token))


@bp.post("/kich-ban/<token>/tat")
@needs(permissions.APPROVE_PLAYBOOK)
def switch_playbook_off(token: str) -> ResponseReturnValue:
    """Let it start no more by itself."""
    with transaction("operations.switch_playbook_off") as session:
        services.switch_playbook_off(session, current_actor(), token=token)
    flash(_("Đã tắt kịch bản; những gì đang chạy vẫn tiếp tục."), "ok")
    return redirect(url_for("operations.playbook", token=token))


@bp.get("/kich-ban/neu-thi")
@needs(permissions.DESK)
def what_if() -> ResponseReturnValue:
    """What would happen: nothing is started."""
    form = WhatIfForm(request.args)
    form.type_key.choices = type_choices()
    kind = catalogue().types.get(form.type_key.data or "")
    with reading() as session:
        found = []
        if kind is not None:
            severity = form.severity.data or ""
            grave = Severity(severity) if severity in SEVERITIES else kind.severity
            subject = Subject(kind.domain, kind.key, grave, (form.area.data or "").strip())
            found = imagine(session, subject)
        return render_template(
            "operations/what_if.html", form=form, found=found, kind=kind, kinds=KIND_LABELS,
            titles={
                one.playbook.id: {step.key: step.title for step, _to in one.steps} for one in found
            },
        )  # fmt: skip


@bp.route("/kich-ban/don-vi", methods=["GET", "POST"])
@needs(permissions.DRAFT_PLAYBOOK)
def response_units() -> ResponseReturnValue:
    """Which unit answers as what."""
    form, message = UnitsForm(), None
    with reading() as session:
        answering = answering_units(session)
        units = organisation.units(session)
    choices = [("", _("Theo tên đơn vị")), *((str(unit.id), unit.name) for unit in units)]
    if form.validate_on_submit():
        try:
            with transaction("operations.set_units") as session:
                for key, unit_id in wanted_units(answering).items():
                    services.set_response_unit(
                        session, current_actor(), responder=key, unit_id=unit_id
                    )
        except InvalidInput as error:
            message = error.user_message
        else:
            flash(_("Đã lưu các đơn vị ứng phó."), "ok")
            return redirect(url_for("operations.response_units"))
    page = render_template(
        "operations/units.html", form=form, answering=answering, choices=options(choices),
        message=message, given=request.form,
    )  # fmt: skip
    return page, 422 if request.method == "POST" else 200


def wanted_units(answering: dict[str, Any]) -> dict[str, int | None]:
    """What was chosen and is not so already; None: by the names again."""
    found: dict[str, int | None] = {}
    for key, one in answering.items():
        given = request.form.get(key, "")
        unit_id = int(given) if given.isdigit() else None
        before = None if one.is_guess else one.unit_id
        if unit_id != before:
            found[key] = unit_id
    return found


SEVERITIES = {severity.value for severity in Severity}
SKELETON = """when:
  domain: disaster
  types: [flood]
  severity: high
steps:
  - key: look
    kind: task
    title: Xác minh hiện trường
    to: infrastructure
    minutes: 30
    checklist: [Chụp ảnh, Đo độ sâu]
"""


def written(definition: Any) -> str:
    """A definition as text to edit."""
    return yaml.safe_dump(definition, allow_unicode=True, sort_keys=False, width=100)
