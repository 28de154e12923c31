"""The gate before PostgreSQL's writers: no more than its places, in the order of arrival."""

from __future__ import annotations

import threading
import time

import pytest

from app.db import WritersGate


def test_writers_enter_in_the_order_in_which_they_came() -> None:
    gate, entered, threads = WritersGate(1), [], []

    def write(number: int) -> None:
        with gate:
            entered.append(number)

    with gate:
        for number in range(8):
            threads.append(threading.Thread(target=write, args=(number,)))
            threads[-1].start()
            while gate.waiting <= number:
                time.sleep(0.001)
    for thread in threads:
        thread.join(5)

    assert entered == list(range(8))


def test_no_more_than_the_places_are_inside_and_a_fault_gives_its_place_back() -> None:
    gate, inside, most = WritersGate(3), [], []

    def write() -> None:
        for _ in range(50):
            try:
                with gate:
                    inside.append(1)
                    most.append(len(inside))
                    time.sleep(0)
                    inside.pop()
                    raise ValueError  # as when a rule is broken in the block
            except ValueError:
                pass

    threads = [threading.Thread(target=write) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert len(most) == 16 * 50
    assert max(most) <= 3
    assert gate.waiting == 0


class Interrupted(Exception):
    """A stop signal or a worker's time limit."""


@pytest.mark.parametrize("given", [False, True], ids=["still waiting", "just given the place"])
def test_who_is_interrupted_while_waiting_keeps_no_place(
    monkeypatch: pytest.MonkeyPatch, given: bool
) -> None:
    gate = WritersGate(1)
    gate.__enter__()

    class Turn(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            if given:
                gate.__exit__()
            raise Interrupted

    monkeypatch.setattr(threading, "Event", Turn)
    with pytest.raises(Interrupted):
        gate.__enter__()
    monkeypatch.undo()
    if not given:
        gate.__exit__()

    assert gate.waiting == 0
    entered = threading.Event()

    def enter() -> None:
        gate.__enter__()
        entered.set()

    threading.Thread(target=enter, daemon=True).start()
    assert entered.wait(5)
