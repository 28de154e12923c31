"""Processing: papers, assigning, from step to step, the result, handing it over."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app import links
from app.clock import now
from app.errors import InvalidInput, PermissionDenied, RuleViolated
from app.organisation import queries as organisation
from app.outgoing import queries as outgoing
from app.outgoing.models import OutgoingStatus
from app.procedures import clocks, permissions, queries, standing
from app.procedures.models import (
    DeliveryWay,
    Dossier,
    DossierPaper,
    DossierStatus,
    DossierStep,
    FinanceState,
    StepKind,
)
from app.procedures.services.receiving import PaperGiven
from app.security import Actor, Role, authorize
from app.tasks import custody

ISSUED = frozenset({OutgoingStatus.ISSUED, OutgoingStatus.FILED})


def check_papers(
    session: Session, actor: Actor, *, dossier_id: int, papers: Sequence[PaperGiven]
) -> Dossier:
    """Correct the checklist: what is there, how many, what is missing.

    Raises:
        PermissionDenied: neither the counter nor whoever has the dossier.
        InvalidInput: a paper that is not of this dossier.
    """
    dossier = standing.fetch(session, actor, dossier_id)
    actor = (
        authorize(actor, permissions.RECEIVE)
        if actor.may(permissions.RECEIVE)
        else standing.as_holder(actor, dossier)
    )
    standing.must_be_open(dossier)
    by_id = {paper.id: paper for paper in dossier.papers}
    for given in papers:
        row = by_id.get(given.paper_id or 0)
        if row is None and given.paper_id is None and given.name.strip():
            row = DossierPaper(position=len(dossier.papers) + 1, name=given.name.strip())
            dossier.papers.append(row)
        if row is None:
            raise InvalidInput("Giấy tờ này không thuộc hồ sơ.", "papers")
        row.state, row.note = given.state, given.note.strip()
        row.originals, row.copies = given.originals, given.copies
    standing.write_down(session, actor, dossier, "papers_checked")
    return dossier


def assign(
    session: Session,
    actor: Actor,
    *,
    dossier_id: int,
    post_id: int,
    note: str = "",
    version: int | None = None,
) -> Dossier:
    """Let somebody of the unit do the step that handles the dossier. Also changes who does it.

    Raises:
        PermissionDenied: the actor does not head the unit.
        RuleViolated: the post is of another unit, or the dossier is settled.
    """
    dossier = standing.fetch(session, actor, dossier_id, version)
    actor = standing.as_decider(actor, dossier)
    standing.must_be_open(dossier)
    step = _must_have_step(dossier)
    if step.kind is StepKind.ASSIGNMENT:
        _finish(session, actor, dossier, step, note)
        step = _next(dossier, step)
    if step.role is Role.ONE_STOP_OFFICER:
        raise RuleViolated("Hồ sơ đang ở bộ phận một cửa, không phân công được.")
    unit_id = step.unit_id or dossier.unit_id
    if unit_id is not None:
        post_unit = organisation.get_post(session, post_id).unit_id
        if post_unit not in organisation.units_under(session, unit_id):
            raise RuleViolated("Chỉ giao được cho người trong đơn vị.")
    standing.open_step(session, actor, dossier, step, post_id)
    standing.write_down(session, actor, dossier, "assigned", note.strip(), post=post_id)
    return dossier


def finish_step(
    session: Session,
    actor: Actor,
    *,
    dossier_id: int,
    note: str = "",
    next_post_id: int | None = None,
    version: int | None = None,
) -> Dossier:
    """Hand the dossier to the next step; its unused time flows on.

    Raises:
        PermissionDenied: somebody else has it.
        RuleViolated: the citizen is asked for something, or the next step is handing over and
            there is no result yet.
    """
    dossier = standing.fetch(session, actor, dossier_id, version)
    actor = standing.as_holder(actor, dossier)
    if dossier.status is not DossierStatus.PROCESSING:
        raise RuleViolated("Hồ sơ đang chờ, chưa chuyển bước được.")
    step = _must_have_step(dossier)
    following = _next(dossier, step)
    if following.kind is StepKind.DELIVERY:
        raise RuleViolated("Chưa ghi kết quả. Ghi kết quả để chuyển về một cửa trả cho người dân.")
    if step.role is Role.LEADER or step.kind is StepKind.SIGNATURE:
        actor = standing.as_decider(actor, dossier)
    _finish(session, actor, dossier, step, note)
    standing.open_step(session, actor, dossier, following, next_post_id)
    standing.write_down(
        session, actor, dossier, "step_done", note.strip(),
        step=step.position, to=following.position,
    )  # fmt: skip
    return dossier


def return_step(
    session: Session, actor: Actor, *, dossier_id: int, reason: str, version: int | None = None
) -> Dossier:
    """Give the dossier back to the step before, to be made better.

    Raises:
        InvalidInput: no reason.
        RuleViolated: there is no step before that can have it.
    """
    dossier = standing.fetch(session, actor, dossier_id, version)
    actor = standing.as_holder(actor, dossier)
    if not reason.strip():
        raise InvalidInput("Phải ghi lý do trả lại bước trước.", "reason")
    standing.must_be_open(dossier)
    step = _must_have_step(dossier)
    earlier = [
        one
        for one in dossier.steps
        if one.position < step.position and one.kind is not StepKind.RECEPTION
    ]
    if not earlier:
        raise RuleViolated("Không có bước trước trong đơn vị để trả lại.")
    step.started_at, step.post_id = None, None
    standing.open_step(session, actor, dossier, earlier[-1], earlier[-1].post_id)
    standing.write_down(session, actor, dossier, "step_returned", reason.strip())
    return dossier


def give_result(
    session: Session,
    actor: Actor,
    *,
    dossier_id: int,
    result: str = "",
    document_id: int | None = None,
    version: int | None = None,
) -> Dossier:
    """The result is there: this moment decides on time or late. The counter hands it over.

    `document_id`: the document of `outgoing` that it was issued as; without one, only who decides
    may say that the result is signed, unless the signing step is done.

    Raises:
        InvalidInput: nothing says what the result is.
        RuleViolated: the dossier waits for something, or the document is not issued.
    """
    dossier = standing.fetch(session, actor, dossier_id, version)
    decides = document_id is None and not _signed(dossier)
    actor = (standing.as_decider if decides else standing.as_holder)(actor, dossier)
    if document_id is not None:
        result = _issued_as(session, actor, dossier, document_id) or result
    if not result.strip():
        raise InvalidInput("Phải ghi kết quả: số, ngày văn bản hoặc nội dung giải quyết.", "result")
    dossier.become(DossierStatus.DONE)
    dossier.result, dossier.finished_at = result.strip()[:1000], now()
    for step in dossier.steps:
        if step.kind is not StepKind.DELIVERY and step.finished_at is None:
            step.started_at = step.started_at or now()
            _finish(session, actor, dossier, step, "")
    clocks.finish(session, actor, dossier)
    last = dossier.steps[-1]
    if last.kind is StepKind.DELIVERY:
        standing.open_step(session, actor, dossier, last)
    else:
        dossier.step_position = None
        custody.close(session, queries.KIND, dossier.id)
    standing.write_down(session, actor, dossier, "result_given", dossier.result, public=True)
    if dossier.received_by_post_id is not None:
        standing.tell(
            session, dossier, "dossier.done", f"Có kết quả: {dossier.shown_code}", dossier.result,
            post_ids=[dossier.received_by_post_id],
        )  # fmt: skip
    return dossier


def _signed(dossier: Dossier) -> bool:
    signing = [step for step in dossier.steps if step.kind is StepKind.SIGNATURE]
    return bool(signing) and all(step.finished_at is not None for step in signing)


def _issued_as(session: Session, actor: Actor, dossier: Dossier, document_id: int) -> str:
    document = outgoing.get_document(session, actor, document_id)
    if document.status not in ISSUED:
        raise RuleViolated("Văn bản kết quả chưa phát hành.")
    dossier.result_document_id = document.id
    links.connect(
        session, actor,
        ("outgoing", document.id), links.Relation.RAISED_BY, (queries.KIND, dossier.id),
    )  # fmt: skip
    return f"{document.full_code}: {document.subject_summary}"


def deliver(
    session: Session,
    actor: Actor,
    *,
    dossier_id: int,
    receiver_name: str = "",
    way: DeliveryWay | None = None,
    version: int | None = None,
) -> Dossier:
    """Hand the result over; late or not was decided before. Overdue never holds a result back.

    Raises:
        RuleViolated: there is no result, or money is owed.
    """
    dossier = standing.fetch(session, actor, dossier_id, version)
    actor = authorize(actor, permissions.RECEIVE)
    if dossier.finance is FinanceState.DUE:
        raise RuleViolated("Hồ sơ còn khoản phải nộp. Thu hoặc ghi miễn trước khi trả kết quả.")
    dossier.become(DossierStatus.DELIVERED)
    dossier.delivered_at = now()
    dossier.receiver_name = receiver_name.strip() or (
        dossier.submitter_name or dossier.applicant_name
    )
    dossier.delivery = way or dossier.delivery
    step = dossier.open_step
    if step is not None:
        step.finished_at, step.post_id = now(), actor.post_id
    dossier.step_position = None
    custody.close(session, queries.KIND, dossier.id)
    standing.write_down(session, actor, dossier, "delivered", public=True)
    return dossier


def mark_printed(session: Session, actor: Actor, *, dossier_id: int) -> Dossier:
    """Note when the receipt was printed first. Raises RuleViolated where the provincial system
    gave it: there is no second receipt."""
    dossier = standing.fetch(session, actor, dossier_id)
    authorize(actor, permissions.RECEIVE)
    if dossier.code is None:
        raise RuleViolated("Hồ sơ này có giấy tiếp nhận của hệ thống tỉnh, không in giấy thứ hai.")
    dossier.receipt_printed_at = dossier.receipt_printed_at or now()
    return dossier


def _must_have_step(dossier: Dossier) -> DossierStep:
    step = dossier.open_step
    if step is None:
        raise RuleViolated("Hồ sơ không ở bước xử lý nào.")
    return step


def _next(dossier: Dossier, step: DossierStep) -> DossierStep:
    later = [one for one in dossier.steps if one.position > step.position]
    if not later:
        raise PermissionDenied(f"dossier {dossier.id} has no step after {step.position}")
    return later[0]


def _finish(session: Session, actor: Actor, dossier: Dossier, step: DossierStep, note: str) -> None:
    step.finished_at, step.note = now(), note.strip()[:1000]
    if step.post_id is None:
        step.post_id = actor.post_id
    clocks.finish_step(session, actor, dossier, step)
