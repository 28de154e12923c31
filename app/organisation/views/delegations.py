"""Delegations: the own ones for everybody, all of them for the office and the leaders."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.clock import now
from app.db import reading, transaction
from app.errors import InvalidInput
from app.organisation import queries
from app.organisation.forms import DelegationForm, ReasonForm, show_error
from app.organisation.permissions import APPROVE_DELEGATION, PROPOSE_DELEGATION, VIEW
from app.organisation.services import delegations as services
from app.organisation.views.blueprint import bp, done, safe_next
from app.web.gate import SIGNED_IN, needs
from app.web.shell import current_actor


@bp.get("/tai-khoan/uy-quyen", endpoint="delegations")
@needs(SIGNED_IN)
def own_delegations() -> ResponseReturnValue:
    """Who acts for me, and for whom I act."""
    actor = current_actor()
    with reading() as db:
        return render_template(
            "organisation/delegations.html",
            rows=queries.delegations_of(db, actor.person_id or 0),
            own=True,
            moment=now(),
            may_approve=actor.may(APPROVE_DELEGATION),
            may_propose=actor.may(PROPOSE_DELEGATION),
        )


@bp.get("/quan-tri/uy-quyen")
@needs(VIEW)
def manage_delegations() -> ResponseReturnValue:
    """All delegations, those waiting for a decision first."""
    actor = current_actor()
    with reading() as db:
        return render_template(
            "organisation/delegations.html",
            rows=queries.delegations(db),
            own=False,
            moment=now(),
            may_approve=actor.may(APPROVE_DELEGATION),
            may_propose=actor.may(PROPOSE_DELEGATION),
        )


@bp.route("/quan-tri/uy-quyen/moi", methods=["GET", "POST"])
@needs(PROPOSE_DELEGATION)
def new_delegation() -> ResponseReturnValue:
    form, message = DelegationForm(valid_from=now()), None
    with reading() as db:
        form.from_post_id.offer(queries.post_options(db))
        form.to_person_id.offer(
            [(person.id, f"{person.full_name} ({person.login})") for person in queries.people(db)]
        )
    if form.validate_on_submit():
        try:
            with transaction("propose_delegation") as db:
                services.propose_delegation(
                    db,
                    current_actor(),
                    from_post_id=form.from_post_id.data,
                    to_person_id=form.to_person_id.data,
                    valid_from=form.valid_from.data,
                    valid_to=form.valid_to.data,
                    scope=form.scope.data,
                    doc_ref=form.doc_ref.data or "",
                )
        except InvalidInput as error:
            message = show_error(form, error)
        else:
            return done(
                _("Đã gửi đề nghị ủy quyền, chờ lãnh đạo duyệt."),
                "organisation.manage_delegations",
            )
    status = 422 if request.method == "POST" else 200
    return render_template("organisation/delegation_form.html", form=form, message=message), status


@bp.post("/quan-tri/uy-quyen/<int:delegation_id>/duyet")
@needs(APPROVE_DELEGATION)
def approve_delegation(delegation_id: int) -> ResponseReturnValue:
    with transaction("approve_delegation") as db:
        services.approve_delegation(db, current_actor(), delegation_id=delegation_id)
    return done(_("Đã duyệt ủy quyền."), "organisation.manage_delegations")


@bp.post("/quan-tri/uy-quyen/<int:delegation_id>/tu-choi")
@needs(APPROVE_DELEGATION)
def reject_delegation(delegation_id: int) -> ResponseReturnValue:
    reason = _reason()
    with transaction("reject_delegation") as db:
        services.reject_delegation(db, current_actor(), delegation_id=delegation_id, reason=reason)
    return done(_("Đã từ chối đề nghị ủy quyền."), "organisation.manage_delegations")


@bp.post("/tai-khoan/uy-quyen/<int:delegation_id>/ket-thuc")
@needs(SIGNED_IN)
def revoke_delegation(delegation_id: int) -> ResponseReturnValue:
    reason = _reason()
    with transaction("revoke_delegation") as db:
        services.revoke_delegation(db, current_actor(), delegation_id=delegation_id, reason=reason)
    own = "tai-khoan" in safe_next(request.form.get("next"))
    page = "organisation.delegations" if own else "organisation.manage_delegations"
    return done(_("Đã chấm dứt ủy quyền."), page)


def _reason() -> str:
    form = ReasonForm()
    if not form.validate_on_submit():
        raise InvalidInput(_("Hãy ghi lý do, không quá 300 ký tự."), "reason")
    reason: str = form.reason.data
    return reason
