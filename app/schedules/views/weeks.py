"""/lich/tuan/<monday>: the official table of a week, its print, its published versions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.clock import now, today
from app.db import reading
from app.errors import NotFound
from app.registers.printing import archival_pdf
from app.schedules import permissions, queries
from app.schedules.grid import grid_of
from app.schedules.models import (
    CHANGE_LABELS,
    SHIFT_LABELS,
    STATE_LABELS,
    WEEK_LABELS,
    EntryState,
    WeekState,
)
from app.schedules.office.forms import CutoffForm, cutoff_values
from app.schedules.queries import WeekPage
from app.schedules.times import monday_of, usual_cutoff
from app.schedules.views.blueprint import TONES, bp, monday_in
from app.security import Actor
from app.web.gate import needs
from app.web.shell import current_actor, settings

WAITING = "cho-ban-hanh"  # ?view=
GRID = "luoi"
MINE = "cua-toi"


@bp.get("")
@needs(permissions.READ)
def index() -> ResponseReturnValue:
    """This week, or the week of a day that was asked for."""
    wanted = request.args.get("day", "")
    monday = monday_in(wanted) if wanted else monday_of(today())
    return redirect(url_for("schedules.week", monday=monday.isoformat()))


@bp.get("/tuan/<monday>")
@needs(permissions.READ)
def week(monday: str) -> ResponseReturnValue:
    """The table of a week; for htmx only its card."""
    actor, first = current_actor(), monday_in(monday)
    view = request.args.get("view", "")
    words = request.args.get("q", "")[:200]
    post_id = request.args.get("post", type=int)
    with reading() as session:
        page = queries.week_page(session, actor, first, post_id=post_id, text=words)
        if view == WAITING:
            page = replace(page, rows=tuple(queries.waiting_entries(session, actor, first)))
        elif view == MINE:
            ids = {row.entry_id for row in page.rows if is_of(row, actor.post_ids)}
            page = replace(page, rows=tuple(row for row in page.rows if row.entry_id in ids))
        partial = "HX-Request" in request.headers
        shape = GRID if request.args.get("dang") == GRID and view != WAITING else ""
        return render_template(
            "schedules/_week.html" if partial else "schedules/week.html",
            page=page,
            view=view,
            shape=shape,
            grid=grid_of(page) if shape else None,
            tab_items=tab_items(page, view, shape),
            narrowed=bool(words or post_id),
            colours={post: n % 6 + 1 for n, (post, _label) in enumerate(page.people)},
            people=page.people,
            versions=queries.versions_of(session, first),
            today=today(),
            may_register=actor.may(permissions.REGISTER),
            **acts_of_week(session, actor, page),
            **words_of_rows(),
        )


def acts_of_week(session: Session, actor: Actor, page: WeekPage) -> dict[str, Any]:
    """What the office may do with the week now."""
    waiting = queries.waiting_entries(session, actor, page.monday)
    by_state = {
        state: [row.entry_id for row in waiting if row.state is state]
        for state in (EntryState.REGISTERED, EntryState.APPROVED)
    }
    state = page.sheet.state if page.sheet is not None else WeekState.OPEN
    merged = bool(by_state[EntryState.APPROVED])
    published = state is WeekState.PUBLISHED
    changed = published and any(
        row.in_red and row.changed_at and row.changed_at > (page.sheet.published_at or now())
        for row in page.rows
        if page.sheet is not None
    )
    return {
        "may_merge": actor.may(permissions.MERGE),
        "may_approve": actor.may(permissions.APPROVE) and actor.may(permissions.MERGE),
        "may_publish": actor.may(permissions.PUBLISH),
        "to_merge": by_state[EntryState.REGISTERED],
        "cutoff": cutoff_form(page) if actor.may(permissions.MERGE) and not published else None,
        "to_approve": merged and state is WeekState.OPEN,
        "to_publish": state is WeekState.APPROVED or (published and (merged or changed)),
    }


def cutoff_form(page: WeekPage) -> CutoffForm:
    """The end of registration as it is: the week's own, or the usual one."""
    at = page.sheet.cutoff_at if page.sheet is not None else usual_cutoff(page.monday)
    return CutoffForm(formdata=None, data=cutoff_values(at))


def is_of(row: queries.SheetRow, post_ids: frozenset[int]) -> bool:
    """Whether one of the posts chairs or takes part."""
    return row.chair_post_id in post_ids or bool(post_ids & set(row.participant_post_ids))


def words_of_rows() -> dict[str, Any]:
    """The labels that every table of entries needs."""
    return {
        "shift_labels": SHIFT_LABELS,
        "state_labels": STATE_LABELS,
        "change_labels": CHANGE_LABELS,
        "week_labels": WEEK_LABELS,
        "tones": TONES,
    }


def tab_items(page: WeekPage, view: str, shape: str) -> list[dict[str, Any]]:
    """The week as published, the person's own part of it, and what waits for publication."""
    here, kept = page.monday.isoformat(), shape or None
    return [
        {
            "key": "",
            "label": _("Toàn cơ quan"),
            "url": url_for("schedules.week", monday=here, dang=kept),
        },
        {
            "key": MINE,
            "label": _("Lịch của tôi"),
            "url": url_for("schedules.week", monday=here, view=MINE, dang=kept),
        },
        {
            "key": WAITING,
            "label": _("Chờ ban hành"),
            "url": url_for("schedules.week", monday=here, view=WAITING),
            "count": page.waiting,
        },
    ]


@bp.get("/tuan/<monday>/lich-tuan.pdf")
@needs(permissions.READ)
def week_pdf(monday: str) -> ResponseReturnValue:
    """The week as it stands, changes in red; a number of a version gives that version."""
    first = monday_in(monday)
    number = request.args.get("version", type=int)
    with reading() as session:
        page = queries.week_page(session, current_actor(), first)
        page, note = as_published(session, page, number)
    html = render_template(
        "schedules/print.html",
        page=page,
        note=note,
        organ=settings().organ_name,
        version=number,
        **words_of_rows(),
    )
    return pdf(archival_pdf(html), first)


def as_published(session: Session, page: WeekPage, number: int | None) -> tuple[WeekPage, str]:
    """The rows of a published version in place of today's, and the note below the table."""
    note = page.sheet.note if page.sheet is not None else ""
    if number is None:
        return page, note
    for version in queries.versions_of(session, page.monday):
        if version.number == number:
            return replace(page, rows=tuple(queries.version_rows(version))), version.note
    raise NotFound(f"version {number} of week {page.monday}")


def pdf(content: bytes, monday: date) -> Response:
    """The printed week; no cache keeps it."""
    year, number, _day = monday.isocalendar()
    name = f"lich-cong-tac-tuan-{number:02d}-{year}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, mimetype="application/pdf", headers=headers)
