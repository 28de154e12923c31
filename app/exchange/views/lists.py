"""/lien-thong: packets in and out."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.db import reading, transaction
from app.errors import RuleViolated
from app.exchange import permissions, queries
from app.exchange.edxml.types import STATUS_LABELS
from app.exchange.models import PACKET_LABELS, Way
from app.exchange.queries.packets import (
    TAB_LABELS,
    PacketPage,
    Tab,
    accepted_of,
    asked_back,
    last_told,
    unmatched,
)
from app.exchange.services import hearing
from app.exchange.views.blueprint import SIZES, TONES, bp
from app.web.gate import needs
from app.web.shell import current_actor

EMPTY = {
    Tab.IN: "Chưa nhận gói tin liên thông nào.",
    Tab.OUT: "Chưa gửi gói tin liên thông nào.",
    Tab.TROUBLED: "Không có gói tin nào cần xử lý.",
}


@bp.get("")
@needs(permissions.READ)
def index() -> ResponseReturnValue:
    """The list; for htmx only its card."""
    actor = current_actor()
    tab = next((one for one in Tab if one.value == request.args.get("tab")), Tab.IN)
    size = request.args.get("size", SIZES[0], type=int)
    text = request.args.get("q", "").strip()[:200]
    with reading() as session:
        page = queries.page_of_packets(
            session, actor, tab, text=text,
            page=min(request.args.get("page", 1, type=int), 1_000_000),
            size=size if size in SIZES else SIZES[0],
        )  # fmt: skip
        ids = [one.id for one in page.packets]
        template = "_list.html" if "HX-Request" in request.headers else "index.html"
        return render_template(
            f"exchange/{template}",
            page=page,
            tab=tab.value,
            text=text,
            tab_items=tab_items(page, text),
            states=PACKET_LABELS,
            labels=STATUS_LABELS,
            asked=asked_back(session, ids),
            unmatched=unmatched(session, actor) if tab is Tab.TROUBLED else [],
            told=last_told(session, [one.id for one in page.packets if one.way is Way.IN]),
            answers=accepted_of(session, ids),
            tones=TONES,
            nothing=EMPTY[tab],
            may_handle=actor.may(permissions.HANDLE),
        )


@bp.post("/trang-thai/<int:status_id>/da-xu-ly")
@needs(permissions.HANDLE)
def dismiss(status_id: int) -> ResponseReturnValue:
    """A person has dealt with a status that fits nothing."""
    try:
        with transaction("exchange.dismiss") as session:
            hearing.dismiss(session, current_actor(), status_id=status_id)
    except RuleViolated as error:
        flash(error.user_message, "warn")
    else:
        flash(_("Đã đánh dấu trạng thái là đã xử lý."), "ok")
    return redirect(url_for("exchange.index", tab=Tab.TROUBLED.value))


def tab_items(page: PacketPage, text: str) -> list[dict[str, Any]]:
    """The tabs with their numbers; the search goes along."""
    return [
        {
            "key": tab.value,
            "label": _(TAB_LABELS[tab]),
            "url": url_for("exchange.index", tab=tab.value, q=text or None),
            "count": page.counts[tab],
            "urgent": tab is Tab.TROUBLED and page.counts[tab] > 0,
        }
        for tab in Tab
    ]
