"""The simulator process: `python -m workflows.simulator`. It lets the demo ward live.

It is a sender like any other: signed batches over the HTTP door of the office that runs on `HOST`
and `PORT`. An office that is not the demo has no such sources; then it does nothing.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import now
from app.db import reading
from app.demo import operating, simulating
from app.demo.feeding import STATIONS
from app.feeds.devices import device_secret, sign
from app.feeds.models import FeedDevice, FeedSource
from app.sensors.models import Datastream, Measured
from workflows import runtime

log = logging.getLogger(__name__)
LOOK_AGAIN_SECONDS = 30.0
PATIENCE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Door:
    """Where a device pushes to, and how it signs."""

    address: str
    device: str
    secret: str

    def push(self, records: Sequence[dict[str, Any]]) -> None:
        """Send one batch. An office that does not answer is told of in the log; the next batch
        comes all the same."""
        body, moment = json.dumps(list(records)).encode(), str(int(time.time()))
        headers = {
            "X-Device": self.device,
            "X-Timestamp": moment,
            "X-Signature": f"sha256={sign(self.secret, moment, body)}",
        }
        try:
            httpx.post(
                self.address, content=body, headers=headers, timeout=PATIENCE_SECONDS
            ).raise_for_status()
        except httpx.HTTPError as error:
            log.warning("nothing was taken: %s", error)


def door_of(session: Session, source: str, office: str, secret_key: str) -> Door | None:
    """The first device of a source of this name, at the office of an address."""
    rows = (
        sa.select(FeedSource.token, FeedDevice.key)
        .join(FeedDevice, FeedDevice.source_id == FeedSource.id)
        .where(FeedSource.name == source)
        .order_by(FeedDevice.id)
    )
    found = session.execute(rows).first()
    if found is None:
        return None
    address = f"{office}/api/v1/feeds/{found[0]}"
    return Door(address, found[1], device_secret(secret_key, found[1]))


def streams_of(session: Session) -> list[tuple[str, Measured]]:
    """All streams in use."""
    rows = sa.select(Datastream.key, Datastream.measured).where(Datastream.is_active)
    return list(session.execute(rows.order_by(Datastream.id)).tuples())


def find_doors(stop: threading.Event, office: str, secret_key: str) -> tuple[Door, Door] | None:
    """The doors for readings and for events, once the demo office is there; None when stopped."""
    while not stop.is_set():
        with reading() as session:
            stations = door_of(session, STATIONS, office, secret_key)
            events = door_of(session, operating.SOURCE, office, secret_key)
        if stations and events:
            return stations, events
        stop.wait(LOOK_AGAIN_SECONDS)
    return None


def live(stop: threading.Event, stations: Door, events: Door) -> None:
    """Send until told to stop."""
    with reading() as session:
        streams = streams_of(session)
    start = seen = time.monotonic()
    first_round = int(time.time())  # no two starts tell of the same things
    while not stop.is_set():
        current = time.monotonic()
        number, second = divmod(current - start, simulating.ROUND_SECONDS)
        stations.push(simulating.values(streams, now(), second))
        since = max(0.0, second - (current - seen))
        told = simulating.happenings(since, second, first_round + int(number))
        if told:
            events.push([one | {"at": now().isoformat()} for one in told])
        seen = current
        stop.wait(simulating.EVERY_SECONDS)


def main() -> None:
    running = runtime.start()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    office = f"http://{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
    if doors := find_doors(stop, office, running.settings.secret_key):
        live(stop, *doors)


if __name__ == "__main__":
    main()
