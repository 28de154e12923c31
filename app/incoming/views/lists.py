"""/van-ban-den: the list with its tabs, the drop zone, acts on several letters at once."""

from __future__ import annotations

from datetime import datetime
from typing import BinaryIO, cast

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from app.clock import now, today
from app.db import reading, transaction
from app.incoming import entry, permissions, queries, services
from app.incoming.models import CLOSED, URGENCY_LABELS, IncomingDocument, IntakeSource, IntakeState
from app.incoming.models.letter import STATUS_LABELS, IncomingStatus
from app.incoming.queries import TAB_LABELS, LetterFilter, LetterPage, Tab
from app.incoming.services import Arrival
from app.incoming.views.blueprint import Page, bp, submit_choices
from app.registers.queries import type_labels
from app.security import Actor, Role
from app.tasks import custody
from app.web.gate import needs
from app.web.shell import current_actor, settings
from app.worktime.calendar import Calendar, DeadlineState, deadline_state
from app.worktime.queries import load_calendar

SIZE = 20
FOR_ME = "cho-y-kien"
DUES = (("overdue", "Quá hạn"), ("today", "Hôm nay"), ("soon", "Trong 3 ngày"),
        ("none", "Không thời hạn"))  # fmt: skip


@bp.get("")
@needs(permissions.READ)
def index() -> ResponseReturnValue:
    """The list; for htmx only its card."""
    actor = current_actor()
    key = request.args.get("tab") or default_tab(actor)
    with reading() as session:
        wanted = asked_for(actor, key)
        found = queries.page_of_letters(
            session, actor, wanted,
            page=max(request.args.get("page", 1, type=int), 1), size=SIZE,
        )  # fmt: skip
        template = "_list.html" if "HX-Request" in request.headers else "index.html"
        return render_template(
            f"incoming/{template}", **context(session, actor, key, found, wanted)
        )


def default_tab(actor: Actor) -> str:
    """Leaders begin with what waits for them, clerks with what has to be registered."""
    if Role.LEADER in actor.roles or Role.CHIEF_OF_OFFICE in actor.roles:
        return FOR_ME
    tab = Tab.TO_REGISTER if actor.may(permissions.REGISTER) else Tab.ALL
    return str(tab.value)


def asked_for(actor: Actor, key: str) -> LetterFilter:
    """The filter of the address; unknown values mean everything."""
    urgency, due = request.args.get("urgency", ""), request.args.get("due", "")
    return LetterFilter(
        tab=next((tab for tab in Tab if tab.value == key), Tab.ALL),
        text=request.args.get("q", "").strip()[:200],
        urgency=int(urgency) if urgency in ("0", "1", "2", "3") else None,
        due=due if due in dict(DUES) else "",
        statuses=frozenset({IncomingStatus.SUBMITTED}) if key == FOR_ME else frozenset(),
        submitted_to_post_ids=actor.post_ids if key == FOR_ME else frozenset(),
    )


def context(
    session: Session, actor: Actor, key: str, found: LetterPage, wanted: LetterFilter
) -> dict[str, object]:
    """What the list shows, by a constant number of queries."""
    letters = found.letters
    ids = [letter.id for letter in letters]
    items = queries.items_of(session, ids)
    calendar, moment = load_calendar(session), now()
    return {
        "rows": letters,
        "places": custody.current(session, queries.KIND, ids),
        "items": items,
        "progress": queries.progress(session, [item.id for row in items.values() for item in row]),
        "deadlines": {letter.id: badge(calendar, letter, moment) for letter in letters},
        "types": type_labels(session),
        "states": STATUS_LABELS,
        "page": Page(found.number, found.size, found.total, found.pages),
        "tab": key,
        "tabs": tabs(session, actor, found),
        "urgencies": [(str(level), label) for level, label in URGENCY_LABELS.items()],
        "dues": DUES,
        "wanted": wanted,
        "today": today(),
        "may_register": actor.may(permissions.REGISTER),
        "held": queries.attention(session, actor) if actor.may(permissions.REGISTER) else [],
        "submit_choices": submit_choices(session) if actor.may(permissions.REGISTER) else [],
    }


def badge(calendar: Calendar, letter: IncomingDocument, moment: datetime) -> DeadlineState:
    """The deadline of a row: open letters may be overdue, closed ones are done."""
    done_at = letter.closed_at if letter.status in CLOSED else None
    return deadline_state(calendar, letter.due_at, done_at, moment)


def tabs(session: Session, actor: Actor, found: LetterPage) -> list[dict[str, object]]:
    """The tabs this actor has, with their numbers."""
    shown = [tab for tab in Tab if actor.may(permissions.REGISTER) or tab is not Tab.TO_REGISTER]
    items: list[dict[str, object]] = [
        {
            "key": tab.value,
            "label": _(TAB_LABELS[tab]),
            "url": url_for("incoming.index", tab=tab.value),
            "count": found.counts.get(tab, 0),
            "urgent": False,
        }
        for tab in shown
    ]
    if {Role.LEADER, Role.CHIEF_OF_OFFICE} & actor.roles:
        number, urgent = queries.submitted_to(session, actor)
        items.insert(
            0,
            {
                "key": FOR_ME,
                "label": _("Chờ ý kiến"),
                "url": url_for("incoming.index", tab=FOR_ME),
                "count": number,
                "urgent": urgent,
            },
        )
    return items


@bp.post("/tai-len")
@needs(permissions.REGISTER)
def upload() -> ResponseReturnValue:
    """Take in files. The drop zone sends one at a time; files dropped together share `batch`."""
    letter = request.form.get("letter")
    answers = [take(one, letter) for one in request.files.getlist("file")]
    if not answers:
        return {"message": _("Chưa chọn tệp nào."), "tone": "warn"}, 422
    if "application/json" in request.headers.get("Accept", "") or len(answers) == 1:
        return answers[0]
    for answer in answers:
        flash(str(answer["message"]), str(answer["tone"]))
    return redirect(url_for("incoming.index"))


def take(given: FileStorage, letter: str | None) -> dict[str, object]:
    """One file through the door, as the answer to the browser."""
    actor, letter_id = current_actor(), None
    if letter:
        with reading() as session:
            letter_id = queries.get_letter_by_token(session, actor, letter).id
    arrival = Arrival(given.filename or "", IntakeSource.UPLOAD, letter_id=letter_id)
    taken = entry.take_in(
        actor, cast(BinaryIO, given.stream), arrival, limit=settings().limits.upload_bytes
    )
    if taken.state in (IntakeState.REJECTED, IntakeState.DUPLICATE):
        url = url_for("incoming.ledger")
        return {"message": taken.sentence or _("Không nhận được tệp."), "tone": "warn", "url": url}
    with reading() as session:
        row = session.get_one(IncomingDocument, taken.letter_id)
        url = url_for("incoming.detail", token=row.token)
    return {"message": _("Đã nhận, đang đọc."), "tone": "ok", "url": url}


@bp.post("/nhieu")
@needs(permissions.REGISTER)
def bulk() -> ResponseReturnValue:
    """Join ticked drafts into one letter, or submit ticked letters."""
    ids = request.form.getlist("id", type=int)
    actor, act = current_actor(), request.form.get("act")
    if not ids:
        flash(_("Chưa chọn văn bản nào."), "warn")
    elif act == "join":
        with transaction("incoming.group") as session:
            letter = services.group_letters(session, actor, letter_ids=ids)
            token = letter.token
        flash(_("Đã gộp %(count)d tệp thành một văn bản.", count=len(ids)), "ok")
        return redirect(url_for("incoming.detail", token=token))
    elif act == "submit":
        to_post_id = request.form.get("to_post_id", 0, type=int)
        for letter_id in ids:
            with transaction("incoming.submit") as session:
                services.submit_letter(session, actor, letter_id=letter_id, to_post_id=to_post_id)
        flash(_("Đã trình %(count)d văn bản.", count=len(ids)), "ok")
    return redirect(url_for("incoming.index", tab=request.form.get("tab")))
