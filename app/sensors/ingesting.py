"""The processor “observations”: a batch of readings is judged, stored and shown to the rules."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from app.feeds.processors import FieldInfo, Item, Outcome, SourceRef, Target
from app.sensors import alarming, storing
from app.sensors.marking import Marked, StreamInfo, judge, stream_key
from app.sensors.models import RuleKind
from app.sensors.rules import SILENT_INTERVALS, Point, State, evaluate, outside
from app.sensors.storing import ActiveRule

TARGET = "observations"


class Observations:
    """Fields of an item: `stream` (the key of the stream) and `value`; its moment is `at`."""

    def process(
        self, session: Session, source: SourceRef, items: Sequence[Item]
    ) -> Sequence[Outcome]:
        """Judge, store, evaluate. About ten statements, however many readings there are."""
        streams = storing.lock_streams(session, {stream_key(item) for item in items})
        newest = storing.newest_of(session, {stream.id for stream in streams.values()})
        judged = judge(items, streams, newest)
        # Only what is not newer than all that is known of its stream can be there already.
        doubted = {(r.stream, r.at) for r in judged.readings if not r.newer}
        known = storing.stored_among(session, doubted)
        if known:
            judged = judge(items, streams, newest, known)
        storing.insert_readings(session, judged.readings)
        storing.keep_newest(session, judged.newest)
        show_rules(session, list(streams.values()), judged.readings)
        return judged.outcomes


def show_rules(session: Session, streams: Sequence[StreamInfo], readings: Sequence[Marked]) -> None:
    """Let the rules see what is newest and in no maintenance window; keep what they say."""
    fresh = [r for r in readings if r.newer]
    if not fresh:
        return
    touched = {r.stream for r in fresh}
    rules = storing.active_rules(session, touched)
    if not rules:
        return
    moments = [r.at for r in fresh]
    things = storing.thing_of(s for s in streams if s.id in touched)
    windows = storing.windows_of(session, things, min(moments), max(moments))
    points = outside((Point(r.stream, r.at, r.value) for r in fresh), windows)
    intervals = {stream.id: stream.interval for stream in streams}
    states = storing.states_of(session, rules)
    changed, spoken = run_rules(rules, states, points, intervals)
    storing.keep_states(session, {rule.id: rule for rule in rules}, changed)
    alarming.keep(session, spoken)


def run_rules(
    rules: Sequence[ActiveRule],
    states: Mapping[tuple[int, int], State],
    points: Sequence[Point],
    intervals: Mapping[int, timedelta],
) -> tuple[dict[tuple[int, int], State], list[alarming.Spoken]]:
    """Evaluate each rule at each of its places: the states that changed, and what was said."""
    by_stream: dict[int, list[Point]] = {}
    for point in points:
        by_stream.setdefault(point.stream, []).append(point)
    changed: dict[tuple[int, int], State] = {}
    spoken: list[alarming.Spoken] = []
    for rule in rules:
        for place in rule.places(by_stream):
            before = states.get((rule.id, place), State())
            seen, gap = _view(rule, place, by_stream, intervals)
            after, said = evaluate(rule.definition, before, seen, gap=gap)
            # What says nothing but how far the rule has seen, the newest value says, too.
            if not (before.quiet and after.quiet):
                changed[rule.id, place] = after
            if said:
                spoken.append(alarming.Spoken(rule.id, rule.no, rule.severity, place, said))
    return changed, spoken


def _view(
    rule: ActiveRule,
    place: int,
    by_stream: Mapping[int, list[Point]],
    intervals: Mapping[int, timedelta],
) -> tuple[Sequence[Point], timedelta | None]:
    """What the rule sees at a place, and after how long a pause a duration starts anew."""
    if rule.definition.kind is not RuleKind.COMBINATION:
        return by_stream[place], SILENT_INTERVALS * intervals[place]
    members: Collection[int] = rule.definition.streams
    return [point for stream in members for point in by_stream.get(stream, ())], None


OBSERVATIONS = Target(
    TARGET,
    _("Số liệu quan trắc"),
    Observations(),
    fields=(
        FieldInfo("stream", _("Mã luồng đo"), is_required=True),
        FieldInfo("value", _("Giá trị đo"), is_required=True),
    ),
)
