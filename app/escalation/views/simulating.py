"""/goi-theo-cap/ai-duoc-goi: “ai được gọi lúc 03:00 ngày 1/1”."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.clock import local, now
from app.db import reading
from app.escalation import permissions, queries
from app.escalation.forms import SimulationForm
from app.escalation.models import CHANNEL_LABELS
from app.escalation.policies import WHO_LABELS, policies
from app.escalation.queries import Place
from app.escalation.views.blueprint import bp
from app.organisation import queries as organisation
from app.organisation.forms import options
from app.web.gate import needs
from app.web.shell import current_actor


@bp.get("/ai-duoc-goi")
@needs(permissions.READ)
def simulate() -> ResponseReturnValue:
    """Who would be called if nobody answered. With `at` it is worked out, else only asked."""
    asked = "at" in request.args
    form = SimulationForm(request.args if asked else None, at=now())
    with reading() as session:
        day = local(form.at.data or now()).date()
        known = policies(day)
        form.policy.choices = options((one.key, one.label) for one in known.values())
        form.unit_id.offer(organisation.unit_options(session))
        found = None
        if asked and form.validate():
            place = Place(unit_id=form.unit_id.data)
            found = queries.simulate(session, known[form.policy.data], form.at.data, place)
        return render_template(
            "escalation/simulation.html",
            form=form,
            found=found,
            who_labels=WHO_LABELS,
            channel_labels=CHANNEL_LABELS,
            may_pause=current_actor().may(permissions.HANDLE),
        ), (422 if form.errors else 200)
