"""What changes the room's things: stations, streams, rules, maintenance, sweeps."""

from __future__ import annotations

from app.sensors.services.approving import approve_rule, switch_off
from app.sensors.services.setting_up import (
    PlaceFields,
    StreamFields,
    add_stream,
    add_thing,
    announce_maintenance,
    change_stream,
    change_thing,
)
from app.sensors.services.sweeping import raise_gaps
from app.sensors.services.wording import draft_rule, reword_rule

__all__ = [
    "PlaceFields",
    "StreamFields",
    "add_stream",
    "add_thing",
    "announce_maintenance",
    "approve_rule",
    "change_stream",
    "change_thing",
    "draft_rule",
    "raise_gaps",
    "reword_rule",
    "switch_off",
]
