"""/luong-du-lieu/loi: what could not be taken, why, and what is done about it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.clock import now
from app.db import reading, transaction
from app.errors import AppError, InvalidInput
from app.feeds import queries, services
from app.feeds.forms import EmptyForm, ReasonForm
from app.feeds.permissions import READ, READ_SIGNALS, REPLAY
from app.feeds.processors import target_named
from app.feeds.views.blueprint import bp
from app.feeds.words import FAULT_LABELS, FAULT_STATE_LABELS, FaultState, SignalState
from app.organisation.forms import show_error
from app.web.gate import needs
from app.web.shell import current_actor


@bp.get("/loi")
@needs(READ)
def faults() -> ResponseReturnValue:
    """What waits, the oldest first; or the newest of all."""
    all_ = "tat-ca" in request.args
    with reading() as session:
        dead = queries.signals(session, state=SignalState.DEAD, limit=100)
        return render_template(
            "feeds/faults.html",
            rows=queries.faults(session, all_=all_),
            dead=dead,
            all_=all_,
            kinds=FAULT_LABELS,
            states=FAULT_STATE_LABELS,
            old=now() - queries.WAITED_TOO_LONG,
            may_read_signals=current_actor().may(READ_SIGNALS),
        )


@bp.get("/loi/<token>")
@needs(READ)
def fault(token: str) -> ResponseReturnValue:
    """One fault: how often, since when, what came, and the two ways out."""
    return show_fault(token, ReasonForm(formdata=None))


@bp.post("/loi/<token>/xu-ly-lai")
@needs(REPLAY)
def replay(token: str) -> ResponseReturnValue:
    """Take its batches again; the relay does it, the page shows how far it is."""
    try:
        with transaction("feeds.ask_replay") as session:
            services.ask_replay(session, current_actor(), queries.fault_by_token(session, token).id)
    except AppError as error:
        flash(error.user_message, "error")
    else:
        flash(_("Đang xử lý lại. Trang này cho biết tiến độ."), "ok")
    return redirect(url_for("feeds.fault", token=token))


@bp.post("/loi/<token>/bo-qua")
@needs(REPLAY)
def discard(token: str) -> ResponseReturnValue:
    """Give up what it covers, with a reason."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return show_fault(token, form), 422
    try:
        with transaction("feeds.discard") as session:
            fault_id = queries.fault_by_token(session, token).id
            services.discard(session, current_actor(), fault_id, form.reason.data or "")
    except InvalidInput as error:
        return show_fault(token, form, show_error(form, error)), 422
    except AppError as error:
        return show_fault(token, form, error.user_message), 409
    flash(_("Đã bỏ qua."), "ok")
    return redirect(url_for("feeds.faults"))


def show_fault(token: str, form: ReasonForm, message: str | None = None) -> str:
    """The page; after a refusal with what was typed."""
    actor = current_actor()
    with reading() as session:
        one = queries.fault_by_token(session, token)
        return render_template(
            "feeds/fault.html",
            fault=one,
            batches=queries.batches_of_fault(session, one),
            kinds=FAULT_LABELS,
            states=FAULT_STATE_LABELS,
            is_open=one.state is FaultState.OPEN,
            is_running=one.state is FaultState.REPLAYING,
            shows_sample=not target_named(one.source.target).keeps_each or actor.may(READ_SIGNALS),
            form=form,
            empty_form=EmptyForm(),
            message=message,
            may_replay=actor.may(REPLAY),
        )
