"""/mot-cua/thu-tuc: the catalogue of procedures, for those who receive and process."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.clock import today
from app.db import reading
from app.errors import RuleViolated
from app.organisation import queries as organisation
from app.procedures import permissions, queries
from app.procedures.models import (
    CHANNEL_LABELS,
    FEE_LABELS,
    ONLINE_LABELS,
    PER_LABELS,
    VERSION_LABELS,
)
from app.procedures.views.blueprint import SIZES, bp
from app.web.gate import needs
from app.web.shell import current_actor


@bp.get("/thu-tuc")
@needs(permissions.READ)
def procedures() -> ResponseReturnValue:
    """The list of procedures in force; for htmx only its card."""
    size = request.args.get("size", SIZES[1], type=int)
    text, field = request.args.get("q", "").strip()[:200], request.args.get("field", "")[:120]
    with reading() as session:
        page = queries.procedure_page(
            session,
            text=text,
            field=field,
            number=max(1, request.args.get("page", 1, type=int)),
            size=size if size in SIZES else SIZES[1],
        )
        partial = "HX-Request" in request.headers
        return render_template(
            "procedures/_procedures.html" if partial else "procedures/procedures.html",
            page=page,
            text=text,
            field=field,
            fields=[(name, f"{name} ({count})") for name, count in queries.fields_of(session)],
            may_receive=current_actor().may(permissions.RECEIVE),
        )


@bp.get("/thu-tuc/<token>")
@needs(permissions.READ)
def procedure(token: str) -> ResponseReturnValue:
    """A procedure as it is in force, and its earlier versions."""
    with reading() as session:
        found = queries.get_procedure(session, token)
        versions = queries.versions_of(session, found.id)
        try:
            current_id = queries.version_on(session, found.id, today()).id
        except RuleViolated:  # not published yet: the newest draft is shown
            current_id = versions[-1].id if versions else 0
        version = queries.version_whole(session, current_id) if current_id else None
        units = [step.unit_id for step in version.steps if step.unit_id] if version else []
        return render_template(
            "procedures/procedure.html",
            procedure=found,
            version=version,
            versions=versions,
            units=organisation.unit_label(session, units),
            channels=CHANNEL_LABELS,
            fee_labels=FEE_LABELS,
            per_labels=PER_LABELS,
            online=ONLINE_LABELS,
            version_labels=VERSION_LABELS,
            may_receive=current_actor().may(permissions.RECEIVE),
        )
