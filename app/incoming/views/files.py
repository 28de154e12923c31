"""Files of a letter: their order, cutting by pages, scans that come later, the arrival stamp."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.db import reading, transaction
from app.errors import InvalidInput, RuleViolated
from app.files.serving import INLINE
from app.incoming import entry, permissions, printing, queries, services
from app.incoming.forms import ScanForm, SplitForm
from app.incoming.models import LetterFileRole
from app.incoming.queries.arrivals import waiting_drafts
from app.incoming.stamping import stamp_arrival, stamped_copy
from app.incoming.views.blueprint import back_to, bp, show_error
from app.incoming.views.lists import ACCEPTED
from app.web.gate import needs
from app.web.shell import current_actor, settings
from ocr import FileRefused


@bp.get("/<token>/cac-tep")
@needs(permissions.READ)
def files_strip(token: str) -> ResponseReturnValue:
    """The list of files alone, for htmx after a file came or was read."""
    actor = current_actor()
    with reading() as session:
        view = queries.load_letter(session, actor, token)
        return render_template(
            "incoming/_files.html",
            view=view,
            letter=view.letter,
            stamped=stamped_copy(session, view.letter),
            viewable=INLINE,
            editable=not view.letter.registered and actor.may(permissions.REGISTER),
        )


@bp.post("/<token>/tach/<intake>")
@needs(permissions.REGISTER)
def separate(token: str, intake: str) -> ResponseReturnValue:
    """Make a file of a draft a letter of its own."""
    actor = current_actor()
    with transaction("incoming.separate") as session:
        item = queries.get_intake_by_token(session, actor, intake)
        services.separate_file(session, actor, intake_id=item.id)
    return back_to(token, _("Đã tách thành văn bản riêng."))


@bp.post("/<token>/thu-tu")
@needs(permissions.REGISTER)
def reorder(token: str) -> ResponseReturnValue:
    """Move a file of a draft one place up; the first is the main one."""
    actor, chosen = current_actor(), request.form.get("intake", 0, type=int)
    with transaction("incoming.order") as session:
        letter = queries.get_letter_by_token(session, actor, token)
        ids = [
            view.intake.id
            for view in queries.files_of(session, letter.id)
            if view.placed.role is not LetterFileRole.REPLACED
        ]
        at = ids.index(chosen) if chosen in ids else 0
        if at:
            to = 0 if request.form.get("to") == "main" else at - 1
            ids.insert(to, ids.pop(at))
            services.order_files(session, actor, letter_id=letter.id, intake_ids=ids)
    return back_to(token)


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
    return back_to(target_token, _("Đã đính bản quét vào văn bản đã vào sổ, không cấp số mới."))


@bp.get("/<token>/tach-trang/<intake>")
@needs(permissions.REGISTER)
def split_form(token: str, intake: str) -> ResponseReturnValue:
    """Say which pages make which letter, with the scan beside."""
    return show_split(token, intake, SplitForm(formdata=None))


@bp.post("/<token>/tach-trang/<intake>")
@needs(permissions.REGISTER)
def split(token: str, intake: str) -> ResponseReturnValue:
    """Cut one scan by pages into several letters; one part alone reorders the pages."""
    form, actor = SplitForm(), current_actor()
    if not form.validate():
        return show_split(token, intake, form), 422
    with reading() as session:
        item = queries.get_intake_by_token(session, actor, intake)
    try:
        groups = form.groups(item.pages or 0)
        limit = settings().limits.upload_bytes
        taken = entry.split_by_pages(actor, item.id, groups, limit=limit)
    except InvalidInput as error:
        form.parts.errors = [*form.parts.errors, error.user_message]
        return show_split(token, intake, form), 422
    except FileRefused as error:
        return show_split(token, intake, form, error.sentence), 409
    flash(_("Đã tách thành %(count)d tệp, mỗi tệp một văn bản.", count=len(taken)), "ok")
    return redirect(url_for("incoming.index", tab="cho-vao-so"))


def show_split(token: str, intake: str, form: SplitForm, message: str | None = None) -> str:
    actor = current_actor()
    with reading() as session:
        view = queries.load_letter(session, actor, token)
        item = queries.get_intake_by_token(session, actor, intake)
        one = next((one for one in view.files if one.intake.id == item.id), None)
        if one is None or one.file is None or view.letter.registered:
            raise RuleViolated(_("Tệp này không tách theo trang được nữa."))
        shown = one.file if one.file.media_type in INLINE else one.searchable
        return render_template(
            "incoming/split.html",
            letter=view.letter,
            one=one,
            shown=shown,
            form=form,
            message=message,
        )


@bp.get("/<token>/ban-quet")
@needs(permissions.REGISTER)
def scans(token: str) -> ResponseReturnValue:
    """Attach a scan to a registered letter later, or put a better one in place of a poor one."""
    return show_scans(token, ScanForm(formdata=None))


@bp.post("/<token>/ban-quet")
@needs(permissions.REGISTER)
def take_scan(token: str) -> ResponseReturnValue:
    """Take a waiting scan: `act` says whether it is attached or replaces the main file."""
    form, actor = ScanForm(), current_actor()
    if not form.validate() or not form.intake_id.data:
        return show_scans(token, form, _("Hãy chọn một bản quét đang chờ.")), 422
    replaces = request.form.get("act") == "replace"
    try:
        with transaction("incoming.take_scan") as session:
            letter = queries.get_letter_by_token(session, actor, token)
            if replaces:
                services.replace_scan(
                    session, actor, letter_id=letter.id, intake_id=form.intake_id.data,
                    reason=form.reason.data or "",
                )  # fmt: skip
            else:
                services.attach_scan(
                    session, actor, letter_id=letter.id, intake_id=form.intake_id.data
                )
    except InvalidInput as error:
        return show_scans(token, form, show_error(form, error)), 422
    except RuleViolated as error:
        return show_scans(token, form, error.user_message), 409
    return back_to(token, _("Đã thay bản quét.") if replaces else _("Đã đính bản quét."))


def show_scans(token: str, form: ScanForm, message: str | None = None) -> str:
    actor = current_actor()
    with reading() as session:
        letter = queries.get_letter_by_token(session, actor, token)
        letter.must_be_registered()
        template = "_scans.html" if "HX-Request" in request.headers else "scans.html"
        return render_template(
            f"incoming/{template}",
            letter=letter,
            drafts=waiting_drafts(session, actor),
            form=form,
            message=message,
            accepted=ACCEPTED,
            max_mb=settings().limits.upload_bytes // (1024 * 1024),
        )


@bp.post("/<token>/doc-lai/<intake>")
@needs(permissions.REGISTER)
def read_again(token: str, intake: str) -> ResponseReturnValue:
    """Let a worker read a file once more."""
    actor = current_actor()
    with transaction("incoming.read_again") as session:
        item = queries.get_intake_by_token(session, actor, intake)
        services.retry_reading(session, actor, intake_id=item.id)
    return back_to(token, _("Hệ thống sẽ đọc lại tệp."))


@bp.post("/<token>/dong-dau")
@needs(permissions.REGISTER)
def stamp(token: str) -> ResponseReturnValue:
    """Put the arrival stamp on a derivative of page 1; the received file stays as it came."""
    organ = settings().organ_name
    try:
        stamp_arrival(
            current_actor(), token, lambda letter, at: printing.stamp_pdf(organ, letter, at)
        )
    except FileRefused as error:
        return back_to(token, error.sentence, "warn")
    return back_to(token, _("Đã đóng dấu ĐẾN lên bản sao; tệp gốc giữ nguyên."))
