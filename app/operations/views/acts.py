"""POST /su-co/<token>/<act>: each act has a route of its own with its own permission."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.clock import now
from app.db import reading, transaction
from app.errors import EditConflict, InvalidInput, RuleViolated
from app.operations import services
from app.operations.acting import STEPS, Act, reopened
from app.operations.models import Incident
from app.operations.queries import incident_by_token
from app.operations.services import running
from app.operations.views.blueprint import bp
from app.operations.views.incident import fill_choices, show
from app.operations.views.panels import PANELS
from app.operations.views.photos import keep_photos
from app.organisation.forms import show_error
from app.security import Actor
from app.sensors.models import Severity
from app.web.gate import needs
from app.web.shell import current_actor

Call = Callable[[Session, Actor, Incident, Any], object]


def perform(act: Act, token: str) -> ResponseReturnValue:
    """Check the form, call the service in one transaction, say so; refusals keep what was typed."""
    actor = current_actor()
    form: Any = PANELS[act].form(prefix=act.value)
    with reading() as session:
        incident = incident_by_token(session, actor, token)
        fill_choices(session, actor, incident, form)
    if not form.validate_on_submit():
        return show(token, (act, form)), 422
    try:
        if act is Act.NOTE:
            form.kept = keep_photos(form.photos.data)
        with transaction(f"operations.{act.name.lower()}") as session:
            stays = CALLS[act](session, actor, incident, form)
    except InvalidInput as error:
        return show(token, (act, form), show_error(form, error)), 422
    except (RuleViolated, EditConflict) as error:
        return show(token, (act, form), error.user_message), 409
    flash(_(PANELS[act].done), "ok")
    where = stays.token if act is Act.MERGE and isinstance(stays, Incident) else token
    return redirect(url_for("operations.detail", token=where))


def step(act: Act) -> Call:
    """The call of an act that only takes the incident to a state."""

    def take(session: Session, actor: Actor, incident: Incident, form: Any) -> object:
        return services.move(
            session, actor, incident_id=incident.id, to=STEPS[act], text=form.text.data or ""
        )

    return take


def dispatch(session: Session, actor: Actor, incident: Incident, form: Any) -> object:
    order = services.Dispatch(
        units=form.units.data, work=form.work.data or incident.title,
        due_at=now() + timedelta(minutes=form.minutes.data),
        lead_agency=form.lead_agency.data or "",
    )  # fmt: skip
    return services.dispatch(session, actor, incident_id=incident.id, order=order)


def review(session: Session, actor: Actor, incident: Incident, form: Any) -> object:
    return services.look_back(session, actor, incident_id=incident.id, text=form.text.data)


def note(session: Session, actor: Actor, incident: Incident, form: Any) -> object:
    return services.write_note(
        session, actor, incident_id=incident.id, text=form.text.data or "", photos=form.kept,
        at=form.place,
    )  # fmt: skip


def judge(session: Session, actor: Actor, incident: Incident, form: Any) -> object:
    severity = Severity(form.severity.data)
    return services.judge(session, actor, incident_id=incident.id, severity=severity)


def edit(session: Session, actor: Actor, incident: Incident, form: Any) -> object:
    version = form.version.data or ""
    return services.edit(
        session,
        actor,
        incident_id=incident.id,
        facts=form.facts(),
        version=int(version) if version.isdigit() else incident.version,
    )


def start(session: Session, actor: Actor, incident: Incident, form: Any) -> object:
    return running.start_by_hand(
        session, actor, incident_id=incident.id, playbook_id=form.playbook.data
    )


def merge(session: Session, actor: Actor, incident: Incident, form: Any) -> object:
    return services.merge(session, actor, incident_id=incident.id, into_id=form.into.data)


def part(session: Session, actor: Actor, incident: Incident, _form: Any) -> object:
    return services.part(session, actor, incident_id=incident.id)


def reopen(session: Session, actor: Actor, incident: Incident, form: Any) -> object:
    return services.move(
        session, actor, incident_id=incident.id, to=reopened(incident), text=form.text.data or ""
    )


CALLS: dict[Act, Call] = {
    **{act: step(act) for act in STEPS},
    Act.DISPATCH: dispatch,
    Act.REVIEW: review,
    Act.NOTE: note,
    Act.JUDGE: judge,
    Act.EDIT: edit,
    Act.START: start,
    Act.MERGE: merge,
    Act.PART: part,
    Act.REOPEN: reopen,
}


def _route(act: Act) -> None:
    def view(token: str) -> ResponseReturnValue:
        return perform(act, token)

    view.__name__ = act.name.lower()
    bp.post(f"/<token>/{act.value}", endpoint=act.name.lower())(needs(PANELS[act].needs)(view))


for _act in Act:
    _route(_act)
