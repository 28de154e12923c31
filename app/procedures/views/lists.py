"""/mot-cua: dossiers by state, one person's dossiers, and the register (form 07)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.clock import today
from app.db import reading
from app.organisation import queries as organisation
from app.organisation.dates import parse_date
from app.procedures import permissions, queries
from app.procedures.models import CHANNEL_LABELS, STATUS_LABELS, Channel
from app.procedures.queries import RESULT_LABELS, DossierFilter, DossierPage
from app.procedures.views.blueprint import RESULT_TONES, SIZES, TONES, bp
from app.tasks import custody
from app.web.gate import needs
from app.web.shell import current_actor

TABS = {
    "processing": "Đang xử lý",
    "mine": "Của tôi",
    "due_today": "Hẹn trả hôm nay",
    "late": "Quá hạn",
    "supplement": "Chờ bổ sung",
    "to_return": "Chờ trả",
    "delivered": "Đã trả",
    "all": "Tất cả",
}
HOT = frozenset({"late", "due_today"})
EMPTY = {
    "processing": "Không có hồ sơ nào đang xử lý.",
    "mine": "Không có hồ sơ nào chờ bạn.",
    "due_today": "Không có hồ sơ nào hẹn trả hôm nay.",
    "late": "Không có hồ sơ nào quá hạn.",
    "supplement": "Không có hồ sơ nào chờ bổ sung hoặc chờ nộp tiền.",
    "to_return": "Không có kết quả nào chờ trả.",
    "delivered": "Chưa trả kết quả nào.",
    "all": "Chưa có hồ sơ nào.",
}


@bp.get("")
@needs(permissions.READ)
def index() -> ResponseReturnValue:
    """The list; for htmx only its card."""
    actor, wanted = current_actor(), wanted_filter()
    size = request.args.get("size", SIZES[0], type=int)
    with reading() as session:
        page = queries.dossier_page(
            session,
            actor,
            wanted,
            number=max(1, request.args.get("page", 1, type=int)),
            size=size if size in SIZES else SIZES[0],
        )
        partial = "HX-Request" in request.headers
        return render_template(
            "procedures/_list.html" if partial else "procedures/index.html",
            page=page,
            wanted=wanted,
            tab_items=tab_items(page),
            places=custody.current(session, queries.KIND, [one.id for one in page.rows]),
            standing=queries.result_class,
            fields=[(field, field) for field, _count in queries.fields_of(session)],
            units=[(unit.id, unit.short_name) for unit in organisation.units(session)],
            channels=[(one.value, CHANNEL_LABELS[one]) for one in Channel],
            statuses=STATUS_LABELS,
            tones=TONES,
            result_labels=RESULT_LABELS,
            result_tones=RESULT_TONES,
            nothing=EMPTY[wanted.tab],
            narrowed=narrowed(wanted),
            may_receive=actor.may(permissions.RECEIVE),
            today=today(),
        )


def wanted_filter() -> DossierFilter:
    """The filter of the address; what is not understood is left out."""
    args = request.args
    channels = {one.value: one for one in Channel}
    tab = args.get("tab", "")
    return DossierFilter(
        text=args.get("q", "").strip()[:200],
        tab=tab if tab in TABS else "processing",
        unit_id=args.get("unit", type=int),
        handler_post_id=args.get("handler", type=int),
        field=args.get("field", "")[:120],
        procedure_id=args.get("procedure", type=int),
        channel=channels.get(args.get("channel", "")),
        received_from=day_of("tu"),
        received_to=day_of("den"),
    )


def day_of(name: str) -> date | None:
    """A day of the address; None when there is none or it is no day."""
    try:
        return parse_date(request.args.get(name, ""))
    except ValueError:
        return None


def narrowed(wanted: DossierFilter) -> bool:
    return replace(wanted, tab="all") != DossierFilter()


def tab_items(page: DossierPage) -> list[dict[str, Any]]:
    return [
        {
            "key": tab,
            "label": _(label),
            "url": url_for("procedures.index", tab=tab),
            "count": page.tabs.get(tab) if tab not in ("all", "delivered") else None,
            "urgent": tab in HOT and page.tabs.get(tab, 0) > 0,
        }
        for tab, label in TABS.items()
    ]


@bp.get("/nguoi-nop/<token>")
@needs(permissions.RECEIVE)
def person(token: str) -> ResponseReturnValue:
    """A person who was here before: what they handed in, and a new dossier for them."""
    actor = current_actor()
    with reading() as session:
        known = queries.get_applicant(session, actor, token)
        return render_template(
            "procedures/person.html",
            person=known,
            dossiers=queries.dossiers_of_applicant(session, actor, known.id),
            often=queries.find_procedures(session, request.args.get("q", "")[:200], limit=8),
            tones=TONES,
        )
