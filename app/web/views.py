"""Pages that belong to no room: the way home, health, metrics."""

from __future__ import annotations

import ipaddress

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from app.clock import now
from app.db import reading, transaction
from app.security import Role
from app.web import health
from app.web.gate import SIGNED_IN, needs, public
from app.web.shell import NavItem, current_actor, navigation
from migrations.run import at_head

bp = Blueprint("web", __name__)

navigation.add(
    NavItem(
        "health",
        "Quản trị",
        "Tình trạng hệ thống",
        "heartbeat",
        "web.health_page",
        permission=health.WATCH_HEALTH,
        order=90,
    )
)

HOME_BY_ROLE = (  # the first that the person's posts have decides
    (Role.LEADER, "schedules.morning"),
    (Role.CLERK, "incoming.index"),
    (Role.CHIEF_OF_OFFICE, "incoming.index"),
    (Role.DEPARTMENT_HEAD, "tasks.index"),
    (Role.SPECIALIST, "tasks.index"),
    (Role.ONE_STOP_OFFICER, "procedures.counter"),
    (Role.DUTY_OFFICER, "tasks.index"),
    (Role.ADMINISTRATOR, "organisation.people"),
)


@bp.get("/")
@needs(SIGNED_IN)
def home() -> ResponseReturnValue:
    """The home page of the role in use."""
    actor = current_actor()
    roles = actor.holding.roles if actor.holding else actor.roles
    for role, endpoint in HOME_BY_ROLE:
        if role in roles:
            return redirect(url_for(endpoint))
    return redirect(url_for(navigation.for_actor(actor)[0].endpoint))


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return {"status": "ok"}


@bp.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """The process can read its database, and the schema is the one it was written for."""
    with reading() as session:
        ready = at_head(session.connection())
    return ({"status": "ready"}, 200) if ready else ({"status": "schema is not current"}, 503)


@bp.get("/quan-tri/tinh-trang")
@needs(health.WATCH_HEALTH)
def health_page() -> ResponseReturnValue:
    """Parts of the system and events that could not be delivered."""
    with reading() as session:
        return render_template(
            "web/health.html",
            now=now(),
            lines=health.lines(session),
            consumers=health.consumers(session),
            troubled=health.troubled(session),
        )


@bp.post("/quan-tri/tinh-trang/gui-lai")
@needs(health.WATCH_HEALTH)
def replay() -> ResponseReturnValue:
    """Try the ticked deliveries again."""
    with transaction() as session:
        count = health.replay(
            session, current_actor(), delivery_ids=request.form.getlist("id", type=int)
        )
    flash(_("Đã đưa %(count)d sự kiện vào hàng gửi lại.", count=count), "ok")
    return redirect(url_for("web.health_page"))


@bp.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    """Prometheus figures, for this machine only."""
    if not ipaddress.ip_address(request.remote_addr or "0.0.0.0").is_loopback:  # noqa: S104
        abort(404)
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)
