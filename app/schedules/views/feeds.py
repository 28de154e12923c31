"""/lich/dia-chi: a person's secret addresses for calendar programs, and what they answer."""

from __future__ import annotations

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.clock import now
from app.db import reading, transaction
from app.errors import InvalidInput
from app.schedules import permissions, queries, services
from app.schedules.calendar_feeds import calendar_of
from app.schedules.models import FeedScope
from app.schedules.queries.feeds import feed_for
from app.schedules.views.blueprint import bp
from app.web.gate import MACHINE, needs
from app.web.shell import current_actor, settings

SCOPES = {
    FeedScope.PERSON: "Lịch của tôi",
    FeedScope.ORGAN: "Lịch toàn cơ quan",
    FeedScope.ROOM: "Lịch của một phòng họp hoặc xe",
}
USED_EVERY = 3600  # seconds between two notes that a feed is in use


@bp.get("/dia-chi")
@needs(permissions.READ)
def feeds() -> ResponseReturnValue:
    """The person's addresses; none is shown again after it was made."""
    return show_feeds()


def show_feeds(address: str = "", message: str = "") -> str:
    actor = current_actor()
    with reading() as session:
        lent = queries.resources(session)
        return render_template(
            "schedules/feeds.html",
            feeds=queries.feeds_of(session, actor.person_id or 0),
            resources=lent,
            names={one.id: one.name for one in lent},
            scopes=SCOPES,
            address=address,
            message=message,
        )


@bp.post("/dia-chi")
@needs(permissions.READ)
def make_feed() -> ResponseReturnValue:
    """A new address, shown this once."""
    try:
        scope = FeedScope(request.form.get("scope", ""))
    except ValueError:
        return show_feeds(message=_("Hãy chọn lịch cần theo dõi.")), 422
    try:
        with transaction("schedules.make_feed") as session:
            _feed, token = services.make_feed(
                session,
                current_actor(),
                scope=scope,
                label=request.form.get("label", ""),
                resource_id=request.form.get("resource_id", type=int),
            )
    except InvalidInput as error:
        return show_feeds(message=error.user_message), 422
    return show_feeds(address=url_for("schedules.feed", token=token, _external=True))


@bp.post("/dia-chi/<int:feed_id>/thu-hoi")
@needs(permissions.READ)
def revoke_feed(feed_id: int) -> ResponseReturnValue:
    """End an address at once."""
    with transaction("schedules.revoke_feed") as session:
        services.revoke_feed(session, current_actor(), feed_id=feed_id)
    flash(_("Đã thu hồi địa chỉ. Ứng dụng lịch dùng địa chỉ này không đọc được nữa."), "ok")
    return redirect(url_for("schedules.feeds"))


@bp.get("/nguon/<token>.ics")
@needs(MACHINE)
def feed(token: str) -> ResponseReturnValue:
    """The calendar behind an address; 401 for one that is unknown or revoked."""
    with reading() as session:
        found = feed_for(session, token)
        if found is None:
            abort(401)
        rows = queries.feed_rows(session, found)
        fresh = found.last_used_at is None or (
            (now() - found.last_used_at).total_seconds() > USED_EVERY
        )
        feed_id, name = found.id, found.label or SCOPES[found.scope]
    if fresh:
        with transaction("schedules.feed_used") as session:
            services.note_feed_used(session, feed_id=feed_id)
    content = calendar_of(rows, name=f"{name} - {settings().organ_name}")
    headers = {"Cache-Control": "private, no-store"}
    return Response(content, content_type="text/calendar; charset=utf-8", headers=headers)
