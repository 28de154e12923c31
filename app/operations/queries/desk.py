"""The duty desk: open incidents by urgency, counts by domain, what is near."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import now
from app.operations.models import Domain, Incident, IncidentState
from app.operations.queries.incidents import visible_incidents
from app.operations.severities import rank
from app.security import Actor
from app.sensors.models import Severity

MOST_OPEN = 300
"""So many open incidents the desk shows at once; the number says how many there are."""
PAGE = 30
WAITING = (IncidentState.REPORTED, IncidentState.VERIFIED)
GRAVE = (Severity.HIGH, Severity.CRITICAL)
_BY_SEVERITY = sa.case(
    *((Incident.severity == severity, -rank(severity)) for severity in Severity), else_=0
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the desk is narrowed to. Empty values mean everything; `before` is the cursor of the
    closed ones: the id of the last one shown."""

    closed: bool = False
    domain: Domain | None = None
    severity: Severity | None = None
    state: IncidentState | None = None
    unit_id: int | None = None
    text: str = ""
    before: int | None = None

    @property
    def narrowed(self) -> bool:
        return bool(self.domain or self.severity or self.state or self.unit_id or self.text)


@dataclass(frozen=True, slots=True)
class Desk:
    """What the desk shows: incidents, how many are open and closed, and open ones by domain."""

    incidents: Sequence[Incident]
    open: int
    closed: int
    by_domain: dict[Domain, int]
    more_before: int | None


def desk_of(session: Session, actor: Actor, wanted: Wanted) -> Desk:
    """Three queries. Open ones: the gravest first, then who waits longest; closed ones: the newest
    first, `PAGE` at a time."""
    seen = visible_incidents(actor)
    counts = session.execute(
        seen.with_only_columns(
            sa.func.count().filter(Incident.closed_at.is_(None)),
            sa.func.count().filter(Incident.closed_at.is_not(None)),
        ).order_by(None)
    ).one()
    by_domain = session.execute(
        seen.where(Incident.closed_at.is_(None))
        .with_only_columns(Incident.domain, sa.func.count())
        .group_by(Incident.domain)
    ).tuples()
    rows = _narrowed(seen, wanted)
    if wanted.closed:
        rows = rows.where(Incident.closed_at.is_not(None)).order_by(Incident.id.desc())
        if wanted.before is not None:
            rows = rows.where(Incident.id < wanted.before)
        found = list(session.scalars(rows.limit(PAGE + 1)))
        more = found[PAGE - 1].id if len(found) > PAGE else None
        return Desk(found[:PAGE], counts[0], counts[1], dict(by_domain.all()), more)
    rows = rows.where(Incident.closed_at.is_(None))
    rows = rows.order_by(_BY_SEVERITY, Incident.reported_at, Incident.id).limit(MOST_OPEN)
    return Desk(list(session.scalars(rows)), counts[0], counts[1], dict(by_domain.all()), None)


def _narrowed(rows: sa.Select[tuple[Incident]], wanted: Wanted) -> sa.Select[tuple[Incident]]:
    for column, value in (
        (Incident.domain, wanted.domain), (Incident.severity, wanted.severity),
        (Incident.state, wanted.state), (Incident.lead_unit_id, wanted.unit_id),
    ):  # fmt: skip
        if value is not None:
            rows = rows.where(column == value)
    if wanted.text:
        rows = rows.where(
            sa.or_(
                Incident.title.icontains(wanted.text, autoescape=True),
                Incident.place.icontains(wanted.text, autoescape=True),
                Incident.code.icontains(wanted.text, autoescape=True),
            )
        )
    return rows


def counted_open(actor: Actor) -> sa.Select[tuple[int, int]]:
    """How many incidents are open, and how many grave ones nobody was sent to."""
    late = sa.func.count().filter(
        sa.and_(Incident.state.in_(WAITING), Incident.severity.in_(GRAVE))
    )
    return (
        visible_incidents(actor)
        .where(Incident.closed_at.is_(None))
        .with_only_columns(sa.func.count(), late)
    )


def merge_choices(session: Session, actor: Actor, incident: Incident) -> Sequence[Incident]:
    """Open incidents that one may go into: those of its domain first, the newest first."""
    rows = visible_incidents(actor).where(Incident.closed_at.is_(None), Incident.id != incident.id)
    same = sa.case((Incident.domain == incident.domain, 0), else_=1)
    return session.scalars(rows.order_by(same, Incident.id.desc()).limit(100)).all()


def lately(session: Session, actor: Actor, *, minutes: int = 120) -> Sequence[Incident]:
    """Open incidents of the last while, for whoever takes the next call down."""
    since: datetime = now() - timedelta(minutes=minutes)
    rows = visible_incidents(actor).where(
        Incident.closed_at.is_(None), Incident.reported_at >= since
    )
    return session.scalars(rows.order_by(Incident.id.desc()).limit(10)).all()
