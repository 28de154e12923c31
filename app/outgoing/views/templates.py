"""/van-ban-di/mau: the templates that drafts begin with, by type and issuing body."""

from __future__ import annotations

import io
from functools import lru_cache

from flask import Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import audit
from app.db import reading, transaction
from app.errors import AppError, InvalidInput, NotFound
from app.files.serving import send
from app.files.store import current_store
from app.organisation.queries import issuing_bodies
from app.outgoing import permissions
from app.outgoing.forms import TemplateForm
from app.outgoing.papers import convert
from app.outgoing.queries import templates as found
from app.outgoing.services import templates as services
from app.outgoing.services.drafts import DOCX
from app.outgoing.services.templates import NewTemplate
from app.outgoing.views.blueprint import bp
from app.registers.queries import document_types, type_labels
from app.security import Actor
from app.web.gate import needs
from app.web.shell import current_actor

MOST_BYTES = 5 * 1024 * 1024
PDF = "application/pdf"


@bp.get("/mau")
@needs(permissions.CONFIGURE)
def templates() -> ResponseReturnValue:
    """All types with the version in force, for all bodies and for each that has its own."""
    with reading() as session:
        bodies = list(issuing_bodies(session))
        return render_template(
            "outgoing/templates.html",
            types=document_types(session),
            bodies=bodies,
            names={body.id: body.short_name for body in bodies},
            in_force=found.versions_in_force(session),
        )


@bp.route("/mau/<code>/<int:body>", methods=["GET", "POST"])
@needs(permissions.CONFIGURE)
def template(code: str, body: int) -> ResponseReturnValue:
    """The versions of one template; a new one is uploaded here. `body` 0: for all bodies."""
    actor, form = current_actor(), TemplateForm()
    if request.method == "GET":
        return show(form, code, body)
    if not form.validate_on_submit():
        return show(form, code, body), 422
    try:
        no = take(actor, form, code, body or None)
    except AppError as error:
        form.file.errors = [error.user_message]
        return show(form, code, body), 422
    flash(_("Đã dùng phiên bản %(no)d cho các dự thảo lập từ nay.", no=no), "ok")
    return redirect(url_for("outgoing.template", code=code, body=body))


def take(actor: Actor, form: TemplateForm, code: str, body_id: int | None) -> int:
    """Check an uploaded file by filling it and making its PDF in the limited child; its number."""
    given = request.files.get(form.file.name)
    data = given.read(MOST_BYTES + 1) if given else b""
    if not data:
        raise InvalidInput(_("Chưa chọn tệp nào."), "file")
    if len(data) > MOST_BYTES:
        raise InvalidInput(_("Mẫu lớn hơn 5 MB. Hãy bỏ bớt ảnh."), "file")
    with reading() as session:
        sample = services.sample_facts(session, code, body_id)
    pdf = convert.to_pdf(services.check_template(data, sample))
    store = current_store()
    new = NewTemplate(
        document_type=code,
        issuing_body_id=body_id,
        blob=store.put(io.BytesIO(data)),
        pdf=store.put(io.BytesIO(pdf)),
        name=(given.filename if given else "") or "",
        note=form.note.data or "",
    )
    with transaction("outgoing.template") as session:
        return services.add_template(session, actor, new).no


def show(form: TemplateForm, code: str, body: int) -> str:
    with reading() as session:
        label, body_name = names(session, code, body)
        return render_template(
            "outgoing/template.html",
            form=form,
            code=code,
            body=body,
            label=label,
            body_name=body_name,
            bodies=issuing_bodies(session),
            versions=found.versions_of(session, code, body or None),
            fields=services.field_names(),
        )


def names(session: Session, code: str, body: int) -> tuple[str, str]:
    """Type and body in words. Raises NotFound for those that do not exist."""
    label = type_labels(session).get(code)
    bodies = {one.id: one.name for one in issuing_bodies(session)}
    if label is None or (body and body not in bodies):
        raise NotFound(f"template of {code}, {body}")
    return label, bodies.get(body, "")


@bp.post("/mau/dung-lai/<int:template_id>")
@needs(permissions.CONFIGURE)
def take_template_back(template_id: int) -> ResponseReturnValue:
    """An older version counts again."""
    with transaction("outgoing.template_back") as session:
        row = services.take_back(session, current_actor(), template_id=template_id)
        code, body, no = row.document_type, row.issuing_body_id or 0, row.no
    flash(_("Đã dùng lại, thành phiên bản %(no)d.", no=no), "ok")
    return redirect(url_for("outgoing.template", code=code, body=body))


@bp.post("/mau/<code>/<int:body>/mau-goc")
@needs(permissions.CONFIGURE)
def take_built_in(code: str, body: int) -> ResponseReturnValue:
    """The template that comes with the system counts again, as the newest version."""
    actor, data = current_actor(), services.built_in(code)
    store = current_store()
    pdf = store.put(io.BytesIO(built_in_pdf(code)))
    new = NewTemplate(
        document_type=code, issuing_body_id=body or None, blob=store.put(io.BytesIO(data)),
        pdf=pdf, name=f"mau-{code}.docx", note=_("Mẫu gốc của hệ thống"),
    )  # fmt: skip
    with transaction("outgoing.template") as session:
        no = services.add_template(session, actor, new).no
    flash(_("Đã dùng mẫu gốc, thành phiên bản %(no)d.", no=no), "ok")
    return redirect(url_for("outgoing.template", code=code, body=body))


@bp.get("/mau/tep/<int:template_id>.<ending>")
@needs(permissions.CONFIGURE)
def template_file(template_id: int, ending: str) -> Response:
    """A version to download (.docx), or how it looks when it is filled (.pdf)."""
    if ending not in ("docx", "pdf"):
        raise NotFound(f"template file .{ending}")
    with transaction("outgoing.template_read") as session:
        stored = found.template_file(session, template_id, pdf=ending == "pdf")
        audit.record_read(session, current_actor(), services.KIND, template_id, "downloaded")
    return send(current_store(), stored, inline=ending == "pdf")


@bp.get("/mau/goc/<code>.<ending>")
@needs(permissions.CONFIGURE)
def built_in_file(code: str, ending: str) -> Response:
    """The template that comes with the system: .docx, or .pdf as it looks when it is filled."""
    with reading() as session:
        if code not in type_labels(session) or ending not in ("docx", "pdf"):
            raise NotFound(f"template {code}.{ending}")
    if ending == "pdf":
        return send_file(io.BytesIO(built_in_pdf(code)), mimetype=PDF)
    return send_file(
        io.BytesIO(services.built_in(code)), mimetype=DOCX, as_attachment=True,
        download_name=f"mau-{code}.docx",
    )  # fmt: skip


@lru_cache(maxsize=64)
def built_in_pdf(code: str) -> bytes:
    """How the built-in template of a type looks; some seconds the first time."""
    with reading() as session:
        sample = services.sample_facts(session, code, None)
    return convert.to_pdf(services.check_template(services.built_in(code), sample))
