"""Levels are called: the first with the act that starts it, the others by the sweeper."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import audit, outbox
from app.clock import local, now, today
from app.escalation import hooks, policies, texting
from app.escalation.events import TextReady
from app.escalation.models import (
    CallState,
    CaseState,
    Channel,
    EscalationCall,
    EscalationCase,
    EscalationLevel,
)
from app.escalation.policies import Level, Policy
from app.escalation.queries import KIND, Callee, Place, callees, case_of_thing, pauses_from
from app.notifications.models import Notification, OutgoingMail
from app.notifications.services import notify
from app.security import DUTY, Actor, grant, post_term
from app.worktime.queries import load_calendar

EVENT = "escalation.called"
ASKED = "Mở để bấm “Đã nhận”, nếu không cấp trên sẽ được gọi."


@dataclass(frozen=True, slots=True)
class Subject:
    """What must not wait. `title` holds numbers and codes only: it is sent as a text message.

    `unit_id` is the unit that answers, `post_id` the post that was given it, where there are any.
    """

    kind: str
    thing_id: int
    title: str
    unit_id: int | None = None
    post_id: int | None = None


def start_escalation(
    session: Session, actor: Actor, subject: Subject, policy: str
) -> EscalationCase | None:
    """Begin to call about a thing; a case of the same policy that is open already goes on instead.

    None where the policy calls only out of hours and it is working time. Raises ProgrammingFault
    for an unknown policy.
    """
    rules = policies.policy(policy, today())
    at, calendar = now(), load_calendar(session)
    if rules.out_of_hours and calendar.is_working(local(at)):
        return None
    if known := case_of_thing(session, subject.kind, subject.thing_id, policy):
        return known[0]
    case = EscalationCase(
        kind=subject.kind,
        thing_id=subject.thing_id,
        title=subject.title[:200],
        policy=policy,
        policy_from=rules.valid_from,
        unit_id=subject.unit_id,
        post_id=subject.post_id,
        started_at=at,
        next_at=rules.due(calendar, 1, at),
    )
    try:
        with session.begin_nested():
            session.add(case)
    except IntegrityError:  # another process began at this moment
        return next(iter(case_of_thing(session, subject.kind, subject.thing_id, policy)), None)
    grant(session, KIND, case.id, DUTY, reason="desk")  # their open pages hear of it
    audit.record(session, actor, "escalation.started", case.id, policy=policy)
    fire_due(session, case.id)
    return case


def fire_due(session: Session, case_id: int) -> int:
    """Call all levels of a case that are due now. Returns how many were called.

    Two sweepers at once: the row is locked, and the constraint refuses a second call of a level.
    """
    rows = sa.select(EscalationCase).where(EscalationCase.id == case_id).with_for_update()
    case = session.scalar(rows.execution_options(populate_existing=True))
    fired = 0
    while case is not None and _is_due(session, case):
        rules = policies.policy(case.policy, case.policy_from)
        _fire(session, case, rules)
        fired += 1
    if fired and case is not None:
        outbox.changed(session, KIND, case.id)
    return fired


def _is_due(session: Session, case: EscalationCase) -> bool:
    """Whether the next level is to be called; puts it off in a pause, ends what needs no more."""
    at = now()
    if case.ended_at is not None or case.next_at is None or case.next_at > at:
        return False
    still = hooks.still_waits.get(case.kind)
    if still is not None and not still(session, case.thing_id):
        case.state, case.ended_at, case.next_at = CaseState.STOPPED, at, None
        case.reason = "Nội dung đã được xử lý."
        outbox.changed(session, KIND, case.id)
        return False
    until = policies.resumes(pauses_from(session, at), case.policy, at)
    if until is not None:
        case.next_at = until
    return until is None


def _fire(session: Session, case: EscalationCase, rules: Policy) -> None:
    level, at = rules.levels[case.next_no - 1], now()
    row = EscalationLevel(case_id=case.id, no=case.next_no, who=level.who.value, fired_at=at)
    session.add(row)
    session.flush()
    found = callees(session, level.who, _place(session, case), at)
    _call(session, case, row, level, found)
    if case.next_no == len(rules.levels):
        case.state, case.next_at = CaseState.EXHAUSTED, None
        return
    case.next_no += 1
    # Nobody at this level to wait for: the next is called at once.
    case.next_at = rules.due(load_calendar(session), case.next_no, at) if found else at


def _place(session: Session, case: EscalationCase) -> Place:
    now_at = hooks.place_of.get(case.kind)
    if now_at is None:
        return Place(case.unit_id, case.post_id)
    unit_id, post_id = now_at(session, case.thing_id)
    return Place(unit_id or case.unit_id, post_id or case.post_id)


def _call(
    session: Session, case: EscalationCase, row: EscalationLevel, level: Level, found: list[Callee]
) -> None:
    """Keep a call for each person and way, and let it be made."""
    notices = _notify(session, case, {one.post_id for one in found})
    mailed = set(
        session.scalars(
            sa.select(OutgoingMail.person_id).where(
                OutgoingMail.notification_id.in_(notices.values())
            )
        )
    )
    for one in found:
        grant(session, KIND, case.id, post_term(one.post_id), reason="called")
        for channel in level.channels:
            if channel is Channel.MAIL and one.person_id not in mailed:
                continue
            call = EscalationCall(
                level_id=row.id,
                post_id=one.post_id,
                person_id=one.person_id,
                channel=channel,
                notification_id=notices[one.post_id],
            )
            if channel is Channel.SMS and not texting.can_reach(one.phone):
                if texting.configured() is None:
                    continue
                call.become(CallState.FAILED, texting.NO_NUMBER)
            if channel is Channel.APP:
                call.become(CallState.SENT)
            session.add(call)
            session.flush()
            if channel is Channel.SMS and call.state is CallState.QUEUED:
                outbox.publish(session, TextReady(call_id=call.id))


def _notify(session: Session, case: EscalationCase, post_ids: set[int]) -> dict[int, int]:
    """Leave urgent notices, which are mailed too; the notice of each post."""
    notify(
        session, event=EVENT, kind=KIND, thing_id=case.id, title=case.title, text=ASKED,
        post_ids=post_ids, urgent=True,
    )  # fmt: skip
    rows = (
        sa.select(Notification.post_id, sa.func.max(Notification.id))
        .where(
            Notification.event == EVENT,
            Notification.kind == KIND,
            Notification.thing_id == case.id,
            Notification.post_id.in_(post_ids),
        )
        .group_by(Notification.post_id)
    )
    return dict(session.execute(rows).tuples().all())
