"""POST /mot-cua/ho-so/<token>/<act>: each act of the panels, and the answers of those asked."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.db import reading, transaction
from app.errors import EditConflict, InvalidInput, NotFound, PermissionDenied, RuleViolated
from app.procedures import permissions, queries, services
from app.procedures.forms import AnswerForm, ExemptForm
from app.procedures.services import PaperGiven
from app.procedures.views.blueprint import back_to, bp
from app.procedures.views.detail import fill_choices, show
from app.procedures.views.panels import PANELS, Act
from app.tasks.forms import show_error
from app.web.gate import needs
from app.web.shell import current_actor


@bp.post("/ho-so/<token>/<act>")
@needs(permissions.READ)
def perform(token: str, act: str) -> ResponseReturnValue:
    """Check the form, call the service in one transaction, say so; refusals keep what was typed."""
    try:
        chosen = Act(act)
    except ValueError as error:
        raise NotFound(f"act {act}") from error
    panel, actor = PANELS[chosen], current_actor()
    form: Any = panel.form(prefix=chosen.value)
    with reading() as session:
        one = queries.get_dossier(session, actor, token)
        if not panel.who(actor, one):
            raise PermissionDenied(f"{act} on dossier {one.id}")
        fill_choices(session, one, form)
    if not form.validate_on_submit():
        return show(token, (chosen, form)), 422
    try:
        with transaction(f"procedures.{chosen.name.lower()}") as session:
            panel.call(session, actor, queries.get_dossier(session, actor, token), form)
    except InvalidInput as error:
        return show(token, (chosen, form), show_error(form, error)), 422
    except (RuleViolated, EditConflict) as error:
        return show(token, (chosen, form), error.user_message), 409
    return back_to(token, _(panel.done))


@bp.post("/ho-so/<token>/giay-to/<int:paper_id>/da-nhan")
@needs(permissions.READ)
def paper_received(token: str, paper_id: int) -> ResponseReturnValue:
    """A paper that was missing has been handed in at the counter."""
    actor = current_actor()
    with reading() as session:
        one = queries.get_dossier(session, actor, token)
        paper = next((row for row in one.papers if row.id == paper_id), None)
        if paper is None:
            raise NotFound(f"paper {paper_id} of dossier {one.id}")
    given = PaperGiven(paper_id=paper_id, originals=1, note=paper.note)
    with transaction("procedures.paper_received") as session:
        services.check_papers(session, actor, dossier_id=one.id, papers=[given])
    return back_to(token, _("Đã ghi nhận giấy tờ “%(name)s”.", name=paper.name))


@bp.post("/ho-so/<token>/khoan-phi/<int:fee_id>/mien")
@needs(permissions.RECEIVE)
def exempt(token: str, fee_id: int) -> ResponseReturnValue:
    """A fee is remitted on the ground the law gives."""
    form, actor = ExemptForm(), current_actor()
    with reading() as session:
        dossier_id = queries.get_dossier(session, actor, token).id
    if not form.validate_on_submit():
        return back_to(token, _("Phải ghi căn cứ miễn, giảm."), "late")
    try:
        with transaction("procedures.exempt") as session:
            services.exempt(
                session, actor, dossier_id=dossier_id, fee_id=fee_id, ground=form.ground.data or ""
            )
    except (InvalidInput, RuleViolated) as error:
        return show(token, message=error.user_message), 409
    return back_to(token, _("Đã ghi miễn khoản phải nộp."))


@bp.post("/ho-so/<token>/van-ban-ket-qua")
@needs(permissions.READ)
def draft_result(token: str) -> ResponseReturnValue:
    """Begin the result as a document of the office; it opens at once."""
    actor = current_actor()
    with reading() as session:
        dossier_id = queries.get_dossier(session, actor, token).id
    try:
        with transaction("procedures.draft_result") as session:
            made = services.draft_result(session, actor, dossier_id=dossier_id).token
    except RuleViolated as error:
        return show(token, message=error.user_message), 409
    flash(_("Đã lập dự thảo văn bản kết quả. Phát hành xong thì chọn làm kết quả hồ sơ."), "ok")
    return redirect(url_for("outgoing.detail", token=made))


@bp.post("/ho-so/<token>/y-kien/<int:opinion_id>")
@needs(permissions.PROCESS)
def keep_opinion(token: str, opinion_id: int) -> ResponseReturnValue:
    """The answer of an organ or unit that was asked."""
    form, actor = AnswerForm(), current_actor()
    with reading() as session:
        dossier_id = queries.get_dossier(session, actor, token).id
        if all(one.id != opinion_id for one in queries.opinions_of(session, dossier_id)):
            raise NotFound(f"opinion {opinion_id}")
    if not form.validate_on_submit():
        return back_to(token, _("Hãy ghi ý kiến trả lời."), "late")
    with transaction("procedures.keep_opinion") as session:
        services.keep_opinion(session, actor, opinion_id=opinion_id, answer=form.answer.data or "")
    return back_to(token, _("Đã ghi ý kiến trả lời."))
