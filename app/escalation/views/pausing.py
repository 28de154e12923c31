"""/goi-theo-cap/tam-dung: maintenance, in which nobody is called."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.clock import now, today
from app.db import reading, transaction
from app.errors import InvalidInput
from app.escalation import permissions, queries, services
from app.escalation.forms import PauseForm
from app.escalation.policies import policies
from app.escalation.views.blueprint import bp
from app.organisation import queries as organisation
from app.organisation.forms import options, show_error
from app.web.gate import needs
from app.web.shell import current_actor


@bp.route("/tam-dung", methods=["GET", "POST"])
@needs(permissions.HANDLE)
def pauses() -> ResponseReturnValue:
    """The pauses that hold or will come, and the form of another."""
    form, known, message = PauseForm(), policies(today()), None
    everything = ("", _("Mọi quy trình"))
    form.policy.choices = options([everything, *((one.key, one.label) for one in known.values())])
    if form.validate_on_submit():
        try:
            with transaction("escalation.pause") as session:
                services.pause(
                    session,
                    current_actor(),
                    policy=form.policy.data or None,
                    starts_at=form.starts_at.data,
                    ends_at=form.ends_at.data,
                    reason=form.reason.data or "",
                )
        except InvalidInput as error:
            message = show_error(form, error)
        else:
            flash(_("Đã tạm dừng. Cấp nào đến lượt sẽ được gọi khi hết thời gian này."), "ok")
            return redirect(url_for("escalation.pauses"))
    with reading() as session:
        rows = queries.pauses_from(session, now())
        made_by = {row.made_by_post_id for row in rows if row.made_by_post_id}
        return render_template(
            "escalation/pauses.html",
            form=form,
            message=message,
            pauses=rows,
            labels={key: one.label for key, one in known.items()},
            posts=organisation.post_label(session, made_by),
            at=now(),
        ), (422 if form.errors or message else 200)


@bp.post("/tam-dung/<int:pause_id>/het")
@needs(permissions.HANDLE)
def end_pause(pause_id: int) -> ResponseReturnValue:
    """Call again from now on."""
    with transaction("escalation.end_pause") as session:
        services.end_pause(session, current_actor(), pause_id)
    flash(_("Đã bỏ tạm dừng."), "ok")
    return redirect(url_for("escalation.pauses"))
