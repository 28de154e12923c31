"""/su-co/<token>: one incident, what happened, who does what, and what may be done now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from app import audit
from app.db import reading, transaction
from app.operations import permissions, showing
from app.operations.acting import Act
from app.operations.catalogue import catalogue
from app.operations.models import (
    DOMAIN_ICONS,
    DOMAIN_LABELS,
    HAPPENING_LABELS,
    ORIGIN_LABELS,
    RUN_LABELS,
    STATE_LABELS,
    STEP_LABELS,
    Incident,
)
from app.operations.plans import KIND_LABELS
from app.operations.queries import KIND, incident_by_token
from app.operations.queries.desk import merge_choices
from app.operations.queries.playbooks import in_force
from app.operations.queries.responders import answering_units
from app.operations.views.blueprint import (
    RUN_TONES,
    SEVERITY_TONES,
    STATE_TONES,
    STEP_TONES,
    base_map_url,
    bp,
)
from app.operations.views.panels import PANELS, Panel
from app.organisation import queries as organisation
from app.organisation.forms import options
from app.security import Actor
from app.sensors.models import SEVERITY_LABELS
from app.tasks.models import STATUS_LABELS
from app.tasks.models import TaskStatus as T
from app.web.gate import needs
from app.web.shell import current_actor

TASK_TONES = {
    T.NOT_STARTED: "warn", T.IN_PROGRESS: "info", T.SUBMITTED: "info", T.COMPLETED: "ok",
    T.RETURNED: "late", T.SUSPENDED: "mute", T.CANCELLED: "mute",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Offered:
    """An act on the page with its form; `open`: put forward."""

    act: Act
    panel: Panel
    form: Any
    open: bool


@bp.get("/<token>")
@needs(permissions.READ)
def detail(token: str) -> ResponseReturnValue:
    """The page; for htmx only what others may have changed. That it was opened is written down."""
    actor = current_actor()
    with reading() as session:
        incident = incident_by_token(session, actor, token)
        read = session.scalar(audit.read_lately(actor, KIND, incident.id, "read").limit(1))
    if read is None:
        with transaction("operations.open") as session:
            audit.record_read(session, actor, KIND, incident.id, "read")
    if "HX-Request" in request.headers:
        with reading() as session:
            view = showing.load_incident(session, actor, token)
            return render_template("operations/_facts.html", **context(view))
    return show(token)


def show(token: str, given: tuple[Act, FlaskForm] | None = None, message: str | None = None) -> str:
    """The page; `given` is a form that was refused, `message` why."""
    actor = current_actor()
    with reading() as session:
        view = showing.load_incident(session, actor, token)
        acts = list(view.acts)
        if given is not None and given[0] not in acts:
            acts.insert(0, given[0])
        front = given[0] if given else (acts[0] if acts else None)
        offered = [
            Offered(
                act, PANELS[act],
                given[1] if given and given[0] is act
                else new_form(session, actor, view.incident, act),
                act is front,
            )
            for act in acts
        ]  # fmt: skip
        return render_template(
            "operations/incident.html",
            offered=offered,
            refused=given[1] if given else None,
            message=message,
            numbers=catalogue().numbers,
            **context(view),
        )


def context(view: showing.IncidentView) -> dict[str, object]:
    """What the page and its parts need."""
    return {
        "view": view, "incident": view.incident, "known": catalogue(),
        "domains": DOMAIN_LABELS, "domain_icons": DOMAIN_ICONS, "origins": ORIGIN_LABELS,
        "severities": SEVERITY_LABELS, "severity_tones": SEVERITY_TONES,
        "states": STATE_LABELS, "state_tones": STATE_TONES, "happenings": HAPPENING_LABELS,
        "state_names": {state.value: label for state, label in STATE_LABELS.items()},
        "base_map": base_map_url(),
        "task_states": STATUS_LABELS, "task_tones": TASK_TONES,
        "run_states": RUN_LABELS, "run_tones": RUN_TONES,
        "step_states": STEP_LABELS, "step_tones": STEP_TONES, "step_kinds": KIND_LABELS,
        "may_record": current_actor().may(permissions.RECORD),
        "may_decide": current_actor().may(permissions.DECIDE),
        "may_desk": current_actor().may(permissions.DESK),
    }  # fmt: skip


def new_form(session: Session, actor: Actor, incident: Incident, act: Act) -> FlaskForm:
    """The empty form of an act, with what is known filled in."""
    start = {
        Act.EDIT: {
            name: getattr(incident, name)
            for name in ("title", "description", "place", "area", "latitude", "longitude",
                         "lead_agency", "dead", "injured", "missing")
        },
        Act.JUDGE: {"severity": incident.severity.value},
        Act.DISPATCH: {"minutes": 60, "units": usual_units(session, incident)},
    }  # fmt: skip
    form: Any = PANELS[act].form(formdata=None, prefix=act.value, data=start.get(act, {}))
    if hasattr(form, "version"):
        form.version.data = str(incident.version)
    fill_choices(session, actor, incident, form)
    return form


def usual_units(session: Session, incident: Incident) -> list[int]:
    """The unit that answers such incidents, ticked beforehand."""
    kind = catalogue().types.get(incident.type_key)
    unit = answering_units(session).get(kind.responder) if kind else None
    return [unit.unit_id] if unit and unit.unit_id else []


def fill_choices(session: Session, actor: Actor, incident: Incident, form: Any) -> None:
    """The lists that come from the database."""
    if hasattr(form, "units"):
        form.units.choices = options((one.id, one.name) for one in organisation.units(session))
    if hasattr(form, "into"):
        form.into.choices = options(
            (one.id, f"{one.code}: {one.title}") for one in merge_choices(session, actor, incident)
        )
    if hasattr(form, "playbook"):
        form.playbook.choices = options((one.id, one.name) for one, _version in in_force(session))
