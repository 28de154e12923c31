"""What the room publishes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.outbox import Event


@dataclass(frozen=True)
class AlarmRaised(Event):
    """A rule has spoken."""

    name: ClassVar[str] = "sensors.alarm_raised"
    alarm_id: int


@dataclass(frozen=True)
class AlarmCleared(Event):
    """What the rule spoke of is over."""

    name: ClassVar[str] = "sensors.alarm_cleared"
    alarm_id: int
