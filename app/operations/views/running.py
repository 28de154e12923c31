"""POST /su-co/<token>/buoc/…: decisions in a playbook that runs, and steps passed over."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.db import reading, transaction
from app.errors import InvalidInput, RuleViolated
from app.operations import permissions
from app.operations.forms import ChoiceForm
from app.operations.queries import incident_by_token
from app.operations.services import running
from app.operations.views.blueprint import bp
from app.web.gate import needs
from app.web.shell import current_actor


@bp.post("/<token>/buoc/<int:run_id>/<key>/quyet-dinh")
@needs(permissions.DECIDE)
def decide(token: str, run_id: int, key: str) -> ResponseReturnValue:
    """Take a decision; whoever is first decides."""
    form = ChoiceForm()
    try:
        with transaction("operations.decide") as session:
            running.decide(
                session, current_actor(), run_id=run_id, key=key, choice=form.choice.data or ""
            )
    except (InvalidInput, RuleViolated) as error:
        flash(error.user_message, "late")
    else:
        flash(_("Đã ghi quyết định; kịch bản đi tiếp."), "ok")
    return back(token)


@bp.post("/<token>/buoc/<int:run_id>/<key>/bo-qua")
@needs(permissions.RECORD)
def skip_step(token: str, run_id: int, key: str) -> ResponseReturnValue:
    """Pass over a step, with the reason."""
    form = ChoiceForm()
    try:
        with transaction("operations.skip_step") as session:
            running.skip_step(
                session, current_actor(), run_id=run_id, key=key, reason=form.reason.data or ""
            )
    except (InvalidInput, RuleViolated) as error:
        flash(error.user_message, "late")
    else:
        flash(_("Đã bỏ qua bước."), "ok")
    return back(token)


def back(token: str) -> ResponseReturnValue:
    """To the incident's page; 404 for whoever may not see it."""
    with reading() as session:
        incident_by_token(session, current_actor(), token)
    return redirect(url_for("operations.detail", token=token) + "#runs")
