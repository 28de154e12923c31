"""/lich/phong-xe: rooms and vehicles, the week of one, and what the office keeps of them."""

from __future__ import annotations

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.clock import now, today
from app.db import reading, transaction
from app.errors import EditConflict, InvalidInput
from app.organisation.queries import post_label
from app.schedules import permissions, queries, services
from app.schedules.forms import show_error
from app.schedules.models import RESOURCE_LABELS, Resource
from app.schedules.office.forms import ResourceForm, resource_values
from app.schedules.times import monday_of
from app.schedules.views.blueprint import bp, monday_in
from app.schedules.views.weeks import words_of_rows
from app.web.gate import needs
from app.web.shell import current_actor

MOMENT = timedelta(minutes=1)
AHEAD = timedelta(days=366)


@bp.get("/phong-xe")
@needs(permissions.READ)
def resources() -> ResponseReturnValue:
    """All of them with who is in now; those out of use for the office only."""
    actor = current_actor()
    with reading() as session:
        manages = actor.may(permissions.MERGE)
        rows = queries.resources(session, every=manages)
        free = queries.free_resources(session, now(), now() + MOMENT)
        until = {one.id: taken.ends_at for one, taken in free if taken is not None}
        return render_template(
            "schedules/resources.html",
            rows=rows, until=until, kinds=RESOURCE_LABELS, may_manage=manages,
        )  # fmt: skip


@bp.get("/phong-xe/moi")
@needs(permissions.MERGE)
def new_resource() -> ResponseReturnValue:
    """The empty form of a room or vehicle."""
    return show_resource_form(ResourceForm(formdata=None))


@bp.post("/phong-xe/moi")
@needs(permissions.MERGE)
def add_resource() -> ResponseReturnValue:
    """Add a room or vehicle."""
    return keep_resource(ResourceForm(), None)


@bp.get("/phong-xe/<token>")
@needs(permissions.READ)
def resource(token: str) -> ResponseReturnValue:
    """Who has a room or vehicle in a week; what the reader may not know is “Bận”."""
    actor, wanted = current_actor(), request.args.get("tuan", "")
    monday = monday_in(wanted) if wanted else monday_of(today())
    with reading() as session:
        one = queries.get_resource(session, token)
        days = queries.taken_week(session, actor, one.id, monday)
        chairs = {span.chair_post_id for _day, _name, spans in days for span in spans}
        return render_template(
            "schedules/resource.html",
            resource=one,
            kind=RESOURCE_LABELS[one.kind],
            days=days,
            names=post_label(session, [chair for chair in chairs if chair]),
            monday=monday,
            sunday=monday + timedelta(days=6),
            previous=monday - timedelta(days=7),
            next=monday + timedelta(days=7),
            today=today(),
            may_manage=actor.may(permissions.MERGE),
            **words_of_rows(),
        )


@bp.get("/phong-xe/<token>/sua")
@needs(permissions.MERGE)
def edit_resource(token: str) -> ResponseReturnValue:
    """The form of a room or vehicle as it stands."""
    with reading() as session:
        one = queries.get_resource(session, token)
        form = ResourceForm(formdata=None, data=resource_values(one))
    return show_resource_form(form, one)


@bp.post("/phong-xe/<token>/sua")
@needs(permissions.MERGE)
def save_resource(token: str) -> ResponseReturnValue:
    """Change one, or take it out of use; what is booked stays."""
    with reading() as session:
        one = queries.get_resource(session, token)
    return keep_resource(ResourceForm(), one)


def keep_resource(form: ResourceForm, known: Resource | None) -> ResponseReturnValue:
    """Save and show its week, or the form again with everything typed."""
    if not form.validate_on_submit():
        return show_resource_form(form, known), 422
    try:
        with transaction("schedules.resource") as session:
            kept = services.save_resource(
                session, current_actor(), resource_id=known.id if known else None,
                version=form.known_version if known else None, **form.values(),
            )  # fmt: skip
            token, ahead = kept.token, 0
            if not kept.is_active:
                ahead = len(queries.bookings_of(session, kept.id, today(), today() + AHEAD))
    except InvalidInput as error:
        return show_resource_form(form, known, show_error(form, error)), 422
    except EditConflict as error:
        return show_resource_form(form, known, error.user_message), 409
    flash(saved_words(ahead), "ok")
    return redirect(url_for("schedules.resource", token=token))


def saved_words(ahead: int) -> str:
    """What was done; of one out of use also what is still booked."""
    if ahead:
        return _("Đã lưu. Còn %(n)s lần đặt từ hôm nay vẫn giữ nguyên.", n=ahead)
    return _("Đã lưu phòng họp, xe.")


def show_resource_form(
    form: ResourceForm, known: Resource | None = None, message: str | None = None
) -> str:
    return render_template("schedules/resource_form.html", form=form, one=known, message=message)
