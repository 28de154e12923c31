"""The roster: shifts are added, one by one or many at once, and taken out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit
from app.clock import now
from app.duty.models import DutyShift
from app.duty.permissions import PLAN
from app.duty.queries import Choice, choices, get_shift
from app.errors import InvalidInput, RuleViolated
from app.security import Actor, authorize

LONGEST = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Line:
    """One shift as it is asked for."""

    person_id: int
    starts_at: datetime
    ends_at: datetime


def add_shifts(session: Session, actor: Actor, lines: Sequence[Line]) -> list[DutyShift]:
    """Put shifts on the roster: all or none.

    Raises:
        InvalidInput: somebody has no post of the duty desk, a time is none, or a person has
            another shift at that time. The message says who.
    """
    acting = authorize(actor, PLAN)
    known = {choice.person_id: choice for choice in choices(session)}
    made = []
    for line in lines:
        choice = known.get(line.person_id)
        if choice is None:
            raise InvalidInput("Người này không giữ chức vụ trực điều hành.", "person_id")
        _check(session, choice, line)
        shift = DutyShift(
            post_id=choice.post_id,
            person_id=line.person_id,
            starts_at=line.starts_at,
            ends_at=line.ends_at,
            made_by_post_id=acting.post_id,
        )
        session.add(shift)
        session.flush()
        made.append(shift)
    audit.record(session, acting, "duty_shift.planned", None, shifts=[one.id for one in made])
    return made


def remove_shift(session: Session, actor: Actor, shift_id: int) -> None:
    """Take a shift out again that has not begun. Raises RuleViolated for one that has."""
    acting = authorize(actor, PLAN)
    shift = get_shift(session, shift_id)
    if shift.starts_at <= now():
        raise RuleViolated("Ca trực đã bắt đầu nên không xóa được.")
    session.delete(shift)
    audit.record(session, acting, "duty_shift.removed", shift_id, person=shift.person_id)


def _check(session: Session, who: Choice, line: Line) -> None:
    if line.ends_at <= line.starts_at:
        raise InvalidInput("Giờ kết thúc phải sau giờ bắt đầu.", "ends_at")
    if line.ends_at - line.starts_at > LONGEST:
        raise InvalidInput("Mỗi ca trực dài nhất 24 giờ.", "ends_at")
    other = sa.select(DutyShift.id).where(
        DutyShift.person_id == line.person_id,
        DutyShift.starts_at < line.ends_at,
        DutyShift.ends_at > line.starts_at,
    )
    if session.scalar(other.limit(1)) is not None:
        raise InvalidInput(f"{who.name} đã có ca trực khác trong giờ này.", "starts_at")
