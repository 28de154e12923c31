"""What a rule would have raised over stored history, by the same functions as in earnest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from app.sensors.models.words import RuleKind
from app.sensors.rules import (
    SILENT_INTERVALS,
    Definition,
    Point,
    State,
    Transition,
    evaluate,
    outside,
)

Windows = Mapping[int, Sequence[tuple[datetime, datetime]]]


@dataclass(frozen=True, slots=True)
class WouldBe:
    """An alarm that would have been; `cleared` None: still open at the end."""

    stream: int
    raised: Transition
    cleared: Transition | None


def replay(
    definition: Definition,
    points: Sequence[Point],
    intervals: Mapping[int, timedelta],
    windows: Windows,
    until: datetime,
) -> list[WouldBe]:
    """The alarms of a span, by moment. It begins as if nothing had been before; silence counts
    from the first value of the span, since nothing says what was due before it."""
    seen = outside(points, windows)
    if definition.kind is RuleKind.COMBINATION:
        _state, said = evaluate(definition, State(), seen)
        return _pairs(definition.streams[0], said)
    found: list[WouldBe] = []
    for stream in definition.streams:
        own = [point for point in seen if point.stream == stream]
        if definition.kind is RuleKind.NO_DATA:
            found += _silences(definition, stream, own, intervals[stream], windows, until)
            continue
        gap = SILENT_INTERVALS * intervals[stream]
        _state, said = evaluate(definition, State(), own, gap=gap)
        found += _pairs(stream, said)
    return sorted(found, key=lambda one: (one.raised.at, one.stream))


def _silences(
    definition: Definition,
    stream: int,
    points: Sequence[Point],
    interval: timedelta,
    windows: Windows,
    until: datetime,
) -> list[WouldBe]:
    """Each pause that is long enough, maintenance left out, is an alarm at the end of patience."""
    allowed = definition.silence or SILENT_INTERVALS * interval
    moments: list[tuple[datetime, float | None]] = [(point.at, point.value) for point in points]
    if moments:
        moments.append((until, None))
    found = []
    for (last, _value), (following, value) in pairwise(moments):
        ends = [end for start, end in windows.get(stream, ()) if start < following and end > last]
        due = max([last, *ends]) + allowed
        if due < following and definition.in_force(due):
            over = Transition(False, following, value) if value is not None else None
            found.append(WouldBe(stream, Transition(True, due, None), over))
    return found


def _pairs(stream: int, said: Iterable[Transition]) -> list[WouldBe]:
    found: list[WouldBe] = []
    raised: Transition | None = None
    for transition in said:
        if transition.raised:
            raised = transition
        elif raised is not None:
            found.append(WouldBe(stream, raised, transition))
            raised = None
    if raised is not None:
        found.append(WouldBe(stream, raised, None))
    return found
