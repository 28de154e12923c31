"""What upper rooms do in the commit that raises or clears alarms: incidents, mostly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.hooks import Hook


@dataclass(frozen=True, slots=True)
class AlarmsChanged:
    """Ids of alarms that were raised and cleared by one batch or sweep; one may be in both."""

    raised: Sequence[int]
    cleared: Sequence[int]


alarms_changed: Hook[AlarmsChanged] = Hook("sensors.alarms_changed")
