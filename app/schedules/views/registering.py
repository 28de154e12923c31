"""/lich/moi and /lich/<token>/sua: the form of an entry, with clashes of people before the end."""

from __future__ import annotations

from datetime import date, datetime, time

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.clock import local, today
from app.db import reading, transaction
from app.errors import AppError, EditConflict, InvalidInput, RuleViolated
from app.organisation import queries as organisation
from app.schedules import permissions, queries, services
from app.schedules.advice import Advice, clashes_of_days
from app.schedules.advice import advice as advise
from app.schedules.forms import (
    MOST_SIDE_BY_SIDE,
    EntryForm,
    RepeatForm,
    show_error,
    start_values,
)
from app.schedules.models import EntryState, ResourceKind, ScheduleEntry
from app.schedules.services.keeping import EntryData
from app.schedules.services.series import Recurrence
from app.schedules.times import monday_of, span
from app.schedules.views.blueprint import bp
from app.security import Actor
from app.tasks import showing
from app.tasks.parties import Party
from app.web.gate import needs
from app.web.shell import current_actor


@bp.get("/moi")
@needs(permissions.REGISTER)
def new() -> ResponseReturnValue:
    """The form of a new entry, with the day, hours and people of the address; the first chairs."""
    try:
        day = max(date.fromisoformat(request.args.get("day", "")), today())
    except ValueError:
        day = today()
    actor = current_actor()
    chosen = request.args.getlist("ai", type=int)[:MOST_SIDE_BY_SIDE] or [actor.post_id or 0]
    form = EntryForm(
        formdata=None,
        day=day,
        starts=hour_in(request.args.get("starts", "")),
        ends=hour_in(request.args.get("ends", "")),
        chair=chosen[0],
        participants=[Party(post_id=post_id).term for post_id in chosen[1:]],
    )
    return show_form(form)


def hour_in(text: str) -> time | None:
    """A time of day of an address; None for what is none."""
    try:
        return time.fromisoformat(text)
    except ValueError:
        return None


@bp.post("/moi")
@needs(permissions.REGISTER)
def create() -> ResponseReturnValue:
    """Register an entry, or keep it as a draft."""
    form, repeat, actor = EntryForm(), RepeatForm(prefix="repeat-"), current_actor()
    fill_choices(form)
    take_slot(form)
    if not all([form.validate_on_submit(), repeat.validate()]):  # both say what is wrong
        return show_form(form, repeat=repeat), 422
    draft = "draft" in request.form
    try:
        data, rule = form.values(), repeat.rule()
        if rule is not None:
            return create_series(form, repeat, data, rule)
        if (warned := warning(actor, data)) is not None:
            return show_form(form, advice=warned, repeat=repeat), 422
        with transaction("schedules.register") as session:
            entry = services.register_entry(session, actor, data, draft=draft)
            token, state = entry.token, entry.state
    except (InvalidInput, RuleViolated) as error:
        return refused(form, error, repeat=repeat)
    flash(said(state), "ok")
    return redirect(url_for("schedules.detail", token=token))


def create_series(
    form: EntryForm, repeat: RepeatForm, data: EntryData, rule: Recurrence
) -> ResponseReturnValue:
    """Register all occurrences, once the person knows on which days somebody is busy.

    Raises as `register_series`.
    """
    actor = current_actor()
    if "draft" in request.form:
        raise RuleViolated(_("Lịch lặp được đăng ký ngay, không lưu nháp."))
    days = services.occurrences(local(data.starts_at).date(), rule)
    if "anyway" not in request.form:
        with reading() as session:
            clashes = clashes_of_days(session, actor, data, days)
        if clashes:
            return show_form(form, repeat=repeat, advice=Advice(clashes, (), ()), days=True), 422
    with transaction("schedules.register_series") as session:
        series = services.register_series(session, actor, data, rule)
        token = queries.first_of_series(session, series.id)
    flash(_("Đã đăng ký %(n)s lần, chờ Văn phòng tổng hợp.", n=len(days)), "ok")
    return redirect(url_for("schedules.detail", token=token))


def said(state: EntryState) -> str:
    """What happened to a registered entry."""
    if state is EntryState.DRAFT:
        return _("Đã lưu nháp. Lịch chưa được đăng ký.")
    if state is EntryState.PUBLISHED:
        return _("Đã bổ sung vào lịch tuần đã ban hành và báo cho những người liên quan.")
    return _("Đã đăng ký, chờ Văn phòng tổng hợp.")


@bp.get("/<token>/sua")
@needs(permissions.REGISTER)
def edit(token: str) -> ResponseReturnValue:
    """The form of an entry as it stands."""
    with reading() as session:
        entry = queries.get_entry(session, current_actor(), token)
        form = EntryForm(formdata=None, data=start_values(entry))
    return show_form(form, entry=entry)


@bp.post("/<token>/sua")
@needs(permissions.REGISTER)
def save(token: str) -> ResponseReturnValue:
    """Change an entry; after the publication this is a change of the week."""
    form, actor = EntryForm(), current_actor()
    fill_choices(form)
    with reading() as session:
        entry = queries.get_entry(session, actor, token)
    take_slot(form)
    if not form.validate_on_submit():
        return show_form(form, entry=entry), 422
    try:
        data = form.values()
        if (warned := warning(actor, data, entry.id)) is not None:
            return show_form(form, entry=entry, advice=warned), 422
        with transaction("schedules.edit") as session:
            services.edit_entry(
                session, actor, entry_id=entry.id, data=data,
                version=int(form.version.data or 0), reason=form.reason.data or "",
            )  # fmt: skip
    except (InvalidInput, RuleViolated, EditConflict) as error:
        return refused(form, error, entry)
    flash(_("Đã lưu thay đổi lịch."), "ok")
    return redirect(url_for("schedules.detail", token=token))


def warning(actor: Actor, data: EntryData, entry_id: int | None = None) -> Advice | None:
    """People who are busy then; nothing once the person has said that it shall be so."""
    if "anyway" in request.form:
        return None
    with reading() as session:
        return advise(session, actor, data, entry_id)


def take_slot(form: EntryForm) -> None:
    """Put the free time that was chosen in the warning in place of the typed one."""
    try:
        begins, ends = map(datetime.fromisoformat, request.form.get("slot", "").split())
    except ValueError:
        return  # none was chosen
    for field, value, words in (
        (form.day, begins.date(), f"{begins:%d/%m/%Y}"),
        (form.starts, begins.time(), f"{begins:%H:%M}"),
        (form.ends, ends.time(), f"{ends:%H:%M}"),
    ):
        field.data, field.raw_data, field.process_errors = value, [words], []


def refused(
    form: EntryForm,
    error: AppError,
    entry: ScheduleEntry | None = None,
    repeat: RepeatForm | None = None,
) -> ResponseReturnValue:
    """The form again with the sentence of the service; nothing typed is lost."""
    if not isinstance(error, InvalidInput):
        return show_form(form, entry=entry, message=error.user_message, repeat=repeat), 409
    of_rule = repeat is not None and error.field in repeat._fields
    message = show_error(repeat if of_rule and repeat else form, error)
    return show_form(form, entry=entry, message=message, repeat=repeat), 422


def show_form(
    form: EntryForm,
    *,
    entry: ScheduleEntry | None = None,
    message: str | None = None,
    advice: Advice | None = None,
    repeat: RepeatForm | None = None,
    days: bool = False,
) -> str:
    """The page; a new entry may come again. `days`: the clashes are of several days."""
    fill_choices(form)
    if entry is None and repeat is None:
        repeat = RepeatForm(formdata=None, prefix="repeat-")
    published = entry is not None and entry.published_at is not None
    back = (
        url_for("schedules.detail", token=entry.token)
        if entry is not None
        else url_for("schedules.week", monday=monday_of(form.day.data or today()).isoformat())
    )
    return render_template(
        "schedules/form.html",
        form=form,
        entry=entry,
        published=published,
        message=message,
        advice=advice,
        repeat=repeat,
        days=days,
        local=local,
        span=span,
        back=back,
    )


def fill_choices(form: EntryForm) -> None:
    """People, units, rooms and vehicles in force."""
    with reading() as session:
        people = organisation.people_choices(session)
        form.chair.choices = [
            (0, _("Đơn vị mời chủ trì")),
            *((one.post_id, one.label) for one in people),
        ]
        form.participants.choices = showing.party_choices(session)
        units = organisation.units(session)
        form.preparing.choices = [
            (0, _("Không có")),
            *((unit.id, unit.short_name) for unit in units),
        ]
        form.rooms.choices = resource_choices(session, ResourceKind.ROOM)
        form.vehicles.choices = resource_choices(session, ResourceKind.VEHICLE)
    held = {key for key, _label in form.vehicles.choices}
    if form.vehicles.data and not form.is_submitted():
        form.vehicles.data = [one for one in form.vehicles.data if one in held]
    rooms = {key for key, _label in form.rooms.choices}
    if form.rooms.data and not form.is_submitted():
        form.rooms.data = [one for one in form.rooms.data if one in rooms]


def resource_choices(session: Session, kind: ResourceKind) -> list[tuple[int, str]]:
    """Rooms with their seats, vehicles with their drivers."""
    return [(one.id, named(one.name, one.seats)) for one in queries.resources(session, kind=kind)]


def named(name: str, seats: int | None) -> str:
    return _("%(name)s (%(n)s chỗ)", name=name, n=seats) if seats else name
