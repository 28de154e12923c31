"""/lich/ranh-ban: the week of several people side by side, and when all of them are free."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.clock import local, today
from app.db import reading
from app.organisation.queries import people_choices
from app.schedules import permissions, queries
from app.schedules.forms import MOST_SIDE_BY_SIDE, BusyForm
from app.schedules.queries import Busy
from app.schedules.times import DAY_NAMES, FIRST, LAST, day_bounds, monday_of, span, week_days
from app.schedules.views.blueprint import bp
from app.web.gate import needs
from app.web.shell import current_actor

SLOTS = 6


@dataclass(frozen=True, slots=True)
class BusySpan:
    """A taken span as it stands in a cell: “08:00–09:30” or “Cả ngày”."""

    hours: str
    busy: Busy


@dataclass(frozen=True, slots=True)
class BusyDay:
    """A day with the taken spans of each of the people, in their order."""

    day: date
    label: str
    cells: Sequence[Sequence[BusySpan]]


@bp.get("/ranh-ban")
@needs(permissions.READ)
def busy() -> ResponseReturnValue:
    """Leaders at first; `ai` are the posts, `ngay` a day of the week, `phut` how long."""
    actor, form = current_actor(), BusyForm(request.args, meta={"csrf": False})
    with reading() as session:
        people = [(one.post_id, one.label) for one in people_choices(session)]
        form.ai.choices = people
        valid = form.validate()
        if not form.ai.data:
            form.ai.data = first_people(session, people)
        posts = list(form.ai.data)[:MOST_SIDE_BY_SIDE] if valid else []
        monday = week_of(form.ngay.data)
        if valid:  # an ISO day of an address is shown as dd/mm/yyyy, and today when none is typed
            form.ngay.data, form.ngay.raw_data = form.ngay.data or today(), None
        taken = queries.busy(session, actor, posts, monday, monday + timedelta(days=6))
        page = render_template(
            "schedules/busy.html",
            form=form,
            people=[(post, label) for post in posts for key, label in people if key == post],
            days=days_of(monday, posts, taken),
            slots=slots_of(session, posts, monday, form.phut.data) if posts else [],
            monday=monday,
            sunday=monday + timedelta(days=6),
            previous=here(form, monday - timedelta(days=7)),
            next=here(form, monday + timedelta(days=7)),
            today=today(),
            may_register=actor.may(permissions.REGISTER),
        )
    return page if valid else (page, 422)


def first_people(session: Session, people: Sequence[tuple[int, str]]) -> list[int]:
    """The leaders who are in office."""
    known = {post_id for post_id, _label in people}
    return [post for post, _label in queries.leaders(session) if post in known][:MOST_SIDE_BY_SIDE]


def week_of(day: date | None) -> date:
    """The Monday of the week of a typed day; this week's when it has none, or no name."""
    return monday_of(day if day is not None and FIRST <= day <= LAST else today())


def here(form: BusyForm, monday: date) -> str:
    """The same people in another week."""
    return url_for("schedules.busy", ai=form.ai.data, ngay=monday.isoformat(), phut=form.phut.data)


def days_of(
    monday: date, posts: Sequence[int], taken: Mapping[int, Sequence[Busy]]
) -> list[BusyDay]:
    """Monday to Friday; Saturday and Sunday only when somebody is taken."""
    found = []
    for number, day in enumerate(week_days(monday)):
        cells = [spans_on(day, taken.get(post, ())) for post in posts]
        if number < 5 or any(cells):
            found.append(BusyDay(day, DAY_NAMES[number], cells))
    return found


def spans_on(day: date, taken: Sequence[Busy]) -> list[BusySpan]:
    """The spans that touch a day, as far as they lie in it."""
    begins, ends = day_bounds(day, day)
    found = []
    for one in taken:
        if one.starts_at >= ends or one.ends_at <= begins:
            continue
        if one.starts_at <= begins and one.ends_at >= ends:
            hours = _("Cả ngày")
        else:
            first, last = max(one.starts_at, begins), min(one.ends_at, ends)
            hours = f"{local(first):%H:%M}–{local(last):%H:%M}" if last < ends else (
                _("từ %(at)s", at=f"{local(first):%H:%M}")
            )  # fmt: skip
        found.append(BusySpan(hours, one))
    return found


def slots_of(
    session: Session, posts: Sequence[int], monday: date, minutes: int
) -> list[tuple[str, str]]:
    """Times of the week in which all are free: in words, and the form that registers one."""
    first = max(monday, today())
    last = monday + timedelta(days=6)
    if first > last:
        return []
    found = queries.free_slots(session, posts, first, minutes, limit=SLOTS)
    return [
        (span(*slot), register_at(posts, *slot)) for slot in found if local(slot[0]).date() <= last
    ]


def register_at(posts: Sequence[int], begins: datetime, ends: datetime) -> str:
    """The form of an entry with these people at this time."""
    start, end = local(begins), local(ends)
    return url_for(
        "schedules.new", day=start.date().isoformat(), starts=f"{start:%H:%M}",
        ends=f"{end:%H:%M}", ai=list(posts),
    )  # fmt: skip
