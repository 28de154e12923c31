"""/truc-ban/ban-giao: the desk is handed over, both sign."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import kinds
from app.db import reading, transaction
from app.duty import permissions, queries, services
from app.duty.forms import HandoverForm, TakeForm
from app.duty.views.blueprint import bp
from app.errors import RuleViolated
from app.web.gate import needs
from app.web.shell import current_actor


@bp.route("/ban-giao", methods=["GET", "POST"])
@needs(permissions.READ)
def handovers() -> ResponseReturnValue:
    """All notes of handing over, and the form of a new one."""
    form, actor = HandoverForm(), current_actor()
    if form.validate_on_submit():
        try:
            with transaction("duty.hand_over") as session:
                note = services.hand_over(session, actor, form.text.data or "")
        except RuleViolated as error:
            flash(error.user_message, "late")
            return redirect(url_for("duty.handovers"))
        flash(_("Đã ký bàn giao. Ca sau cần ký nhận."), "ok")
        return redirect(url_for("duty.handover", token=note.token))
    with reading() as session:
        notes = queries.handovers(session)
        return render_template(
            "duty/handovers.html",
            form=form,
            notes=notes,
            people=queries.signers(session, notes),
            cards=kinds.cards(session, actor, queries.carried_over(session, actor)),
            waiting=queries.waiting_handover(session),
            may_keep=actor.may(permissions.KEEP),
        ), (422 if form.errors else 200)


@bp.get("/ban-giao/<token>")
@needs(permissions.READ)
def handover(token: str) -> ResponseReturnValue:
    """One note with its two signatures and what was open then."""
    with reading() as session:
        actor, note = current_actor(), queries.get_handover(session, token)
        things = [(item["kind"], item["id"]) for item in note.items]
        may_take = (
            note.taken_at is None
            and actor.may(permissions.KEEP)
            and actor.person_id != note.given_by_person_id
        )
        return render_template(
            "duty/handover.html",
            note=note,
            people=queries.signers(session, [note]),
            cards=kinds.cards(session, actor, things),
            form=TakeForm(),
            may_take=may_take,
        )


@bp.post("/ban-giao/<token>/nhan")
@needs(permissions.KEEP)
def take(token: str) -> ResponseReturnValue:
    """The next shift signs."""
    try:
        with transaction("duty.take_over") as session:
            remark = TakeForm().remark.data or ""
            services.take_over(session, current_actor(), token, remark)
    except RuleViolated as error:
        flash(error.user_message, "late")
    else:
        flash(_("Đã ký nhận ca."), "ok")
    return redirect(url_for("duty.handover", token=token))
