"""/su-co: the duty desk, as list and map at once."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.clock import now
from app.db import reading, transaction
from app.errors import InvalidInput, NotFound, RuleViolated
from app.feeds.queries import health
from app.operations import permissions, services
from app.operations.catalogue import catalogue
from app.operations.models import (
    DOMAIN_ICONS,
    DOMAIN_LABELS,
    OPEN,
    STATE_LABELS,
    Domain,
    Incident,
    IncidentState,
)
from app.operations.queries.desk import MOST_OPEN, Desk, Wanted, desk_of
from app.operations.queries.proposals import proposals
from app.operations.views.blueprint import SEVERITY_TONES, STATE_TONES, base_map_url, bp
from app.organisation import queries as organisation
from app.sensors.models import SEVERITY_LABELS, Severity
from app.web.gate import needs
from app.web.shell import current_actor, settings


@bp.get("")
@needs(permissions.READ)
def index() -> ResponseReturnValue:
    """The desk; for htmx only its card. `?tuong=1` is the big screen."""
    actor, wanted = current_actor(), wanted_incidents()
    wall = request.args.get("tuong") == "1"
    with reading() as session:
        desk = desk_of(session, actor, wanted)
        may_record = actor.may(permissions.RECORD)
        partial = "HX-Request" in request.headers
        return render_template(
            "operations/_desk.html" if partial else "operations/desk.html",
            desk=desk,
            wanted=wanted,
            wall=wall,
            at=now(),
            points=points_of(desk),
            tab_items=tab_items(desk, wanted),
            pairs=proposals(session, actor) if may_record and not wanted.closed else [],
            silent=silent_sources(session) if actor.may(permissions.DESK) else [],
            most=MOST_OPEN,
            units=organisation.unit_label(
                session, [one.lead_unit_id for one in desk.incidents if one.lead_unit_id]
            ),
            unit_choices=[(unit.id, unit.short_name) for unit in organisation.units(session)],
            domain_choices=[(one.value, DOMAIN_LABELS[one]) for one in Domain],
            severity_choices=[(one.value, SEVERITY_LABELS[one]) for one in Severity],
            state_choices=[(one.value, STATE_LABELS[one]) for one in IncidentState if
                           (one not in OPEN) is wanted.closed],
            known=catalogue(),
            domains=DOMAIN_LABELS, domain_icons=DOMAIN_ICONS, states=STATE_LABELS,
            state_tones=STATE_TONES, severities=SEVERITY_LABELS, severity_tones=SEVERITY_TONES,
            base_map=base_map_url(),
            may_record=may_record, may_desk=actor.may(permissions.DESK),
        )  # fmt: skip


def silent_sources(session: Session) -> list[str]:
    """Names of sources that say nothing although they should: no news is no good news then."""
    return [one.source.name for one in health(session) if one.is_silent]


@bp.get("/nen-ban-do.json")
@needs(permissions.READ)
def base_map() -> ResponseReturnValue:
    """The lines and areas under the incidents: a GeoJSON file that the configuration names."""
    path = settings().map_geojson
    if path is None or not path.is_file():
        raise NotFound("no base map")
    return send_file(path, mimetype="application/geo+json", max_age=3600, conditional=True)


@bp.post("/khong-phai-mot")
@needs(permissions.RECORD)
def say_apart() -> ResponseReturnValue:
    """Two incidents that were proposed as one are two."""
    first, second = (request.form.get(name, 0, type=int) for name in ("first", "second"))
    try:
        with transaction("operations.say_apart") as session:
            services.say_apart(
                session, current_actor(), incident_id=first or 0, other_id=second or 0
            )
    except InvalidInput as error:
        flash(error.user_message, "late")
    else:
        flash(_("Đã ghi: hai sự cố khác nhau."), "ok")
    return redirect(url_for("operations.index"))


@bp.post("/la-mot")
@needs(permissions.RECORD)
def say_one() -> ResponseReturnValue:
    """They are one: the later goes into the earlier."""
    first, second = (request.form.get(name, 0, type=int) for name in ("first", "second"))
    try:
        with transaction("operations.merge") as session:
            stays = services.merge(
                session, current_actor(), incident_id=first or 0, into_id=second or 0
            )
            token = stays.token
    except (InvalidInput, RuleViolated) as error:
        flash(error.user_message, "late")
        return redirect(url_for("operations.index"))
    flash(_("Đã gộp; tin mới sẽ vào sự cố này."), "ok")
    return redirect(url_for("operations.detail", token=token))


def wanted_incidents() -> Wanted:
    """What the address asks for; what it does not understand it leaves out."""
    given = request.args
    return Wanted(
        closed=given.get("tab") == "da-dong",
        domain=_one_of(Domain, given.get("linh_vuc")),
        severity=_one_of(Severity, given.get("muc_do")),
        state=_one_of(IncidentState, given.get("trang_thai")),
        unit_id=given.get("don_vi", type=int),
        text=" ".join(given.get("q", "").split())[:100],
        before=given.get("truoc", type=int),
    )


def _one_of(kind: Any, value: str | None) -> Any:
    try:
        return kind(value) if value else None
    except ValueError:
        return None


def tab_items(desk: Desk, wanted: Wanted) -> list[dict[str, Any]]:
    """Open and closed, with their numbers."""
    return [
        {
            "key": key, "label": label, "count": count,
            "url": url_for("operations.index", tab=key if closed else None),
        }
        for key, label, count, closed in (
            ("dang-mo", _("Đang mở"), desk.open, False),
            ("da-dong", _("Đã khép lại"), desk.closed, True),
        )
    ]  # fmt: skip


def points_of(desk: Desk) -> list[dict[str, Any]]:
    """What the map draws."""
    return [point_of(one) for one in desk.incidents if one.latitude is not None]


def point_of(one: Incident) -> dict[str, Any]:
    """An incident on a map."""
    return {
        "at": [one.latitude, one.longitude],
        "title": f"{one.code}: {one.title}",
        "tone": SEVERITY_TONES[one.severity],
        "label": SEVERITY_LABELS[one.severity],
        "url": url_for("operations.detail", token=one.token),
        "id": one.id,
    }
