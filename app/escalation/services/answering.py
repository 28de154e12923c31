"""Somebody answers: “Đã nhận” on the page or on the telephone; or it needs no more calls."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit, outbox
from app.clock import now
from app.errors import NotFound, RuleViolated
from app.escalation import permissions
from app.escalation.models import (
    CallState,
    CaseState,
    Channel,
    EscalationCall,
    EscalationCase,
    EscalationLevel,
)
from app.escalation.queries import KIND, case_of_thing, get_case
from app.notifications.services import mark_read
from app.security import Actor, authorize

ENDED = "Cuộc gọi này đã kết thúc."
NOT_CALLED = "Chưa ai gọi bạn về nội dung này, nên bạn không thể bấm “Đã nhận”."


def acknowledge(session: Session, actor: Actor, case_id: int) -> EscalationCase:
    """“Đã nhận” by somebody who was called: their highest level is reached, nobody else is called.

    Raises:
        NotFound: the actor may not see the case.
        RuleViolated: it is over, or the actor was not called.
    """
    case = get_case(session, actor, case_id=case_id, lock=True)
    _must_be_open(case)
    mine = [
        call
        for call in _calls(session, case)
        if call.person_id == actor.person_id or call.post_id in actor.post_ids
    ]
    if not mine:
        raise RuleViolated(NOT_CALLED)
    acting = actor.in_post(mine[-1].post_id)
    for call in mine:
        if call.level_id == mine[-1].level_id and call.channel is Channel.APP:
            call.become(CallState.ACKNOWLEDGED)
    _reached(session, acting, case, mine[-1].level, actor.person_id)
    mark_read(session, actor, thing=(KIND, case.id))
    return case


def tick_call(
    session: Session, actor: Actor, call_id: int, *, answered: bool, note: str = ""
) -> EscalationCase:
    """The duty officer telephoned: who answered knows now; in vain is kept as an attempt.

    Raises:
        PermissionDenied, NotFound; RuleViolated: the case is over.
    """
    acting = authorize(actor, permissions.HANDLE)
    call = session.get(EscalationCall, call_id)
    if call is None or call.channel is not Channel.PHONE:
        raise NotFound(f"telephone call {call_id}")
    case = get_case(session, actor, case_id=call.level.case_id, lock=True)
    _must_be_open(case)
    call.attempts += 1
    call.told_by_post_id = acting.post_id
    call.become(CallState.ACKNOWLEDGED if answered else CallState.FAILED, note.strip())
    if answered:
        _reached(session, acting, case, call.level, call.person_id)
    else:
        audit.record(session, acting, "escalation.not_answered", case.id, call=call.id)
        outbox.changed(session, KIND, case.id)
    return case


def stop(
    session: Session, actor: Actor, kind: str, thing_id: int, *, reason: str, policy: str = ""
) -> int:
    """No more calls about a thing: what a room says when somebody acted. Returns how many cases."""
    cases = case_of_thing(session, kind, thing_id, policy or None)
    for case in cases:
        _end(session, actor, case, reason)
    return len(cases)


def stop_case(session: Session, actor: Actor, case_id: int, reason: str) -> EscalationCase:
    """The duty officer ends it. Raises RuleViolated without a reason or when it is over."""
    acting = authorize(actor, permissions.HANDLE)
    case = get_case(session, actor, case_id=case_id, lock=True)
    _must_be_open(case)
    if not reason.strip():
        raise RuleViolated("Hãy ghi lý do dừng gọi.")
    _end(session, acting, case, reason.strip())
    return case


def _must_be_open(case: EscalationCase) -> None:
    if case.ended_at is not None:
        raise RuleViolated(ENDED)


def _calls(session: Session, case: EscalationCase) -> list[EscalationCall]:
    rows = (
        sa.select(EscalationCall)
        .join(EscalationLevel, EscalationLevel.id == EscalationCall.level_id)
        .where(EscalationLevel.case_id == case.id)
        .order_by(EscalationLevel.no, EscalationCall.id)
    )
    return list(session.scalars(rows))


def _reached(
    session: Session,
    actor: Actor,
    case: EscalationCase,
    level: EscalationLevel,
    person_id: int | None,
) -> None:
    level.reached_at, level.reached_by_person_id = now(), person_id
    case.state, case.next_at, case.ended_at = CaseState.ACKNOWLEDGED, None, now()
    case.ended_by_post_id = actor.post_id
    audit.record(session, actor, "escalation.acknowledged", case.id, level=level.no)
    outbox.changed(session, KIND, case.id)


def _end(session: Session, actor: Actor, case: EscalationCase, reason: str) -> None:
    case.state, case.next_at, case.ended_at = CaseState.STOPPED, None, now()
    case.ended_by_post_id, case.reason = actor.post_id, reason[:300]
    audit.record(session, actor, "escalation.stopped", case.id)
    outbox.changed(session, KIND, case.id)
