"""/cong-viec: tabs with numbers, filters, pages; the open tasks as a board too."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.clock import today
from app.db import reading
from app.organisation import queries as organisation
from app.security import ORGAN, Actor
from app.tasks import permissions, queries, showing
from app.tasks.board import board_of
from app.tasks.models import DONE, OPEN, STATUS_LABELS, TaskStatus
from app.tasks.queries import TAB_LABELS, Tab, TaskFilter
from app.tasks.views.blueprint import TONES, bp
from app.web.gate import needs
from app.web.shell import current_actor

SIZES = (20, 50, 100)
BOARD = "bang"  # ?view=
DUE_LABELS = {
    "overdue": "Quá hạn",
    "today": "Hôm nay",
    "soon": "Trong 3 ngày tới",
    "none": "Không thời hạn",
}
EMPTY = {
    Tab.MINE: "Không có việc nào chờ bạn.",
    Tab.GIVEN: "Bạn chưa giao việc nào đang mở.",
    Tab.UNIT: "Đơn vị không có việc nào đang mở.",
    Tab.SHARED: "Không có việc nào bạn phối hợp hoặc theo dõi.",
    Tab.DONE: "Chưa có việc nào đã xong.",
}


@bp.get("")
@needs(permissions.MONITOR)
def index() -> ResponseReturnValue:
    """The list, or the open tasks as a board; for htmx only its card."""
    actor, wanted = current_actor(), wanted_filter()
    as_board = request.args.get("view") == BOARD and wanted.tab is not Tab.DONE
    template = "tasks/_board.html" if as_board else "tasks/_list.html"
    with reading() as session:
        shown = shown_board if as_board else shown_page
        return render_template(
            template if "HX-Request" in request.headers else "tasks/index.html",
            partial=template,
            as_board=as_board,
            today=today(),
            may_create=actor.may(permissions.CREATE),
            wanted=wanted,
            due_choices=list(DUE_LABELS.items()),
            status_choices=status_choices(wanted.tab),
            unit_choices=unit_choices(session, actor),
            labels=STATUS_LABELS,
            tones=TONES,
            **shown(session, actor, wanted),
        )


def shown_page(session: Session, actor: Actor, wanted: TaskFilter) -> dict[str, Any]:
    """What the list shows."""
    size = request.args.get("size", SIZES[0], type=int)
    page = queries.page_of_tasks(
        session,
        actor,
        wanted,
        page=request.args.get("page", 1, type=int),
        size=size if size in SIZES else SIZES[0],
    )
    return {
        "page": page,
        "rows": showing.rows_of(session, actor, page.tasks),
        "tab_items": tab_items(page.counts, page.overdue),
        "narrowed": wanted.is_narrow,
        "nothing": _(EMPTY[wanted.tab]),
    }


def shown_board(session: Session, actor: Actor, wanted: TaskFilter) -> dict[str, Any]:
    """What the board shows."""
    counts, overdue = queries.count_tabs(session, actor)
    wanted = replace(wanted, status=None)  # the columns are the states
    return {
        "columns": board_of(session, actor, wanted),
        "tab_items": tab_items(counts, overdue, view=BOARD),
    }


def wanted_filter() -> TaskFilter:
    """The filter of the address; what is not understood is left out."""
    tabs = {tab.value: tab for tab in Tab}
    states = {status.value: status for status in TaskStatus}
    due = request.args.get("due", "")
    return TaskFilter(
        tab=tabs.get(request.args.get("tab", ""), Tab.MINE),
        text=request.args.get("q", "").strip()[:200],
        due=due if due in DUE_LABELS else "",
        status=states.get(request.args.get("status", "")),
        unit_id=request.args.get("unit", type=int),
    )


def tab_items(
    counts: dict[Tab, int], overdue: dict[Tab, int], view: str | None = None
) -> list[dict[str, Any]]:
    """The tabs as the macro wants them; red when something in them is overdue."""
    return [
        {
            "key": tab.value,
            "label": _(TAB_LABELS[tab]),
            "url": url_for("tasks.index", tab=tab.value, view=view),
            "count": counts.get(tab),
            "urgent": overdue.get(tab, 0) > 0,
        }
        for tab in Tab
        if view is None or tab is not Tab.DONE
    ]


def unit_choices(session: Session, actor: Actor) -> list[tuple[int, str]]:
    """The units whose tasks the actor may see; none to choose for those who have but one."""
    led = {int(term.removeprefix("unit:")) for term in actor.terms if term.startswith("unit:")}
    units = organisation.units(session)
    seen = [unit for unit in units if ORGAN in actor.terms or unit.id in led]
    return [(unit.id, unit.short_name) for unit in seen] if len(seen) > 1 else []


def status_choices(tab: Tab) -> list[tuple[str, str]]:
    """The states that can occur in a tab."""
    states = DONE if tab is Tab.DONE else OPEN
    return [(status.value, STATUS_LABELS[status]) for status in TaskStatus if status in states]
