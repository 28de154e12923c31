"""/mot-cua/thu-tuc/<token>/soan: the draft of a version, what it changes, and its publication."""

from __future__ import annotations

from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.clock import today
from app.db import reading, transaction
from app.errors import EditConflict, InvalidInput, NotFound, RuleViolated
from app.procedures import permissions, queries, services
from app.procedures.comparing import differences
from app.procedures.models import Procedure, ProcedureVersion
from app.procedures.records import Record
from app.procedures.views.blueprint import bp
from app.procedures.views.forms import (
    PublishForm,
    VersionForm,
    add_blank_lines,
    fill_choices,
    record_from,
    show_record,
)
from app.tasks.forms import show_error
from app.web.gate import needs
from app.web.shell import current_actor

NEW = "moi"


@bp.route("/thu-tuc/<token>/soan", methods=["GET", "POST"])
@needs(permissions.CONFIGURE)
def draft(token: str) -> ResponseReturnValue:
    """Write the next version, begun from the one in force; `moi` for a new procedure."""
    actor, form = current_actor(), VersionForm()
    with reading() as session:
        procedure = None if token == NEW else queries.get_procedure(session, token)
        begun, seen = base_of(session, procedure)
        fill_choices(session, form)
    if request.method == "GET":
        show_record(form, begun)
        form.seen.data = seen or ""
        return show_form(procedure, form)
    if procedure is not None:
        form.code.data = procedure.code
    if not form.validate_on_submit():
        return show_form(procedure, form), 422
    try:
        with transaction("procedures.save_draft") as session:
            made = services.save_draft(
                session, actor, record=record_from(form, begun), seen=form.seen.data or None
            )
            address = url_for("procedures.compare_draft", token=made.procedure.token)
    except InvalidInput as error:
        return show_form(procedure, form, show_error(form, error)), 422
    except EditConflict as error:
        return show_form(procedure, form, error.user_message), 409
    flash(_("Đã lưu bản thảo. Xem lại thay đổi rồi công bố."), "ok")
    return redirect(address)


def base_of(session: Session, procedure: Procedure | None) -> tuple[Record, str | None]:
    """What the form begins with, and the token of the draft it shows."""
    if procedure is None:
        return Record(code="", name="", field="", valid_from=today()), None
    draft_ = queries.draft_of(session, procedure.id)
    if draft_ is not None:
        whole = queries.version_whole(session, draft_.id)
        return services.record_of(session, whole), draft_.token
    newest = newest_published(session, procedure.id)
    if newest is None:
        return Record(procedure.code, procedure.name, procedure.field, today()), None
    whole = queries.version_whole(session, newest.id)
    return replace(services.record_of(session, whole), valid_from=today()), None


def newest_published(session: Session, procedure_id: int) -> ProcedureVersion | None:
    """The version published last, in force already or from a later day on."""
    found = queries.versions_of(session, procedure_id)
    return next((one for one in found if one.published_at is not None), None)


def show_form(procedure: Procedure | None, form: VersionForm, message: str | None = None) -> str:
    if request.method == "POST":
        add_blank_lines(form)
    return render_template(
        "procedures/version.html", procedure=procedure, form=form, message=message
    )


@bp.route("/thu-tuc/<token>/thay-doi", methods=["GET", "POST"])
@needs(permissions.CONFIGURE)
def compare_draft(token: str) -> ResponseReturnValue:
    """What the draft changes; from here it is published. Raises NotFound without a draft."""
    actor, form, message = current_actor(), PublishForm(), None
    if form.validate_on_submit():
        try:
            publish(token, form)
        except (RuleViolated, EditConflict) as error:
            message = error.user_message
        else:
            flash(_("Đã công bố. Bản đã công bố không đổi được nữa."), "ok")
            return redirect(url_for("procedures.procedure", token=token))
    with reading() as session:
        procedure = queries.get_procedure(session, token)
        draft_ = queries.draft_of(session, procedure.id)
        if draft_ is None:
            raise NotFound(f"draft of procedure {procedure.id}")
        after = services.record_of(session, queries.version_whole(session, draft_.id))
        older = newest_published(session, procedure.id)
        before = None
        if older is not None:
            before = services.record_of(session, queries.version_whole(session, older.id))
        if request.method == "GET":
            form.valid_from.data, form.seen.data = proposed_day(draft_, older), draft_.token
        page = render_template(
            "procedures/changes.html", procedure=procedure, draft=draft_, older=older, form=form,
            lines=differences(before, after), message=message, actor=actor,
        )  # fmt: skip
    return (page, 409 if message else 422) if request.method == "POST" else page


def proposed_day(draft_: ProcedureVersion, older: ProcedureVersion | None) -> object:
    """The day that the draft names, unless the version before it begins on that day or later."""
    if older is not None and draft_.valid_from <= older.valid_from:
        return max(today(), older.valid_from)
    return draft_.valid_from


def publish(token: str, form: PublishForm) -> None:
    """Only the draft that was looked at. Raises EditConflict for another."""
    with transaction("procedures.publish") as session:
        procedure = queries.get_procedure(session, token)
        draft_ = queries.draft_of(session, procedure.id)
        if draft_ is None or draft_.token != form.seen.data:
            raise EditConflict(f"the draft of procedure {procedure.id} is another one now")
        services.publish_version(
            session, current_actor(), version_id=draft_.id, valid_from=form.valid_from.data
        )


@bp.post("/thu-tuc/<token>/bo-ban-thao")
@needs(permissions.CONFIGURE)
def give_up_draft(token: str) -> ResponseReturnValue:
    """Throw the draft away."""
    try:
        with transaction("procedures.give_up_draft") as session:
            procedure = queries.get_procedure(session, token)
            services.give_up_draft(
                session, current_actor(), procedure_id=procedure.id,
                seen=request.form.get("seen", ""),
            )  # fmt: skip
    except EditConflict as error:
        flash(error.user_message, "late")
        return redirect(url_for("procedures.compare_draft", token=token))
    flash(_("Đã bỏ bản thảo."), "ok")
    return redirect(url_for("procedures.procedure", token=token))
