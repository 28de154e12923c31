"""Tables of sensors: things, streams, readings, rules, alarms."""

from __future__ import annotations

from app.sensors.models.alarms import (
    Alarm,
    MaintenanceWindow,
    Rule,
    RuleState,
    RuleStream,
    RuleVersion,
)
from app.sensors.models.streams import Datastream, LatestReading, Reading, Thing
from app.sensors.models.words import (
    MEASURED_LABELS,
    QUALITY_LABELS,
    RULE_LABELS,
    SEVERITY_LABELS,
    THING_LABELS,
    Measured,
    Quality,
    RuleKind,
    Severity,
    ThingKind,
)

__all__ = [
    "MEASURED_LABELS",
    "QUALITY_LABELS",
    "RULE_LABELS",
    "SEVERITY_LABELS",
    "THING_LABELS",
    "Alarm",
    "Datastream",
    "LatestReading",
    "MaintenanceWindow",
    "Measured",
    "Quality",
    "Reading",
    "Rule",
    "RuleKind",
    "RuleState",
    "RuleStream",
    "RuleVersion",
    "Severity",
    "Thing",
    "ThingKind",
]
