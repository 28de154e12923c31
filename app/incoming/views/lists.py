"""/van-ban-den: the list with its tabs, the drop zone, acts on several letters at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import BinaryIO, cast

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from app.clock import now, today
from app.db import reading, transaction
from app.errors import NotFound
from app.incoming import entry, neighbours, permissions, queries, services
from app.incoming.models import (
    CLOSED,
    URGENCY_LABELS,
    IncomingDocument,
    IntakeItem,
    IntakeSource,
    IntakeState,
)
from app.incoming.models.letter import STATUS_LABELS, IncomingStatus
from app.incoming.queries import TAB_LABELS, LetterFilter, LetterPage, Tab
from app.incoming.queries.arrivals import unopened_by
from app.incoming.services import Arrival
from app.incoming.views.blueprint import Page, bp, page_number, page_size, submit_choices
from app.organisation.dates import parse_date
from app.organisation.queries import issuing_bodies
from app.registers.queries import document_types, type_labels
from app.security import Actor, Role
from app.tasks import custody
from app.web.gate import needs
from app.web.shell import current_actor, settings
from app.worktime.calendar import Calendar, DeadlineState, deadline_state
from app.worktime.queries import load_calendar

FOR_ME = "cho-y-kien"
ACCEPTED = ".pdf,.tif,.tiff,.png,.jpg,.jpeg,.docx,.xlsx,.odt,.eml,.zip,.edxml"
DUES = (("overdue", "Quá hạn"), ("today", "Hôm nay"), ("soon", "Trong 3 ngày"),
        ("none", "Không thời hạn"))  # fmt: skip
MORE = ("type", "body", "from", "to")


@bp.get("")
@needs(permissions.READ)
def index() -> ResponseReturnValue:
    """The list; for htmx only its card."""
    actor = current_actor()
    key = request.args.get("tab") or default_tab(actor)
    with reading() as session:
        wanted = asked_for(actor, key)
        found = queries.page_of_letters(
            session, actor, wanted, page=page_number(), size=page_size(),
            before_id=request.args.get("truoc", type=int),
        )  # fmt: skip
        template = "_list.html" if "HX-Request" in request.headers else "index.html"
        return render_template(
            f"incoming/{template}", **context(session, actor, key, found, wanted)
        )


def default_tab(actor: Actor) -> str:
    """Leaders begin with what waits for them, clerks with what has to be registered."""
    if directs(actor):
        return FOR_ME
    tab = Tab.TO_REGISTER if actor.may(permissions.REGISTER) else Tab.ALL
    return str(tab.value)


def directs(actor: Actor) -> bool:
    """Whether letters are submitted to a post of the actor."""
    return bool({Role.LEADER, Role.CHIEF_OF_OFFICE} & actor.roles)


def asked_for(actor: Actor, key: str) -> LetterFilter:
    """The filter of the address; unknown values mean everything."""
    urgency, due = request.args.get("urgency", ""), request.args.get("due", "")
    return LetterFilter(
        tab=next((tab for tab in Tab if tab.value == key), Tab.ALL),
        text=request.args.get("q", "").strip()[:200],
        urgency=int(urgency) if urgency in ("0", "1", "2", "3") else None,
        due=due if due in dict(DUES) else "",
        document_type=request.args.get("type", "")[:40] or None,
        issuing_body_id=request.args.get("body", type=int),
        arrived_from=day_of("from"),
        arrived_to=day_of("to"),
        statuses=frozenset({IncomingStatus.SUBMITTED}) if key == FOR_ME else frozenset(),
        submitted_to_post_ids=actor.post_ids if key == FOR_ME else frozenset(),
    )


def day_of(name: str) -> date | None:
    """A typed day of the address; what is none narrows nothing."""
    try:
        return parse_date(request.args.get(name, ""))
    except ValueError:
        return None


def context(
    session: Session, actor: Actor, key: str, found: LetterPage, wanted: LetterFilter
) -> dict[str, object]:
    """What the list shows, by a constant number of queries."""
    letters, clerk = found.letters, actor.may(permissions.REGISTER)
    ids = [letter.id for letter in letters]
    items = queries.items_of(session, ids)
    calendar, moment = load_calendar(session), now()
    return {
        "rows": letters,
        "places": custody.current(session, queries.KIND, ids),
        "unread": unopened_by(session, actor, ids),
        "items": items,
        "progress": queries.progress(session, being_read(items)),
        "deadlines": {letter.id: badge(calendar, letter, moment) for letter in letters},
        "types": type_labels(session),
        "states": STATUS_LABELS,
        "page": Page(found.number, found.size, found.total, found.pages),
        "next_id": found.next_id,
        "tab": key,
        "tabs": tabs(session, actor, key, found),
        "wanted": wanted,
        "narrowed": any(request.args.get(name) for name in ("q", "urgency", "due", *MORE)),
        "choices": choices(session),
        "today": today(),
        "may_register": clerk,
        "directs": directs(actor),
        "submit_choices": submit_choices(session) if clerk and key == Tab.TO_SUBMIT.value else [],
        "accepted": ACCEPTED,
        "max_mb": settings().limits.upload_bytes // (1024 * 1024),
    }


def being_read(items: Mapping[int, Sequence[IntakeItem]]) -> list[int]:
    """Ids of the files whose reading a row shows; finished letters have none."""
    return [item.id for row in items.values() for item in row if item.state in queries.IN_READING]


def choices(session: Session) -> dict[str, list[tuple[str, str]]]:
    """What the selects of the filter row offer."""
    return {
        "urgency": [(str(level), label) for level, label in URGENCY_LABELS.items()],
        "due": list(DUES),
        "type": [(one.code, one.label) for one in document_types(session)],
        "body": [(str(body.id), body.short_name) for body in issuing_bodies(session)],
    }


def badge(calendar: Calendar, letter: IncomingDocument, moment: datetime) -> DeadlineState:
    """The deadline of a row: open letters may be overdue, closed ones are done."""
    done_at = letter.closed_at if letter.status in CLOSED else None
    return deadline_state(calendar, letter.due_at, done_at, moment)


def tabs(session: Session, actor: Actor, key: str, found: LetterPage) -> list[dict[str, object]]:
    """The tabs this actor has, with their numbers; “Chờ ý kiến” first for those who direct."""
    shown = [tab for tab in Tab if actor.may(permissions.REGISTER) or tab is not Tab.TO_REGISTER]
    counts = queries.tab_counts(session, actor) if key == FOR_ME else found.counts
    items = [a_tab(tab.value, _(TAB_LABELS[tab]), counts.get(tab, 0)) for tab in shown]
    if directs(actor):
        number, urgent = queries.submitted_to(session, actor)
        items.insert(0, a_tab(FOR_ME, _("Chờ ý kiến"), number, urgent))
    return items


def a_tab(key: str, label: str, count: int, urgent: bool = False) -> dict[str, object]:
    """One tab; the other conditions of the address stay."""
    kept = {name: request.args[name] for name in ("q", "urgency", "due", *MORE)
            if request.args.get(name)}  # fmt: skip
    url = url_for("incoming.index", tab=key, **kept)  # type: ignore[arg-type]
    return {"key": key, "label": label, "url": url, "count": count, "urgent": urgent}


@bp.get("/lan-luot")
@needs(permissions.READ)
def one_by_one() -> ResponseReturnValue:
    """Open the first letter that waits for the actor; the next opens after each act."""
    actor = current_actor()
    with reading() as session:
        token = queries.next_waiting(session, actor) if directs(actor) else None
        if token is None and actor.may(permissions.REGISTER):
            token = queries.next_to_register(session, actor)
    if token is None:
        flash(_("Bạn đã xử lý hết văn bản."), "ok")
        return redirect(url_for("incoming.index"))
    return redirect(url_for("incoming.detail", token=token))


@bp.post("/tai-len")
@needs(permissions.REGISTER)
def upload() -> ResponseReturnValue:
    """Take in files: JSON to the drop zone, which sends one at a time; a redirect to a form."""
    letter = request.form.get("letter")
    given = [one for one in request.files.getlist("file") if one.filename]
    answers = [take(one, letter) for one in given]
    if "application/json" in request.headers.get("Accept", ""):
        if not answers:
            return {"message": _("Chưa chọn tệp nào."), "tone": "warn"}, 422
        return answers[0]
    for answer in answers:
        flash(str(answer["message"]), str(answer["tone"]))
    if not answers:
        flash(_("Chưa chọn tệp nào."), "warn")
    return redirect(url_for("incoming.index"))


def take(given: FileStorage, letter: str | None) -> dict[str, object]:
    """One file through the door, as the answer to the browser; `letter` is a draft's token."""
    actor, letter_id = current_actor(), None
    opener = neighbours.opener_of(given.filename or "")
    if opener is not None and not letter:
        return opened_by(opener, actor, given)
    if letter:
        with reading() as session:
            letter_id = queries.get_letter_by_token(session, actor, letter).id
    arrival = Arrival(given.filename or "", IntakeSource.UPLOAD, letter_id=letter_id)
    taken = entry.take_in(
        actor, cast(BinaryIO, given.stream), arrival, limit=settings().limits.upload_bytes
    )
    if taken.state in (IntakeState.REJECTED, IntakeState.DUPLICATE):
        sentence = taken.sentence or _("Không nhận được tệp.")
        tab = "trung" if taken.state is IntakeState.DUPLICATE else "khong-nhan"
        url = url_for("incoming.ledger", tab=tab)
        return {"message": f"{given.filename}: {sentence}", "tone": "warn", "url": url}
    with reading() as session:
        row = session.get_one(IncomingDocument, taken.letter_id)
        url = url_for("incoming.detail", token=row.token)
    readable = taken.state is not IntakeState.REVIEW
    message = _("Đã nhận, đang đọc.") if readable else _("Đã nhận, lưu làm tệp đính kèm.")
    return {"message": message, "tone": "ok", "url": url, "letter": taken.letter_id}


def opened_by(opener: neighbours.Opener, actor: Actor, given: FileStorage) -> dict[str, object]:
    """A file that a room above understands, as the answer to the browser."""
    name, limit = given.filename or "", settings().limits.upload_bytes
    done = opener(actor, cast(BinaryIO, given.stream), name, limit)
    answer: dict[str, object] = {"message": done.sentence, "tone": "ok" if done.ok else "warn"}
    if done.letter_id is None:
        return answer
    try:
        with reading() as session:
            token = queries.get_letter(session, actor, done.letter_id).token
    except NotFound:  # it came before and has gone to others since
        return answer
    return answer | {"url": url_for("incoming.detail", token=token), "letter": done.letter_id}


@bp.post("/nhieu")
@needs(permissions.REGISTER)
def bulk() -> ResponseReturnValue:
    """Join ticked drafts into one letter, or submit ticked letters: all of them or none."""
    ids = list(dict.fromkeys(request.form.getlist("id", type=int)))
    actor, act = current_actor(), request.form.get("act")
    back = redirect(url_for("incoming.index", tab=request.form.get("tab")))
    if not ids:
        flash(_("Chưa chọn văn bản nào."), "warn")
        return back
    if act == "join":
        with transaction("incoming.group") as session:
            token = services.group_letters(session, actor, letter_ids=ids).token
        flash(_("Đã gộp %(count)d tệp thành một văn bản.", count=len(ids)), "ok")
        return redirect(url_for("incoming.detail", token=token))
    to_post_id = request.form.get("to_post_id", 0, type=int)
    with transaction("incoming.submit_many") as session:
        for letter_id in ids:
            services.submit_letter(session, actor, letter_id=letter_id, to_post_id=to_post_id)
    flash(_("Đã trình %(count)d văn bản.", count=len(ids)), "ok")
    return back
