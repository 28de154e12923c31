"""/van-ban-di/thu-tu-ky: number or signature first, for each issuing body."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.db import reading, transaction
from app.organisation.queries import issuing_bodies
from app.outgoing import permissions
from app.outgoing.services import ordering as services
from app.outgoing.views.blueprint import bp
from app.web.gate import needs
from app.web.shell import current_actor


@bp.get("/thu-tu-ky")
@needs(permissions.CONFIGURE)
def signing_order() -> ResponseReturnValue:
    """The order of each body, with a button for the other one."""
    with reading() as session:
        return render_template(
            "outgoing/ordering.html",
            bodies=list(issuing_bodies(session)),
            orders=services.all_orders(session),
        )


@bp.post("/thu-tu-ky/<int:body>")
@needs(permissions.CONFIGURE)
def set_signing_order(body: int) -> ResponseReturnValue:
    """Decide it for drafts begun from now on."""
    first = request.form.get("number_first") == "1"
    with transaction("outgoing.signing_order") as session:
        services.set_order(session, current_actor(), issuing_body_id=body, number_first=first)
    flash(_("Đã lưu. Dự thảo lập từ bây giờ theo thứ tự này."), "ok")
    return redirect(url_for("outgoing.signing_order"))
