"""Cases of escalation: which somebody may see, who was called, what is due."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from app.errors import NotFound
from app.escalation import permissions
from app.escalation.models import (
    CallState,
    Channel,
    EscalationCall,
    EscalationCase,
    EscalationLevel,
    EscalationPause,
)
from app.notifications.models import Notification, OutgoingMail
from app.organisation import queries as organisation
from app.organisation.models import Person
from app.security import Actor

KIND = "escalation"
RECENT = 50


@dataclass(frozen=True, slots=True)
class CallLine:
    """A call as it stands now, with the names."""

    call: EscalationCall
    person: str
    phone: str
    post: str
    state: CallState
    note: str


def visible_cases(actor: Actor) -> sa.Select[tuple[EscalationCase]]:
    """All for the duty desk and the leaders; for others those in which they were called."""
    rows = sa.select(EscalationCase)
    return rows if actor.may(permissions.READ) else rows.where(_called(actor))


def _called(actor: Actor) -> sa.ColumnElement[bool]:
    """Somebody called the person, or a post that they hold or act for."""
    called = (
        sa.select(EscalationLevel.case_id)
        .join(EscalationCall, EscalationCall.level_id == EscalationLevel.id)
        .where(
            sa.or_(
                EscalationCall.person_id == actor.person_id,
                EscalationCall.post_id.in_(sorted(actor.post_ids)),
            )
        )
    )
    return EscalationCase.id.in_(called)


def get_case(
    session: Session, actor: Actor, *, token: str = "", case_id: int = 0, lock: bool = False
) -> EscalationCase:
    """By its address or id, locked if asked. Raises NotFound."""
    mine = EscalationCase.token == token if token else EscalationCase.id == case_id
    rows = visible_cases(actor).where(mine)
    if lock:
        rows = rows.with_for_update(of=EscalationCase).execution_options(populate_existing=True)
    found = session.scalar(rows)
    if found is None:
        raise NotFound(f"escalation case {token or case_id}")
    return found


def case_of_thing(
    session: Session, kind: str, thing_id: int, policy: str | None = None
) -> Sequence[EscalationCase]:
    """The open cases about a thing, locked."""
    rows = sa.select(EscalationCase).where(
        EscalationCase.kind == kind,
        EscalationCase.thing_id == thing_id,
        EscalationCase.ended_at.is_(None),
    )
    if policy is not None:
        rows = rows.where(EscalationCase.policy == policy)
    return session.scalars(rows.with_for_update()).all()


def my_cases(session: Session, actor: Actor) -> list[EscalationCase]:
    """The open cases in which the actor was called, newest first."""
    rows = sa.select(EscalationCase).where(_called(actor), EscalationCase.ended_at.is_(None))
    return list(session.scalars(_whole(rows).order_by(EscalationCase.id.desc()).limit(RECENT)))


def counted_calls(actor: Actor) -> sa.Select[tuple[int, int]]:
    """The number beside the entry: open cases that call the actor, always red."""
    rows = sa.select(EscalationCase).where(_called(actor), EscalationCase.ended_at.is_(None))
    return rows.with_only_columns(sa.func.count(), sa.func.count())


def recent_cases(session: Session, actor: Actor, *, ended: bool) -> list[EscalationCase]:
    """Open cases, or the newest that ended."""
    over = EscalationCase.ended_at.is_not(None)
    rows = visible_cases(actor).where(over if ended else ~over)
    order = EscalationCase.ended_at.desc() if ended else EscalationCase.id.desc()
    return list(session.scalars(_whole(rows).order_by(order).limit(RECENT)))


def _whole(rows: sa.Select[tuple[EscalationCase]]) -> sa.Select[tuple[EscalationCase]]:
    levels = selectinload(EscalationCase.levels)
    return rows.options(levels.selectinload(EscalationLevel.calls))


def called_posts(session: Session, case_id: int) -> set[tuple[int, int]]:
    """Posts and persons called in a case."""
    rows = (
        sa.select(EscalationCall.post_id, EscalationCall.person_id)
        .join(EscalationLevel, EscalationLevel.id == EscalationCall.level_id)
        .where(EscalationLevel.case_id == case_id)
    )
    return set(session.execute(rows).tuples())


def lines_of(session: Session, calls: Iterable[EscalationCall]) -> dict[int, CallLine]:
    """Calls with names and their state as notices and mails stand now: four queries."""
    wanted = list(calls)
    ids = {call.notification_id for call in wanted if call.notification_id}
    read = set(
        session.scalars(
            sa.select(Notification.id).where(
                Notification.id.in_(ids), Notification.read_at.is_not(None)
            )
        )
    )
    rows = sa.select(OutgoingMail).where(OutgoingMail.notification_id.in_(ids))
    mails = {(mail.notification_id, mail.person_id): mail for mail in session.scalars(rows)}
    rows_of = sa.select(Person).where(Person.id.in_({call.person_id for call in wanted}))
    people = {person.id: person for person in session.scalars(rows_of)}
    labels = organisation.post_label(session, {call.post_id for call in wanted})
    found = {}
    for call in wanted:
        state, note = call.state, call.note
        if call.channel is Channel.APP and state is CallState.SENT and call.notification_id in read:
            state = CallState.DELIVERED
        if call.channel is Channel.MAIL and state is CallState.QUEUED:
            state, note = _of_mail(mails.get((call.notification_id, call.person_id)), note)
        person = people[call.person_id]
        found[call.id] = CallLine(
            call, person.full_name, person.phone, labels.get(call.post_id, ""), state, note
        )
    return found


def _of_mail(mail: OutgoingMail | None, note: str) -> tuple[CallState, str]:
    if mail is None or (mail.sent_at is None and not mail.not_sent):
        return CallState.QUEUED, note
    return (CallState.FAILED, mail.not_sent) if mail.not_sent else (CallState.SENT, note)


def count_texts(session: Session, since: datetime) -> tuple[int, int]:
    """How many text messages went out since a moment, and how many could not."""
    call = EscalationCall
    gone = call.state.in_((CallState.SENT, CallState.DELIVERED))
    rows = sa.select(
        sa.func.count().filter(gone), sa.func.count().filter(call.state == CallState.FAILED)
    )
    found = session.execute(rows.where(call.channel == Channel.SMS, call.state_at >= since)).one()
    return found[0], found[1]


def due_case_ids(session: Session, at: datetime) -> list[int]:
    """Cases of which a level is due."""
    rows = sa.select(EscalationCase.id).where(
        EscalationCase.ended_at.is_(None), EscalationCase.next_at <= at
    )
    return list(session.scalars(rows.order_by(EscalationCase.next_at, EscalationCase.id)))


def waits(session: Session) -> bool:
    """Whether any level is still to be called."""
    rows = sa.select(EscalationCase.id).where(
        EscalationCase.ended_at.is_(None), EscalationCase.next_at.is_not(None)
    )
    return session.scalar(rows.limit(1)) is not None


def pauses_from(session: Session, at: datetime) -> list[EscalationPause]:
    """Pauses that hold or will come, soonest first."""
    rows = sa.select(EscalationPause).where(EscalationPause.ends_at > at)
    return list(session.scalars(rows.order_by(EscalationPause.starts_at).limit(RECENT)))
