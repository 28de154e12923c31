"""POST /goi-theo-cap/<token>/…: “Đã nhận”, the telephone, an end."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.db import reading, transaction
from app.errors import RuleViolated
from app.escalation import permissions, queries, services
from app.escalation.models import EscalationCase
from app.escalation.views.blueprint import bp
from app.security import Actor
from app.web.gate import SIGNED_IN, needs
from app.web.shell import current_actor


def perform(
    token: str, act: Callable[[Session, Actor, EscalationCase], object], done: str
) -> ResponseReturnValue:
    """One act on a case; then its page, with what was done or why not."""
    actor = current_actor()
    with reading() as session:
        case = queries.get_case(session, actor, token=token)
    try:
        with transaction("escalation.act") as session:
            act(session, actor, case)
    except RuleViolated as error:
        flash(error.user_message, "late")
    else:
        flash(done, "ok")
    return redirect(url_for("escalation.case", token=token))


@bp.post("/<token>/da-nhan")
@needs(SIGNED_IN)
def acknowledge(token: str) -> ResponseReturnValue:
    """Somebody who was called says that they know."""
    return perform(
        token,
        lambda session, actor, case: services.acknowledge(session, actor, case.id),
        _("Đã nhận. Không ai khác bị gọi nữa."),
    )


@bp.post("/<token>/goi/<int:call_id>")
@needs(permissions.HANDLE)
def tick(token: str, call_id: int) -> ResponseReturnValue:
    """What came of a telephone call."""
    answered = request.form.get("answered") == "1"
    note = request.form.get("note", "")[:300]
    return perform(
        token,
        lambda session, actor, _case: services.tick_call(
            session, actor, call_id, answered=answered, note=note
        ),
        _("Đã ghi: người nghe đã nhận tin.") if answered else _("Đã ghi: gọi không được."),
    )


@bp.post("/<token>/dung")
@needs(permissions.HANDLE)
def stop(token: str) -> ResponseReturnValue:
    """Nobody else is called."""
    reason = request.form.get("reason", "")[:300]
    return perform(
        token,
        lambda session, actor, case: services.stop_case(session, actor, case.id, reason),
        _("Đã dừng gọi."),
    )
