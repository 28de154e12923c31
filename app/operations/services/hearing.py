"""Alarms of sensors become incidents in the commit that keeps them."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.operations.catalogue import catalogue
from app.operations.models import Origin
from app.operations.services.raising import Report, over, raise_all
from app.security import SYSTEM
from app.sensors.hooks import AlarmsChanged
from app.sensors.models import Alarm, Datastream, Rule, RuleKind, Thing


def hear_alarms(session: Session, happened: AlarmsChanged) -> None:
    """Raise what was raised, then end what was cleared; one alarm may be in both."""
    if happened.raised:
        raise_all(session, SYSTEM, reports_of(session, happened.raised))
    if happened.cleared:
        rows = sa.select(Alarm.id, Alarm.cleared_at).where(Alarm.id.in_(sorted(happened.cleared)))
        over(session, SYSTEM, {id_: at for id_, at in session.execute(rows) if at is not None})


def reports_of(session: Session, alarm_ids: Sequence[int]) -> list[Report]:
    """What the alarms tell, by their stations: one query. The silence of a station is a technical
    matter and tells of no incident, nor does what the list of types does not name."""
    rows = (
        sa.select(Alarm, Rule, Datastream, Thing)
        .join(Rule, Rule.id == Alarm.rule_id)
        .join(Datastream, Datastream.id == Alarm.datastream_id)
        .join(Thing, Thing.id == Datastream.thing_id)
        .where(Alarm.id.in_(sorted(alarm_ids)), Rule.kind != RuleKind.NO_DATA)
        .order_by(Alarm.raised_at, Alarm.id)
    )
    known = catalogue()
    return [
        Report(
            type=known.types[known.alarms[stream.measured]],
            title=f"{thing.name}: {rule.name}",
            origin=Origin.SENSOR,
            occurred_at=alarm.raised_at,
            dedup_key=f"rule:{rule.id}:{thing.id}",
            severity=alarm.severity,
            source=thing.name,
            description=_value(alarm, stream),
            place=thing.place,
            area=thing.area,
            latitude=thing.latitude,
            longitude=thing.longitude,
            alarm_id=alarm.id,
        )
        for alarm, rule, stream, thing in session.execute(rows).tuples()
        if stream.measured in known.alarms
    ]


def _value(alarm: Alarm, stream: Datastream) -> str:
    if alarm.raised_value is None:
        return ""
    number = f"{alarm.raised_value:g}".replace(".", ",")
    return f"{stream.name}: {number} {stream.unit_symbol}".strip()
