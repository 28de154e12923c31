"""/mot-cua/thu-tuc: the catalogue of procedures, for those who receive and process."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.clock import today
from app.db import reading
from app.errors import NotFound, RuleViolated
from app.organisation import queries as organisation
from app.procedures import permissions, queries
from app.procedures.models import (
    CHANNEL_LABELS,
    FEE_LABELS,
    ONLINE_LABELS,
    PER_LABELS,
    VERSION_LABELS,
    Procedure,
    ProcedureVersion,
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
            may_configure=current_actor().may(permissions.CONFIGURE),
        )


@bp.get("/thu-tuc/<token>")
@needs(permissions.READ)
def procedure(token: str) -> ResponseReturnValue:
    """A procedure as it is in force, or as `?ban=` of its versions has it."""
    with reading() as session:
        found = queries.get_procedure(session, token)
        versions = queries.versions_of(session, found.id)
        current_id = shown_version(session, found, versions)
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
            draft=queries.draft_of(session, found.id),
            may_configure=current_actor().may(permissions.CONFIGURE),
            may_receive=current_actor().may(permissions.RECEIVE),
        )


def shown_version(
    session: Session, procedure_: Procedure, versions: list[ProcedureVersion]
) -> int | None:
    """The version asked for, the one in force, or else the newest. Raises NotFound."""
    wanted = request.args.get("ban", type=int)
    if wanted is not None:
        asked = next((one.id for one in versions if one.number == wanted), None)
        if asked is None:
            raise NotFound(f"version {wanted} of procedure {procedure_.id}")
        return asked
    try:
        return queries.version_on(session, procedure_.id, today()).id
    except RuleViolated:  # not in force yet
        return versions[0].id if versions else None
