"""Other ends and later ones: refused, extended with an apology, stopped, withdrawn, evaluated."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.clock import now
from app.errors import InvalidInput, RuleViolated
from app.procedures import clocks, permissions, queries, standing
from app.procedures.models import (
    Dossier,
    DossierNotice,
    DossierStatus,
    Evaluation,
    NoticeKind,
    RatedVia,
)
from app.procedures.services.pausing import make_notice
from app.security import SYSTEM, Actor, authorize
from app.worktime.services import extend_clock

S = DossierStatus


def refuse(
    session: Session,
    actor: Actor,
    *,
    dossier_id: int,
    reason: str,
    legal_ground: str = "",
    version: int | None = None,
) -> DossierNotice:
    """Say no (form 03): before acceptance the counter does, afterwards who decides.

    Raises:
        InvalidInput: no reason.
        RuleViolated: it is settled, or the citizen is asked for something.
    """
    dossier = standing.fetch(session, actor, dossier_id, version)
    before = dossier.status is S.NEW
    actor = authorize(actor, permissions.RECEIVE) if before else standing.as_decider(actor, dossier)
    notice = make_notice(
        session, actor, dossier, NoticeKind.REFUSAL, reason=reason, legal_ground=legal_ground
    )
    _end(session, actor, dossier, S.NOT_RECEIVED if before else S.STOPPED)
    standing.write_down(session, actor, dossier, "refused", notice.reason, public=True)
    return notice


def extend(
    session: Session,
    actor: Actor,
    *,
    dossier_id: int,
    amount: int,
    reason: str,
    document: str = "",
    version: int | None = None,
) -> DossierNotice:
    """Apologise and set a later day (form 04): before the due moment, as often as the version
    lets. `amount` in the unit of the limit.

    Raises:
        InvalidInput: no reason, or more than may be given.
        RuleViolated: overdue, paused, or extended as often as it may be.
    """
    dossier = standing.fetch(session, actor, dossier_id, version)
    actor = standing.as_decider(actor, dossier)
    standing.must_be_open(dossier)
    clock = clocks.of(session, dossier)
    if clock is None:
        raise RuleViolated("Hạn của hồ sơ này do hệ thống tỉnh quản lý.")
    before = dossier.due_at
    extend_clock(session, actor, clock, amount=amount, reason=reason, document=document)
    clocks.follow(dossier, clock)
    notice = make_notice(session, actor, dossier, NoticeKind.APOLOGY, reason=reason)
    notice.old_due_at, notice.new_due_at = before, dossier.due_at
    notice.document, notice.signer_post_id = document.strip(), actor.post_id
    standing.write_down(
        session, actor, dossier, "extended", notice.reason, public=True, amount=amount
    )
    return notice


def stop(
    session: Session,
    actor: Actor,
    *,
    dossier_id: int,
    reason: str,
    request: str = "",
    legal_ground: str = "",
    version: int | None = None,
) -> DossierNotice:
    """Stop the processing (form 05), as when a supplement never came.

    Raises:
        InvalidInput: no reason.
        RuleViolated: the dossier is in no state that can be stopped.
    """
    dossier = standing.fetch(session, actor, dossier_id, version)
    actor = standing.as_decider(actor, dossier)
    notice = make_notice(
        session, actor, dossier, NoticeKind.STOP,
        reason=reason, request=request, legal_ground=legal_ground,
    )  # fmt: skip
    _end(session, actor, dossier, S.STOPPED)
    standing.write_down(session, actor, dossier, "stopped", notice.reason, public=True)
    return notice


def withdraw(
    session: Session, actor: Actor, *, dossier_id: int, reason: str, version: int | None = None
) -> Dossier:
    """The citizen takes the dossier back; the counter writes it down.

    Raises:
        InvalidInput: no reason.
        RuleViolated: it is not being processed.
    """
    dossier = standing.fetch(session, actor, dossier_id, version)
    actor = authorize(actor, permissions.RECEIVE)
    if not reason.strip():
        raise InvalidInput("Phải ghi lý do rút hồ sơ.", "reason")
    if dossier.status in (S.SUPPLEMENT, S.FINANCE):
        dossier.become(S.PROCESSING)  # the national states know no other way to it
    _end(session, actor, dossier, S.WITHDRAWN)
    standing.write_down(session, actor, dossier, "withdrawn", reason.strip(), public=True)
    return dossier


def _end(session: Session, actor: Actor, dossier: Dossier, status: DossierStatus) -> None:
    supplement = queries.open_supplement(session, dossier.id)
    if supplement is not None:
        supplement.closed_at, supplement.link_token = now(), None
    if dossier.status is S.RECEIVED:
        dossier.become(S.PROCESSING)
    if dossier.status is S.FINANCE and status is S.STOPPED:
        dossier.become(S.PROCESSING)
    dossier.become(status)
    standing.close(session, actor, dossier)


def evaluate(
    session: Session, *, dossier_id: int, score: int, text: str = "", via: RatedVia = RatedVia.QR
) -> Evaluation:
    """What the citizen thinks, once, when there is a result. The citizen has no account; the page
    that calls this has asked for code and check value.

    Raises:
        InvalidInput: no such score.
        RuleViolated: there is no result yet, or it was evaluated before.
    """
    dossier = standing.fetch(session, SYSTEM, dossier_id)
    if not 1 <= score <= 5:
        raise InvalidInput("Hãy chọn một mức độ hài lòng.", "score")
    if dossier.status not in (S.DONE, S.DELIVERED):
        raise RuleViolated("Hồ sơ chưa có kết quả nên chưa đánh giá được.")
    if queries.evaluation_of(session, dossier.id) is not None:
        raise RuleViolated("Hồ sơ này đã được đánh giá. Cảm ơn ông/bà.")
    row = Evaluation(
        dossier_id=dossier.id,
        score=score,
        text=" ".join(text.split())[:1000],
        via=via,
        rated_post_id=dossier.handler_post_id or dossier.received_by_post_id,
        at=now(),
    )
    session.add(row)
    standing.write_down(session, SYSTEM, dossier, "evaluated", score=score)
    return row
