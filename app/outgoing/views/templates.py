"""/van-ban-di/mau: the templates that drafts begin with, by type and issuing body."""

from __future__ import annotations

import io

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
from app.outgoing.models import TemplateState
from app.outgoing.papers import trial
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
DOCX_HEAD = b"PK\x03\x04"


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
    flash(_("Đã nhận phiên bản %(no)d. Kiểm tra xong, dùng được thì áp dụng ngay.", no=no), "ok")
    return redirect(url_for("outgoing.template", code=code, body=body))


def take(actor: Actor, form: TemplateForm, code: str, body_id: int | None) -> int:
    """Keep an uploaded file as it is; a worker looks into it. Returns the version's number."""
    given = request.files.get(form.file.name)
    data = given.read(MOST_BYTES + 1) if given else b""
    if not data:
        raise InvalidInput(_("Chưa chọn tệp nào."), "file")
    if len(data) > MOST_BYTES:
        raise InvalidInput(_("Mẫu lớn hơn 5 MB. Hãy bỏ bớt ảnh."), "file")
    if not data.startswith(DOCX_HEAD):
        raise InvalidInput(
            _("Tệp không phải Word .docx, bị hỏng, hoặc có mật khẩu. Hãy lưu lại thành .docx."),
            "file",
        )
    new = NewTemplate(
        document_type=code,
        issuing_body_id=body_id,
        blob=current_store().put(io.BytesIO(data)),
        name=(given.filename if given else "") or "",
        note=form.note.data or "",
    )
    with transaction("outgoing.template") as session:
        return services.add_template(session, actor, new).no


def show(form: TemplateForm, code: str, body: int) -> str:
    with reading() as session:
        label, body_name = names(session, code, body)
        versions = found.versions_of(session, code, body or None)
        usable = [one.row.id for one in versions if one.row.state is TemplateState.USABLE]
        return render_template(
            "outgoing/template.html",
            form=form,
            code=code,
            body=body,
            label=label,
            body_name=body_name,
            bodies=issuing_bodies(session),
            versions=versions,
            in_force=usable[0] if usable else None,
            checking=any(one.row.state is TemplateState.CHECKING for one in versions),
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
    """The template that comes with the system becomes the newest version, checked like any."""
    actor, data = current_actor(), services.built_in(code)
    blob = current_store().put(io.BytesIO(data))
    new = NewTemplate(
        document_type=code, issuing_body_id=body or None, blob=blob,
        name=f"mau-{code}.docx", note=_("Mẫu gốc của hệ thống"),
    )  # fmt: skip
    with transaction("outgoing.template") as session:
        no = services.add_template(session, actor, new).no
    flash(_("Mẫu gốc thành phiên bản %(no)d, áp dụng khi kiểm tra xong.", no=no), "ok")
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


@bp.get("/mau/goc/<code>.docx")
@needs(permissions.CONFIGURE)
def built_in_file(code: str) -> Response:
    """The template that comes with the system; `?dien_thu=1`: filled with an invented paper."""
    with reading() as session:
        if code not in type_labels(session):
            raise NotFound(f"template {code}")
        sample = services.sample_facts(session, code, None)
    tried, made = request.args.get("dien_thu") == "1", services.built_in(code)
    return send_file(
        io.BytesIO(trial.check_template(made, sample) if tried else made), mimetype=DOCX,
        as_attachment=True, download_name=f"mau-{code}{'-dien-thu' if tried else ''}.docx",
    )  # fmt: skip
