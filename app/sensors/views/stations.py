"""/quan-trac/tram/…: a station, what it measures, when it is in maintenance."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.clock import now
from app.db import reading, transaction
from app.errors import InvalidInput
from app.organisation.forms import show_error
from app.sensors import queries, services
from app.sensors.forms import MaintenanceForm
from app.sensors.models import MEASURED_LABELS, THING_LABELS
from app.sensors.permissions import CONFIGURE, MAINTAIN, READ
from app.sensors.views.blueprint import bp
from app.web.gate import needs
from app.web.shell import current_actor


@bp.get("/tram/<token>")
@needs(READ)
def thing(token: str) -> ResponseReturnValue:
    """A station with its streams and its maintenance."""
    return show_thing(token, MaintenanceForm())


@bp.post("/tram/<token>/bao-tri")
@needs(MAINTAIN)
def announce_maintenance(token: str) -> ResponseReturnValue:
    """No rule speaks about the station for a while."""
    form = MaintenanceForm()
    if not form.validate_on_submit():
        return show_thing(token, form), 422
    try:
        with transaction("sensors.maintenance") as session:
            one = queries.thing_by_token(session, token)
            services.announce_maintenance(
                session, current_actor(), one.id, form.starts_at.data, form.ends_at.data,
                form.reason.data or "",
            )  # fmt: skip
    except InvalidInput as error:
        return show_thing(token, form, show_error(form, error)), 422
    flash(_("Đã báo bảo trì. Số liệu vẫn được lưu, quy tắc không phát cảnh báo mới."), "ok")
    return redirect(url_for("sensors.thing", token=token))


def show_thing(token: str, form: MaintenanceForm, message: str | None = None) -> str:
    """The page; after a refusal with what was typed."""
    actor = current_actor()
    with reading() as session:
        one = queries.thing_by_token(session, token)
        return render_template(
            "sensors/thing.html",
            thing=one,
            kind=THING_LABELS[one.kind],
            measured=MEASURED_LABELS,
            windows=queries.windows_of_thing(session, one.id),
            form=form,
            message=message,
            may_maintain=actor.may(MAINTAIN),
            may_configure=actor.may(CONFIGURE),
            at=now(),
        )
