"""What the report of a morning says: the 24 hours before 07:00."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import VIETNAM
from app.duty.models import DutyLog, DutyReport
from app.duty.queries.desk import Change, log_between, shifts_between
from app.errors import NotFound
from app.escalation.models import CaseState, EscalationCase
from app.files.models import StoredFile
from app.operations.models import Domain, Incident, IncidentState
from app.operations.queries import visible_incidents
from app.security import Actor

AT = time(7, 0)
MOST_OPEN = 100


@dataclass(frozen=True, slots=True)
class Report:
    """The numbers and lists. Exercises and what was merged into another are not counted."""

    day: date
    start: datetime
    end: datetime
    shifts: Sequence[Change]
    incidents: Sequence[Incident]
    still_open: Sequence[Incident]
    by_domain: Mapping[Domain, int]
    false_alarms: int
    dead: int
    injured: int
    missing: int
    calls: int
    calls_unanswered: int
    log: Sequence[tuple[DutyLog, str | None]]


def report_of(session: Session, actor: Actor, day: date) -> Report:
    """What happened until 07:00 of the day, as it is known now."""
    end = datetime.combine(day, AT, VIETNAM)
    start = end - timedelta(days=1)
    counted = visible_incidents(actor).where(
        Incident.is_exercise.is_(False), Incident.state != IncidentState.DUPLICATE
    )
    in_time = counted.where(Incident.reported_at >= start, Incident.reported_at < end)
    incidents = session.scalars(in_time.order_by(Incident.reported_at, Incident.id)).all()
    older = counted.where(Incident.reported_at < start, Incident.closed_at.is_(None))
    real = [one for one in incidents if one.state is not IncidentState.FALSE_ALARM]
    calls, unanswered = session.execute(
        sa.select(
            sa.func.count(),
            sa.func.count().filter(EscalationCase.state == CaseState.EXHAUSTED),
        ).where(EscalationCase.started_at >= start, EscalationCase.started_at < end)
    ).one()
    return Report(
        day=day,
        start=start,
        end=end,
        shifts=shifts_between(session, start, end),
        incidents=incidents,
        still_open=session.scalars(
            older.order_by(Incident.reported_at, Incident.id).limit(MOST_OPEN)
        ).all(),
        by_domain={
            domain: number
            for domain in Domain
            if (number := sum(one.domain is domain for one in real))
        },
        false_alarms=len(incidents) - len(real),
        dead=sum(one.dead for one in real),
        injured=sum(one.injured for one in real),
        missing=sum(one.missing for one in real),
        calls=calls,
        calls_unanswered=unanswered,
        log=list(reversed(log_between(session, start, end))),
    )


def reports(session: Session, *, limit: int = 60) -> list[DutyReport]:
    """The newest first."""
    return list(session.scalars(sa.select(DutyReport).order_by(DutyReport.day.desc()).limit(limit)))


def report_file(session: Session, day: date) -> StoredFile:
    """The printed report of a day. Raises NotFound."""
    rows = sa.select(StoredFile).join(DutyReport, DutyReport.file_id == StoredFile.id)
    file = session.scalar(rows.where(DutyReport.day == day))
    if file is None:
        raise NotFound(f"duty report {day}")
    return file
