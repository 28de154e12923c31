"""Pages while 200 people look at theirs: event streams open, letters being registered meanwhile.

Web and relay run as in the Procfile. Pages are asked for at fixed moments, ten a second (200
people, each a page every 20 seconds), and timed from the moment they were due: a server that
stands still for a second is charged for all pages that had to wait.
"""

from __future__ import annotations

import http.client
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from app.db import reading
from app.demo.people import PEOPLE
from app.outbox import OutboxDelivery
from bench.clients import COOKIE, Client
from bench.figures import Figure, percentile
from bench.processes import STARTED_WITHIN, is_ready, procfile_process, wait_for
from bench.sizes import SIZES

PAGES_PER_SECOND = 10.0
CLIENTS = 8
STREAM = "/thong-bao/truc-tiep"
OPENED_WITHIN = 30.0


@dataclass(slots=True)
class Stream:
    """One open page's stream, as its browser would hold it."""

    socket: socket.socket
    head: bytes = b""
    received: int = 0
    ended: bool = False

    @property
    def status(self) -> int:
        """The status of the answer, 0 before it is there."""
        return int(self.head.split(b" ", 2)[1]) if b"\r\n" in self.head else 0

    @property
    def is_open(self) -> bool:
        return self.status == http.client.OK and not self.ended


class Streams:
    """Event streams that one thread holds open, reading whatever comes."""

    def __init__(self, place: str, cookies: Sequence[str]) -> None:
        host, _, port = place.partition(":")
        self._selector = selectors.DefaultSelector()
        self._stop = threading.Event()
        self.all = [self._open(host, int(port), place, cookie) for cookie in cookies]
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _open(self, host: str, port: int, place: str, cookie: str) -> Stream:
        made = Stream(socket.create_connection((host, port), timeout=OPENED_WITHIN))
        made.socket.sendall(
            f"GET {STREAM} HTTP/1.1\r\nHost: {place}\r\nAccept: text/event-stream\r\n"
            f"Cookie: {COOKIE}={cookie}\r\n\r\n".encode()
        )
        made.socket.setblocking(False)
        self._selector.register(made.socket, selectors.EVENT_READ, made)
        return made

    def _read(self) -> None:
        while not self._stop.is_set():
            for key, _ in self._selector.select(0.2):
                stream: Stream = key.data
                with suppress(BlockingIOError):
                    try:
                        came = stream.socket.recv(65536)
                    except ConnectionError:
                        came = b""
                    stream.ended = not came
                    stream.received += len(came)
                    stream.head = (stream.head + came)[:1000] if not stream.status else stream.head
                if stream.ended:
                    self._selector.unregister(stream.socket)

    def open_now(self) -> int:
        """How many were answered with 200 and have not ended."""
        return sum(stream.is_open for stream in self.all)

    def told(self) -> int:
        """How many have been told something that happened, not only their beginning."""
        return sum(stream.received > len(stream.head) for stream in self.all)

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        for stream in self.all:
            stream.socket.close()
        self._selector.close()


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who looks at what: sessions of the streams, the clerk's session, the pages asked for, and
    what changes each second, so that the streams have something to tell."""

    streams: Sequence[str]
    clerk: str
    paths: Sequence[str]
    change: Callable[[], object]


def with_streams(kind: str, env: dict[str, str], folder: Path, crowd: Crowd) -> Iterator[Figure]:
    """The page time while streams are open; `env` is the environment of web and relay.

    Raises:
        RuntimeError: a stream was refused or ended, or a page was not shown.
    """
    place = f"127.0.0.1:{env['PORT']}"
    with ExitStack() as stack:
        stack.enter_context(procfile_process("web", env, folder))
        wait_for(lambda: is_ready(f"http://{place}"), STARTED_WITHIN, "the pages")
        stack.enter_context(procfile_process("relay", env, folder))
        crowd.change()
        wait_for(nothing_waits, STARTED_WITHIN, "the relay's first events")
        visit(place, crowd, SIZES.warm_up)
        without = visit(place, crowd, SIZES.rounds)
        streams = Streams(place, crowd.streams)
        stack.callback(streams.close)
        count = len(streams.all)
        wait_for(lambda: streams.open_now() == count, OPENED_WITHIN, f"{count} open streams")
        with every_second(crowd.change):
            taken = visit(place, crowd, SIZES.rounds)
            time.sleep(2)  # the last news arrives
        if streams.open_now() != count:
            raise RuntimeError(f"{streams.open_now()} of {count} streams stayed open")
        told = streams.told()
    beside = {"no streams": percentile(without, 95)}
    yield Figure(f"pages_p95_ms_200_streams_{kind}", percentile(taken, 95), "ms", "<= 100", beside)
    yield Figure(f"streams_open_{kind}", count, "streams", f"== {SIZES.streams}")
    yield Figure(f"streams_told_{kind}", told, "streams", ">= 1")  # by rights: not everybody


def nothing_waits() -> bool:
    """Whether the relay has delivered all events."""
    rows = sa.select(OutboxDelivery.id).filter_by(done_at=None, dead_at=None)
    with reading() as session:
        return session.scalar(rows.limit(1)) is None


@contextmanager
def every_second(act: Callable[[], object]) -> Iterator[None]:
    """Do something once a second meanwhile. Raises what it raised."""
    stop, faults = threading.Event(), list[BaseException]()

    def run() -> None:
        while not stop.wait(1.0):
            try:
                act()
            except BaseException as fault:
                faults.append(fault)
                return

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
    if faults:
        raise faults[0]


def visit(place: str, crowd: Crowd, count: int) -> list[float]:
    """Milliseconds of `count` pages, each asked for at its moment by one of several clients.

    Raises:
        RuntimeError: a page was not shown.
    """
    began, taken, faults = time.perf_counter() + 0.1, list[float](), list[str]()

    def work(mine: range) -> None:
        client = Client(place, crowd.clerk)
        for number in mine:
            due = began + number / PAGES_PER_SECOND
            time.sleep(max(0.0, due - time.perf_counter()))
            path = crowd.paths[number % len(crowd.paths)]
            try:
                client.page(path)
            except (OSError, RuntimeError, http.client.HTTPException) as fault:
                faults.append(f"{path}: {fault}")
                break
            taken.append((time.perf_counter() - due) * 1000)
        client.close()

    shares = [range(at, count, CLIENTS) for at in range(CLIENTS)]
    threads = [threading.Thread(target=work, args=(share,), daemon=True) for share in shares]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise RuntimeError(f"{len(faults)} clients failed: {faults[0]}")
    return taken


def people(count: int) -> list[str]:
    """Whose pages are open: the people of the office in turn."""
    return [PEOPLE[number % len(PEOPLE)].account for number in range(count)]
