"""Writing a rule and its further versions; what is in force stays so until somebody approves."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from wtforms.fields.choices import SelectChoice

from app.clock import now
from app.db import reading, transaction
from app.errors import InvalidInput, NotFound
from app.organisation.forms import options
from app.sensors import queries, services
from app.sensors.definitions import dump
from app.sensors.forms import BY_FORM, RuleForm, WordingForm
from app.sensors.models import RuleKind, Severity
from app.sensors.permissions import CONFIGURE
from app.sensors.views.blueprint import bp
from app.web.gate import needs
from app.web.shell import current_actor


@bp.route("/quy-tac/moi", methods=["GET", "POST"])
@needs(CONFIGURE)
def new_rule() -> ResponseReturnValue:
    """Write a rule; somebody else puts it in force."""
    form, message = RuleForm(), None
    with reading() as session:
        form.streams.choices = stream_choices(session)
    if form.validate_on_submit():
        try:
            with transaction("sensors.draft_rule") as session:
                rule = services.draft_rule(
                    session, current_actor(), name=(form.name.data or "").strip(),
                    kind=RuleKind(form.kind.data), severity=Severity(form.severity.data),
                    stored=form.stored(),
                )  # fmt: skip
        except InvalidInput as error:
            message = error.user_message
        else:
            flash(_("Đã soạn quy tắc. Hãy chạy thử trước khi trình duyệt."), "ok")
            return redirect(url_for("sensors.rule", token=rule.token))
    status = 422 if request.method == "POST" else 200
    return render_template("sensors/new_rule.html", form=form, message=message), status


@bp.route("/quy-tac/<token>/ban-moi", methods=["GET", "POST"])
@needs(CONFIGURE)
def reword_rule(token: str) -> ResponseReturnValue:
    """Write a further version, beginning with the newest one. Hours stay as they were."""
    message = None
    with reading() as session:
        rule = queries.rule_by_token(session, token)
        if rule.kind not in BY_FORM:
            raise NotFound(f"rule {token} is not written by a form")
        newest = queries.definition_of(rule, rule.versions[-1].no)
        form = WordingForm(data=WordingForm.typed(newest))
        form.streams.choices = stream_choices(session)
    if form.validate_on_submit():
        stored = form.stored() | {"hours": dump(newest).get("hours")}
        try:
            with transaction("sensors.reword_rule") as session:
                version = services.reword_rule(session, current_actor(), rule.id, stored)
                no = version.no
        except InvalidInput as error:
            message = error.user_message
        else:
            flash(_("Đã soạn bản %(no)s. Hãy chạy thử trước khi trình duyệt.", no=no), "ok")
            return redirect(url_for("sensors.rule", token=token, no=no))
    status = 422 if request.method == "POST" else 200
    page = render_template("sensors/reword_rule.html", form=form, message=message, rule=rule)
    return page, status


def stream_choices(session: Session) -> list[SelectChoice]:
    """The streams in use, by station and name."""
    streams = queries.streams_now(session, now())
    return options((one.id, f"{one.thing}: {one.name}") for one in streams)
