"""Reads of sensors. They carry no personal data: who may read them at all is said by the pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from app.errors import NotFound
from app.security import Actor
from app.sensors.air import HOUR, NOWCAST_HOURS, IndexTable, hourly_means
from app.sensors.definitions import parse
from app.sensors.levels import full_levels
from app.sensors.models import (
    Alarm,
    Datastream,
    LatestReading,
    MaintenanceWindow,
    Measured,
    Quality,
    Reading,
    Rule,
    RuleKind,
    RuleVersion,
    Severity,
    Thing,
)
from app.sensors.rules import SILENT_INTERVALS, Definition, Limit, Point

MOST_ALARMS = 200
MOST_REPLAYED = 200_000
"""So many readings a back-test looks at."""


@dataclass(frozen=True, slots=True)
class StreamNow:
    """A stream with its newest value; `silent`: more than three intervals without a value."""

    id: int
    token: str
    key: str
    name: str
    unit_symbol: str
    thing: str
    place: str
    levels: list[float]
    at: datetime | None
    value: float | None
    silent: bool
    open_alarms: int


def watches_silence(session: Session) -> bool:
    """Whether a rule of silence is on at all."""
    wanted = sa.select(Rule.id).where(Rule.is_on, Rule.kind == RuleKind.NO_DATA).limit(1)
    return session.scalar(wanted) is not None


def things_without_streams(session: Session) -> list[Thing]:
    """Things that measure nothing yet, by name."""
    rows = sa.select(Thing).where(~Thing.streams.any()).order_by(Thing.name)
    return list(session.scalars(rows))


def thing_by_token(session: Session, token: str) -> Thing:
    """Raises NotFound."""
    rows = sa.select(Thing).options(selectinload(Thing.streams)).where(Thing.token == token)
    found = session.scalar(rows)
    if found is None:
        raise NotFound(f"thing {token}")
    return found


def stream_by_token(session: Session, token: str) -> Datastream:
    """Raises NotFound."""
    rows = sa.select(Datastream).options(joinedload(Datastream.thing))
    found = session.scalar(rows.where(Datastream.token == token))
    if found is None:
        raise NotFound(f"datastream {token}")
    return found


def streams_by_id(session: Session, ids: Sequence[int]) -> list[Datastream]:
    """These streams with their things."""
    rows = sa.select(Datastream).options(joinedload(Datastream.thing))
    return list(session.scalars(rows.where(Datastream.id.in_(ids)).order_by(Datastream.id)))


def streams_now(session: Session, at: datetime) -> list[StreamNow]:
    """The streams in use with their newest values and open alarms, by name: two statements."""
    one, newest = Datastream, LatestReading
    rows = session.execute(
        sa.select(
            one.id, one.token, one.key, one.name, one.unit_symbol, Thing.name, Thing.place,
            one.alarm_level_1, one.alarm_level_2, one.alarm_level_3, newest.at, newest.value,
            one.made_at, one.interval_seconds,
        )
        .join(Thing, Thing.id == one.thing_id)
        .outerjoin(newest, newest.datastream_id == one.id)
        .where(one.is_active, Thing.is_active)
        .order_by(Thing.name, one.name, one.id)
    )  # fmt: skip
    counts = _open_alarms(session)
    found = []
    for id_, token, key, name, unit, thing, place, *levels, heard, value, made_at, interval in rows:
        silent = at - (heard or made_at) > timedelta(seconds=SILENT_INTERVALS * interval)
        found.append(
            StreamNow(
                id_, token, key, name, unit, thing, place, full_levels(*levels), heard, value,
                silent, counts.get(id_, 0),
            )
        )  # fmt: skip
    return found


def _open_alarms(session: Session) -> dict[int, int]:
    """How many are open, by stream."""
    rows = session.execute(
        sa.select(Alarm.datastream_id, sa.func.count())
        .where(Alarm.cleared_at.is_(None))
        .group_by(Alarm.datastream_id)
    )
    return dict(rows.tuples().all())


def newest_between(
    session: Session, stream_id: int, start: datetime, end: datetime, *, limit: int
) -> list[Point]:
    """The newest `limit` possible values of a stream in a span, in order of time."""
    rows = _possible([stream_id], start, end).order_by(Reading.at.desc()).limit(limit)
    return [Point(*row) for row in session.execute(rows)][::-1]


def readings_between(
    session: Session, stream_ids: Sequence[int], start: datetime, end: datetime, *, limit: int
) -> list[Point]:
    """The oldest `limit` possible values of some streams in a span, in order of time."""
    rows = _possible(stream_ids, start, end).order_by(Reading.at, Reading.datastream_id)
    return [Point(*row) for row in session.execute(rows.limit(limit))]


def _possible(
    stream_ids: Sequence[int], start: datetime, end: datetime
) -> sa.Select[tuple[int, datetime, float]]:
    """What the instrument can have measured; `start` included, `end` not."""
    return sa.select(Reading.datastream_id, Reading.at, Reading.value).where(
        Reading.datastream_id.in_(stream_ids),
        Reading.at >= start,
        Reading.at < end,
        Reading.quality.op("&")(Quality.IMPOSSIBLE.value) == 0,
    )


def air_hours(
    session: Session, thing_id: int, end: datetime, table: IndexTable
) -> dict[Measured, list[float | None]]:
    """The hourly means of what the index needs of a station, for the twelve hours before `end`."""
    rows = sa.select(Datastream).where(
        Datastream.thing_id == thing_id,
        Datastream.is_active,
        Datastream.measured.in_(list(table.upper)),
    )
    streams = list(session.scalars(rows.order_by(Datastream.id)))
    start = end - NOWCAST_HOURS * HOUR
    points = readings_between(session, [one.id for one in streams], start, end, limit=MOST_REPLAYED)
    return {
        one.measured: hourly_means(
            ((point.at, point.value) for point in points if point.stream == one.id),
            end,
            timedelta(seconds=one.interval_seconds),
            table.hour_needs,
        )
        for one in streams
    }


def alarms_of_stream(
    session: Session, stream_id: int, start: datetime, end: datetime
) -> list[tuple[Alarm, Rule]]:
    """Alarms that were open at some moment of the span, newest first."""
    rows = session.execute(
        sa.select(Alarm, Rule)
        .join(Rule, Rule.id == Alarm.rule_id)
        .where(
            Alarm.datastream_id == stream_id,
            Alarm.raised_at < end,
            sa.or_(Alarm.cleared_at.is_(None), Alarm.cleared_at >= start),
        )
        .order_by(Alarm.raised_at.desc(), Alarm.id.desc())
        .limit(MOST_ALARMS)
    )
    return [(alarm, rule) for alarm, rule in rows]


def alarms(session: Session, *, only_open: bool) -> list[tuple[Alarm, Rule, Datastream]]:
    """The newest alarms with their rules and streams."""
    rows = (
        sa.select(Alarm, Rule, Datastream)
        .join(Rule, Rule.id == Alarm.rule_id)
        .join(Datastream, Datastream.id == Alarm.datastream_id)
        .options(joinedload(Datastream.thing))
        .order_by(Alarm.raised_at.desc(), Alarm.id.desc())
        .limit(MOST_ALARMS)
    )
    if only_open:
        rows = rows.where(Alarm.cleared_at.is_(None))
    return [(alarm, rule, stream) for alarm, rule, stream in session.execute(rows)]


def count_open_alarms(session: Session) -> int:
    """How many alarms are open."""
    wanted = sa.select(sa.func.count()).select_from(Alarm).where(Alarm.cleared_at.is_(None))
    return session.scalar(wanted) or 0


def counted_alarms(actor: Actor) -> sa.Select[tuple[int, int]]:
    """The open alarms for the left bar; red if one is of the highest severity."""
    worst = sa.case((Alarm.severity == Severity.CRITICAL, 1), else_=0)
    return sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(worst), 0)).where(
        Alarm.cleared_at.is_(None)
    )


def rules(session: Session) -> list[Rule]:
    """All rules with their versions, those in force first."""
    rows = sa.select(Rule).options(selectinload(Rule.versions))
    return list(session.scalars(rows.order_by(Rule.is_on.desc(), Rule.name)))


def rule_by_token(session: Session, token: str) -> Rule:
    """Raises NotFound."""
    rows = sa.select(Rule).options(selectinload(Rule.versions)).where(Rule.token == token)
    found = session.scalar(rows)
    if found is None:
        raise NotFound(f"rule {token}")
    return found


def definition_of(rule: Rule, no: int) -> Definition:
    """A version of a rule, read. Raises NotFound."""
    version: RuleVersion | None = next((one for one in rule.versions if one.no == no), None)
    if version is None:
        raise NotFound(f"version {no} of rule {rule.id}")
    return parse(rule.kind, version.definition)


def members_of(session: Session, definition: Definition) -> list[tuple[Datastream, Limit]]:
    """The streams of a combination, each with its own limit."""
    if not definition.members:
        return []
    streams = {one.id: one for one in streams_by_id(session, definition.streams)}
    return [(streams[member.stream], member.limit) for member in definition.members]


def windows_of_thing(session: Session, thing_id: int) -> list[MaintenanceWindow]:
    """Its maintenance windows, newest first."""
    rows = sa.select(MaintenanceWindow).where(MaintenanceWindow.thing_id == thing_id)
    return list(session.scalars(rows.order_by(MaintenanceWindow.starts_at.desc()).limit(50)))
