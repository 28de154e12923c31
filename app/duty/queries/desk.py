"""Who is on duty, what the log says, what is handed over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.duty import hooks
from app.duty.models import DutyHandover, DutyLog, DutyShift
from app.errors import NotFound
from app.organisation.models import Person
from app.security import Actor

MOST = 200


@dataclass(frozen=True, slots=True)
class Change:
    """A shift with the name of who has it."""

    shift: DutyShift
    person: str
    phone: str


def shifts_between(session: Session, start: datetime, end: datetime) -> list[Change]:
    """Shifts of which some time lies between two moments, earliest first."""
    rows = (
        sa.select(DutyShift, Person)
        .join(Person, Person.id == DutyShift.person_id)
        .where(DutyShift.starts_at < end, DutyShift.ends_at > start)
        .order_by(DutyShift.starts_at, DutyShift.id)
    )
    return [
        Change(shift, person.full_name, person.phone) for shift, person in session.execute(rows)
    ]


def on_duty(session: Session, at: datetime) -> list[int]:
    """The posts that are on duty by the roster at a moment."""
    rows = sa.select(DutyShift.post_id).where(DutyShift.starts_at <= at, DutyShift.ends_at > at)
    return list(session.scalars(rows.distinct()))


def log_between(
    session: Session, start: datetime, end: datetime
) -> Sequence[tuple[DutyLog, str | None]]:
    """Lines of the log with who wrote them, newest first."""
    rows = (
        sa.select(DutyLog, Person.full_name)
        .outerjoin(Person, Person.id == DutyLog.person_id)
        .where(DutyLog.at >= start, DutyLog.at < end)
        .order_by(DutyLog.id.desc())
        .limit(MOST)
    )
    return list(session.execute(rows).tuples())


def handovers(session: Session, *, limit: int = 30) -> list[DutyHandover]:
    """The newest first."""
    rows = sa.select(DutyHandover).order_by(DutyHandover.id.desc()).limit(limit)
    return list(session.scalars(rows))


def waiting_handover(session: Session) -> DutyHandover | None:
    """The one that the next shift has not taken yet."""
    return session.scalar(sa.select(DutyHandover).where(DutyHandover.is_waiting.is_(True)))


def get_handover(session: Session, token: str, *, lock: bool = False) -> DutyHandover:
    """Raises NotFound."""
    rows = sa.select(DutyHandover).where(DutyHandover.token == token)
    found = session.scalar(rows.with_for_update() if lock else rows)
    if found is None:
        raise NotFound(f"handover {token}")
    return found


def signers(session: Session, notes: Iterable[DutyHandover]) -> dict[int, str]:
    """Names by person of who gave and took."""
    ids = {one for note in notes for one in (note.given_by_person_id, note.taken_by_person_id)}
    rows = sa.select(Person.id, Person.full_name).where(Person.id.in_(ids - {None}))
    return dict(session.execute(rows).tuples().all())


def carried_over(session: Session, actor: Actor) -> list[tuple[str, int]]:
    """All that is open now, room by room."""
    return [thing for finder in hooks.carried.values() for thing in finder(session, actor)]
