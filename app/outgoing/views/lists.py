"""/van-ban-di: the list with its tabs; what waits for my decision; replies that are late."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.clock import now, today
from app.db import reading, transaction
from app.errors import AppError
from app.incoming.models import URGENCY_LABELS
from app.incoming.queries import get_letter_by_token
from app.organisation.dates import parse_date
from app.organisation.queries import issuing_bodies, post_label, unit_label
from app.outgoing import permissions, queries, services
from app.outgoing.models import STATUS_LABELS, OutgoingDocument
from app.outgoing.models.review import DESK_LABELS
from app.outgoing.queries import TAB_LABELS, DocumentPage, Narrowing, Tab
from app.outgoing.queries import approvals as short
from app.outgoing.views.blueprint import Page, bp, page_number, page_size, whereabouts
from app.registers.queries import document_types, type_labels
from app.security import Actor
from app.tasks import custody
from app.web.gate import needs
from app.web.shell import current_actor

MORE = ("type", "body", "from", "to")
LATE_DAYS = 180
PAIR = re.compile(r"(\d{1,18}):(\d{1,9})")  # document and the version that was listed


@bp.get("")
@needs(permissions.READ)
def index() -> ResponseReturnValue:
    """The list; for htmx only its card."""
    actor = current_actor()
    key = request.args.get("tab") or default_tab(actor).value
    wanted = asked_for(key)
    with reading() as session:
        found = queries.page_of_documents(
            session, actor, wanted, page=page_number(), size=page_size(),
            before_id=request.args.get("truoc", type=int),
        )  # fmt: skip
        template = "_list.html" if "HX-Request" in request.headers else "index.html"
        return render_template(f"outgoing/{template}", **context(session, actor, found, wanted))


def default_tab(actor: Actor) -> Tab:
    """Clerks begin with what is to be issued, all others with everything of theirs."""
    return Tab.TO_ISSUE if actor.may(permissions.ISSUE) else Tab.ALL


def asked_for(key: str) -> Narrowing:
    """The filter of the address; unknown values mean everything."""
    urgency = request.args.get("urgency", "")
    return Narrowing(
        tab=next((tab for tab in Tab if tab.value == key), Tab.ALL),
        text=request.args.get("q", "").strip()[:200],
        urgency=int(urgency) if urgency in ("0", "1", "2", "3") else None,
        document_type=request.args.get("type", "")[:40] or None,
        issuing_body_id=request.args.get("body", type=int),
        since=day_of("from"),
        until=day_of("to"),
    )


def day_of(name: str) -> date | None:
    """A typed day of the address; what is none narrows nothing."""
    try:
        return parse_date(request.args.get(name, ""))
    except ValueError:
        return None


def context(
    session: Session, actor: Actor, found: DocumentPage, wanted: Narrowing
) -> dict[str, object]:
    """What the list shows, by a constant number of queries."""
    rows = found.documents
    return {
        "rows": rows,
        "places": custody.current(session, queries.KIND, [row.id for row in rows]),
        "types": type_labels(session),
        "units": unit_label(session, {row.drafting_unit_id for row in rows}),
        "states": STATUS_LABELS,
        "late": {row.id for row in rows if is_late(session, row)},
        "page": Page(found.number, found.size, found.total, found.pages),
        "next_id": found.next_id,
        "tab": wanted.tab.value,
        "tabs": [a_tab(tab, found.counts.get(tab, 0)) for tab in Tab],
        "wanted": wanted,
        "narrowed": any(request.args.get(name) for name in ("q", "urgency", *MORE)),
        "urgency_choices": [(str(level), label) for level, label in URGENCY_LABELS.items()],
        "type_choices": [(one.code, one.label) for one in document_types(session)],
        "body_choices": [(str(body.id), body.short_name) for body in issuing_bodies(session)],
        "may_draft": actor.may(permissions.DRAFT),
        "may_issue": actor.may(permissions.ISSUE),
        "may_export": actor.may(permissions.EXPORT),
        "decides": decides(actor),
        "today": today(),
    }


def decides(actor: Actor) -> bool:
    """Whether drafts may come to the actor for a decision."""
    return actor.may(permissions.REVIEW) or actor.may(permissions.CHECK_FORM)


def is_late(session: Session, document: OutgoingDocument) -> bool:
    """Signed, and not out by the next working day."""
    if document.issued_at is not None or document.signed_at is None:
        return False
    due = services.issue_by(session, document)
    return due is not None and due < now()


def a_tab(tab: Tab, count: int) -> dict[str, object]:
    """One tab; the other conditions of the address stay."""
    kept = {name: request.args[name] for name in ("q", "urgency", *MORE) if request.args.get(name)}
    url = url_for("outgoing.index", tab=tab.value, **kept)  # type: ignore[arg-type]
    return {"key": tab.value, "label": _(TAB_LABELS[tab]), "url": url, "count": count}


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one of several: the sentence names it."""

    said: str
    done: bool
    token: str | None


@bp.get("/cho-duyet")
@needs(permissions.READ)
def approvals() -> ResponseReturnValue:
    """“Chờ tôi duyệt”: one by one, or several in order; made for the phone."""
    return approval_list([])


def approval_list(results: list[Result]) -> str:
    """What waits for the actor, below what has just become of the others."""
    actor = current_actor()
    with reading() as session:
        rows = queries.waiting_for(session, actor)
        count = len(queries.waiting_tokens(session, actor))
        briefs = short.briefs(session, [row.document.id for row in rows])
        named = {row.document.drafter_post_id for row in rows}
        named |= {post_id for brief in briefs.values() for post_id, _words in brief.said}
        return render_template(
            "outgoing/approvals.html",
            rows=rows,
            count=count,
            briefs=briefs,
            results=results,
            types=type_labels(session),
            desks=DESK_LABELS,
            drafters=post_label(session, named),
            today=today(),
        )


@bp.post("/cho-duyet")
@needs(permissions.READ)
def approve_several() -> ResponseReturnValue:
    """Agree to the ticked documents, one after another, each in its own transaction: a refusal of
    one stops no other, and each has its own answer. A row stands for the version that was listed:
    one that has changed since is refused."""
    ticked = [pair for pair in map(PAIR.fullmatch, request.form.getlist("ids")) if pair]
    if not ticked:
        flash(_("Chưa chọn văn bản nào."), "warn")
        return redirect(url_for("outgoing.approvals"))
    seen = {int(pair[1]): int(pair[2]) for pair in ticked}
    results = [approve_one(document_id, no) for document_id, no in list(seen.items())[:100]]
    return approval_list(results)


def approve_one(document_id: int, no: int) -> Result:
    actor = current_actor()
    try:
        with transaction("outgoing.approve") as session:
            document = services.approve(session, actor, document_id=document_id, version_no=no)
            title, token = document.subject_summary, document.token
    except AppError as error:
        title, found = title_of(actor, document_id)
        said = _("Chưa duyệt được %(title)s: %(why)s", title=title, why=error.user_message)
        return Result(said, False, found)
    with reading() as session:
        where = whereabouts(session, actor, token)
    return Result(f"{_('Đã duyệt: %(title)s', title=title)}. {where}".strip(), True, token)


def title_of(actor: Actor, document_id: int) -> tuple[str, str | None]:
    """The summary of a document and its token, for the answer of a refusal."""
    with reading() as session:
        try:
            document = queries.get_document(session, actor, document_id)
        except AppError:
            return str(document_id), None
        return document.subject_summary, document.token


@bp.get("/tra-loi-tre")
@needs(permissions.READ)
def late_replies() -> ResponseReturnValue:
    """Replies after their date, by unit, of the last half year."""
    since = now() - timedelta(days=LATE_DAYS)
    with reading() as session:
        units = queries.late_replies(session, current_actor(), since=since)
        return render_template("outgoing/late.html", units=units, days=LATE_DAYS)


@bp.get("/con-mo/<token>")
@needs(permissions.READ)
def still_open(token: str) -> ResponseReturnValue:
    """“Còn mở vì văn bản này”: tasks and replies that a letter still waits for."""
    actor = current_actor()
    with reading() as session:
        letter = get_letter_by_token(session, actor, token)
        return render_template(
            "outgoing/still_open.html",
            letter=letter,
            cards=queries.open_because_of(session, actor, letter.id),
            replies=queries.replies_to(session, actor, letter.id),
            states=STATUS_LABELS,
        )
