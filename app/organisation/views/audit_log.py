"""The audit log with its filters."""

from __future__ import annotations

from datetime import date

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app import kinds
from app.db import reading
from app.organisation import queries
from app.organisation.acts import act_label, kind_label
from app.organisation.dates import parse_date
from app.organisation.permissions import READ_AUDIT
from app.organisation.queries.audit_log import AuditFilter, audit_lines, kinds_of_acts
from app.organisation.views.blueprint import bp, page_argument
from app.web.gate import needs
from app.web.shell import current_actor


@bp.get("/quan-tri/nhat-ky")
@needs(READ_AUDIT)
def audit_log() -> ResponseReturnValue:
    """Who did what and when, newest first."""
    wanted = AuditFilter(
        person_id=page_argument("person"),
        kind=request.args.get("kind", ""),
        action=request.args.get("action", "").strip(),
        first_day=day_argument("from"),
        last_day=day_argument("to"),
        thing_id=page_argument("thing"),
        before=page_argument("before"),
    )
    labels = {kind.name: kind.label for kind in kinds.all_kinds()}
    with reading() as db:
        lines, following = audit_lines(db, current_actor(), wanted)
        template = "_audit_log" if "HX-Request" in request.headers else "audit_log"
        return render_template(
            f"organisation/{template}.html",
            lines=lines,
            following=following,
            wanted=wanted,
            people=queries.people(db, active=None),
            kinds=[(name, kind_label(name, labels)) for name in kinds_of_acts(db)],
            act_label=act_label,
            labels=labels,
            kind_label=kind_label,
        )


def day_argument(name: str) -> date | None:
    """A day of the filter; None when it is empty or not a day."""
    try:
        return parse_date(request.args.get(name, ""))
    except ValueError:
        return None
