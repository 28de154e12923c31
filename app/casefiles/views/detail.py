"""/ho-so/<token>: one file, its documents, its index, and what may be done with it."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Redirect

from app import audit
from app.casefiles import opening, permissions, printing, queries, services
from app.casefiles.forms import EditForm, KeepForm
from app.casefiles.models import STATE_LABELS, CaseFile, CaseState
from app.casefiles.queries import KIND
from app.casefiles.views.blueprint import TONES, bp
from app.clock import today
from app.db import reading, transaction
from app.errors import NotFound
from app.links import linked_to
from app.notifications.services import mark_read
from app.organisation import queries as organisation
from app.registers.printing import XLSX, book_pdf, book_xlsx
from app.security import ORGAN, Access, Actor
from app.web.gate import needs
from app.web.shell import current_actor, settings


@bp.get("/<token>")
@needs(permissions.READ)
def detail(token: str) -> ResponseReturnValue:
    """The page of a file. Opening it is written down."""
    actor = current_actor()
    with reading() as session:
        case_file_id = queries.get_case_file_by_token(session, actor, token).id
        to_note = opening.look_is_news(session, actor, KIND, case_file_id)
    if to_note:
        with transaction("casefiles.read") as session:
            audit.record_read(session, actor, KIND, case_file_id, "read")
            mark_read(session, actor, thing=(KIND, case_file_id))
    return show(token)


def show(token: str) -> str:
    actor = current_actor()
    with reading() as session:
        case_file = queries.get_case_file_by_token(session, actor, token)
        mine = queries.may_change(actor, case_file)
        contents = queries.contents_of(session, actor, case_file.id)
        inside = {(one.card.kind, one.card.id) for one in contents}
        related = linked_to(session, actor, KIND, case_file.id)
        return render_template(
            "casefiles/detail.html",
            file=case_file,
            states=STATE_LABELS,
            tones=TONES,
            today=today(),
            contents=contents,
            links=[one for one in related if (one.card.kind, one.card.id) not in inside],
            removed=queries.removed_from(session, actor, case_file.id),
            keeper=organisation.post_label(session, [case_file.keeper_post_id]).get(
                case_file.keeper_post_id, ""
            ),
            unit=organisation.get_unit(session, case_file.unit_id).name,
            readers=readers_of(session, case_file) if mine else {},
            people=organisation.people_choices(session) if mine else [],
            is_open=case_file.state is CaseState.OPEN,
            is_closed=case_file.state is CaseState.CLOSED,
            mine=mine,
            may_archive=actor.may(permissions.ARCHIVE),
            whole=ORGAN in actor.terms,
        )


def readers_of(session: Session, case_file: CaseFile) -> dict[int, str]:
    """Posts that the file was shared with."""
    rows = sa.select(Access.term).filter_by(kind=KIND, thing_id=case_file.id, reason="shared")
    posts = [int(term.removeprefix("post:")) for term in session.scalars(rows)]
    return organisation.post_label(session, posts)


def file_id_of(actor: Actor, token: str) -> int:
    with reading() as session:
        return queries.get_case_file_by_token(session, actor, token).id


def back(token: str, message: str) -> Redirect:
    flash(message, "ok")
    return redirect(url_for("casefiles.detail", token=token))


@bp.post("/<token>/sua")
@needs(permissions.MAKE)
def edit(token: str) -> ResponseReturnValue:
    """Change title and description."""
    form, actor = EditForm(), current_actor()
    case_file_id = file_id_of(actor, token)
    version = form.version.data or ""
    with transaction("casefiles.edit") as session:
        services.edit_case_file(
            session, actor, case_file_id=case_file_id, title=form.title.data or "",
            description=form.description.data or "",
            version=int(version) if version.isdigit() else None,
        )  # fmt: skip
    return back(token, _("Đã lưu."))


@bp.post("/<token>/rut/<int:document_id>")
@needs(permissions.MAKE)
def remove(token: str, document_id: int) -> ResponseReturnValue:
    """Take a document out, with the reason."""
    actor = current_actor()
    case_file_id = file_id_of(actor, token)
    with transaction("casefiles.remove_document") as session:
        services.remove_document(
            session, actor, case_file_id=case_file_id, document_id=document_id,
            reason=request.form.get("reason", ""),
        )  # fmt: skip
    return back(token, _("Đã rút văn bản khỏi hồ sơ."))


@bp.post("/<token>/ket-thuc")
@needs(permissions.MAKE)
def close(token: str) -> ResponseReturnValue:
    """End the file."""
    actor = current_actor()
    case_file_id = file_id_of(actor, token)
    with transaction("casefiles.close") as session:
        services.close_case_file(session, actor, case_file_id=case_file_id)
    return back(token, _("Đã kết thúc hồ sơ."))


@bp.post("/<token>/mo-lai")
@needs(permissions.MAKE)
def reopen(token: str) -> ResponseReturnValue:
    """Open it again, with the reason."""
    actor = current_actor()
    case_file_id = file_id_of(actor, token)
    with transaction("casefiles.reopen") as session:
        services.reopen_case_file(
            session, actor, case_file_id=case_file_id, reason=request.form.get("reason", "")
        )
    return back(token, _("Đã mở lại hồ sơ."))


@bp.post("/<token>/giu-lai")
@needs(permissions.ARCHIVE)
def keep(token: str) -> ResponseReturnValue:
    """Let the unit keep it longer."""
    actor, form = current_actor(), KeepForm()
    case_file_id = file_id_of(actor, token)
    if not form.validate_on_submit():
        flash(_("Hãy ghi ngày dạng dd/mm/yyyy và văn bản đồng ý."), "late")
        return redirect(url_for("casefiles.detail", token=token))
    with transaction("casefiles.keep_back") as session:
        services.keep_back(
            session, actor, case_file_id=case_file_id, until=form.until.data,
            consent=form.consent.data or "",
        )  # fmt: skip
    return back(token, _("Đã cho giữ lại hồ sơ."))


@bp.post("/<token>/cho-xem")
@needs(permissions.MAKE)
def share(token: str) -> ResponseReturnValue:
    """Let another post see the file."""
    actor = current_actor()
    case_file_id = file_id_of(actor, token)
    with transaction("casefiles.share") as session:
        services.share(
            session, actor, case_file_id=case_file_id,
            post_id=request.form.get("post_id", 0, type=int),
        )  # fmt: skip
    return back(token, _("Đã cho xem hồ sơ."))


@bp.post("/<token>/thoi-cho-xem/<int:post_id>")
@needs(permissions.MAKE)
def unshare(token: str, post_id: int) -> ResponseReturnValue:
    """Close it to a post again."""
    actor = current_actor()
    case_file_id = file_id_of(actor, token)
    with transaction("casefiles.unshare") as session:
        services.unshare(session, actor, case_file_id=case_file_id, post_id=post_id)
    return back(token, _("Đã thôi cho xem."))


@bp.get("/<token>/muc-luc.<ending>")
@needs(permissions.READ)
def index_of(token: str, ending: str) -> ResponseReturnValue:
    """The index of documents as PDF/A or XLSX."""
    if ending not in ("pdf", "xlsx"):
        raise NotFound(f"index.{ending}")
    actor = current_actor()
    with reading() as session:
        case_file = queries.get_case_file_by_token(session, actor, token)
        printed_lately = audit.read_lately(actor, KIND, case_file.id, "index_printed")
        to_note = session.scalar(printed_lately.limit(1)) is None
    if to_note:
        with transaction("casefiles.index") as session:
            audit.record_read(session, actor, KIND, case_file.id, "index_printed")
    with reading() as session:
        rows = queries.index_rows(queries.contents_of(session, actor, case_file.id))
    heading = printing.index_heading(settings().organ_name, case_file, whole=ORGAN in actor.terms)
    if ending == "xlsx":
        return download(book_xlsx(heading, printing.INDEX, rows), XLSX, "muc-luc.xlsx")
    return download(book_pdf(heading, printing.INDEX, rows), "application/pdf", "muc-luc.pdf")


def download(content: bytes, media_type: str, name: str) -> Response:
    """A made file: PDF in place, others as a download."""
    place = "inline" if media_type == "application/pdf" else "attachment"
    headers = {"Content-Disposition": f'{place}; filename="{name}"'}
    return Response(content, mimetype=media_type, headers=headers)
