"""The gateway process: `python -m workflows.gateway`. Messages of an MQTT broker are taken in.

QoS 1 with a persistent session: a message is acknowledged after the commit that keeps it, so the
broker sends again whatever a crash of ours or of the database has left open.
"""

from __future__ import annotations

import logging
import queue
import signal
import ssl
import threading
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from app.clock import now
from app.db import reading
from app.feeds import messages
from app.feeds.messages import Message
from app.feeds.preparing import SourceInfo
from app.feeds.processors import LARGEST_BATCH
from app.feeds.queries import sources_of
from app.feeds.words import SourceKind
from workflows import runtime

log = logging.getLogger(__name__)

MOST_WAITING = 10_000
GATHER_SECONDS = 0.005  # for more messages, once the first has come
RELOAD_SECONDS = 10.0
PAUSE_SECONDS = 2.0  # before the database is tried again
IDLE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that is not acknowledged yet."""

    message: Message
    mid: int
    qos: int
    connection: int  # ids of messages mean something within one connection only


class Gateway:
    """One connection to a broker, and the loop that takes what it brings."""

    def __init__(self, url: str, client_id: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname:
            raise ValueError(f"MQTT_URL is mqtt://host:port or mqtts://host:port, not {url!r}")
        self._address = (parts.hostname, parts.port or (8883 if parts.scheme == "mqtts" else 1883))
        self._queue: queue.Queue[Waiting] = queue.Queue(MOST_WAITING)
        self._sources: list[SourceInfo] = []
        self._topics: set[str] = set()
        self._loaded_at = float("-inf")
        self._stop = threading.Event()
        self._connection = 0
        self._client = Client(
            CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=False, manual_ack=True
        )
        if parts.username:
            self._client.username_pw_set(unquote(parts.username), unquote(parts.password or ""))
        if parts.scheme == "mqtts":
            self._client.tls_set_context(ssl.create_default_context())
        self._client.on_connect = self._connected
        self._client.on_subscribe = self._subscribed
        self._client.on_message = self._arrived
        self._client.reconnect_delay_set(1, 30)

    def stop(self) -> None:
        """End `run` soon."""
        self._stop.set()

    def run(self) -> None:
        """Take messages until stopped; neither broker nor database may be away for good."""
        self._client.connect_async(*self._address)
        self._client.loop_start()
        try:
            while not self._stop.is_set():
                self._turn()
        finally:
            self._client.disconnect()
            self._client.loop_stop()

    def _turn(self) -> None:
        try:
            self._follow_sources()
        except Exception:
            log.exception("the sources cannot be read")
            self._stop.wait(PAUSE_SECONDS)
            return
        waiting = self._gather()
        while waiting and not self._stop.is_set():
            try:
                messages.take(self._sources, [one.message for one in waiting])
            except Exception:  # the database is away: nothing is acknowledged, all is tried again
                log.exception("%s messages cannot be kept yet", len(waiting))
                self._stop.wait(PAUSE_SECONDS)
                continue
            for one in waiting:
                if one.connection == self._connection:  # else the broker sends it again
                    self._client.ack(one.mid, one.qos)
            return

    def _gather(self) -> list[Waiting]:
        """What waits, up to a batch; the first is waited for."""
        found = list[Waiting]()
        timeout = IDLE_SECONDS
        while len(found) < LARGEST_BATCH:
            try:
                found.append(self._queue.get(timeout=timeout))
            except queue.Empty:
                break
            timeout = GATHER_SECONDS
        return found

    def _follow_sources(self) -> None:
        """Subscribe to the topics of new sources, leave those of sources that were switched off."""
        if time.monotonic() - self._loaded_at < RELOAD_SECONDS:
            return
        with reading() as session:
            self._sources = sources_of(session, SourceKind.MQTT)
        self._loaded_at = time.monotonic()
        wanted, before = {source.address for source in self._sources}, self._topics
        self._topics = wanted  # first: a connection that comes meanwhile subscribes to all of them
        for topic in wanted - before:
            self._client.subscribe(topic, qos=1)
        for topic in before - wanted:
            self._client.unsubscribe(topic)

    def _connected(self, client: Client, _data: Any, _flags: Any, reason: Any, _p: Any) -> None:
        if reason.is_failure:  # a wrong password, most of the time; it is tried again
            log.error("the broker refuses us: %s", reason)
            return
        log.info("connected to the broker: %s", reason)
        self._connection += 1
        for topic in sorted(self._topics):  # a broker that lost its sessions knows none of them
            client.subscribe(topic, qos=1)

    def _subscribed(self, _client: Client, _data: Any, _mid: int, reasons: Any, _p: Any) -> None:
        for reason in reasons:
            if reason.is_failure:
                log.error("the broker refuses a subscription: %s", reason)

    def _arrived(self, _client: Client, _data: Any, came: MQTTMessage) -> None:
        message = Message(came.topic, bytes(came.payload), now())
        waiting = Waiting(message, came.mid, came.qos, self._connection)
        while not self._stop.is_set():
            try:
                self._queue.put(waiting, timeout=IDLE_SECONDS)  # a full queue slows the broker
            except queue.Full:
                continue
            return


def main() -> None:
    running = runtime.start()
    url = running.settings.mqtt_url
    if url is None:
        raise SystemExit("MQTT_URL is not set: there is no broker to listen to.")
    gateway = Gateway(url, running.settings.mqtt_client_id)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: gateway.stop())
    gateway.run()


if __name__ == "__main__":
    main()
