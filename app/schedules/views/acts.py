"""POST /lich/<token>/<act> and /lich/tuan/<monday>/<act>: each act with its own permission."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.db import reading, transaction
from app.errors import EditConflict, InvalidInput, RuleViolated
from app.schedules import permissions, queries, services
from app.schedules.models import ScheduleEntry
from app.schedules.office.forms import CutoffForm
from app.schedules.views.blueprint import bp, monday_in
from app.security import Actor
from app.web.gate import needs
from app.web.shell import current_actor
from app.web.template_helpers import weekday_vi

Act = Callable[[Session, Actor, ScheduleEntry], object]


def perform(token: str, act: Act, done: str) -> ResponseReturnValue:
    """One act on an entry in one transaction; then its page, with what was done or why not."""
    actor = current_actor()
    with reading() as session:
        entry = queries.get_entry(session, actor, token)
    try:
        with transaction("schedules.act") as session:
            act(session, actor, entry)
    except (InvalidInput, RuleViolated, EditConflict) as error:
        flash(error.user_message, "late")
    else:
        flash(done, "ok")
    return redirect(url_for("schedules.detail", token=token))


def reason() -> str:
    """The typed reason."""
    return request.form.get("reason", "")[:500]


@bp.post("/<token>/huy")
@needs(permissions.REGISTER)
def cancel(token: str) -> ResponseReturnValue:
    """Call an entry off."""
    return perform(
        token,
        lambda session, actor, entry: services.cancel_entry(
            session, actor, entry_id=entry.id, reason=reason()
        ),
        _("Đã hủy lịch."),
    )


@bp.post("/<token>/huy-cac-lan")
@needs(permissions.REGISTER)
def end_series(token: str) -> ResponseReturnValue:
    """Call off an occurrence and all that come behind it."""
    return perform(
        token,
        lambda session, actor, entry: services.cancel_series(
            session, actor, series_id=entry.series_id or 0, from_day=entry.day, reason=reason()
        ),
        _("Đã hủy lần này và các lần sau."),
    )


@bp.post("/<token>/dang-ky")
@needs(permissions.REGISTER)
def submit(token: str) -> ResponseReturnValue:
    """Register a draft."""
    return perform(
        token,
        lambda session, actor, entry: services.submit_entry(session, actor, entry_id=entry.id),
        _("Đã đăng ký, chờ Văn phòng tổng hợp."),
    )


@bp.post("/<token>/tra-lai")
@needs(permissions.MERGE)
def give_back(token: str) -> ResponseReturnValue:
    """Give an entry back to whoever registered it."""
    return perform(
        token,
        lambda session, actor, entry: services.return_entry(
            session, actor, entry_id=entry.id, reason=reason()
        ),
        _("Đã trả lại cho đơn vị đăng ký."),
    )


@bp.post("/<token>/du-thay")
@needs(permissions.REGISTER)
def send_another(token: str) -> ResponseReturnValue:
    """Send somebody in another's place."""
    absent = request.form.get("for_post_id", 0, type=int)
    other = request.form.get("to_post_id", 0, type=int)
    return perform(
        token,
        lambda session, actor, entry: services.substitute(
            session, actor, entry_id=entry.id, for_post_id=absent, to_post_id=other,
            reason=reason(),
        ),
        _("Đã cử người dự thay."),
    )  # fmt: skip


def decide(monday: str, act: Callable[[Session, Actor, date], str]) -> ResponseReturnValue:
    """One act on a week; then the week, with what was done or why not."""
    first = monday_in(monday)
    try:
        with transaction("schedules.week") as session:
            done = act(session, current_actor(), first)
    except (InvalidInput, RuleViolated, EditConflict) as error:
        flash(error.user_message, "late")
    else:
        flash(done, "ok")
    view = request.form.get("view") or None
    return redirect(url_for("schedules.week", monday=first.isoformat(), view=view))


@bp.post("/tuan/<monday>/tong-hop")
@needs(permissions.MERGE)
def merge(monday: str) -> ResponseReturnValue:
    """Take all registered entries of the week, or the one that is named, into it."""

    def act(session: Session, actor: Actor, first: date) -> str:
        ids = request.form.getlist("id", type=int)
        merged = services.merge_entries(session, actor, entry_ids=ids)
        return _("Đã tổng hợp %(n)s lịch.", n=len(merged))

    return decide(monday, act)


@bp.post("/tuan/<monday>/duyet")
@needs(permissions.APPROVE)
def approve(monday: str) -> ResponseReturnValue:
    """Approve the merged week."""

    def act(session: Session, actor: Actor, first: date) -> str:
        services.approve_week(session, actor, monday=first)
        return _("Đã duyệt lịch tuần, chờ ban hành.")

    return decide(monday, act)


@bp.post("/tuan/<monday>/ban-hanh")
@needs(permissions.PUBLISH)
def publish(monday: str) -> ResponseReturnValue:
    """Publish the approved week, or a published one anew."""

    def act(session: Session, actor: Actor, first: date) -> str:
        note = request.form.get("note", "")
        version = services.publish_week(session, actor, monday=first, note=note)
        return _("Đã ban hành lịch tuần (lần %(n)s).", n=version.number)

    return decide(monday, act)


@bp.post("/tuan/<monday>/han-dang-ky")
@needs(permissions.MERGE)
def cutoff(monday: str) -> ResponseReturnValue:
    """Let units register for the week until another moment."""

    def act(session: Session, actor: Actor, first: date) -> str:
        form = CutoffForm()
        if not form.validate():
            raise InvalidInput(_("Hạn đăng ký gồm ngày (dd/mm/yyyy) và giờ, ví dụ 15:00."), "at")
        sheet = services.set_cutoff(session, actor, monday=first, at=form.typed)
        return _("Các đơn vị đăng ký lịch tuần này đến %(at)s.", at=weekday_vi(sheet.cutoff_at))

    return decide(monday, act)
