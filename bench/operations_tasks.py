"""From a value to work: how long until the department sees the task that a gauge, or the feed of
another system, gives rise to. All processes run as the Procfile starts them."""

from __future__ import annotations

import json
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import sqlalchemy as sa
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion
from sqlalchemy.orm import Session

from app.clock import now
from app.db import reading, transaction
from app.feeds.services import SourceFields, add_source
from app.feeds.words import SourceKind
from app.operations.models import Incident
from app.operations.processing import TARGET as EVENTS
from app.operations.services.playbooks import load_samples
from app.organisation import queries as organisation
from app.security import SYSTEM, Actor
from app.sensors.ingesting import TARGET as OBSERVATIONS
from app.sensors.models import (
    Datastream,
    Measured,
    Rule,
    RuleKind,
    RuleStream,
    RuleVersion,
    Severity,
    Thing,
)
from app.tasks.models import Task
from app.tasks.queries import visible_tasks
from bench.documents import FEW, SECRET, databases, fill_new
from bench.figures import Figure, group, percentile
from bench.processes import free_port, office_environment, procfile_process
from bench.services import mosquitto
from bench.sizes import SIZES

ROUNDS = 40
FEED_ROUNDS = 15
POLL_SECONDS = 5
AT_MOST = 60.0
LOOK_EVERY = 0.01
PAUSE = 0.5  # between two gauges, so that each is a flood of its own


@group("operations")
def from_value_to_task() -> Iterator[Figure]:
    """A flood per round: a message of one gauge, or one new event of a polled feed, until the head
    of the unit sees the task of the playbook in their list."""
    for kind in SIZES.databases:
        with (
            tempfile.TemporaryDirectory(prefix="congvu-bench-var.") as folder,
            databases(kind, (FEW,)) as (url,),
            mosquitto(Path(folder)) as broker,
            feed() as (address, events),
        ):
            var_dir = Path(folder) / "var"
            fill_new(url, var_dir, FEW)
            head = put_up(address)
            env = office_environment(var_dir, url, prefect=False)
            env |= {"SECRET_KEY": SECRET, "AUDIT_KEY": SECRET, "MQTT_URL": broker}
            with (
                procfile_process("relay", env, Path(folder)),
                procfile_process("gateway", env, Path(folder)),
                procfile_process("scheduler", env, Path(folder)),
            ):
                waits = by_mqtt(broker, head)
                yield Figure(f"sensor_to_task_p95_s_{kind}", percentile(waits, 95), "s", "<= 2")
                waits = by_feed(events, head)
                yield Figure(f"feed_to_task_p95_s_{kind}", percentile(waits, 95), "s", "<= 10")


def put_up(address: str) -> Actor:
    """Gauges with a rule each, two sources, the playbooks in force. Returns the head of the unit
    that gets the first task of a flood."""
    with transaction("bench.operations") as session:
        for no in range(ROUNDS + 1):
            _gauge(session, no)
        load_samples(session, SYSTEM, SYSTEM)
        topics = SourceFields("Trạm đo", SourceKind.MQTT, OBSERVATIONS, address="phuong/#")
        add_source(session, SYSTEM, topics)
        polled = SourceFields(
            "Hệ thống khác", SourceKind.POLL, EVENTS, address=address, poll_seconds=POLL_SECONDS
        )
        add_source(session, SYSTEM, polled)
    with reading() as session:
        unit = next(one for one in organisation.units(session) if "Hạ tầng" in one.name)
        post = organisation.head_post(session, unit.id)
        assert post is not None
        [person, *_others] = organisation.holders(session, post.id)
        return organisation.actor_for(session, person.id)


def _gauge(session: Session, no: int) -> None:
    stream = Datastream(
        key=f"song-{no}", name="Mực nước", measured=Measured.WATER_LEVEL, interval_seconds=60,
        lowest=-1.0, highest=20.0, thing=Thing(name=f"Trạm {no}", area="Ven sông"),
    )  # fmt: skip
    session.add(stream)
    session.flush()
    stored = {"streams": [stream.id], "raise_at": 3.0, "clear_at": 2.5}
    rule = Rule(name=f"Nước cao {no}", kind=RuleKind.THRESHOLD, severity=Severity.HIGH, is_on=True)
    rule.versions = [RuleVersion(no=1, definition=stored)]
    session.add(rule)
    session.flush()
    session.add(RuleStream(rule_id=rule.id, datastream_id=stream.id))


def by_mqtt(broker: str, head: Actor) -> list[float]:
    """Seconds from each message to its task; the first, until the gateway has subscribed, apart."""
    client = Client(CallbackAPIVersion.VERSION2)
    client.connect("127.0.0.1", int(broker.rpartition(":")[2]))
    client.loop_start()

    def rise(no: int) -> float:
        record = {"stream": f"song-{no}", "value": 3.4, "at": now().isoformat()}
        client.publish("phuong/tram", json.dumps(record).encode(), qos=1)
        return time.perf_counter()

    warm = threading.Event()
    knock = threading.Thread(target=_repeat, args=(lambda: rise(0), warm))
    knock.start()
    until_seen(head, "Trạm 0: Nước cao 0", time.perf_counter())
    warm.set()
    knock.join()
    waits = []
    for no in range(1, ROUNDS + 1):
        began = rise(no)
        waits.append(until_seen(head, f"Trạm {no}: Nước cao {no}", began))
        time.sleep(PAUSE)
    client.disconnect()
    client.loop_stop()
    return waits


def _repeat(step: Callable[[], object], done: threading.Event) -> None:
    while not done.wait(PAUSE):
        step()


def by_feed(events: list[dict[str, Any]], head: Actor) -> list[float]:
    """Seconds from the moment at which the other system shows an event to its task."""
    waits = []
    for no in range(FEED_ROUNDS):
        title = f"Ngập theo hệ thống khác {no}"
        began = time.perf_counter()
        events.append({"id": f"e{no}", "type": "flood", "title": title, "at": now().isoformat()})
        waits.append(until_seen(head, title, began))
        time.sleep(PAUSE * (no % 7))  # at different moments of the polling
    return waits


def until_seen(head: Actor, title: str, began: float) -> float:
    """Seconds until the head's list has a task of the incident with this title."""
    of_it = sa.select(Incident.id).where(Incident.title == title)
    wanted = visible_tasks(head).where(Task.kind == "incident", Task.thing_id.in_(of_it))
    while time.perf_counter() - began < AT_MOST:
        with reading() as session:
            if session.scalars(wanted.limit(1)).first() is not None:
                return time.perf_counter() - began
        time.sleep(LOOK_EVERY)
    raise TimeoutError(f"no task of “{title}” after {AT_MOST:g} s")


@contextmanager
def feed() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A system that shows its events as JSON: its address, and the list to put events into."""
    shown: list[dict[str, Any]] = []

    class Answer(BaseHTTPRequestHandler):
        events: ClassVar[Sequence[dict[str, Any]]] = shown

        def do_GET(self) -> None:
            body = json.dumps(list(self.events)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_given: object) -> None:
            """Nothing: the bench prints figures only."""

    server = ThreadingHTTPServer(("127.0.0.1", free_port()), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/events.json", shown
    finally:
        server.shutdown()
        server.server_close()
