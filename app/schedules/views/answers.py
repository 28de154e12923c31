"""/lich/tra-loi/<letter>: the answer to an invitation, and who is taken at its hour."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.db import reading, transaction
from app.errors import InvalidInput, NotFound, RuleViolated
from app.incoming.queries import get_letter_by_token, next_waiting
from app.incoming.views import letter as page
from app.schedules import services
from app.schedules.answering import fill_choices, then_of
from app.schedules.forms import AnswerForm, show_error
from app.schedules.models import AnswerKind
from app.schedules.queries import invitation_hint
from app.schedules.views.blueprint import bp
from app.tasks.permissions import DIRECT
from app.web.gate import needs
from app.web.shell import current_actor

SAID = {
    AnswerKind.ATTEND: _("Đã trả lời: đồng chí dự. Cuộc họp đã vào lịch."),
    AnswerKind.SEND: _("Đã cử người dự. Cuộc họp đã vào lịch của người được cử."),
    AnswerKind.DECLINE: _("Đã trả lời: không dự."),
}
FIELDS = {
    "sent_post_id": "sent", "starts_at": "starts", "ends_at": "ends", "resource_ids": "vehicles",
}  # fmt: skip


@bp.post("/tra-loi/<token>")
@needs(DIRECT)
def answer(token: str) -> ResponseReturnValue:
    """Answer an invitation; the next letter that waits opens by itself."""
    form, actor = AnswerForm(), current_actor()
    with reading() as session:
        letter = get_letter_by_token(session, actor, token)
        if not invitation_hint(session, letter).is_invitation:
            raise NotFound(f"invitation {token}")
        fill_choices(session, form)
    if not form.validate():
        return page.show(token, answer=form), 422
    try:
        invitation = form.values()
        with transaction("schedules.answer") as session:
            services.answer_invitation(session, actor, letter_id=letter.id, invitation=invitation)
    except InvalidInput as error:
        said = show_error(form, InvalidInput(error.user_message, FIELDS.get(error.field or "")))
        return page.show(token, answer=form, message=said), 422
    except RuleViolated as error:
        return page.show(token, answer=form, message=error.user_message), 409
    flash(str(SAID[invitation.answer]), "ok")
    with reading() as session:
        following = next_waiting(session, actor)
    if following is None:
        flash(gettext("Không còn văn bản chờ ý kiến."), "ok")
        return redirect(url_for("incoming.index"))
    return redirect(url_for("incoming.detail", token=following))


@bp.get("/tra-loi/<token>/luc-do")
@needs(DIRECT)
def answer_then(token: str) -> ResponseReturnValue:
    """Who is taken at the hour that stands in the form, for htmx."""
    form, actor = AnswerForm(request.args, meta={"csrf": False}), current_actor()
    with reading() as session:
        letter = get_letter_by_token(session, actor, token)
        fill_choices(session, form)
        then = then_of(session, actor, letter, form)
    return render_template("schedules/_answer_then.html", then=then)
