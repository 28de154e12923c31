"""/van-ban-den/<token>: one letter with its file, its data, its way and what may be done now."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app import audit
from app.clock import now
from app.db import reading, transaction
from app.files.models import StoredFile
from app.files.serving import INLINE, send
from app.files.store import current_store
from app.incoming import permissions, queries
from app.incoming.forms import RegisterForm
from app.incoming.models import CLOSED, URGENCY_LABELS, IncomingDocument
from app.incoming.models.letter import STATUS_LABELS
from app.incoming.queries import FileView, LetterView, straight_rules
from app.incoming.views import directing, registering
from app.incoming.views.acts import acts_for
from app.incoming.views.blueprint import bp, submit_choices
from app.incoming.views.lists import badge
from app.links import linked_to
from app.notifications.services import mark_read
from app.security import Actor
from app.tasks import services as tasks
from app.tasks.directing import DirectiveForm, directive_lines
from app.tasks.models import STATUS_LABELS as TASK_STATES
from app.web.gate import needs
from app.web.shell import current_actor
from app.worktime.queries import load_calendar


@dataclass(frozen=True, slots=True)
class Shown:
    """The file in the viewer."""

    url: str
    download_url: str
    name: str
    kind: str  # pdf, image


@bp.get("/<token>")
@needs(permissions.READ)
def detail(token: str) -> ResponseReturnValue:
    """The page of a letter. Opening it marks it seen and is written down."""
    actor = current_actor()
    with transaction("incoming.open") as session:
        letter = queries.get_letter_by_token(session, actor, token)
        if letter.registered:
            tasks.mark_opened(session, actor, queries.KIND, letter.id)
            mark_read(session, actor, thing=(queries.KIND, letter.id))
        audit.record_read(session, actor, queries.KIND, letter.id, "read")
    return show(token)


def show(
    token: str,
    *,
    form: RegisterForm | None = None,
    directive: DirectiveForm | None = None,
    message: str | None = None,
    twins: list[int] | None = None,
) -> str:
    """The page; `form` and `directive` are forms that were refused, `message` says why."""
    actor = current_actor()
    with reading() as session:
        view = queries.load_letter(session, actor, token)
        common = context(session, actor, view)
        if not view.letter.registered:
            form = form or registering.filled_form(session, actor, view)
            registering.fill_choices(session, actor, form)
            return render_template(
                "incoming/draft.html",
                form=form,
                message=message,
                twins=registering.twins_of(session, actor, twins or []),
                rules=straight_rules(session, view.letter),
                **common,
            )
        acts = acts_for(session, actor, view)
        return render_template(
            "incoming/detail.html",
            acts=acts,
            directing=directing.directive_page(session, actor, view, directive)
            if acts.direct
            else None,
            directives=directive_lines(session, queries.KIND, view.letter.id),
            rules=straight_rules(session, view.letter) if acts.submit else [],
            task_states=TASK_STATES,
            submit_choices=submit_choices(session),
            links=linked_to(session, actor, queries.KIND, view.letter.id),
            message=message,
            **common,
        )


def context(session: Session, actor: Actor, view: LetterView) -> dict[str, object]:
    """What both pages show."""
    letter = view.letter
    calendar = load_calendar(session)
    return {
        "view": view,
        "letter": letter,
        "shown": shown_file(view),
        "deadline": badge(calendar, letter, now()),
        "states": STATUS_LABELS,
        "urgencies": URGENCY_LABELS,
        "closed": letter.status in CLOSED,
        "start_page": max(request.args.get("page", 1, type=int), 1),
        "find": request.args.get("q", "")[:100] or None,
        "may_register": actor.may(permissions.REGISTER),
        "just": just_registered(session, actor),
        "next_token": queries.next_letter(session, actor, letter),
    }


def just_registered(session: Session, actor: Actor) -> IncomingDocument | None:
    """The letter that was registered a moment ago: its number stands large for the hand stamp."""
    token = request.args.get("vua_vao_so")
    return queries.get_letter_by_token(session, actor, token) if token else None


def shown_file(view: LetterView) -> Shown | None:
    """The main file if a browser can show it: a searchable copy, else the original."""
    main = view.main
    if main is None or main.file is None:
        return None
    file = viewable(main)
    if file is None:
        return None
    return Shown(
        url=url_for("incoming.file", token=file.token),
        download_url=url_for("incoming.file", token=main.file.token, tai_xuong=1),
        name=main.file.name,
        kind="pdf" if file.media_type == "application/pdf" else "image",
    )


def viewable(main: FileView) -> StoredFile | None:
    """The original when a browser shows it, else its searchable copy (TIFF), else nothing."""
    if main.file is not None and main.file.media_type in INLINE:
        return main.file
    return main.searchable


@bp.get("/tep/<token>")
@needs(permissions.READ)
def file(token: str) -> Response:
    """A file of a letter, in place or (`?tai_xuong=1`) as a download; both are written down."""
    actor = current_actor()
    download = request.args.get("tai_xuong") == "1"
    with transaction("incoming.file") as session:
        letter, stored = queries.file_for(session, actor, token)
        how = "downloaded" if download else "read"
        audit.record_read(session, actor, queries.KIND, letter.id, how)
    return send(current_store(), stored, inline=not download)


@bp.get("/<token>/tiep")
@needs(permissions.READ)
def next_one(token: str) -> ResponseReturnValue:
    """The next letter of the same tab, or the list."""
    actor = current_actor()
    with reading() as session:
        letter: IncomingDocument = queries.get_letter_by_token(session, actor, token)
        following = queries.next_letter(session, actor, letter)
    target = url_for("incoming.detail", token=following) if following else url_for("incoming.index")
    return "", 302, {"Location": target}
