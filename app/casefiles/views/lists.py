"""/ho-so: the list of files, and opening a new one."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.casefiles import permissions, queries, retention, services
from app.casefiles.forms import OpenForm
from app.casefiles.models import STATE_LABELS
from app.casefiles.queries import CasePage, CaseTab, CaseWanted
from app.casefiles.queries.case_files import TAB_LABELS
from app.casefiles.views.blueprint import SIZES, TONES, bp
from app.clock import today
from app.db import reading, transaction
from app.errors import InvalidInput
from app.organisation import queries as organisation
from app.security import Actor, Scope
from app.tasks.forms import show_error
from app.web.gate import needs
from app.web.shell import current_actor

EMPTY = {
    CaseTab.MINE: "Bạn chưa lập hồ sơ nào đang mở.",
    CaseTab.OPEN: "Không có hồ sơ nào đang mở.",
    CaseTab.CLOSED: "Chưa có hồ sơ nào kết thúc.",
    CaseTab.DUE: "Không có hồ sơ nào đến hạn nộp lưu.",
    CaseTab.ARCHIVED: "Chưa có hồ sơ nào nộp lưu.",
}


@bp.get("")
@needs(permissions.READ)
def index() -> ResponseReturnValue:
    """The list; for htmx only its card."""
    actor, wanted = current_actor(), wanted_files()
    size = request.args.get("size", SIZES[0], type=int)
    with reading() as session:
        page = queries.page_of_case_files(
            session,
            actor,
            wanted,
            page=request.args.get("page", 1, type=int),
            size=size if size in SIZES else SIZES[0],
        )
        keepers = organisation.post_label(session, [one.keeper_post_id for one in page.files])
        partial = "HX-Request" in request.headers
        return render_template(
            "casefiles/_list.html" if partial else "casefiles/index.html",
            page=page,
            wanted=wanted,
            tab_items=tab_items(page),
            keepers=keepers,
            units=[(unit.id, unit.short_name) for unit in organisation.units(session)],
            years=[(year, year) for year in range(today().year, today().year - 6, -1)],
            states=STATE_LABELS,
            tones=TONES,
            today=today(),
            nothing=EMPTY[wanted.tab],
            may_make=actor.may(permissions.MAKE),
            may_archive=actor.may(permissions.ARCHIVE),
        )


def wanted_files() -> CaseWanted:
    """The filter of the address; what is not understood is left out."""
    tabs = {tab.value: tab for tab in CaseTab}
    return CaseWanted(
        tab=tabs.get(request.args.get("tab", ""), CaseTab.MINE),
        text=request.args.get("q", "").strip()[:200],
        year=request.args.get("year", type=int),
        unit_id=request.args.get("unit", type=int),
    )


def tab_items(page: CasePage) -> list[dict[str, Any]]:
    return [
        {
            "key": tab.value,
            "label": _(TAB_LABELS[tab]),
            "url": url_for("casefiles.index", tab=tab.value),
            "count": page.counts.get(tab),
            "urgent": tab is CaseTab.DUE and page.counts.get(tab, 0) > 0,
        }
        for tab in CaseTab
    ]


@bp.route("/moi", methods=["GET", "POST"])
@needs(permissions.MAKE)
def new() -> ResponseReturnValue:
    """Open a file; with `kind` and `thing_id` it goes on to put that thing into it."""
    actor, form, message = current_actor(), OpenForm(), None
    with reading() as session:
        fill_open_form(session, actor, form)
    if form.validate_on_submit():
        try:
            with transaction("casefiles.open") as session:
                made = services.open_case_file(
                    session,
                    actor,
                    entry_id=int(form.entry_id.data) if form.entry_id.data else None,
                    title=form.title.data or "",
                    outside_reason=form.outside_reason.data or "",
                    retention_rule=form.retention_rule.data or "",
                    description=form.description.data or "",
                )
        except InvalidInput as error:
            message = show_error(form, error)
        else:
            flash(_("Đã lập hồ sơ %(notation)s.", notation=made.notation), "ok")
            if kind := request.args.get("kind"):
                return redirect(
                    url_for(
                        "casefiles.place",
                        kind=kind[:40],
                        thing_id=request.args.get("thing_id", 0, type=int),
                        chon=made.id,
                    )
                )
            return redirect(url_for("casefiles.detail", token=made.token))
    status = 422 if request.method == "POST" else 200
    return render_template("casefiles/new.html", form=form, message=message), status


def fill_open_form(session: Session, actor: Actor, form: OpenForm) -> None:
    """Entries of the actor's units, and the periods in force."""
    everywhere = any(permissions.MAKE.roles.get(role) is Scope.ALL for role in actor.roles)
    units = None if everywhere else set(actor.unit_ids)
    form.entry_id.choices = [("", _("Ngoài danh mục")), *(
        (str(entry.id), f"{entry.notation} – {entry.title}")
        for entry in queries.open_entries(session, today().year, units)
    )]  # fmt: skip
    form.retention_rule.choices = [("", _("Theo danh mục")), *retention_choices()]


def retention_choices() -> list[tuple[str, str]]:
    return [(rule.code, rule.choice) for rule in retention.rules(today())]
