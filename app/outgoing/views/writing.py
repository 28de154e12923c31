"""Writing without a word processor: the browser's editor, and findings put right by machine."""

from __future__ import annotations

import io

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.db import reading, transaction
from app.errors import AppError, NotFound
from app.files.models import StoredFile
from app.files.store import current_store
from app.outgoing import checking, permissions, queries, services
from app.outgoing.checking.types import Finding
from app.outgoing.forms import BodyForm
from app.outgoing.models import DraftFormat
from app.outgoing.papers.clean import body_from, for_typing, plain_text
from app.outgoing.papers.docx import text
from app.outgoing.queries import DocumentView
from app.outgoing.services import NewVersion
from app.outgoing.views.blueprint import back_to, bp
from app.web.gate import needs
from app.web.shell import current_actor


@bp.route("/<token>/soan-thao", methods=["GET", "POST"])
@needs(permissions.DRAFT)
def write(token: str) -> ResponseReturnValue:
    """“Soạn trên trình duyệt”: the body in the editor; what is saved is the next version. A
    refusal keeps what was typed."""
    actor = current_actor()
    form = BodyForm()
    with reading() as session:
        view = queries.load_document(session, actor, token)
        if not services.may_write(actor, view.document):
            raise NotFound(f"editor of {token}")
    if not form.is_submitted():
        newest = view.newest
        form.body.data = for_typing(newest.body_html or "") if newest is not None else ""
        return show_editor(form, view)
    body = body_from(form.body.data or "")
    form.body.data = for_typing(body)
    if not form.validate():
        return show_editor(form, view), 422
    words = plain_text(body)
    if not words:
        return show_editor(form, view, _("Chưa viết nội dung nào.")), 422
    new = NewVersion(format=DraftFormat.HTML, body_html=body, text=words, note=form.note.data or "")
    try:
        with transaction("outgoing.write") as session:
            version = services.add_version(session, actor, document_id=view.document.id, new=new)
            no = version.no
    except AppError as error:
        return show_editor(form, view, error.user_message), 409
    return back_to(token, _("Đã lưu phiên bản %(no)d.", no=no))


def show_editor(form: BodyForm, view: DocumentView, message: str | None = None) -> str:
    return render_template(
        "outgoing/write.html", form=form, view=view, document=view.document, message=message
    )


@bp.post("/<token>/phien-ban/<int:no>/sua-loi/<int:index>")
@needs(permissions.DRAFT)
def repair(token: str, no: int, index: int) -> ResponseReturnValue:
    """“Sửa”: a finding of the form check put right in the Word file, as the next version."""
    actor = current_actor()
    with reading() as session:
        view = queries.load_document(session, actor, token)
        version = view.newest
        if version is None or version.no != no:
            return back_to(
                token, _("Đã có phiên bản mới hơn. Hãy xem lại kết quả kiểm tra."), "warn"
            )
        findings = version.findings or []
        if index >= len(findings) or version.format is not DraftFormat.DOCX:
            raise NotFound(f"finding {index} of version {no} of {token}")
        stored = session.get_one(StoredFile, version.file_id)
        sha256, name = stored.sha256, stored.name
    finding = Finding.from_json(findings[index])
    try:
        made = checking.repair(current_store().path(sha256).read_bytes(), finding)
        blob = current_store().put(io.BytesIO(made))
        note = _("Sửa thể thức: %(what)s", what=finding.message)
        new = NewVersion(format=DraftFormat.DOCX, blob=blob, name=name, text=text(made), note=note)
        with transaction("outgoing.repair") as session:
            services.add_version(session, actor, document_id=view.document.id, new=new)
    except AppError as error:
        return back_to(token, error.user_message, "warn")
    return back_to(token, _("Đã sửa, thành phiên bản mới. Chờ kiểm tra lại."))
