"""Tables of operations."""

from app.operations.models.incidents import (
    Incident,
    IncidentApart,
    IncidentDay,
    IncidentEntry,
    IncidentSignal,
)
from app.operations.models.words import (
    CLOSED,
    DOMAIN_ICONS,
    DOMAIN_LABELS,
    HAPPENING_LABELS,
    MOVES,
    OPEN,
    ORIGIN_LABELS,
    STATE_LABELS,
    Domain,
    Happening,
    IncidentState,
    Origin,
)

__all__ = [
    "CLOSED",
    "DOMAIN_ICONS",
    "DOMAIN_LABELS",
    "HAPPENING_LABELS",
    "MOVES",
    "OPEN",
    "ORIGIN_LABELS",
    "STATE_LABELS",
    "Domain",
    "Happening",
    "Incident",
    "IncidentApart",
    "IncidentDay",
    "IncidentEntry",
    "IncidentSignal",
    "IncidentState",
    "Origin",
]
