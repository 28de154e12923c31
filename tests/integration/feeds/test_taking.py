"""Batches are kept as they came, each item counts once, what cannot be taken waits."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
import sqlalchemy as sa

from app import clock
from app.db import reading, transaction
from app.errors import InvalidInput, PermissionDenied, RuleViolated
from app.feeds import chores, entry, queries, services
from app.feeds.models import FeedBatch, FeedFault, FeedSignal, FeedSource
from app.feeds.preparing import Arrived, SourceInfo, unpack
from app.feeds.words import FaultKind, FaultState, SignalState
from tests.factories import Office
from tests.integration.feeds.conftest import Desk, source_for

AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
WRITERS = 32


def arrived(*records: Any, key: str | None = None, at: datetime = AT) -> Arrived:
    return Arrived(json.dumps(list(records)).encode(), at, request_key=key)


def event(no: int, what: str = "fire") -> dict[str, Any]:
    return {"id": f"e{no}", "at": "2026-11-23T02:59:00Z", "what": what}


def only_fault() -> FeedFault:
    with reading() as session:
        return session.scalars(sa.select(FeedFault)).one()


def test_an_event_is_kept_raw_and_handed_on_once(office: Office, desk: Desk) -> None:
    source = source_for(office, "probe_events")

    first = entry.arrive(source, arrived(event(1), event(2), event(1)))
    again = entry.arrive(source, arrived(event(2), event(3)))

    assert (first.accepted, first.duplicate, again.accepted, again.duplicate) == (2, 1, 1, 1)
    assert desk.seen == ["e1", "e2", "e3"]
    with reading() as session:
        signals = session.scalars(sa.select(FeedSignal).order_by(FeedSignal.external_id)).all()
        assert [signal.state for signal in signals] == [SignalState.PROCESSED] * 3
        assert signals[0].raw == event(1)
        assert (signals[0].kind, signals[0].thing_id) == ("probe", signals[0].id)
        batch = session.get(FeedBatch, first.batch_id)
        assert batch is not None
        assert json.loads(unpack(batch.content)) == [event(1), event(2), event(1)]


def test_the_same_request_again_changes_nothing_and_is_answered_alike(
    office: Office, desk: Desk
) -> None:
    source = source_for(office, "probe_values")

    first = entry.arrive(source, arrived(event(1), event(2, "rain"), key="k"))
    again = entry.arrive(source, arrived(event(1), event(2, "rain"), key="k"))

    assert again.repeated
    assert not first.repeated
    assert (again.batch_id, again.accepted, again.refused) == (first.batch_id, 1, 1)
    assert only_fault().count == 1


def test_32_senders_of_the_same_events_have_one_effect(office: Office, desk: Desk) -> None:
    source, barrier = source_for(office, "probe_events"), Barrier(WRITERS)
    results, faults = list[Any](), list[Exception]()

    def send(no: int) -> None:
        barrier.wait()
        try:
            events = [event(n) for n in range(5)]
            results.append(entry.arrive(source, arrived(*(events if no % 2 else events[::-1]))))
        except Exception as error:
            faults.append(error)

    threads = [Thread(target=send, args=(no,)) for no in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert faults == []
    assert len(results) == WRITERS
    assert sorted(desk.seen) == ["e0", "e1", "e2", "e3", "e4"]
    assert sum(one.accepted for one in results) == 5


def test_32_senders_of_the_same_fault_share_one_row(office: Office, desk: Desk) -> None:
    source, barrier = source_for(office, "probe_values"), Barrier(WRITERS)

    def send() -> None:
        barrier.wait()
        entry.arrive(source, arrived(event(1, "rain")))

    threads = [Thread(target=send) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    fault = only_fault()
    assert (fault.count, fault.reason) == (WRITERS, "Không có loại “rain”.")
    assert fault.last_batch_id - fault.first_batch_id == WRITERS - 1


def test_refused_values_are_taken_again_when_their_reason_is_gone(
    office: Office, desk: Desk
) -> None:
    source = source_for(office, "probe_values")
    for no in range(3):
        entry.arrive(source, arrived(event(no), event(no + 10, "rain"), event(no + 20, "ash")))
    desk.seen.clear()
    desk.known.add("rain")

    with reading() as session:
        fault = session.scalars(sa.select(FeedFault).where(FeedFault.reason.contains("rain"))).one()
    with transaction() as session:
        services.ask_replay(session, office.duty, fault.id)
    assert chores.work_on_faults() == 1

    assert desk.seen.count("rain") == 3
    with reading() as session:
        states = {f.reason: (f.state, f.count) for f in session.scalars(sa.select(FeedFault))}
        assert states == {
            "Không có loại “rain”.": (FaultState.SOLVED, 3),
            "Không có loại “ash”.": (FaultState.OPEN, 3),
        }
        assert session.scalar(sa.select(sa.func.sum(FeedBatch.refused))) == 3


def test_what_our_own_code_breaks_on_is_kept_and_tried_again_by_itself(
    office: Office, desk: Desk
) -> None:
    source = source_for(office, "probe_events")
    desk.broken = True

    taken = entry.arrive(source, arrived(event(1)))

    assert taken.fault is FaultKind.FAILED
    chores.work_on_faults()
    assert only_fault().state is FaultState.OPEN
    desk.broken = False
    with clock.frozen(datetime.now(UTC) + timedelta(hours=1)):
        chores.work_on_faults()
    assert desk.seen == ["e1"]
    assert only_fault().state is FaultState.SOLVED


def test_after_many_failures_a_person_has_to_ask(office: Office, desk: Desk) -> None:
    source = source_for(office, "probe_events")
    desk.broken = True
    entry.arrive(source, arrived(event(1)))
    at = datetime.now(UTC)
    for _ in range(20):
        at += timedelta(hours=3)
        with clock.frozen(at):
            chores.work_on_faults()

    fault = only_fault()
    assert (fault.state, fault.attempts, fault.due_at) == (FaultState.OPEN, 8, None)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"not json", "Dữ liệu không phải JSON hợp lệ."),
        (b"  ", "Dữ liệu rỗng."),
        (b'[{"a":' * 20_000, "Dữ liệu không phải JSON hợp lệ."),
        (b"[" + b"{}," * 500 + b"{}]", "Mỗi lần gửi nhiều nhất 500 mục, lần này có 501."),
    ],
)
def test_what_cannot_be_read_is_kept_with_its_reason(
    office: Office, desk: Desk, content: bytes, sentence: str
) -> None:
    source = source_for(office, "probe_events")

    taken = entry.arrive(source, Arrived(content, AT))

    assert taken.fault is FaultKind.UNREADABLE
    assert taken.problem == sentence or "sâu" in taken.problem
    fault = only_fault()
    assert fault.kind is FaultKind.UNREADABLE
    with reading() as session:
        batch = session.get(FeedBatch, fault.first_batch_id)
        assert batch is not None
        assert unpack(batch.content) == content


def test_signs_that_no_database_takes_do_no_harm(office: Office, desk: Desk) -> None:
    source = source_for(office, "probe_events")
    content = rb'[{"id":"e1","what":"fire","level":"a\u0000b\ud800"},{"what":NaN},{"what":1e999}]'

    taken = entry.arrive(source, Arrived(content, AT))

    assert (taken.accepted, taken.refused) == (1, 2)
    with reading() as session:
        signal = session.scalars(sa.select(FeedSignal).where(FeedSignal.external_id == "e1")).one()
        assert signal.raw["level"] == "ab?"


def test_a_dead_signal_is_translated_anew_or_given_up(office: Office, desk: Desk) -> None:
    source = source_for(office, "probe_events")
    entry.arrive(source, arrived(event(1, "rain"), {"id": "e2"}))
    with reading() as session:
        first, second = session.scalars(
            sa.select(FeedSignal).order_by(FeedSignal.external_id)
        ).all()
    assert (first.reason, second.reason) == ("Không có loại “rain”.", "Thiếu “Sự việc”.")
    desk.known.add("rain")

    with transaction() as session:
        signal = services.replay_signal(session, office.duty, first.id)
        assert (signal.state, signal.reason) == (SignalState.PROCESSED, "")
        assert services.replay_signal(session, office.duty, second.id).state is SignalState.DEAD
        services.discard_signal(session, office.duty, second.id, "Tin thử")
    with transaction() as session, pytest.raises(RuleViolated):
        services.replay_signal(session, office.duty, second.id)
    with transaction() as session, pytest.raises(PermissionDenied):
        services.replay_signal(session, office.clerk, first.id)


def test_old_raw_bytes_go_unless_a_fault_needs_them(office: Office, desk: Desk) -> None:
    source = source_for(office, "probe_values", keep_days=7)
    old = AT - timedelta(days=8)
    entry.arrive(source, arrived(event(1), at=old))
    kept = entry.arrive(source, arrived(event(2, "rain"), at=old))
    entry.arrive(source, arrived(event(3)))

    with clock.frozen(AT):
        assert chores.forget_batches() == 1
        assert chores.forget_batches() == 0
        fault_id = only_fault().id
        with transaction() as session:
            services.discard(session, office.duty, fault_id, "Trạm đã tháo")
        assert chores.forget_batches() == 1
    with reading() as session:
        assert session.get(FeedBatch, kept.batch_id) is None


def test_a_source_that_says_nothing_is_silent_and_one_in_trouble_comes_first(
    office: Office, desk: Desk
) -> None:
    source: SourceInfo = source_for(office, "probe_values", expected_seconds=60)
    entry.arrive(source, arrived(event(1), event(2, "rain")))
    with transaction() as session:
        services.add_source(
            session, office.admin,
            services.SourceFields("A không có gì", source.kind, "probe_values"),
        )  # fmt: skip

    with clock.frozen(AT + timedelta(minutes=2)), reading() as session:
        first, second = queries.health(session)
        assert (first.source.name, first.faults, first.is_silent) == ("Nguồn thử", 1, False)
        assert first.per_minute == pytest.approx(1 / 5)
        assert (second.faults, second.last_at) == (0, None)
    with clock.frozen(AT + timedelta(minutes=4)), reading() as session:
        assert queries.health(session)[0].is_silent


def test_a_mapping_that_cannot_work_is_refused_with_sentences(office: Office, desk: Desk) -> None:
    wrong = {"at": {"from": "t", "as": "sometimes"}, "fields": {"level": "a[", "colour": "c"}}

    with pytest.raises(InvalidInput) as error:
        source_for(office, "probe_values", mapping=wrong)

    for part in ("“at” sai", "“level” sai", "Không có trường “colour”", "Chưa nói lấy “Sự việc”"):
        assert part in error.value.user_message
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count(FeedSource.id))) == 0
