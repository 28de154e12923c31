"""Writing: a new draft (perhaps from a letter), its facts, the filled template, versions."""

from __future__ import annotations

import io

from flask import Response, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.db import reading, transaction
from app.errors import EditConflict, InvalidInput, NotFound, RuleViolated
from app.files.store import current_store
from app.incoming.models import IncomingDocument
from app.incoming.queries import get_letter_by_token
from app.organisation.queries import find_organ, issuing_bodies
from app.outgoing import permissions, queries, services
from app.outgoing.forms import DraftForm
from app.outgoing.models import (
    Channel,
    DraftFormat,
    Medium,
    OutgoingDocument,
    Recipient,
)
from app.outgoing.papers import differences
from app.outgoing.papers.docx import fill, text
from app.outgoing.services import DraftData, NewVersion, RecipientData, held_versions, templates
from app.outgoing.services.drafts import DOCX
from app.outgoing.services.facts import facts_of
from app.outgoing.services.issuing import recipients_of
from app.outgoing.views.blueprint import (
    act_on,
    back_to,
    bp,
    show_error,
    signer_choices,
    unit_choices,
)
from app.registers.queries import document_types
from app.web.gate import needs
from app.web.shell import current_actor, settings

PDF_HEAD, ZIP_HEAD = b"%PDF-", b"PK\x03\x04"


def fill_choices(session: Session, form: DraftForm) -> None:
    """What the selects offer. Signers are those of the body chosen, by default the first."""
    bodies = list(issuing_bodies(session))
    form.document_type.choices = [(one.code, one.label) for one in document_types(session)]
    form.issuing_body_id.choices = [(body.id, body.name) for body in bodies]
    seen: dict[int, str] = {}
    for body in bodies:
        seen |= dict(signer_choices(session, body.id))
    form.signer_post_id.choices = list(seen.items())
    form.units.choices = unit_choices(session)


@bp.route("/soan", methods=["GET", "POST"])
@needs(permissions.DRAFT)
def new() -> ResponseReturnValue:
    """A new draft; `?tra-loi=` names the letter it answers: sender and summary are filled in."""
    actor = current_actor()
    form = DraftForm()
    token = request.args.get("tra-loi", "")
    with reading() as session:
        letter = get_letter_by_token(session, actor, token) if token else None
        fill_choices(session, form)
        if request.method == "GET":
            begin(session, form, letter)
    if request.method == "GET" or not form.validate_on_submit():
        return show_form(form, letter, None), 422 if form.errors else 200
    try:
        with transaction("outgoing.start") as session:
            data = data_of(session, form, letter.id if letter else None)
            made = services.start_draft(session, actor, data).token
    except InvalidInput as error:
        return show_form(form, letter, show_error(form, error)), 422
    return back_to(made, _("Đã lập dự thảo. Tải mẫu đã điền để viết, hoặc nộp tệp của bạn."))


def begin(session: Session, form: DraftForm, letter: IncomingDocument | None) -> None:
    """What can be known of a draft before it is written."""
    bodies = list(issuing_bodies(session))
    ours = next(
        (body for body in bodies if body.short_name == "UBND"), bodies[0] if bodies else None
    )
    form.document_type.data = "official_letter"
    if ours is not None:
        form.issuing_body_id.data = ours.id
    if letter is None:
        return
    summary = letter.subject_summary
    about = f"{summary[:1].lower()}{summary[1:]}"
    form.subject_summary.data = f"Trả lời {letter.full_code} {about}"[:500]
    form.addressees.data = form.edxml.data = letter.organ_name
    form.urgency.data = str(letter.urgency)


def show_form(
    form: DraftForm,
    letter: IncomingDocument | None,
    message: str | None,
    document: OutgoingDocument | None = None,
) -> str:
    return render_template(
        "outgoing/form.html", form=form, letter=letter, message=message, document=document
    )


def data_of(session: Session, form: DraftForm, letter_id: int | None) -> DraftData:
    """The form as the service wants it."""
    return DraftData(
        issuing_body_id=form.issuing_body_id.data,
        document_type=form.document_type.data,
        subject_summary=form.subject_summary.data,
        addressees=lines(form.addressees.data),
        recipients=recipients(session, form),
        urgency=int(form.urgency.data or 0),
        medium=Medium(form.medium.data),
        answers_incoming_id=letter_id,
        closes_incoming=form.closes_incoming.data,
        signer_post_id=form.signer_post_id.data,
        copies=form.copies.data or 1,
        note=form.note.data or "",
    )


def lines(text_: str | None) -> list[str]:
    """The lines of a text area that hold something."""
    return [line.strip() for line in (text_ or "").splitlines() if line.strip()]


def recipients(session: Session, form: DraftForm) -> list[RecipientData]:
    """Units first, then packets, mail, paper, in the order typed."""
    names = dict(unit_choices(session))
    found = [
        RecipientData(name=names[id_], channel=Channel.INTERNAL, unit_id=id_)
        for id_ in form.units.data or []
        if id_ in names
    ]
    for name in lines(form.edxml.data):
        organ = find_organ(session, name)
        organ_id = organ.id if organ else None
        found.append(RecipientData(name=name, channel=Channel.EDXML, organ_id=organ_id))
    for line in lines(form.email.data):
        name, _comma, address = line.rpartition(",")
        email = address.strip()
        found.append(RecipientData(name=name.strip() or email, channel=Channel.EMAIL, email=email))
    return found + [RecipientData(name=n, channel=Channel.PAPER) for n in lines(form.paper.data)]


@bp.route("/<token>/sua", methods=["GET", "POST"])
@needs(permissions.DRAFT)
def change(token: str) -> ResponseReturnValue:
    """Change what a draft says of itself."""
    actor = current_actor()
    form = DraftForm()
    with reading() as session:
        document = queries.get_by_token(session, actor, token)
        fill_choices(session, form)
        if request.method == "GET":
            show_document(form, document, recipients_of(session, document.id))
    if request.method == "GET" or not form.validate_on_submit():
        return show_form(form, None, None, document), 422 if form.errors else 200
    version = form.version.data or ""
    try:
        with transaction("outgoing.change") as session:
            services.change_draft(
                session, actor, document_id=document.id,
                data=data_of(session, form, document.answers_incoming_id),
                version=int(version) if version.isdecimal() else None,
            )  # fmt: skip
    except InvalidInput as error:
        return show_form(form, None, show_error(form, error), document), 422
    except EditConflict as error:
        return show_form(form, None, error.user_message, document), 409
    return back_to(token, _("Đã lưu."))


def show_document(form: DraftForm, document: OutgoingDocument, rows: list[Recipient]) -> None:
    """A document in its form."""
    for name in ("document_type", "issuing_body_id", "subject_summary", "signer_post_id", "copies",
                 "note", "closes_incoming"):  # fmt: skip
        getattr(form, name).data = getattr(document, name)
    form.addressees.data = "\n".join(str(line) for line in document.addressees)
    form.urgency.data, form.medium.data = str(document.urgency), document.medium.value
    form.units.data = [row.unit_id for row in rows if row.channel is Channel.INTERNAL]
    for name, channel in (("edxml", Channel.EDXML), ("paper", Channel.PAPER)):
        getattr(form, name).data = "\n".join(row.name for row in rows if row.channel is channel)
    mailed = [row for row in rows if row.channel is Channel.EMAIL]
    form.email.data = "\n".join(f"{row.name}, {row.email}" for row in mailed)
    form.version.data = str(document.version)


@bp.get("/<token>/mau.docx")
@needs(permissions.DRAFT)
def filled_template(token: str) -> Response:
    """“Tải mẫu đã điền”: head, Kính gửi, references and Nơi nhận are there already."""
    actor = current_actor()
    with reading() as session:
        document = queries.get_by_token(session, actor, token)
        facts, kind = facts_of(session, document), document.document_type
        own = templates.template_in_force(session, kind, document.issuing_body_id)
    begun = current_store().path(own).read_bytes() if own else templates.built_in(kind)
    made = fill(begun, facts)
    return send_file(
        io.BytesIO(made), mimetype=DOCX, as_attachment=True, download_name="du-thao.docx"
    )


@bp.post("/<token>/phien-ban")
@needs(permissions.DRAFT)
def add_version(token: str) -> ResponseReturnValue:
    """A DOCX or PDF comes back as the next version: JSON to the drop zone, else a redirect."""
    actor = current_actor()
    given = request.files.get("file")
    data = given.read(settings().limits.upload_bytes + 1) if given else b""
    try:
        new_ = version_of(data, (given.filename if given else "") or "du-thao")
        with reading() as session:
            document_id = queries.get_by_token(session, actor, token).id
        with transaction("outgoing.version") as session:
            no = services.add_version(session, actor, document_id=document_id, new=new_).no
        message, tone = _("Đã nhận phiên bản %(no)d.", no=no), "ok"
    except (RuleViolated, NotFound) as error:
        message, tone = error.user_message, "warn"
    if "application/json" in request.headers.get("Accept", ""):
        return {"message": message, "tone": tone, "url": None}, 200 if tone == "ok" else 422
    return back_to(token, message, tone)


def version_of(data: bytes, name: str) -> NewVersion:
    """What an uploaded file is, by its bytes; stored before the transaction.

    Raises InvalidInput for anything but DOCX and PDF, or more than the limit.
    """
    if not data:
        raise InvalidInput(_("Chưa chọn tệp nào."), "file")
    if len(data) > settings().limits.upload_bytes:
        raise InvalidInput(_("Tệp lớn hơn giới hạn."), "file")
    if data.startswith(PDF_HEAD):
        blob = current_store().put(io.BytesIO(data))
        return NewVersion(format=DraftFormat.PDF, blob=blob, name=name)
    if not data.startswith(ZIP_HEAD):
        raise InvalidInput(_("Chỉ nhận tệp Word (.docx) hoặc PDF."), "file")
    words = text(data)
    blob = current_store().put(io.BytesIO(data))
    return NewVersion(format=DraftFormat.DOCX, blob=blob, name=name, text=words)


@bp.post("/<token>/phien-ban/<int:no>/mat")
@needs(permissions.READ)
def purge_held(token: str, no: int) -> ResponseReturnValue:
    """“Đúng là tài liệu mật”: nothing of a held version stays but that it was there."""
    return act_on(
        token, "purge_held",
        lambda session, actor, id_: held_versions.purge_held(
            session, actor, document_id=id_, no=no
        ),
        _("Đã xóa phiên bản mang dấu mật. Xóa cả tệp gốc trên máy tính của bạn."),
    )  # fmt: skip


@bp.post("/<token>/phien-ban/<int:no>/khong-mat")
@needs(permissions.ISSUE)
def release_held(token: str, no: int) -> ResponseReturnValue:
    """“Không phải dấu mật”: a held version is shown and checked again."""
    return act_on(
        token, "release_held",
        lambda session, actor, id_: held_versions.release_held(
            session, actor, document_id=id_, no=no, reason=request.form.get("reason", "")
        ),
        _("Đã mở lại phiên bản; hệ thống đang kiểm tra thể thức."),
    )  # fmt: skip


@bp.post("/<token>/mo-de-sua")
@needs(permissions.DRAFT)
def check_out(token: str) -> ResponseReturnValue:
    """Take the draft out, so that nobody else hands in a version."""
    return act_on(
        token, "check_out",
        lambda session, actor, id_: services.check_out(session, actor, document_id=id_),
        _("Bạn đang giữ dự thảo để sửa."),
    )  # fmt: skip


@bp.post("/<token>/nha-khoa")
@needs(permissions.DRAFT)
def release(token: str) -> ResponseReturnValue:
    """Give the draft back without a new version."""
    return act_on(
        token, "release",
        lambda session, actor, id_: services.release_lock(session, actor, document_id=id_),
        _("Đã nhả khóa."),
    )  # fmt: skip


@bp.get("/<token>/so-sanh/<int:old>/<int:new>")
@needs(permissions.READ)
def compare(token: str, old: int, new: int) -> ResponseReturnValue:
    """What changed between the texts of two versions."""
    with reading() as session:
        view = queries.load_document(session, current_actor(), token)
    texts = {version.no: version for version in view.versions}
    if old not in texts or new not in texts:
        raise NotFound(f"versions {old}, {new} of {token}")
    lines = differences.between(texts[old].text, texts[new].text)
    return render_template(
        "outgoing/compare.html",
        changes=sum(differences.changed([line]) for line in lines),
        view=view,
        document=view.document,
        old=texts[old],
        new=texts[new],
        lines=lines,
    )
