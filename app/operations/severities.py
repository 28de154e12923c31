"""The order of severities."""

from __future__ import annotations

from collections.abc import Iterable

from app.sensors.models import Severity

_RANK = {severity: rank for rank, severity in enumerate(Severity)}


def rank(severity: Severity) -> int:
    """0 for the lowest to 3 for the highest."""
    return _RANK[severity]


def graver(one: Severity, other: Severity) -> bool:
    """Whether `one` is above `other`."""
    return _RANK[one] > _RANK[other]


def highest(severities: Iterable[Severity]) -> Severity:
    """Raises ValueError for none."""
    return max(severities, key=rank)
