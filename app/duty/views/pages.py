"""/truc-ban: who is on duty, what is carried over, the log of a day."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import kinds
from app.clock import VIETNAM, now, today
from app.db import reading, transaction
from app.duty import permissions, queries, services
from app.duty.forms import LogForm
from app.duty.views.blueprint import bp
from app.organisation.dates import parse_date
from app.web.gate import needs
from app.web.shell import current_actor

LOOKED_AHEAD = timedelta(days=1)


@bp.get("")
@needs(permissions.READ)
def index() -> ResponseReturnValue:
    """The desk's own page; `?ngay=` shows the log of another day."""
    return show(LogForm())


@bp.post("/nhat-ky")
@needs(permissions.KEEP)
def write_log() -> ResponseReturnValue:
    """Add a line to the log."""
    form = LogForm()
    if not form.validate_on_submit():
        return show(form), 422
    with transaction("duty.write_log") as session:
        services.write_log(session, current_actor(), form.text.data or "")
    flash(_("Đã ghi vào nhật ký."), "ok")
    return redirect(url_for("duty.index"))


def show(form: LogForm) -> str:
    """The page; after a refusal with what was typed."""
    try:
        day = parse_date(request.args.get("ngay", ""))
    except ValueError:
        day = today()
    start = datetime.combine(day, time(), VIETNAM)
    with reading() as session:
        actor, at = current_actor(), now()
        shifts = queries.shifts_between(session, at, at + LOOKED_AHEAD)
        things = queries.carried_over(session, actor)
        return render_template(
            "duty/index.html",
            form=form,
            day=day,
            at=at,
            here=[one for one in shifts if one.shift.starts_at <= at],
            coming=[one for one in shifts if one.shift.starts_at > at][:3],
            cards=kinds.cards(session, actor, things),
            log=queries.log_between(session, start, start + timedelta(days=1)),
            waiting=queries.waiting_handover(session),
            may_keep=actor.may(permissions.KEEP),
            may_plan=actor.may(permissions.PLAN),
            is_today=day == today(),
            before=day - timedelta(days=1),
            after=day + timedelta(days=1),
        )
