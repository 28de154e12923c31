"""“Ai được gọi”: what a policy would do from a moment on if nobody answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.clock import local
from app.escalation.policies import Level, Policy, resumes
from app.escalation.queries.callees import Callee, Place, callees
from app.escalation.queries.cases import pauses_from
from app.worktime.queries import load_calendar


@dataclass(frozen=True, slots=True)
class SimulatedLevel:
    """A level, when it is called and whom; `paused_until` says that a pause put it off."""

    no: int
    level: Level
    at: datetime
    callees: tuple[Callee, ...]
    paused_until: datetime | None


@dataclass(frozen=True, slots=True)
class Simulation:
    """All levels; none with `in_hours`, where the policy calls only out of hours."""

    policy: Policy
    at: datetime
    is_working_time: bool
    levels: tuple[SimulatedLevel, ...] = ()

    @property
    def in_hours(self) -> bool:
        return self.policy.out_of_hours and self.is_working_time


def simulate(session: Session, policy: Policy, at: datetime, place: Place) -> Simulation:
    """The same rules and the same rows as in earnest; nothing is written."""
    calendar = load_calendar(session)
    working = calendar.is_working(local(at))
    found = Simulation(policy, at, working)
    if found.in_hours:
        return found
    pauses, since, levels = pauses_from(session, at), at, []
    for no, level in enumerate(policy.levels, start=1):
        due = policy.due(calendar, no, since)
        until = resumes(pauses, policy.key, due)
        since = until or due
        called = tuple(callees(session, level.who, place, since))
        levels.append(SimulatedLevel(no, level, since, called, until))
    return Simulation(policy, at, working, tuple(levels))
