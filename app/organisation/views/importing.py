"""Import from Excel: upload, see what would change, confirm."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.db import reading, transaction
from app.errors import EditConflict, InvalidInput, RuleViolated
from app.organisation.forms import ImportForm, show_error
from app.organisation.importing.plan import Act
from app.organisation.importing.workbook import read_workbook, template
from app.organisation.permissions import MANAGE
from app.organisation.services import importing as services
from app.organisation.views.blueprint import bp, done
from app.web.gate import needs
from app.web.shell import current_actor
from ocr.sheets import MOST_BYTES

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.route("/quan-tri/nhap-excel", methods=["GET", "POST"])
@needs(MANAGE)
def import_start() -> ResponseReturnValue:
    """Choose a workbook. Its rows are read and kept; nothing of the organisation changes."""
    form, message = ImportForm(), None
    if form.validate_on_submit():
        upload = form.file.data
        try:
            lines = read_workbook(upload.stream.read(MOST_BYTES + 1))
        except InvalidInput as error:
            message = show_error(form, error)
        else:
            with transaction("keep_import") as db:
                token = services.keep_lines(
                    db, current_actor(), file_name=upload.filename or "", lines=lines
                )
            return redirect(url_for("organisation.import_preview", token=token))
    status = 422 if request.method == "POST" else 200
    return render_template("organisation/import_start.html", form=form, message=message), status


@bp.get("/quan-tri/nhap-excel/mau.xlsx")
@needs(MANAGE)
def import_template() -> ResponseReturnValue:
    """The empty workbook."""
    headers = {"Content-Disposition": 'attachment; filename="mau-nhap-to-chuc.xlsx"'}
    return template(), 200, {"Content-Type": XLSX, **headers}


@bp.get("/quan-tri/nhap-excel/<token>")
@needs(MANAGE)
def import_preview(token: str) -> ResponseReturnValue:
    """What each row would do, errors first to be seen."""
    with reading() as db:
        plan = services.current_plan(db, services.kept_lines(db, current_actor(), token))
        return render_template(
            "organisation/import_preview.html",
            plan=plan,
            token=token,
            counts={act.value: plan.count(act) for act in Act},
        )


@bp.post("/quan-tri/nhap-excel/<token>")
@needs(MANAGE)
def import_confirm(token: str) -> ResponseReturnValue:
    """Write what was shown, if it is still what would happen, in transactions of 100 rows."""
    actor = current_actor()
    with reading() as db:
        plan = services.current_plan(db, services.kept_lines(db, actor, token))
    if plan.digest != request.form.get("digest"):
        raise EditConflict("the import changed", _("Dữ liệu vừa thay đổi. Hãy xem lại rồi ghi."))
    if not plan.may_confirm:
        raise RuleViolated(_("Tệp còn lỗi hoặc không có gì để ghi."))
    written = 0
    for start in range(0, len(plan.rows), services.BATCH):
        batch = plan.rows[start : start + services.BATCH]
        with transaction("write_import") as db:
            written += services.write_batch(db, actor, batch)
    with transaction("finish_import") as db:
        services.finish(db, actor, token=token, written=written)
    return done(_("Đã ghi %(count)d dòng.", count=written), "organisation.units")
