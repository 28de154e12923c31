"""Acts of the clerk: number, seal, issue, deliveries, recall, copies, corrections."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.db import transaction
from app.errors import NotFound, RuleViolated
from app.outgoing import permissions, queries, services
from app.outgoing.forms import DeliveryForm, ReasonForm
from app.outgoing.models import Channel, Correction, Delivery, Recipient
from app.outgoing.services.issuing import recipients_of
from app.outgoing.views.blueprint import act_on, back_to, bp, first_error
from app.web.gate import needs
from app.web.shell import current_actor

NAMED = 3  # recipients that the message about issuing names


@bp.post("/<token>/cap-so")
@needs(permissions.ISSUE)
def number(token: str) -> ResponseReturnValue:
    """Give number and date; the page then shows the number large."""
    return act_on(
        token, "number",
        lambda session, actor, id_: services.number_document(session, actor, document_id=id_),
        _("Đã cấp số, ngày."),
    )  # fmt: skip


@bp.post("/<token>/dong-dau")
@needs(permissions.ISSUE)
def seal(token: str) -> ResponseReturnValue:
    """The seal is on the paper."""
    return act_on(
        token, "seal",
        lambda session, actor, id_: services.seal_paper(session, actor, document_id=id_),
        _("Đã ghi nhận đóng dấu."),
    )  # fmt: skip


@bp.post("/<token>/phat-hanh")
@needs(permissions.ISSUE)
def issue(token: str) -> ResponseReturnValue:
    """Send it to its recipients; the message says to whom, and what is left to do by hand."""
    actor, kept_by = current_actor(), request.form.get("kept_by", "")
    try:
        with transaction("outgoing.issue") as session:
            document = queries.get_by_token(session, actor, token)
            services.issue_document(session, actor, document_id=document.id, kept_by=kept_by)
            said = sent_to(recipients_of(session, document.id))
    except RuleViolated as error:
        return back_to(token, error.user_message, "warn")
    return back_to(token, f"{_('Đã phát hành.')} {said}")


def sent_to(rows: list[Recipient]) -> str:
    """“Nơi nhận: A, B và 3 nơi khác.”, and how many go by post."""
    names = ", ".join(row.name for row in rows[:NAMED])
    if len(rows) > NAMED:
        names = _("%(names)s và %(count)d nơi khác", names=names, count=len(rows) - NAMED)
    said = _("Nơi nhận: %(names)s.", names=names)
    paper = sum(row.channel is Channel.PAPER for row in rows)
    if paper:
        said += " " + _("%(count)d nơi gửi bản giấy: ghi số bì khi gửi.", count=paper)
    return said


@bp.post("/<token>/bo-so")
@needs(permissions.ISSUE)
def give_number_back(token: str) -> ResponseReturnValue:
    """Cross the number out, with the reason."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return back_to(token, first_error(form), "warn")
    return act_on(
        token, "give_number_back",
        lambda session, actor, id_: services.give_number_back(
            session, actor, document_id=id_, reason=form.reason.data
        ),
        _("Đã bỏ số; số này không cấp lại."),
    )  # fmt: skip


@bp.post("/<token>/noi-nhan/<int:recipient_id>")
@needs(permissions.ISSUE)
def deliver(token: str, recipient_id: int) -> ResponseReturnValue:
    """What became of a sending."""
    form = DeliveryForm(prefix="gui")
    if not form.validate_on_submit():
        return back_to(token, first_error(form), "warn")
    return act_on(
        token, "deliver",
        lambda session, actor, id_: services.note_delivery(
            session, actor, document_id=id_, recipient_id=recipient_id,
            delivery=Delivery(form.delivery.data), envelope=form.envelope.data or "",
            detail=form.detail.data or "",
        ),
        _("Đã ghi nhận."),
    )  # fmt: skip


@bp.post("/<token>/thu-hoi")
@needs(permissions.RECALL)
def recall(token: str) -> ResponseReturnValue:
    """Call an issued document back."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return back_to(token, first_error(form), "warn")
    return act_on(
        token, "recall",
        lambda session, actor, id_: services.recall_document(
            session, actor, document_id=id_, reason=form.reason.data
        ),
        _("Đã gửi yêu cầu thu hồi."),
    )  # fmt: skip


@bp.post("/<token>/thu-hoi/<int:recipient_id>")
@needs(permissions.RECALL)
def answer_recall(token: str, recipient_id: int) -> ResponseReturnValue:
    """What a recipient says to the recall."""
    return act_on(
        token, "answer_recall",
        lambda session, actor, id_: services.answer_recall(
            session, actor, document_id=id_, recipient_id=recipient_id,
            agrees=request.form.get("agrees") == "1", answer=request.form.get("answer", ""),
        ),
        _("Đã ghi nhận."),
    )  # fmt: skip


@bp.post("/<token>/sua-sai/<how>")
@needs(permissions.DRAFT)
def correct(token: str, how: str) -> ResponseReturnValue:
    """Begin an erratum or a replacement; its draft opens."""
    kinds = {"dinh-chinh": Correction.ERRATUM, "thay-the": Correction.REPLACEMENT}
    if how not in kinds:
        raise NotFound(f"correction {how}")
    actor = current_actor()
    with transaction("outgoing.correct") as session:
        document = queries.get_by_token(session, actor, token)
        made = services.start_correction(
            session, actor, document_id=document.id, how=kinds[how]
        ).token
    flash(_("Đã lập dự thảo."), "ok")
    return redirect(url_for("outgoing.detail", token=made))


@bp.post("/<token>/luu")
@needs(permissions.READ)
def file_away(token: str) -> ResponseReturnValue:
    """The kept copy is in its file."""
    return act_on(
        token, "file_away",
        lambda session, actor, id_: services.file_document(session, actor, document_id=id_),
        _("Đã lưu."),
    )  # fmt: skip
