"""How often rules and sources were wrong: false alarms among what they told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.operations.models import Incident, IncidentSignal, IncidentState
from app.operations.queries.incidents import visible_incidents
from app.security import Actor
from app.sensors.models import Alarm, Rule

MOST_TELLERS = 200


@dataclass(frozen=True, slots=True)
class Teller:
    """A rule (with its token) or another source: how many incidents it told of, how many of these
    were false alarms, and how many are still open."""

    name: str
    rule_token: str | None
    incidents: int
    false_alarms: int
    open: int

    @property
    def share(self) -> float:
        """Of what has been decided, 0 to 1; 0 where nothing has."""
        decided = self.incidents - self.open
        return self.false_alarms / decided if decided else 0.0


def tellers(session: Session, actor: Actor, since: datetime) -> Sequence[Teller]:
    """Who told of incidents since a moment, the most often wrong first: one query. Exercises are
    left out; an incident counts once for each rule or source that told of it."""
    seen = (
        visible_incidents(actor)
        .where(Incident.reported_at >= since, Incident.is_exercise.is_(False))
        .subquery()
    )
    name = sa.func.coalesce(Rule.name, IncidentSignal.source).label("name")
    wrong = sa.func.count(sa.distinct(seen.c.id)).filter(seen.c.state == IncidentState.FALSE_ALARM)
    rows = (
        sa.select(
            name,
            Rule.token,
            sa.func.count(sa.distinct(seen.c.id)),
            wrong,
            sa.func.count(sa.distinct(seen.c.id)).filter(seen.c.closed_at.is_(None)),
        )
        .select_from(seen)
        .join(IncidentSignal, IncidentSignal.incident_id == seen.c.id)
        .outerjoin(Alarm, Alarm.id == IncidentSignal.alarm_id)
        .outerjoin(Rule, Rule.id == Alarm.rule_id)
        .group_by(name, Rule.token)
        .order_by(wrong.desc(), sa.func.count(sa.distinct(seen.c.id)).desc(), name)
        .limit(MOST_TELLERS)
    )
    return [Teller(*row) for row in session.execute(rows).tuples()]
