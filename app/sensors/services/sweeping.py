"""What no reading can say: that there is none."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.sensors import alarming, storing
from app.sensors.hooks import AlarmsChanged
from app.sensors.models import RuleKind
from app.sensors.rules import State, evaluate_silence

LOOK_BACK = timedelta(days=31)
"""As long as the longest maintenance window: its end excuses the silence before it."""


def raise_gaps(session: Session, at: datetime) -> AlarmsChanged:
    """Let the rules of silence look at the clock; two sweeps at once raise nothing twice."""
    watched = {stream for rule in _rules(session) for stream in rule.definition.streams}
    streams = storing.lock_by_id(session, watched)
    # Read again under the locks: a rule may have been switched off or reworded meanwhile.
    rules = [rule for rule in _rules(session) if watched.issuperset(rule.definition.streams)]
    newest = storing.newest_of(session, watched)
    things = storing.thing_of(streams.values())
    windows = storing.windows_of(session, things, at - LOOK_BACK, at)
    states = storing.states_of(session, rules)
    changed: dict[tuple[int, int], State] = {}
    spoken: list[alarming.Spoken] = []
    for rule in rules:
        for place in rule.definition.streams:
            stream = streams[place]
            ends = [end for _start, end in windows.get(place, ())]
            if not stream.is_active or any(end > at for end in ends):
                continue
            heard = [newest[place].at] if place in newest else []
            last = max(rule.made_at, stream.made_at, *ends, *heard)
            before = states.get((rule.id, place), State())
            after, said = evaluate_silence(
                rule.definition, before, at, last=last, interval=stream.interval
            )
            if said:
                changed[rule.id, place] = after
                spoken.append(alarming.Spoken(rule.id, rule.no, rule.severity, place, said))
    storing.keep_states(session, {rule.id: rule for rule in rules}, changed)
    return alarming.keep(session, spoken)


def _rules(session: Session) -> list[storing.ActiveRule]:
    return storing.active_rules(session, kind=RuleKind.NO_DATA)
