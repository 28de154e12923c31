"""/cong-dan: the first page, and the guide to procedures."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.clock import today
from app.db import reading
from app.errors import NotFound, RuleViolated
from app.portal.forms import LookupForm
from app.portal.views.blueprint import bp
from app.procedures import queries
from app.procedures.models import (
    CHANNEL_LABELS,
    FEE_LABELS,
    ONLINE_LABELS,
    PER_LABELS,
    ProcedureVersion,
)
from app.web.gate import public
from app.worktime.calendar import Unit

SHOWN = 60
UNIT_WORDS = {
    Unit.WORKING_DAY: "ngày làm việc",
    Unit.WORKING_HOUR: "giờ làm việc",
    Unit.CALENDAR_DAY: "ngày",
    Unit.WEEK: "tuần",
    Unit.MONTH: "tháng",
}


@bp.get("")
@public
def home() -> ResponseReturnValue:
    """Look up a dossier, or look for a procedure."""
    with reading() as session:
        fields = queries.fields_of(session)
    return render_template("portal/home.html", form=LookupForm(None), fields=fields)


@bp.get("/thu-tuc")
@public
def procedures() -> ResponseReturnValue:
    """Procedures in force whose words begin with those typed, or all of a field."""
    words = request.args.get("q", "").strip()[:100]
    field = request.args.get("linh-vuc", "")[:120]
    with reading() as session:
        found = queries.find_procedures(session, words, limit=SHOWN * 10)
        rows = [one for one in found if not field or one.field == field]
        return render_template(
            "portal/procedures.html",
            rows=rows[:SHOWN],
            total=len(rows),
            words=words,
            field=field,
            fields=queries.fields_of(session),
            limit_words=limit_words,
        )


@bp.get("/thu-tuc/<token>")
@public
def procedure(token: str) -> ResponseReturnValue:
    """What a procedure asks for and promises today."""
    with reading() as session:
        one = queries.get_procedure(session, token)
        try:
            version = queries.version_on(session, one.id, today())
        except RuleViolated as error:
            raise NotFound(f"no version of procedure {one.id} in force") from error
        return render_template(
            "portal/procedure.html",
            version=version,
            limit_words=limit_words,
            channels=CHANNEL_LABELS,
            fee_labels=FEE_LABELS,
            per_labels=PER_LABELS,
            online_labels=ONLINE_LABELS,
        )


def limit_words(version: ProcedureVersion) -> str:
    """“3 ngày làm việc”, or that it is done on the day."""
    words = f"{version.limit_amount} {UNIT_WORDS[version.limit_unit]}"
    return f"Trả ngay trong ngày ({words})" if version.is_same_day else words
