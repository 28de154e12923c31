"""/luong-du-lieu/hop-tin: every signal as it came, and what became of it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import kinds
from app.db import reading, transaction
from app.errors import AppError, InvalidInput
from app.feeds import queries, services
from app.feeds.forms import EmptyForm, ReasonForm, as_text
from app.feeds.permissions import READ_SIGNALS, REPLAY
from app.feeds.processors import target_named
from app.feeds.views.blueprint import bp
from app.feeds.words import SIGNAL_LABELS, SignalState
from app.organisation.forms import show_error
from app.web.gate import needs
from app.web.shell import current_actor

PAGE = 50


@bp.get("/hop-tin")
@needs(READ_SIGNALS)
def inbox() -> ResponseReturnValue:
    """All signals, newest first, a page at a time."""
    actor = current_actor()
    named = request.args.get("trang-thai", "")
    state = SignalState(named) if named in {one.value for one in SignalState} else None
    with reading() as session:
        last = request.args.get("truoc", "")
        before = queries.place_of(session, last) if last else None
        rows = queries.signals(session, state=state, before=before, limit=PAGE + 1)
        things = [(row.kind, row.thing_id) for row in rows if row.kind and row.thing_id]
        cards = {(card.kind, card.id): card for card in kinds.cards(session, actor, things)}
        return render_template(
            "feeds/inbox.html",
            rows=rows[:PAGE],
            following=rows[PAGE - 1].token if len(rows) > PAGE else None,
            cards=cards,
            state=state,
            states=SIGNAL_LABELS,
            choices=[(one.value, text) for one, text in SIGNAL_LABELS.items()],
        )


@bp.get("/hop-tin/<token>")
@needs(READ_SIGNALS)
def signal(token: str) -> ResponseReturnValue:
    """One signal: what the sender wrote, what was understood, what came of it."""
    return show_signal(token, ReasonForm(formdata=None))


@bp.post("/hop-tin/<token>/xu-ly-lai")
@needs(REPLAY)
def replay_signal(token: str) -> ResponseReturnValue:
    """Translate it anew and hand it on once more."""
    try:
        with transaction("feeds.replay_signal") as session:
            row = services.replay_signal(
                session, current_actor(), queries.signal_by_token(session, token).id
            )
            state, reason = row.state, row.reason
    except AppError as error:
        flash(error.user_message, "error")
    else:
        if state is SignalState.DEAD:
            flash(_("Vẫn chưa xử lý được: %(reason)s", reason=reason), "error")
        else:
            flash(_("Đã xử lý lại."), "ok")
    return redirect(url_for("feeds.signal", token=token))


@bp.post("/hop-tin/<token>/bo-qua")
@needs(REPLAY)
def discard_signal(token: str) -> ResponseReturnValue:
    """Give a dead signal up, with a reason."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return show_signal(token, form), 422
    try:
        with transaction("feeds.discard_signal") as session:
            signal_id = queries.signal_by_token(session, token).id
            services.discard_signal(session, current_actor(), signal_id, form.reason.data or "")
    except InvalidInput as error:
        return show_signal(token, form, show_error(form, error)), 422
    except AppError as error:
        return show_signal(token, form, error.user_message), 409
    flash(_("Đã bỏ qua tin báo."), "ok")
    return redirect(url_for("feeds.faults"))


def show_signal(token: str, form: ReasonForm, message: str | None = None) -> str:
    """The page; after a refusal with what was typed."""
    actor = current_actor()
    with reading() as session:
        row = queries.signal_by_token(session, token)
        labels = {one.name: one.label for one in target_named(row.source.target).fields}
        thing = [(row.kind, row.thing_id)] if row.kind and row.thing_id else []
        return render_template(
            "feeds/signal.html",
            signal=row,
            raw=as_text(row.raw),
            fields=[(labels.get(name, name), value) for name, value in row.fields.items()],
            cards=kinds.cards(session, actor, thing),
            states=SIGNAL_LABELS,
            is_dead=row.state is SignalState.DEAD,
            form=form,
            empty_form=EmptyForm(),
            message=message,
            may_replay=actor.may(REPLAY),
        )
