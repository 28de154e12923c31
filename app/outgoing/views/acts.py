"""Acts on a draft on its way: submit, agree, return, opinions, remarks. One route an act."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.db import reading, transaction
from app.errors import InvalidInput, RuleViolated
from app.outgoing import permissions, queries, services
from app.outgoing.forms import (
    AnswerForm,
    CommentForm,
    DecideForm,
    OpinionForm,
    ReasonForm,
    ReturnForm,
    SubmitForm,
)
from app.outgoing.models import Desk, WorkKind
from app.outgoing.models.review import DESK_LABELS
from app.outgoing.queries import approvals
from app.outgoing.services.opinions import remind_of_opinions
from app.outgoing.services.retrying import retry as retry_work
from app.outgoing.views.blueprint import (
    act_on,
    back_to,
    bp,
    first_error,
    signer_choices,
    unit_choices,
    whereabouts,
)
from app.web.gate import needs
from app.web.shell import current_actor
from app.worktime.queries import load_calendar


@bp.post("/<token>/trinh")
@needs(permissions.DRAFT)
def submit(token: str) -> ResponseReturnValue:
    """Hand the draft in."""
    form = SubmitForm(prefix="trinh")
    with reading() as session:
        document = queries.get_by_token(session, current_actor(), token)
        form.signer_post_id.choices = signer_choices(session, document.issuing_body_id)
    if not form.validate_on_submit():
        return back_to(token, first_error(form), "warn")
    return act_on(
        token, "submit",
        lambda session, actor, id_: services.submit_draft(
            session, actor, document_id=id_, signer_post_id=form.signer_post_id.data,
            urgent_reason=form.urgent_reason.data or "",
        ),
        _("Đã trình dự thảo."), tell_where=True,
    )  # fmt: skip


@bp.post("/<token>/duyet")
@needs(permissions.READ)
def approve(token: str) -> ResponseReturnValue:
    """Agree to what lies on the page; then on to what else waits."""
    form = DecideForm(prefix="duyet")
    if not form.validate_on_submit():
        return back_to(token, first_error(form), "warn")
    actor = current_actor()
    try:
        with transaction("outgoing.approve") as session:
            document = queries.get_by_token(session, actor, token)
            services.approve(
                session, actor, document_id=document.id, comment=form.comment.data or "",
                version_no=form.version_no.data,
            )  # fmt: skip
    except RuleViolated as error:
        return back_to(token, error.user_message, "warn")
    return on_to_next(token, _("Đã duyệt."))


def on_to_next(token: str, done: str) -> ResponseReturnValue:
    """After a decision: the next document that waits, if its page said which; else the same one.
    The message says where the decided one has gone."""
    actor = current_actor()
    with reading() as session:
        said = f"{done} {whereabouts(session, actor, token)}".strip()
        following = None
        if request.form.get("then") == "next":
            following = approvals.next_waiting(session, actor, request.form.get("next"))
    flash(said, "ok")
    if request.form.get("then") != "next":
        return redirect(url_for("outgoing.detail", token=token))
    if following is None:
        return redirect(url_for("outgoing.approvals"))
    return redirect(url_for("outgoing.detail", token=following))


@bp.post("/<token>/tra-lai")
@needs(permissions.READ)
def send_back(token: str) -> ResponseReturnValue:
    """Return the draft to an earlier step."""
    form = ReturnForm(prefix="tra")
    form.to.choices = [(desk.value, label) for desk, label in DESK_LABELS.items()]
    if not form.validate_on_submit():
        return back_to(token, first_error(form), "warn")
    actor = current_actor()
    try:
        with transaction("outgoing.send_back") as session:
            document = queries.get_by_token(session, actor, token)
            services.send_back(
                session, actor, document_id=document.id, to=Desk(form.to.data),
                comment=form.comment.data,
            )  # fmt: skip
    except RuleViolated as error:
        return back_to(token, error.user_message, "warn")
    return on_to_next(token, _("Đã trả lại."))


@bp.post("/<token>/rut-lai")
@needs(permissions.DRAFT)
def withdraw(token: str) -> ResponseReturnValue:
    """The drafter takes it back."""
    return act_on(
        token, "withdraw",
        lambda session, actor, id_: services.withdraw(session, actor, document_id=id_),
        _("Đã rút lại dự thảo."),
    )  # fmt: skip


@bp.post("/<token>/sua-van-ban-da-duyet")
@needs(permissions.READ)
def return_approved(token: str) -> ResponseReturnValue:
    """An approved document goes back to be changed."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return back_to(token, first_error(form), "warn")
    return act_on(
        token, "return_approved",
        lambda session, actor, id_: services.return_approved(
            session, actor, document_id=id_, comment=form.reason.data
        ),
        _("Đã trả lại người soạn."),
    )  # fmt: skip


@bp.post("/<token>/huy")
@needs(permissions.DRAFT)
def cancel(token: str) -> ResponseReturnValue:
    """Give a draft up."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return back_to(token, first_error(form), "warn")
    return act_on(
        token, "cancel",
        lambda session, actor, id_: services.cancel_draft(
            session, actor, document_id=id_, reason=form.reason.data
        ),
        _("Đã hủy dự thảo."),
    )  # fmt: skip


@bp.post("/<token>/xin-y-kien")
@needs(permissions.READ)
def ask(token: str) -> ResponseReturnValue:
    """Ask other units, until the end of work of a day."""
    form = OpinionForm(prefix="hoi")
    with reading() as session:
        form.unit_ids.choices = unit_choices(session)
        valid = form.validate_on_submit()
        due = load_calendar(session).end_of_day(form.due_on.data) if valid else None
    if due is None:
        return back_to(token, first_error(form), "warn")
    return act_on(
        token, "ask",
        lambda session, actor, id_: services.ask_opinions(
            session, actor, document_id=id_, unit_ids=form.unit_ids.data, due_at=due,
            question=form.question.data or "",
        ),
        _("Đã gửi xin ý kiến."),
    )  # fmt: skip


@bp.post("/<token>/nhac-y-kien")
@needs(permissions.READ)
def remind(token: str) -> ResponseReturnValue:
    """Remind the asked units that have not answered."""
    return act_on(
        token, "remind",
        lambda session, actor, id_: remind_of_opinions(session, actor, document_id=id_),
        _("Đã nhắc các đơn vị chưa trả lời."),
    )  # fmt: skip


@bp.post("/<token>/cho-y-kien")
@needs(permissions.READ)
def answer(token: str) -> ResponseReturnValue:
    """The head of an asked unit answers."""
    form = AnswerForm(prefix="tra-loi")
    if not form.validate_on_submit():
        return back_to(token, first_error(form), "warn")
    return act_on(
        token, "answer",
        lambda session, actor, id_: services.give_opinion(
            session, actor, document_id=id_, agrees=form.agrees.data == "1",
            text=form.text.data or "",
        ),
        _("Đã gửi ý kiến."),
    )  # fmt: skip


@bp.post("/<token>/nhan-xet")
@needs(permissions.READ)
def comment(token: str) -> ResponseReturnValue:
    """A remark beside a page."""
    form = CommentForm(prefix="nhan-xet")
    if not form.validate_on_submit():
        return back_to(token, first_error(form), "warn")
    return act_on(
        token, "comment",
        lambda session, actor, id_: services.comment(
            session, actor, document_id=id_, text=form.text.data, page=form.page.data,
            box=box_of(form.box.data) if form.page.data else None,
        ),
        _("Đã ghi nhận xét."),
    )  # fmt: skip


def box_of(text: str | None) -> list[float] | None:
    """A place on the page as the browser sends it; None for anything else."""
    pieces = (text or "").split(",")
    try:
        edges = [float(piece) for piece in pieces]
    except ValueError:
        return None
    inside = len(edges) == 4 and all(0.0 <= edge <= 1.0 for edge in edges)
    return edges if inside else None


@bp.post("/<token>/nhan-xet/<int:comment_id>/xong")
@needs(permissions.READ)
def resolve(token: str, comment_id: int) -> ResponseReturnValue:
    """A remark is dealt with."""
    return act_on(
        token, "resolve",
        lambda session, actor, id_: services.resolve_comment(
            session, actor, document_id=id_, comment_id=comment_id
        ),
        _("Đã đánh dấu."),
    )  # fmt: skip


@bp.post("/<token>/lam-lai/<kind>")
@needs(permissions.READ)
def retry(token: str, kind: str) -> ResponseReturnValue:
    """Let a worker try failed work again."""
    if kind not in {one.value for one in WorkKind}:
        raise InvalidInput(_("Không có việc này."))
    actor = current_actor()
    with transaction("outgoing.retry") as session:
        document = queries.get_by_token(session, actor, token)
        retry_work(session, actor, document_id=document.id, kind=WorkKind(kind))
    return back_to(token, _("Đã xếp vào hàng chờ."))
