"""What a chart draws of very many readings: the lowest and the highest value of each slice of time.

No peak is lost, and a pause longer than `gap` parts the line, so that nothing is drawn over what
nobody knows. The database thins what is stored; the back-test thins what it has in its hands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.sensors.models import Quality, Reading
from app.sensors.rules import Point

MOST_POINTS = 1500
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Slices begin at whole multiples of their length from here, so a chart that is drawn again a
minute later shows the same points."""
ROUNDING_SECONDS = 0.001
"""SQLite counts in days as floating numbers."""

Drawn = list[tuple[datetime, float | None]]


@dataclass(frozen=True, slots=True)
class Slice:
    """The readings of one slice of time. `paused_at`: the reading before the first pause that ends
    within the slice; it may lie in an earlier one."""

    count: int
    low: float
    low_at: datetime
    high: float
    high_at: datetime
    paused_at: datetime | None


def slices_between(
    session: Session,
    stream_id: int,
    start: datetime,
    end: datetime,
    gap: timedelta,
    *,
    most: int = MOST_POINTS,
) -> list[Slice]:
    """The possible values of a stream in a span (`start` included, `end` not) as at most
    `most / 2 + 1` slices, in order of time: one statement, answered from the index alone."""
    seconds = max(1, ceil((end - start).total_seconds() / (most // 2)))
    part, moment = _part(session, seconds), Reading.at.type
    seen = (
        sa.select(
            part.label("part"),
            Reading.at,
            Reading.value,
            sa.func.lag(Reading.at, type_=moment).over(order_by=Reading.at).label("before"),
            _edge("first_value", part).label("low_at"),
            _edge("last_value", part).label("high_at"),
        )
        .where(*_possible(stream_id, start, end))
        .subquery()
    )
    c = seen.c
    paused = sa.case((_longer(session, c.at, c.before, gap), c.before))
    rows = session.execute(
        sa.select(
            sa.func.count(), sa.func.min(c.value), sa.func.min(c.low_at),
            sa.func.max(c.value), sa.func.min(c.high_at), sa.func.min(paused, type_=moment),
        )
        .group_by(c.part)
        .order_by(c.part)
    )  # fmt: skip
    return [Slice(*row) for row in rows]


def begin_of(
    session: Session, stream_id: int, start: datetime, end: datetime, *, most: int
) -> datetime:
    """Where a chart begins that looks at the newest `most` values of a span at most."""
    found = session.scalar(
        sa.select(Reading.at)
        .where(*_possible(stream_id, start, end))
        .order_by(Reading.at.desc())
        .offset(most - 1)
        .limit(1)
    )
    return found or start


def _possible(stream_id: int, start: datetime, end: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        Reading.datastream_id == stream_id,
        Reading.at >= start,
        Reading.at < end,
        Reading.quality.op("&")(Quality.IMPOSSIBLE.value) == 0,
    )


def _edge(function: str, part: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """When the lowest (the first) or the highest (the last) value of a slice was measured."""
    asked = getattr(sa.func, function)(Reading.at, type_=Reading.at.type)
    ordered: sa.ColumnElement[Any] = asked.over(
        partition_by=part, order_by=(Reading.value, Reading.at), rows=(None, None)
    )
    return ordered


def _part(session: Session, seconds: int) -> sa.ColumnElement[Any]:
    """Which slice a reading belongs to."""
    if session.get_bind().dialect.name == "postgresql":
        return sa.func.date_bin(timedelta(seconds=seconds), Reading.at, EPOCH)
    return sa.cast(sa.func.strftime("%s", Reading.at), sa.Integer) // seconds


def _longer(
    session: Session, at: sa.ColumnElement[Any], before: sa.ColumnElement[Any], gap: timedelta
) -> sa.ColumnElement[bool]:
    """Whether the pause between two moments is longer than `gap`."""
    if session.get_bind().dialect.name == "postgresql":
        return at - before > sa.literal(gap, sa.Interval())
    days = sa.func.julianday(at, type_=sa.Float()) - sa.func.julianday(before, type_=sa.Float())
    return days * 86_400 > gap.total_seconds() + ROUNDING_SECONDS


def draw(slices: Sequence[Slice], gap: timedelta) -> Drawn:
    """The points of slices, None where a pause was longer than `gap`."""
    drawn: Drawn = []
    for one in slices:
        points: Drawn = [*{(one.low_at, one.low), (one.high_at, one.high)}]
        if one.paused_at is not None:
            points.append((one.paused_at + gap, None))
        drawn += sorted(points, key=lambda point: point[0])
    return drawn


def with_moments(
    drawn: Sequence[tuple[datetime, float | None]], exact: Mapping[datetime, float]
) -> Drawn:
    """The same with some readings that must not be missing: where alarms began and ended."""
    return sorted({**dict(drawn), **exact}.items())


def thin_out(points: Sequence[Point], gap: timedelta, *, most: int = MOST_POINTS) -> Drawn:
    """The same of points of one stream that are in memory; slices have equal numbers of points."""
    size = max(1, -(-len(points) // (most // 2)))
    drawn: Drawn = []
    piece: list[Point] = []
    for point in points:
        if piece and point.at - piece[-1].at > gap:
            drawn += _extremes(piece, size)
            drawn.append((piece[-1].at + gap, None))
            piece = []
        piece.append(point)
    return drawn + _extremes(piece, size)


def _extremes(piece: Sequence[Point], size: int) -> Drawn:
    if size == 1:
        return [(point.at, point.value) for point in piece]
    drawn: Drawn = []
    for start in range(0, len(piece), size):
        part = piece[start : start + size]
        both = {min(part, key=lambda p: p.value), max(part, key=lambda p: p.value)}
        drawn += [(p.at, p.value) for p in sorted(both, key=lambda p: p.at)]
    return drawn
