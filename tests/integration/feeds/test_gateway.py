"""Messages of a real broker: each is kept before it is acknowledged, and has its effect once."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
import sqlalchemy as sa
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from app.db import reading
from app.feeds.models import FeedFault, FeedSignal
from app.feeds.words import FaultKind, SourceKind
from tests.factories import Office
from tests.integration.feeds.conftest import Desk, source_for
from tests.integration.feeds.test_taking import event
from workflows import gateway
from workflows.gateway import Gateway

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
WITHIN = 20.0  # seconds; a busy machine is no failure


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    program = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    assert program, "mosquitto is missing: run scripts/setup.sh --tests"
    folder = tmp_path_factory.mktemp("mosquitto")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = folder / "mosquitto.conf"
    settings.write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n"
        "max_inflight_messages 500\nmax_queued_messages 100000\nset_tcp_nodelay true\n"
    )
    process = subprocess.Popen(
        [program, "-c", str(settings)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    wait_until(lambda: answers(port))
    yield f"mqtt://127.0.0.1:{port}"
    process.terminate()
    process.wait(10)


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(is_so: Callable[[], object]) -> None:
    until = time.monotonic() + WITHIN
    while not is_so():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.02)


@contextmanager
def running(url: str, name: str) -> Iterator[Gateway]:
    made = Gateway(url, name)
    thread = Thread(target=made.run, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.stop()
        thread.join(WITHIN)
        assert not thread.is_alive()


def publish(url: str, *payloads: bytes, topic: str = "phuong/camera/1") -> None:
    client = Client(CallbackAPIVersion.VERSION2)
    client.connect("127.0.0.1", int(url.rpartition(":")[2]))
    client.loop_start()
    sent = [client.publish(topic, payload, qos=1) for payload in payloads]
    for one in sent:
        one.wait_for_publish(WITHIN)
    client.disconnect()
    client.loop_stop()


def as_bytes(*events: object) -> list[bytes]:
    return [json.dumps(one).encode() for one in events]


@on_sqlite
def test_a_message_has_its_effect_once_however_often_it_comes(
    office: Office, desk: Desk, broker: str
) -> None:
    source_for(office, "probe_events", SourceKind.MQTT, address="phuong/+/1")
    with running(broker, "once"):
        wait_until(lambda: subscribed(broker, desk))
        publish(broker, *as_bytes(event(1), event(1), [event(2), event(3)]))
        publish(broker, b"kh\xf4ng", b"1" * 400, b'{"id": "e4", "what": "rain"}')
        publish(broker, *as_bytes(event(9)), topic="phuong/camera/2")

        wait_until(lambda: len(desk.seen) >= 4)
        wait_until(lambda: count(FeedFault) == 1 and count(FeedSignal) == 6)

    assert [one for one in desk.seen if one != "ready"] == ["e1", "e2", "e3"]
    with reading() as session:
        assert session.scalars(sa.select(FeedFault.kind)).one() is FaultKind.UNREADABLE
        topics = {one.get("topic") for one in session.scalars(sa.select(FeedSignal.raw))}
    assert topics == {"phuong/camera/1", None}  # a number of 400 digits is no record


@on_sqlite
def test_what_came_while_we_were_away_and_while_the_database_was_is_taken(
    office: Office, desk: Desk, broker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "PAUSE_SECONDS", 0.1)
    source_for(office, "probe_events", SourceKind.MQTT, address="phuong/#")
    with running(broker, "kept"):
        wait_until(lambda: subscribed(broker, desk))
    publish(broker, *as_bytes(*(event(no) for no in range(30))))
    desk.away = 3

    with running(broker, "kept"):
        wait_until(lambda: len(desk.seen) >= 31)

    assert desk.away == 0
    assert sorted(set(desk.seen) - {"ready"}) == sorted(f"e{no}" for no in range(30))
    assert len(desk.seen) == len(set(desk.seen))


def subscribed(broker: str, desk: Desk) -> bool:
    """Whether the gateway hears already: a broker keeps nothing for who was never there."""
    publish(broker, *as_bytes({"id": "ready", "what": "fire"}))
    return "ready" in desk.seen


def count(table: type[FeedFault | FeedSignal]) -> int:
    with reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


@pytest.mark.parametrize("url", ["http://a:1", "mqtt://", "tcp://a:1883"])
def test_an_address_that_is_no_brokers_stops_the_start(url: str) -> None:
    with pytest.raises(ValueError, match="MQTT_URL"):
        Gateway(url, "x")
