"""Evaluation: on the dossier's page after its QR code, and on the device at the counter."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.db import transaction
from app.errors import RuleViolated
from app.organisation.services.throttle import Throttled
from app.portal.forms import KioskForm, RatingForm
from app.portal.views.blueprint import bp
from app.portal.views.lookup import WRONG, check_both, opened_dossier, show
from app.procedures import services
from app.procedures.models import RatedVia
from app.web.gate import public


@bp.post("/ho-so/danh-gia")
@public
def rate() -> ResponseReturnValue:
    """What the citizen thinks of the opened dossier; once."""
    dossier_id, form = opened_dossier(), RatingForm()
    if not form.validate_on_submit():
        return show(dossier_id, form), 422
    with transaction("portal.rate") as session:
        services.evaluate(
            session, dossier_id=dossier_id, score=form.score.data, text=form.text.data or ""
        )
    flash(_("Cảm ơn ông/bà đã đánh giá."), "ok")
    return redirect(url_for("portal.dossier"))


@bp.get("/danh-gia")
@public
def kiosk() -> ResponseReturnValue:
    """The page of the device: big buttons, nothing of anybody."""
    return render_template("portal/kiosk.html", form=KioskForm(None), message=None)


@bp.post("/danh-gia")
@public
def rate_at_kiosk() -> ResponseReturnValue:
    """The same with the values of the receipt; the page is empty again afterwards."""
    form = KioskForm()
    if not form.validate_on_submit():
        return render_template("portal/kiosk.html", form=form, message=None), 422
    try:
        dossier_id = check_both(form.ma.data, form.kt.data)
        if dossier_id is None:
            raise RuleViolated(_(WRONG))
        with transaction("portal.rate_at_kiosk") as session:
            services.evaluate(
                session, dossier_id=dossier_id, score=form.score.data,
                text=form.text.data or "", via=RatedVia.KIOSK,
            )  # fmt: skip
    except RuleViolated as error:
        status = 429 if isinstance(error, Throttled) else 422
        return render_template("portal/kiosk.html", form=form, message=error.user_message), status
    flash(_("Cảm ơn ông/bà đã đánh giá."), "ok")
    return redirect(url_for("portal.kiosk"))
