"""/truc-ban/bao-cao: the reports of the mornings, as they were printed."""

from __future__ import annotations

from datetime import date

from flask import render_template
from flask.typing import ResponseReturnValue

from app.db import reading
from app.duty import permissions, queries
from app.duty.views.blueprint import bp
from app.errors import NotFound
from app.files.serving import send
from app.files.store import current_store
from app.web.gate import needs


@bp.get("/bao-cao")
@needs(permissions.READ)
def reports() -> ResponseReturnValue:
    """The newest reports."""
    with reading() as session:
        return render_template("duty/reports.html", reports=queries.reports(session))


@bp.get("/bao-cao/<day>.pdf")
@needs(permissions.READ)
def report(day: str) -> ResponseReturnValue:
    """One as it was printed."""
    try:
        wanted = date.fromisoformat(day)
    except ValueError:
        raise NotFound(f"report {day}") from None
    with reading() as session:
        file = queries.report_file(session, wanted)
    return send(current_store(), file, inline=True)
