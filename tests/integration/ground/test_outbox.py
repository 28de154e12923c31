"""Events: kept with the change, one copy a consumer, retried alone, finished by the holder only."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app import outbox, relay
from app.clock import frozen
from app.db import reading, transaction
from app.outbox import Claimed, OutboxDelivery, Outcome
from app.relay import HandlerConsumer, deliver_once

NOON = datetime(2026, 11, 24, 5, tzinfo=UTC)
LEASE = timedelta(seconds=60)
UNLUCKY = 13


class Listener(HandlerConsumer):
    """Keeps what it was told, and fails on thing 13."""

    __slots__ = ("told",)

    def __init__(self) -> None:
        super().__init__("listener")
        self.told: list[int] = []
        self.on("thing.changed", self.hear)

    def hear(self, payload: Mapping[str, Any]) -> None:
        if payload["thing_id"] == UNLUCKY:
            raise ValueError("unlucky")
        self.told.append(payload["thing_id"])


@pytest.fixture
def listener(app: Flask) -> Iterator[Listener]:
    yield Listener()
    outbox.unsubscribe("listener")


def publish(*thing_ids: int) -> None:
    with transaction() as session:
        for thing_id in thing_ids:
            outbox.changed(session, "letter", thing_id)


def claim(limit: int = 10) -> list[Claimed]:
    with transaction() as session:
        return outbox.claim(session, "listener", limit=limit, lease=LEASE)


def delivery_of(thing_id: int) -> OutboxDelivery:
    with reading() as session:
        rows = sa.select(OutboxDelivery).where(OutboxDelivery.consumer == "listener")
        return next(
            row for row in session.scalars(rows) if row.event.payload["thing_id"] == thing_id
        )


def test_a_poisoned_event_holds_nobody_up(listener: Listener) -> None:
    publish(1, UNLUCKY, 2)
    assert deliver_once(listener) == 3
    assert listener.told == [1, 2]
    assert delivery_of(UNLUCKY).last_error == "ValueError: unlucky"


def test_a_failed_event_comes_back_later_and_later(listener: Listener) -> None:
    with frozen(NOON):
        publish(UNLUCKY)
        deliver_once(listener)
    assert delivery_of(UNLUCKY).due_at == NOON + timedelta(seconds=2)
    with frozen(NOON + timedelta(seconds=3)):
        deliver_once(listener)
    assert delivery_of(UNLUCKY).due_at == NOON + timedelta(seconds=7)


def test_after_three_days_an_event_is_dead_until_somebody_replays_it(listener: Listener) -> None:
    with frozen(NOON):
        publish(UNLUCKY)
    with frozen(NOON + timedelta(days=3, seconds=1)):
        deliver_once(listener)
        dead = delivery_of(UNLUCKY)
        assert dead.dead_at is not None
        with transaction() as session:
            assert outbox.replay(session, [dead.id]) == 1
        assert [item.payload["thing_id"] for item in claim()] == [UNLUCKY]


def test_a_lease_is_taken_over_only_when_it_has_ended(listener: Listener) -> None:
    with frozen(NOON):
        publish(1)
        assert len(claim()) == 1
        assert claim() == []
    with frozen(NOON + LEASE + timedelta(seconds=1)):
        assert len(claim()) == 1


def test_a_late_result_with_an_old_token_is_thrown_away(listener: Listener) -> None:
    with frozen(NOON):
        publish(1)
        late = claim()
    with frozen(NOON + LEASE * 2):
        claim()
        with transaction() as session:
            outbox.settle(session, Outcome(done=late))
    assert delivery_of(1).done_at is None


def wait_until(is_so: Callable[[], object]) -> None:
    ends = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < ends
        time.sleep(0.05)


def waited_for() -> set[str]:
    with reading() as session:
        return outbox.waited_for(session, ["listener", "nobody"])


def test_one_look_says_for_whom_something_is_due(listener: Listener) -> None:
    assert waited_for() == set()
    with frozen(NOON):
        publish(UNLUCKY)
        assert waited_for() == {"listener"}
        claim()
        assert waited_for() == set()  # leased
    with frozen(NOON + LEASE):
        assert waited_for() == {"listener"}
        deliver_once(listener)
        assert waited_for() == set()  # put off
    with reading() as session:
        assert outbox.waited_for(session, []) == set()


def test_a_running_relay_is_woken_by_what_becomes_due_and_stops_when_told(
    listener: Listener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "_consumers", {"listener": listener})
    monkeypatch.setattr(relay, "_chores", {})
    running = relay.Relay(audit_key=b"key", head_file=tmp_path / "head")
    running.start()
    try:
        for thing_id in (1, UNLUCKY, 2):
            publish(thing_id)
            wait_until(lambda wanted=thing_id: delivery_of(wanted).attempts > 0)  # type: ignore[misc]
        wait_until(lambda: listener.told == [1, 2])
    finally:
        running.stop()
    publish(3)
    assert claim() != []  # nobody is left who would take it


def test_events_published_before_a_rollback_are_never_delivered(listener: Listener) -> None:
    with pytest.raises(RuntimeError), transaction() as session:
        outbox.changed(session, "letter", 5)
        raise RuntimeError("rolled back")
    assert deliver_once(listener) == 0


def test_many_relays_share_the_work_without_doubling_it(listener: Listener) -> None:
    publish(*range(100, 180))
    taken: list[int] = []

    def work() -> None:
        while batch := claim(limit=7):
            taken.extend(item.id for item in batch)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(set(taken))
    assert len(taken) == 80
