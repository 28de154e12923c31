"""What open pages are told: of things their actor may see, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from app import outbox
from app.db import transaction
from app.notifications import live
from app.notifications.live import Broadcaster, Stream, stream_lines
from app.notifications.services import notify
from app.outbox import ThingProgressed
from app.security import grant, unit_term
from tests.factories import Office


class Still(Broadcaster):
    """Looks only when told to, so that tests decide when a second has passed."""

    def _run(self) -> None:
        return


@pytest.fixture
def broadcaster() -> Still:
    return Still()


def told(stream: Stream) -> Iterator[dict[str, object]]:
    while not stream.waiting.empty():
        yield stream.waiting.get_nowait()


def change(office: Office) -> None:
    with transaction() as session:
        grant(session, "letter", 5, unit_term(office.economy), "test")
        outbox.changed(session, "letter", 5)


def test_a_change_is_told_to_those_who_may_see_the_thing(
    office: Office, broadcaster: Still
) -> None:
    head, other, leader = (
        broadcaster.join(actor) for actor in (office.head, office.head2, office.leader)
    )
    assert head
    assert other
    assert leader
    change(office)
    broadcaster.look()
    for stream in (head, leader):
        assert {"changed": ["letter", "letter-5"]} in list(told(stream))
    assert list(told(other)) == []


def test_what_was_before_the_page_opened_is_not_told(office: Office, broadcaster: Still) -> None:
    change(office)
    stream = broadcaster.join(office.head)
    assert stream
    broadcaster.look()
    assert list(told(stream)) == []


def test_progress_comes_without_a_refresh(office: Office, broadcaster: Still) -> None:
    stream = broadcaster.join(office.leader)
    assert stream
    with transaction() as session:
        outbox.publish(session, ThingProgressed(kind="intake", thing_id=3, done=1, total=4))
    broadcaster.look()
    assert list(told(stream)) == [{"progress": {"intake-3": (1, 4)}}]


def test_only_the_urgent_interrupts(office: Office, broadcaster: Still) -> None:
    stream = broadcaster.join(office.leader)
    assert stream
    for urgent in (False, True):
        with transaction() as session:
            notify(
                session, event="x", kind="letter", thing_id=1, title=f"Khẩn {urgent}",
                post_ids=[office.leader.post_id or 0], urgent=urgent,
            )  # fmt: skip
    broadcaster.look()
    toasts = [toast for message in told(stream) for toast in message.get("toasts", [])]  # type: ignore[attr-defined]
    assert [toast["message"] for toast in toasts] == ["Khẩn True"]


def test_counters_follow_a_change(office: Office, broadcaster: Still) -> None:
    stream = broadcaster.join(office.leader)
    assert stream
    with transaction() as session:
        notify(
            session, event="x", kind="letter", thing_id=1, title="Trình",
            post_ids=[office.leader.post_id or 0],
        )  # fmt: skip
    broadcaster.look()
    [counters] = [m["counters"] for m in told(stream) if "counters" in m]
    assert counters["unread"] == {"number": 1, "urgent": False}  # type: ignore[index]


def test_a_page_that_does_not_keep_up_stops_nobody(office: Office, broadcaster: Still) -> None:
    slow = broadcaster.join(office.leader)
    assert slow
    for _ in range(live.QUEUE_SIZE * 2):
        slow.tell({"changed": ["letter"]})
    assert slow.waiting.qsize() == live.QUEUE_SIZE


def test_above_its_number_of_streams_a_process_takes_no_more(
    office: Office, broadcaster: Still, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MOST_STREAMS", 1)
    first = broadcaster.join(office.leader)
    assert first
    assert broadcaster.join(office.clerk) is None
    broadcaster.leave(first)
    assert broadcaster.join(office.clerk) is not None


def test_a_stream_ends_by_itself_and_leaves(
    office: Office, broadcaster: Still, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "STREAM_SECONDS", 0.2)
    monkeypatch.setattr(live, "BEAT_SECONDS", 0.05)
    stream = broadcaster.join(office.leader)
    assert stream
    stream.tell({"changed": ["letter"]})
    lines = list(stream_lines(broadcaster, stream))
    assert json.loads(lines[1].removeprefix("data: ")) == {"changed": ["letter"]}
    assert ": beat\n\n" in lines
    assert not broadcaster._streams
