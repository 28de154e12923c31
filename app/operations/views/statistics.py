"""/su-co/bao-nham: which rules and sources are wrong how often."""

from __future__ import annotations

from datetime import timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.clock import now
from app.db import reading
from app.operations import permissions
from app.operations.queries.statistics import tellers
from app.operations.views.blueprint import bp
from app.web.gate import needs
from app.web.shell import current_actor

SPANS = (30, 90, 365)


@bp.get("/bao-nham")
@needs(permissions.DESK)
def false_alarms() -> ResponseReturnValue:
    """The last `?ngay=` days."""
    days = request.args.get("ngay", SPANS[1], type=int)
    days = days if days in SPANS else SPANS[1]
    with reading() as session:
        return render_template(
            "operations/false_alarms.html", spans=SPANS, days=days,
            tellers=tellers(session, current_actor(), now() - timedelta(days=days)),
        )  # fmt: skip
