"""/lich/nhap: a calendar file becomes drafts; first it is shown what would be taken in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeTimedSerializer

from app.db import transaction
from app.errors import InvalidInput
from app.schedules import permissions, services
from app.schedules.forms import show_error
from app.schedules.office.forms import CalendarFileForm
from app.schedules.reading_ics import LARGEST, read_apart
from app.schedules.services.importing import ImportedEntry
from app.schedules.views.blueprint import bp
from app.web.gate import needs
from app.web.shell import current_actor

KEPT_SECONDS = 3600


@bp.route("/nhap", methods=["GET", "POST"])
@needs(permissions.REGISTER)
def import_calendar() -> ResponseReturnValue:
    """Choose a file, and see its events."""
    form = CalendarFileForm()
    if not form.validate_on_submit():
        return show(form), 422 if form.is_submitted() else 200
    try:
        rows = read_apart(form.file.data.stream.read(LARGEST + 1))
    except InvalidInput as error:
        return show(form, message=show_error(form, error)), 422
    return show(form, rows=rows)


@bp.post("/nhap/xac-nhan")
@needs(permissions.REGISTER)
def confirm_import() -> ResponseReturnValue:
    """Take in what was shown, as drafts. The same file again changes what has changed."""
    try:
        rows = keeper().loads(request.form.get("rows", ""), max_age=KEPT_SECONDS)
    except BadData:
        message = _("Nội dung xem trước đã cũ. Hãy chọn lại tệp.")
        return show(CalendarFileForm(formdata=None), message=message), 409
    try:
        with transaction("schedules.import") as session:
            done = services.import_entries(
                session, current_actor(), rows=[entry_of(row) for row in rows]
            )
    except InvalidInput as error:
        return show(CalendarFileForm(formdata=None), message=error.user_message), 422
    flash(
        _(
            "Đã nhập: %(made)s lịch nháp mới, %(changed)s thay đổi, %(off)s hủy, "
            "%(same)s giữ nguyên.",
            made=done.made, changed=done.changed, off=done.cancelled, same=done.same,
        ),
        "ok",
    )  # fmt: skip
    return redirect(url_for("schedules.index"))


def entry_of(row: dict[str, Any]) -> ImportedEntry:
    """A row of the preview as the service takes it."""
    moments = {name: datetime.fromisoformat(row[name]) for name in ("starts_at", "ends_at")}
    return ImportedEntry(**(row | moments))


def show(
    form: CalendarFileForm, *, rows: list[dict[str, Any]] | None = None, message: str | None = None
) -> str:
    """The page; with rows the preview, which the browser keeps, signed, until it is confirmed."""
    return render_template(
        "schedules/import.html",
        form=form,
        message=message,
        entries=[entry_of(row) for row in rows or ()],
        kept=keeper().dumps(rows) if rows else "",
    )


def keeper() -> URLSafeTimedSerializer:
    """Signs the preview, so that only what was read can be confirmed."""
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="schedules.import")
