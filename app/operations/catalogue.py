"""The dated list of what may happen: types by domain, who answers, what alarms become.

Data: `config/data/incident_types.yaml`, which names its sources and what is the office's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

import config
from app.clock import today
from app.operations.models import Domain
from app.sensors.models import Measured, Severity

DATA = Path(config.__file__).parent / "data" / "incident_types.yaml"


@dataclass(frozen=True, slots=True)
class IncidentType:
    """A sort of incident: how grave it usually is, and the key of who answers it."""

    key: str
    domain: Domain
    label: str
    severity: Severity
    responder: str


@dataclass(frozen=True, slots=True)
class Responder:
    """Somebody who answers incidents; `names` are words of the names of units that may be it."""

    key: str
    label: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EmergencyNumber:
    """A telephone number that everybody may call."""

    number: str
    label: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One version of the list. `near_metres` and `near_minutes` are for proposals of one event."""

    valid_from: date
    types: Mapping[str, IncidentType]
    responders: Mapping[str, Responder]
    numbers: tuple[EmergencyNumber, ...]
    alarms: Mapping[Measured, str]
    near_metres: float
    near_minutes: float

    def label(self, key: str) -> str:
        """The type's name; of one that is no longer listed its key."""
        return self.types[key].label if key in self.types else key


def catalogue(day: date | None = None) -> Catalogue:
    """The version in force on a day, today without one. Raises LookupError before the first."""
    wanted = day or today()
    found = [one for one in _versions() if one.valid_from <= wanted]
    if not found:
        raise LookupError(f"no list of incident types is in force on {wanted}")
    return found[-1]


@cache
def _versions() -> tuple[Catalogue, ...]:
    data: Mapping[str, Any] = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return tuple(sorted(map(_version, data["versions"]), key=lambda one: one.valid_from))


def _version(data: Mapping[str, Any]) -> Catalogue:
    types = [
        IncidentType(
            one["key"], Domain(domain), one["label"], Severity(one["severity"]), one["responder"]
        )
        for domain, of_domain in data["domains"].items()
        for one in of_domain
    ]
    responders = [
        Responder(one["key"], one["label"], tuple(one["names"])) for one in data["responders"]
    ]
    return Catalogue(
        valid_from=data["valid_from"],
        types={one.key: one for one in types},
        responders={one.key: one for one in responders},
        numbers=tuple(EmergencyNumber(**one) for one in data["numbers"]),
        alarms={Measured(measured): key for measured, key in data["alarms"].items()},
        near_metres=float(data["near"]["metres"]),
        near_minutes=float(data["near"]["minutes"]),
    )
