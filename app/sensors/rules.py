"""What a rule says about readings: pure functions, the same for what arrives and for the back-test.

`evaluate` takes a definition, what the rule remembers and new points; it gives what the rule
remembers now and what it raised or cleared. Cutting the points into other batches changes nothing.
Missing values are never evidence: nothing is raised or cleared by them, except by NO_DATA.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Any

from app.clock import local
from app.errors import InvalidInput
from app.sensors.models.words import RuleKind

MOST_KEPT = 240
"""So many earlier values a rule of change keeps at most: one a minute for four hours."""
SILENT_INTERVALS = 3
LONGEST_SECONDS = 7 * 86_400


@dataclass(frozen=True, slots=True)
class Point:
    """One reading that rules may see."""

    stream: int
    at: datetime
    value: float


@dataclass(frozen=True, slots=True)
class Transition:
    """The rule was raised, or cleared, by the value of a moment. No value: nothing came."""

    raised: bool
    at: datetime
    value: float | None


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit with hysteresis: reached at `raise_at`, left only beyond `clear_at`."""

    raise_at: float
    clear_at: float
    above: bool = True

    def reached(self, value: float) -> bool:
        return value >= self.raise_at if self.above else value <= self.raise_at

    def left(self, value: float) -> bool:
        return value < self.clear_at if self.above else value > self.clear_at

    def holds(self, value: float, before: bool) -> bool:
        """Whether the limit counts as passed, given whether it was."""
        return not self.left(value) if before else self.reached(value)


@dataclass(frozen=True, slots=True)
class Hours:
    """When the rule is in force, in Vietnam; `until` before `start` goes over midnight."""

    weekdays: frozenset[int]  # 0 Monday … 6 Sunday, of the day on which the hours begin
    start: time
    until: time

    def cover(self, moment: datetime) -> bool:
        here = local(moment)
        clock, day = here.time(), here.weekday()
        if self.start <= self.until:
            return day in self.weekdays and self.start <= clock < self.until
        if clock >= self.start:
            return day in self.weekdays
        return clock < self.until and (day - 1) % 7 in self.weekdays


@dataclass(frozen=True, slots=True)
class Member:
    """One stream of a combination with its own limit."""

    stream: int
    limit: Limit


@dataclass(frozen=True, slots=True)
class Definition:
    """One version of a rule, read and checked. What a kind does not use keeps its default."""

    kind: RuleKind
    streams: tuple[int, ...]
    limit: Limit | None = None  # RATE: of the change within `within`, not of the value
    hold: timedelta = timedelta(0)  # the limit must have been passed for so long
    times: int = 1  # REPETITION: so often …
    within: timedelta = timedelta(0)  # … within so long; COMBINATION: how old a value may be
    silence: timedelta | None = None  # NO_DATA: None is three intervals of the stream
    members: tuple[Member, ...] = ()
    needed: int = 0  # COMBINATION: so many members at once
    hours: Hours | None = None

    def in_force(self, moment: datetime) -> bool:
        return self.hours is None or self.hours.cover(moment)


@dataclass(frozen=True, slots=True)
class State:
    """What a rule remembers of a stream; a combination remembers under its first stream."""

    seen_at: datetime | None = None
    raised_at: datetime | None = None
    since: datetime | None = None  # the limit has been passed without a break since then
    passed: bool = False  # REPETITION: whether the limit is passed now
    moments: tuple[datetime, ...] = ()
    values: tuple[tuple[datetime, float], ...] = ()
    members: Mapping[int, tuple[datetime, bool]] = field(default_factory=dict)

    @property
    def quiet(self) -> bool:
        """Nothing is remembered, except how far was seen: it need not be kept, since what is not
        newer than the newest value of its stream is shown to no rule."""
        return not (
            self.raised_at or self.since or self.passed or self.moments or self.values
            or self.members
        )  # fmt: skip

    def dump(self) -> dict[str, Any]:
        """As JSON; only what is set."""
        stored = {
            "seen_at": self.seen_at and self.seen_at.isoformat(),
            "raised_at": self.raised_at and self.raised_at.isoformat(),
            "since": self.since and self.since.isoformat(),
            "passed": self.passed,
            "moments": [moment.isoformat() for moment in self.moments],
            "values": [[moment.isoformat(), value] for moment, value in self.values],
            "members": {str(k): [at.isoformat(), on] for k, (at, on) in self.members.items()},
        }
        return {key: value for key, value in stored.items() if value}

    @classmethod
    def load(cls, stored: Mapping[str, Any]) -> State:
        """What `dump` gave."""
        return cls(
            seen_at=_moment(stored.get("seen_at")),
            raised_at=_moment(stored.get("raised_at")),
            since=_moment(stored.get("since")),
            passed=bool(stored.get("passed")),
            moments=tuple(map(datetime.fromisoformat, stored.get("moments", ()))),
            values=tuple((datetime.fromisoformat(at), v) for at, v in stored.get("values", ())),
            members={
                int(k): (datetime.fromisoformat(at), bool(on))
                for k, (at, on) in stored.get("members", {}).items()
            },
        )


def evaluate(
    definition: Definition, state: State, points: Iterable[Point], *, gap: timedelta | None = None
) -> tuple[State, list[Transition]]:
    """What the rule remembers after the points, and what it raised or cleared on the way.

    Points not newer than what was seen are passed over, so order holds whatever arrives. After a
    pause longer than `gap` a duration starts anew: nobody knows what was in between.
    """
    step = _STEPS[definition.kind]
    found: list[Transition] = []
    for point in sorted(points, key=lambda p: (p.at, p.stream)):
        if definition.kind is not RuleKind.COMBINATION and not _newer(state, point):
            continue
        remembers = state.since is not None or state.values
        if remembers and gap and state.seen_at and point.at - state.seen_at > gap:
            state = replace(state, since=None, values=())
        state, said = step(definition, state, point)
        found.extend(said)
    return state, found


def evaluate_silence(
    definition: Definition, state: State, at: datetime, *, last: datetime, interval: timedelta
) -> tuple[State, list[Transition]]:
    """A NO_DATA rule looks at the clock. `last` is the latest moment that excuses the silence:
    the last reading, the end of a maintenance window, or when the stream was set up."""
    allowed = definition.silence or SILENT_INTERVALS * interval
    if state.raised_at is not None or at - last <= allowed or not definition.in_force(at):
        return state, []
    return replace(state, raised_at=at), [Transition(True, at, None)]


def outside(
    points: Iterable[Point], windows: Mapping[int, Sequence[tuple[datetime, datetime]]]
) -> list[Point]:
    """The points that lie in no maintenance window (start included, end not) of their stream."""
    return [
        point
        for point in points
        if not any(start <= point.at < end for start, end in windows.get(point.stream, ()))
    ]


def _threshold(d: Definition, state: State, point: Point) -> tuple[State, list[Transition]]:
    limit = _limit(d)
    if state.raised_at is not None:
        holds = not limit.left(point.value)
    else:
        holds = limit.holds(point.value, state.since is not None) and d.in_force(point.at)
    return _settle(d, state, point, holds)


def _rate(d: Definition, state: State, point: Point) -> tuple[State, list[Transition]]:
    kept = tuple((at, v) for at, v in state.values if point.at - at <= d.within)
    limit = _limit(d)
    earlier = [value for _at, value in kept] or [point.value]
    change = point.value - (min(earlier) if limit.above else max(earlier))
    if state.raised_at is not None:
        holds = not limit.left(change)
    else:
        holds = limit.holds(change, state.since is not None) and d.in_force(point.at)
    kept = (*kept, (point.at, point.value))[-MOST_KEPT:]
    return _settle(d, replace(state, values=kept), point, holds)


def _repetition(d: Definition, state: State, point: Point) -> tuple[State, list[Transition]]:
    """Counts how often the limit was reached from below; clears when the last is long ago."""
    limit = _limit(d)
    passed = limit.holds(point.value, state.passed)
    moments = tuple(at for at in state.moments if point.at - at <= d.within)
    if passed and not state.passed and d.in_force(point.at):
        moments = (*moments, point.at)[-max(d.times, 1) :]
    state = replace(state, passed=passed, moments=moments)
    if state.raised_at is not None:
        return _settle(d, state, point, bool(moments) or passed)
    return _settle(d, state, point, len(moments) >= d.times)


def _no_data(d: Definition, state: State, point: Point) -> tuple[State, list[Transition]]:
    """Cleared by a value of a moment after the alarm; what was only delayed ends no silence."""
    if state.raised_at is not None and point.at < state.raised_at:
        return replace(state, seen_at=point.at), []
    return _settle(d, state, point, False)


def _combination(d: Definition, state: State, point: Point) -> tuple[State, list[Transition]]:
    """So many members at once, each by its own limit; a value too old speaks for nothing."""
    member = next((m for m in d.members if m.stream == point.stream), None)
    known = state.members.get(point.stream)
    if member is None or (known is not None and point.at <= known[0]):
        return state, []
    on = member.limit.holds(point.value, known is not None and known[1])
    members = {**state.members, point.stream: (point.at, on)}
    at = max(point.at, state.seen_at or point.at)
    fresh = [on for seen, on in members.values() if not d.within or at - seen <= d.within]
    state = replace(state, members=members)
    moment = replace(point, at=at)
    if state.raised_at is not None:
        return _settle(d, state, moment, sum(fresh) >= d.needed)
    return _settle(d, state, moment, sum(fresh) >= d.needed and d.in_force(at))


def _settle(
    d: Definition, state: State, point: Point, holds: bool
) -> tuple[State, list[Transition]]:
    """Raise what has held for long enough, clear what holds no longer."""
    if not holds:
        over = _at(state, point.at, None, None)
        return over, [Transition(False, point.at, point.value)] if state.raised_at else []
    since = state.since or point.at
    if state.raised_at is None and point.at - since >= d.hold:
        raised = _at(state, point.at, point.at, since)
        return raised, [Transition(True, point.at, point.value)]
    return _at(state, point.at, state.raised_at, since), []


def _at(
    state: State, seen_at: datetime, raised_at: datetime | None, since: datetime | None
) -> State:
    """The state a reading later. Once for each reading: `replace` takes several times as long."""
    return State(
        seen_at, raised_at, since, state.passed, state.moments, state.values, state.members
    )


_Step = Callable[[Definition, State, Point], tuple[State, list[Transition]]]
_STEPS: Mapping[RuleKind, _Step] = {
    RuleKind.THRESHOLD: _threshold,
    RuleKind.RATE: _rate,
    RuleKind.REPETITION: _repetition,
    RuleKind.NO_DATA: _no_data,
    RuleKind.COMBINATION: _combination,
}


def _newer(state: State, point: Point) -> bool:
    return state.seen_at is None or point.at > state.seen_at


def _limit(definition: Definition) -> Limit:
    if definition.limit is None:
        raise InvalidInput("Quy tắc thiếu ngưỡng.", "raise_at")
    return definition.limit


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
