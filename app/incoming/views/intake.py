"""The ledger: held files, refused and double ones, papers without a scan, the day's end."""

from __future__ import annotations

from datetime import date

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.clock import now, today
from app.db import reading, transaction
from app.errors import InvalidInput
from app.incoming import entry, permissions, queries, services
from app.incoming.forms import PaperForm, ReasonForm
from app.incoming.models import IncomingDocument, IntakeItem
from app.incoming.quarantine import current_quarantine
from app.incoming.services import SameLetter
from app.incoming.views import registering
from app.incoming.views.blueprint import bp, first_error, show_error
from app.organisation import queries as organisation
from app.security import Actor
from app.web.gate import needs
from app.web.shell import current_actor

STATE_LABELS = {
    "received": "Đang nhận",
    "quarantined": "Trong khu cách ly",
    "stored": "Đã lưu",
    "waiting": "Chờ đọc",
    "reading": "Đang đọc",
    "read": "Đã đọc",
    "review": "Cần xem",
    "registered": "Đã vào sổ",
    "rejected": "Không nhận",
    "duplicate": "Trùng",
}
SOURCE_LABELS = {
    "upload": "Tải lên",
    "watch": "Thư mục quét",
    "api": "Hệ thống khác gửi",
    "import": "Nhập thư mục",
    "manual": "Tách từ tệp khác",
}


@bp.get("/tiep-nhan")
@needs(permissions.REGISTER)
def ledger() -> ResponseReturnValue:
    """What needs a person: held files first, then what was refused or came twice lately."""
    actor = current_actor()
    with reading() as session:
        held = queries.held_items(session, actor)
        others = [item for item in queries.attention(session, actor, limit=100) if not item.held]
        return render_template(
            "incoming/ledger.html",
            held=held,
            others=others,
            now=now(),
            states=STATE_LABELS,
            sources=SOURCE_LABELS,
            letters=letters_of(session, actor, [*held, *others]),
            form=ReasonForm(formdata=None),
        )


def letters_of(
    session: Session, actor: Actor, items: list[IntakeItem]
) -> dict[int, IncomingDocument]:
    """The letters that files belong to, or that their first copies do."""
    wanted = {item.letter_id for item in items if item.letter_id}
    rows = queries.visible_incoming(actor).where(IncomingDocument.id.in_(wanted))
    return {letter.id: letter for letter in session.scalars(rows)}


@bp.get("/tiep-nhan/<token>/vung-dau")
@needs(permissions.REGISTER)
def crop(token: str) -> Response:
    """The piece of page 1 that bears the mark: all that anybody sees of a held file."""
    with reading() as session:
        item = queries.get_intake_by_token(session, current_actor(), token)
        intake_id = item.id
    png = current_quarantine().crop(intake_id)
    return Response(png, mimetype="image/png", headers={"Cache-Control": "no-store"})


@bp.post("/tiep-nhan/<token>/mat")
@needs(permissions.REGISTER)
def confirm_secret(token: str) -> ResponseReturnValue:
    """“Đúng, tài liệu mật”: everything of it goes; the page names what to wipe by hand."""
    actor = current_actor()
    with reading() as session:
        intake_id = queries.get_intake_by_token(session, actor, token).id
    purge = entry.confirm_secret(actor, intake_id)
    with reading():
        return render_template("incoming/purged.html", by_hand=purge.by_hand)


@bp.post("/tiep-nhan/<token>/khong-mat")
@needs(permissions.REGISTER)
def release(token: str) -> ResponseReturnValue:
    """“Không phải dấu mật”: it goes on to be read."""
    form, actor = ReasonForm(), current_actor()
    if not form.validate_on_submit():
        flash(first_error(form), "warn")
        return redirect(url_for("incoming.ledger"))
    with transaction("incoming.release") as session:
        item = queries.get_intake_by_token(session, actor, token)
        services.release(session, actor, intake_id=item.id, reason=form.reason.data or "")
    flash(_("Đã ghi nhận, hệ thống tiếp tục đọc tệp."), "ok")
    return redirect(url_for("incoming.ledger"))


@bp.post("/tiep-nhan/<token>/khai-mat")
@needs(permissions.REGISTER)
def declare_secret(token: str) -> ResponseReturnValue:
    """The clerk says a file that is still in quarantine is secret."""
    actor = current_actor()
    with transaction("incoming.declare_secret") as session:
        item = queries.get_intake_by_token(session, actor, token)
        services.declare_secret(session, actor, intake_id=item.id)
    return redirect(url_for("incoming.ledger"))


@bp.post("/<token>/tu-choi")
@needs(permissions.REGISTER)
def reject(token: str) -> ResponseReturnValue:
    """Refuse a draft with all its files."""
    form, actor = ReasonForm(), current_actor()
    if not form.validate_on_submit():
        flash(first_error(form), "warn")
        return redirect(url_for("incoming.detail", token=token))
    with transaction("incoming.reject") as session:
        letter = queries.get_letter_by_token(session, actor, token)
        ids = services.reject_letter(
            session, actor, letter_id=letter.id, reason=form.reason.data or ""
        )
    quarantine = current_quarantine()
    for intake_id in ids:
        quarantine.purge(intake_id)
    flash(_("Đã từ chối tiếp nhận. Dòng trong sổ tiếp nhận vẫn còn."), "ok")
    return redirect(url_for("incoming.index"))


@bp.post("/<token>/tach/<intake>")
@needs(permissions.REGISTER)
def separate(token: str, intake: str) -> ResponseReturnValue:
    """Make a file of a draft a letter of its own."""
    actor = current_actor()
    with transaction("incoming.separate") as session:
        item = queries.get_intake_by_token(session, actor, intake)
        services.separate_file(session, actor, intake_id=item.id)
    flash(_("Đã tách thành văn bản riêng."), "ok")
    return redirect(url_for("incoming.detail", token=token))


@bp.post("/<token>/thu-tu")
@needs(permissions.REGISTER)
def main_file(token: str) -> ResponseReturnValue:
    """Make another file of a draft the main one."""
    actor, chosen = current_actor(), request.form.get("intake", 0, type=int)
    with transaction("incoming.order") as session:
        letter = queries.get_letter_by_token(session, actor, token)
        ids = [view.intake.id for view in queries.files_of(session, letter.id)]
        if chosen in ids:
            order = [chosen, *(one for one in ids if one != chosen)]
            services.order_files(session, actor, letter_id=letter.id, intake_ids=order)
    return redirect(url_for("incoming.detail", token=token))


@bp.post("/<token>/gan-vao/<int:target_id>")
@needs(permissions.REGISTER)
def attach(token: str, target_id: int) -> ResponseReturnValue:
    """The first answer to a double: this scan belongs to a letter that has its number."""
    actor = current_actor()
    with transaction("incoming.attach") as session:
        draft = queries.get_letter_by_token(session, actor, token)
        target = queries.get_letter(session, actor, target_id)
        services.attach_draft(session, actor, draft_id=draft.id, letter_id=target.id)
        target_token = target.token
    flash(_("Đã đính bản quét vào văn bản đã vào sổ, không cấp số mới."), "ok")
    return redirect(url_for("incoming.detail", token=target_token))


@bp.route("/khong-tep", methods=["GET", "POST"])
@needs(permissions.REGISTER)
def paper() -> ResponseReturnValue:
    """Register a paper without a scan."""
    form, actor = PaperForm(), current_actor()
    message: str | None = None
    with reading() as session:
        if request.method == "GET":
            form.issuing_body_id.data = registering.usual_body(session)
        registering.fill_choices(session, actor, form)
        valid = request.method == "POST" and form.validate()
        data = registering.data_from(session, form, None) if valid else None
    if data is not None:
        try:
            with transaction("incoming.paper") as session:
                letter = services.new_paper_letter(session, actor)
                done = services.register_letter(
                    session, actor, letter_id=letter.id, data=data,
                    duplicate_reason=form.duplicate_reason.data or "",
                    submit_to_post_id=int(form.submit_to.data) if form.submit_to.data else None,
                )  # fmt: skip
                token = done.token
        except SameLetter as error:
            message = error.user_message
        except InvalidInput as error:
            message = show_error(form, error)
        else:
            flash(_("Đã vào sổ văn bản không có tệp."), "ok")
            return redirect(url_for("incoming.detail", token=token))
    with reading() as session:
        registering.fill_choices(session, actor, form)
        status = 422 if request.method == "POST" else 200
        return render_template("incoming/paper.html", form=form, message=message), status


@bp.get("/doi-chieu")
@needs(permissions.RECONCILE)
def reconciliation() -> ResponseReturnValue:
    """The day's end: arrived, registered, waiting, rejected, by way in."""
    try:
        day = date.fromisoformat(request.args.get("ngay", ""))
    except ValueError:
        day = today()
    with reading() as session:
        return render_template(
            "incoming/reconciliation.html",
            found=queries.day_end(session, current_actor(), day),
            sources=SOURCE_LABELS,
            states=STATE_LABELS,
        )


@bp.get("/co-quan")
@needs(permissions.REGISTER)
def organs() -> ResponseReturnValue:
    """Organs of the directory for the picker."""
    with reading() as session:
        found = organisation.organ_choices(session, request.args.get("q", "")[:100])
        return [{"value": str(organ.id), "text": organ.name, "sub": ""} for organ in found]
