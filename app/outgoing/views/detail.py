"""/van-ban-di/<token>: one document with its page, versions, steps, and what may be done now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import audit
from app.clock import VIETNAM, now
from app.db import reading, transaction
from app.files.serving import send
from app.files.store import current_store
from app.incoming.models import URGENCY_LABELS
from app.notifications.services import mark_read
from app.outgoing import permissions, queries, services
from app.outgoing.forms import (
    AnswerForm,
    CommentForm,
    DecideForm,
    DeliveryForm,
    OpinionForm,
    ReturnForm,
    SubmitForm,
)
from app.outgoing.models import (
    GONE_OUT,
    IN_REVIEW,
    STATUS_LABELS,
    Desk,
    Medium,
    OutgoingStatus,
    Stage,
)
from app.outgoing.models.issuing import (
    CHANNEL_LABELS,
    COPY_LABELS,
    DELIVERY_LABELS,
    RECALL_LABELS,
)
from app.outgoing.models.review import DECISION_LABELS, DESK_LABELS
from app.outgoing.queries import DocumentView
from app.outgoing.queries.approvals import turn_of
from app.outgoing.services import scans
from app.outgoing.services.elsewhere import waits_for_signature
from app.outgoing.services.facts import block_of
from app.outgoing.views.blueprint import bp, signer_choices, unit_choices
from app.security import Actor, unit_term
from app.tasks import custody
from app.web.gate import needs
from app.web.shell import current_actor, settings

S = OutgoingStatus
JOB_LABELS = {
    "convert": "Chuyển sang PDF",
    "check": "Kiểm tra thể thức",
    "sign": "Ký số",
    "stamp": "Ghi số, ngày vào văn bản",
    "seal": "Ký số cơ quan",
    "accept": "Kiểm tra bản đã ký",
}


@dataclass(frozen=True, slots=True)
class Acts:
    """What this actor may do with this document now."""

    write: bool = False
    submit: bool = False
    decide: bool = False
    returns: tuple[Desk, ...] = ()
    withdraw: bool = False
    return_approved: bool = False
    ask: bool = False
    answer: bool = False
    comment: bool = False
    sign: bool = False
    number: bool = False
    give_back: bool = False
    seal: bool = False
    issue: bool = False
    deliver: bool = False
    recall: bool = False
    correct: bool = False
    copy: bool = False
    file: bool = False
    scan: bool = False
    rescan: bool = False


def acts_for(actor: Actor, view: DocumentView) -> Acts:
    """The buttons. The services ask again."""
    document, step = view.document, view.open_step
    mine = services.may_write(actor, document)
    drafting = mine and document.status is S.DRAFT
    decides = step is not None and decides_on(actor, view)
    clerk = actor.may(permissions.ISSUE)
    gone = document.status in GONE_OUT
    paper = document.medium is Medium.PAPER
    scanned = any(one.stage is Stage.SCANNED for one in view.stages)
    ready = document.status is S.SIGNED or (document.status is S.APPROVED and document.number_first)
    order = (Desk.DRAFTER, Desk.UNIT, Desk.OFFICE, Desk.LEADER)
    asked = [one for one in view.opinions if one.answered_at is None]
    under_way = document.status is S.DRAFT or document.status in IN_REVIEW
    return Acts(
        write=drafting,
        submit=drafting and (bool(view.versions) or paper),
        decide=decides,
        returns=order[: order.index(step.desk)] if step is not None and decides else (),
        withdraw=mine and step is not None,
        return_approved=document.status in (S.APPROVED, S.SIGNED)
        and not document.numbered
        and (clerk or document.signer_post_id in actor.post_ids),
        ask=under_way and (mine or actor.may(permissions.CHECK_FORM)),
        answer=any(unit_term(one.unit_id) in actor.terms for one in asked),
        comment=under_way,
        sign=document.signer_post_id in actor.post_ids
        and actor.may(permissions.SIGN)
        and waits_for_signature(document, next(iter(view.stages), None)),
        number=clerk and ready and not document.numbered,
        give_back=clerk and document.numbered and document.status in (S.NUMBERED, S.SEALED),
        seal=clerk and paper and document.status is S.NUMBERED,
        issue=clerk and document.status is S.SEALED,
        deliver=clerk and gone,
        recall=actor.may(permissions.RECALL) and document.status in (S.ISSUED, S.FILED),
        correct=actor.may(permissions.DRAFT) and gone,
        copy=clerk and document.status in (S.ISSUED, S.FILED),
        scan=clerk and paper and document.numbered and not scanned,
        rescan=clerk and paper and document.numbered and scanned,
        file=document.status is S.ISSUED and (clerk or document.drafter_post_id in actor.post_ids),
    )


def decides_on(actor: Actor, view: DocumentView) -> bool:
    """Whether the open step waits for this actor, who did not write the draft."""
    step = view.open_step
    if step is None or actor.person_id == view.document.drafter_person_id:
        return False
    if step.desk is Desk.OFFICE and step.post_id is None:
        return actor.may(permissions.CHECK_FORM)
    return step.post_id in actor.post_ids


@bp.get("/<token>")
@needs(permissions.READ)
def detail(token: str) -> ResponseReturnValue:
    """The page of a document. Opening it marks it seen, received, and is written down."""
    actor = current_actor()
    with reading() as session:
        to_note = queries.opening_is_news(session, actor, token)
    if to_note:
        with transaction("outgoing.open") as session:
            document = queries.get_by_token(session, actor, token)
            custody.opened(session, actor, queries.KIND, document.id)
            services.note_opened(session, actor, document)
            mark_read(session, actor, thing=(queries.KIND, document.id))
            audit.record_read(session, actor, queries.KIND, document.id, "read")
    return show(token)


def show(token: str, *, message: str | None = None) -> str:
    """The page; `message` says why an act was refused."""
    actor = current_actor()
    with reading() as session:
        view = queries.load_document(session, actor, token)
        acts = acts_for(actor, view)
        return render_template(
            "outgoing/detail.html",
            view=view,
            document=view.document,
            acts=acts,
            turn=turn_of(session, actor, token) if acts.decide else None,
            message=message,
            my_posts=actor.post_ids,
            block=block_of(session, view.document),
            issue_by=services.issue_by(session, view.document),
            revocation=revocation_said(view),
            may_release=actor.may(permissions.ISSUE),
            now=now(),
            **under_way(session, actor, view),
            **labels(),
            **forms(session, view, acts),
        )


def revocation_said(view: DocumentView) -> str | None:
    """What was found about the revocation of a certificate that signed elsewhere."""
    stage = view.signed_elsewhere
    if stage is None:
        return None
    listed = stage.detail.get("listed_on")
    if listed is None:
        return _("Chưa kiểm tra: không có danh sách thu hồi còn hạn của tổ chức cấp chứng thư")
    day = datetime.fromisoformat(listed).astimezone(VIETNAM)
    return _("Không bị thu hồi theo danh sách ngày %(day)s", day=f"{day:%d/%m/%Y}")


def under_way(session: Session, actor: Actor, view: DocumentView) -> dict[str, object]:
    """Slow work that waits or failed, and scans handed in by the clerk that are looked into."""
    scan = actor.may(permissions.ISSUE) and view.document.medium is Medium.PAPER
    uploads = scans.uploads(session, view.document) if scan else []
    waits = any(not job.error for job in view.jobs)
    waits = waits or any(not item.settled and not item.held for item in uploads)
    return {"work_jobs": view.jobs, "uploads": uploads, "waits": waits}


@bp.get("/<token>/dang-lam")
@needs(permissions.READ)
def work(token: str) -> ResponseReturnValue:
    """The slow work of a document: a piece of its page, asked for again until all is done."""
    actor = current_actor()
    with reading() as session:
        view = queries.load_document(session, actor, token)
        found = under_way(session, actor, view)
        # The page is not loaded anew by itself: somebody may be writing a remark.
        return render_template(
            "outgoing/_work.html",
            document=view.document,
            job_labels=JOB_LABELS,
            done=not found["waits"],
            **found,
        )


def labels() -> dict[str, object]:
    """Words for codes."""
    return {
        "states": STATUS_LABELS,
        "desks": DESK_LABELS,
        "decisions": DECISION_LABELS,
        "channels": CHANNEL_LABELS,
        "deliveries": DELIVERY_LABELS,
        "recalls": RECALL_LABELS,
        "copy_labels": COPY_LABELS,
        "job_labels": JOB_LABELS,
        "urgencies": URGENCY_LABELS,
        "max_mb": settings().limits.upload_bytes // (1024 * 1024),
        "start_page": max(request.args.get("page", 1, type=int), 1),
        "find": request.args.get("q", "")[:100] or None,
    }


def forms(session: Session, view: DocumentView, acts: Acts) -> dict[str, object]:
    """The small forms of the page, with what they offer."""
    document = view.document
    submit = SubmitForm(None, prefix="trinh")
    submit.signer_post_id.choices = signer_choices(session, document.issuing_body_id)
    submit.signer_post_id.data = document.signer_post_id
    back = ReturnForm(None, prefix="tra")
    back.to.choices = [(desk.value, DESK_LABELS[desk]) for desk in reversed(acts.returns)]
    back.to.data = Desk.DRAFTER.value
    ask = OpinionForm(None, prefix="hoi")
    ask.unit_ids.choices = [
        one for one in unit_choices(session) if one[0] != document.drafting_unit_id
    ]
    return {
        "submit_form": submit,
        "decide_form": DecideForm(None, prefix="duyet"),
        "return_form": back,
        "ask_form": ask,
        "answer_form": AnswerForm(None, prefix="tra-loi"),
        "comment_form": CommentForm(None, prefix="nhan-xet"),
        "delivery_form": DeliveryForm(None, prefix="gui"),
    }


@bp.get("/tep/<token>")
@needs(permissions.READ)
def file(token: str) -> Response:
    """A file of a document, in place or (`?tai_xuong=1`) as a download; both are written down."""
    actor = current_actor()
    download = request.args.get("tai_xuong") == "1"
    with transaction("outgoing.file") as session:
        document, stored = queries.file_for(session, actor, token)
        how = "downloaded" if download else "read"
        audit.record_read(session, actor, queries.KIND, document.id, how)
    return send(current_store(), stored, inline=not download)
