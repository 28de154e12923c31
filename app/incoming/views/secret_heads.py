"""/van-ban-den/tieu-de-mat: titles that make a paper secret although it bears no mark."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.clock import today
from app.db import reading, transaction
from app.errors import InvalidInput
from app.incoming import permissions, queries, services
from app.incoming.forms import SecretHeadForm
from app.incoming.views.blueprint import bp, show_error
from app.web.gate import needs
from app.web.shell import current_actor


@bp.get("/tieu-de-mat")
@needs(permissions.CONFIGURE)
def secret_heads() -> ResponseReturnValue:
    """All titles, those out of force marked."""
    with reading() as session:
        return render_template(
            "incoming/secret_heads.html", heads=queries.all_secret_heads(session), today=today()
        )


@bp.route("/tieu-de-mat/moi", methods=["GET", "POST"], defaults={"head_id": None})
@bp.route("/tieu-de-mat/<int:head_id>", methods=["GET", "POST"])
@needs(permissions.CONFIGURE)
def secret_head(head_id: int | None) -> ResponseReturnValue:
    """A title to be written or changed."""
    message = None
    with reading() as session:
        found = queries.get_secret_head(session, head_id) if head_id is not None else None
    if request.method == "POST":
        form = SecretHeadForm()
    elif found is None:
        form = SecretHeadForm(formdata=None, valid_from=today())
    else:
        form = SecretHeadForm(formdata=None, obj=found)
    if form.validate_on_submit():
        try:
            save(form, head_id)
        except InvalidInput as error:
            message = show_error(form, error)
        else:
            flash(_("Đã lưu. Tệp đến từ bây giờ được kiểm tra theo danh sách mới."), "ok")
            return redirect(url_for("incoming.secret_heads"))
    status = 422 if request.method == "POST" else 200
    return render_template(
        "incoming/secret_head_form.html", form=form, head=found, message=message
    ), status


def save(form: SecretHeadForm, head_id: int | None) -> None:
    """Raises InvalidInput."""
    version = form.version.data or ""
    with transaction("incoming.save_secret_head") as session:
        services.save_secret_head(
            session,
            current_actor(),
            head_id=head_id,
            title=form.title.data or "",
            basis=form.basis.data or "",
            valid_from=form.valid_from.data,
            valid_to=form.valid_to.data,
            version=int(version) if version.isdigit() else None,
        )
