"""Hands due events to their consumers: one thread a consumer, each with its own lease and back-off.

One look at the queue five times a second wakes those for whom something is due: an idle relay
reads, and never asks for the writers' lock.

Also seals the audit trail. One relay process runs in an installation; a second one would be
harmless (leases), but only one may write the index.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from app import audit, outbox
from app.db import reading, transaction
from app.outbox import Claimed, Outcome

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 30.0
LONGEST_ROW_OF_FAILURES = 10  # counted no further: the pause is the longest by then
LOOK_AT_ALL_SECONDS = 3600.0


class Consumer(Protocol):
    """Acts on events outside any transaction. May be handed the same event twice."""

    name: str
    lease: timedelta

    def handle(self, deliveries: Sequence[Claimed]) -> Outcome: ...


@dataclass(slots=True)
class HandlerConsumer:
    """A consumer made of functions, one for each event name; a failure spoils only its event."""

    name: str
    lease: timedelta = timedelta(seconds=60)
    handlers: dict[str, Callable[[Mapping[str, Any]], None]] = field(default_factory=dict)

    def on(self, event_name: str, handler: Callable[[Mapping[str, Any]], None]) -> None:
        """Let `handler` act on events of the name, and have them delivered from now on."""
        self.handlers[event_name] = handler
        outbox.subscribe(self.name, event_name)

    def handle(self, deliveries: Sequence[Claimed]) -> Outcome:
        outcome = Outcome()
        for delivery in deliveries:
            try:
                self.handlers[delivery.name](delivery.payload)
            except Exception as error:  # whatever it was, the row keeps it and tries again
                log.exception("%s failed on %s", self.name, delivery.name)
                outcome.failed.append((delivery, f"{type(error).__name__}: {error}"))
            else:
                outcome.done.append(delivery)
        return outcome


_Step = tuple[str, Callable[[], object], Callable[[], object]]  # name, what to do, how to rest

_consumers: dict[str, Consumer] = {}
_chores: dict[str, tuple[Callable[[], object], float]] = {}


def register(consumer: Consumer) -> None:
    """Make a consumer known; a second one of the name replaces the first (tests)."""
    _consumers[consumer.name] = consumer


def consumers() -> list[Consumer]:
    return list(_consumers.values())


def every(seconds: float, name: str, step: Callable[[], object]) -> None:
    """Let the running relay call `step` again and again, in a thread of its own."""
    _chores[name] = (step, seconds)


def do_chores() -> None:
    """Every chore once, in this thread: for tests and commands."""
    for step, _pause in _chores.values():
        step()


def deliver_once(consumer: Consumer, *, limit: int = 200) -> int:
    """Hand due events to one consumer, each at least once. Returns how many it took."""
    with transaction("relay.claim") as session:
        deliveries = outbox.claim(session, consumer.name, limit=limit, lease=consumer.lease)
    if not deliveries:
        return 0
    try:
        outcome = consumer.handle(deliveries)  # outside: a slow one blocks no clerk
    except Exception as error:
        log.exception("consumer %s failed", consumer.name)
        reason = f"{type(error).__name__}: {error}"
        outcome = Outcome(failed=[(delivery, reason) for delivery in deliveries])
    with transaction("relay.settle") as session:
        outbox.settle(session, outcome)
    return len(deliveries)


def deliver_all(*, rounds: int = 20) -> int:
    """Deliver until nothing is due, in this thread: for tests, commands and the demo."""
    total = 0
    for _ in range(rounds):
        taken = sum(deliver_once(consumer) for consumer in consumers())
        total += taken
        if not taken:
            break
    return total


def seal_once(key: bytes, head_file: Path, *, whole: bool = False) -> bool:
    """Seal new audit rows, keep the head outside the database. Returns whether there were any.

    With `whole` also those of acts that took so long to commit that nobody looks there any more.
    """
    after: int | None = None
    if whole:
        with reading() as session:
            first = audit.oldest_unsealed(session)
        if first is None:
            return False
        after = first - 1
    with transaction("relay.seal") as session:
        head = audit.seal(session, key, after=after)
    if head is not None:
        audit.write_head(head_file, head)
    return head is not None


class Relay:
    """The running threads. `stop()` ends them after the batch in hand."""

    def __init__(self, *, audit_key: bytes, head_file: Path) -> None:
        self._stop = threading.Event()
        self._wake = {consumer.name: threading.Event() for consumer in consumers()}
        self._threads = [
            threading.Thread(target=self._run, args=(step, rest), name=name, daemon=True)
            for name, step, rest in [
                *self._deliveries(),
                *self._repeated(audit_key, head_file),
            ]
        ]

    def _deliveries(self) -> Iterator[_Step]:
        for consumer in consumers():
            wake = self._wake[consumer.name]
            yield consumer.name, partial(self._deliver, consumer, wake), wake.wait

    @staticmethod
    def _deliver(consumer: Consumer, wake: threading.Event) -> int:
        wake.clear()  # before looking: what becomes due from here on wakes again
        return deliver_once(consumer)

    def _repeated(self, audit_key: bytes, head_file: Path) -> Iterator[_Step]:
        timed: list[tuple[str, Callable[[], object], float]] = [
            ("look", self._look, LOOK_SECONDS),
            ("seal", lambda: seal_once(audit_key, head_file), 1.0),
            ("seal-late", lambda: seal_once(audit_key, head_file, whole=True), LOOK_AT_ALL_SECONDS),
            *((name, step, pause) for name, (step, pause) in _chores.items()),
        ]
        for name, step, pause in timed:
            yield name, _quiet(step), partial(self._stop.wait, pause)

    def _look(self) -> None:
        with reading() as session:
            due = outbox.waited_for(session, list(self._wake))
        for name in due:
            self._wake[name].set()

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for wake in self._wake.values():
            wake.set()
        for thread in self._threads:
            thread.join(timeout=30)

    def _run(self, step: Callable[[], object], rest: Callable[[], object]) -> None:
        failures = 0
        while not self._stop.is_set():
            try:
                busy, failures = bool(step()), 0
            except Exception:  # the database may be away: say so, wait longer, go on
                log.exception("%s: step failed", threading.current_thread().name)
                failures = min(failures + 1, LONGEST_ROW_OF_FAILURES)
                self._stop.wait(min(LOOK_SECONDS * 2**failures, LONGEST_PAUSE_SECONDS))
            else:
                if not busy and not self._stop.is_set():
                    rest()


def _quiet(step: Callable[[], object]) -> Callable[[], object]:
    """A chore always waits its time; what it returns says nothing about more work."""

    def call() -> None:
        step()

    return call
