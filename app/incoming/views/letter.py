"""/van-ban-den/<token>: one letter with its file, its data, its way and what may be done now."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app import audit
from app.clock import now
from app.db import reading, transaction
from app.files.models import StoredFile
from app.files.serving import INLINE, send
from app.files.store import current_store
from app.incoming import neighbours, permissions, queries
from app.incoming.forms import RegisterForm
from app.incoming.models import CLOSED, URGENCY_LABELS, IncomingDocument, IntakeState
from app.incoming.models.letter import STATUS_LABELS
from app.incoming.queries import FileView, LetterView
from app.incoming.views import directing, registering
from app.incoming.views.acts import acts_for
from app.incoming.views.blueprint import SOURCE_LABELS, bp, submit_choices
from app.incoming.views.lists import ACCEPTED, badge
from app.links import linked_to
from app.security import Actor
from app.tasks import services as tasks
from app.tasks.directing import DirectiveForm, lines_of
from app.tasks.models import STATUS_LABELS as TASK_STATES
from app.web.gate import needs
from app.web.shell import current_actor, settings
from app.worktime.queries import load_calendar
from app.worktime.showing import why_of

UNREAD = frozenset(
    {IntakeState.RECEIVED, IntakeState.QUARANTINED, IntakeState.STORED, IntakeState.WAITING,
     IntakeState.READING}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """The file in the viewer. `token` is that of the file shown, `stamped` whether it bears ĐẾN."""

    token: str
    url: str
    download_url: str
    name: str
    kind: str  # pdf, image
    stamped: bool = False


@bp.get("/<token>")
@needs(permissions.READ)
def detail(token: str) -> ResponseReturnValue:
    """The page of a letter. Opening it marks it seen and is written down."""
    actor = current_actor()
    with reading() as session:
        to_note = queries.opening_is_news(session, actor, token)
    if to_note:
        with transaction("incoming.open") as session:
            letter = queries.get_letter_by_token(session, actor, token)
            if letter.registered:
                tasks.mark_opened(session, actor, queries.KIND, letter.id)
            audit.record_read(session, actor, queries.KIND, letter.id, "read")
    return show(token)


def show(
    token: str,
    *,
    form: RegisterForm | None = None,
    directive: DirectiveForm | None = None,
    answer: object = None,
    message: str | None = None,
    twins: list[int] | None = None,
) -> str:
    """The page; `form`, `directive` and `answer` (of a room above) are forms that were refused,
    `message` says why."""
    actor = current_actor()
    with reading() as session:
        view = queries.load_letter(session, actor, token)
        common = context(session, actor, view) | {"message": message}
        if view.letter.registered:
            return show_registered(session, actor, view, common, directive, answer)
        form, others = registering.offered_form(session, view, form)
        registering.fill_choices(session, form)
        return render_template(
            "incoming/draft.html",
            form=form,
            due=queries.due_in_text(session, view.proposed.due_hint),
            twins=registering.twins_of(session, actor, twins or []),
            sources=SOURCE_LABELS,
            others=others,
            waits=waits_for_reading(view) and "nhap-tay" not in request.args and not form.errors,
            **common,
        )


def show_registered(
    session: Session,
    actor: Actor,
    view: LetterView,
    common: dict[str, object],
    directive: DirectiveForm | None,
    answer: object,
) -> str:
    """The page of a letter that has its number."""
    acts = acts_for(session, actor, view)
    answering = (
        neighbours.answer_of(session, actor, view.letter.id, answer) if acts.direct else None
    )
    return render_template(
        "incoming/detail.html",
        acts=acts,
        directing=directing.directive_page(session, actor, view, directive)
        if acts.direct
        else None,
        answering=answering,
        directives=lines_of(session, view.directives[::-1]),
        rules=queries.straight_rules(session, view.letter) if acts.submit else [],
        task_states=TASK_STATES,
        submit_choices=submit_choices(session) if acts.submit else [],
        links=linked_to(session, actor, queries.KIND, view.letter.id),
        **common,
    )


def waits_for_reading(view: LetterView) -> bool:
    """Whether the main file is being read, so that a filled form is to be expected."""
    return view.main is not None and view.main.intake.state in UNREAD and not view.main.intake.held


@bp.get("/<token>/cho-doc")
@needs(permissions.REGISTER)
def still_waiting(token: str) -> ResponseReturnValue:
    """How far the reading is, for htmx; when it has ended, the page is loaded anew."""
    with reading() as session:
        view = queries.load_letter(session, current_actor(), token)
        if not waits_for_reading(view):
            return "", 200, {"HX-Refresh": "true"}
        return render_template("incoming/_waiting.html", view=view, letter=view.letter)


def context(session: Session, actor: Actor, view: LetterView) -> dict[str, object]:
    """What both pages show."""
    letter = view.letter
    stamped = view.main.stamped if view.main else None
    return {
        "view": view,
        "letter": letter,
        "stamped": stamped,
        "shown": shown_file(view, stamped, request.args.get("tep", "")),
        "deadline": badge(load_calendar(session), letter, now()),
        "why": why_of(
            session,
            queries.KIND,
            letter.id,
            started_at=letter.registered_at or letter.received_at,
            due_at=letter.due_at,
            finished_at=letter.closed_at,
            began="Vào sổ",
        ),
        "states": STATUS_LABELS,
        "urgencies": URGENCY_LABELS,
        "closed": letter.status in CLOSED,
        "start_page": max(request.args.get("page", 1, type=int), 1),
        "find": request.args.get("q", "")[:100] or None,
        "may_register": actor.may(permissions.REGISTER),
        "just": just_registered(session, actor),
        "viewable": INLINE,
        "parts": neighbours.parts_of(session, actor, letter.id),
        "accepted": ACCEPTED,
        "max_mb": settings().limits.upload_bytes // (1024 * 1024),
    }


def just_registered(session: Session, actor: Actor) -> IncomingDocument | None:
    """The letter that was registered a moment ago: its number stands large for the hand stamp."""
    token = request.args.get("vua_vao_so")
    return queries.get_letter_by_token(session, actor, token) if token else None


def shown_file(view: LetterView, stamped: StoredFile | None, wanted: str = "") -> Shown | None:
    """The file asked for by `?tep=`, else the main one as far as a browser can show it.

    Of the main file the stamped copy goes first, then the original, then its searchable copy.
    """
    main = view.main
    for one in view.files:
        for file in (one.file, one.searchable):
            if file is not None and wanted == file.token and file.media_type in INLINE:
                return in_viewer(file, file.name)
    if main is None or main.file is None:
        return None
    if stamped is not None and wanted in ("", stamped.token):
        return in_viewer(stamped, main.file.name, stamped=True)
    file = viewable(main)
    return in_viewer(file, main.file.name, download=main.file) if file else None


def in_viewer(
    file: StoredFile, name: str, *, download: StoredFile | None = None, stamped: bool = False
) -> Shown:
    """A file with its addresses; `download` is what the button of the viewer gives."""
    saved = download or file
    return Shown(
        token=file.token,
        url=url_for("incoming.file", token=file.token),
        download_url=url_for("incoming.file", token=saved.token, tai_xuong=1),
        name=name,
        kind="pdf" if file.media_type == "application/pdf" else "image",
        stamped=stamped,
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
        letter = queries.get_letter_by_token(session, actor, token)
        following = queries.next_letter(session, actor, letter)
    if following is None:
        return redirect(url_for("incoming.index"))
    return redirect(url_for("incoming.detail", token=following))
