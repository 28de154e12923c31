"""What happens by itself: silence is noticed, the next months have their place."""

from __future__ import annotations

from app.clock import now
from app.db import reading, transaction
from app.sensors.partitions import keep_months
from app.sensors.queries import watches_silence
from app.sensors.services import raise_gaps


def watch_silence() -> None:
    """Every half minute: streams that say nothing any more."""
    with reading() as session:
        if not watches_silence(session):
            return
    with transaction("sensors.raise_gaps") as session:
        raise_gaps(session, now())


def make_room() -> None:
    """Some times a day: partitions for the next months."""
    with transaction("sensors.keep_months") as session:
        keep_months(session, now())
