"""/su-co/ghi-nhan: taking down what somebody tells over the telephone."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from app.db import reading, transaction
from app.errors import InvalidInput, RuleViolated
from app.files.models import new_token
from app.operations import permissions
from app.operations.catalogue import catalogue
from app.operations.forms import CallForm
from app.operations.models import DOMAIN_ICONS, DOMAIN_LABELS, STATE_LABELS
from app.operations.queries.desk import lately
from app.operations.services.calls import record_call
from app.operations.views.blueprint import STATE_TONES, base_map_url, bp
from app.organisation.forms import options, show_error
from app.web.gate import needs
from app.web.shell import current_actor


@bp.route("/ghi-nhan", methods=["GET", "POST"])
@needs(permissions.RECORD)
def record() -> ResponseReturnValue:
    """The form; what was told becomes an incident at once."""
    form, message = CallForm(), None
    form.type_key.choices = type_choices()
    form.ticket.data = form.ticket.data or new_token()
    if form.validate_on_submit():
        try:
            with transaction("operations.record_call") as session:
                ticket = form.ticket.data or ""
                incident = record_call(session, current_actor(), told(form), ticket=ticket)
                token, code = incident.token, incident.code
        except InvalidInput as error:
            message = show_error(form, error)
        except RuleViolated as error:
            message = error.user_message
        else:
            flash(_("Đã ghi nhận sự cố %(code)s.", code=code), "ok")
            return redirect(url_for("operations.detail", token=token))
    with reading() as session:
        near = lately(session, current_actor())
        page = render_template(
            "operations/call.html", form=form, message=message, near=near,
            numbers=catalogue().numbers, known=catalogue(), states=STATE_LABELS,
            state_tones=STATE_TONES, domain_icons=DOMAIN_ICONS,
            base_map=base_map_url(),
        )  # fmt: skip
    return page, 422 if request.method == "POST" else 200


def type_choices() -> list[SelectChoice]:
    """Types with their domain, to be found by a few letters of either."""
    types = catalogue().types.values()
    kinds = [(one.key, f"{one.label} · {DOMAIN_LABELS[one.domain]}") for one in types]
    return options([("", ""), *kinds])


def told(form: Any) -> dict[str, Any]:
    """The fields of an event."""
    return {
        "type": form.type_key.data, "title": form.title.data, "severity": form.severity.data,
        "place": form.place.data, "description": form.description.data,
        "latitude": form.latitude.data, "longitude": form.longitude.data,
        "caller_name": form.caller_name.data, "caller_phone": form.caller_phone.data,
        "exercise": form.exercise.data or None,
    }  # fmt: skip
