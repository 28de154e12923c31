"""Batches of observations: what is stored, what the rules say, how many statements it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app import db
from app.db import reading, transaction
from app.errors import PermissionDenied, RuleViolated
from app.feeds.processors import Fate, Item, SourceRef, target_named
from app.outbox import OutboxEvent
from app.sensors import alarming
from app.sensors.hooks import AlarmsChanged, alarms_changed
from app.sensors.ingesting import TARGET
from app.sensors.models import (
    Alarm,
    LatestReading,
    Quality,
    Reading,
    Rule,
    RuleKind,
    Severity,
    Thing,
)
from app.sensors.partitions import keep_months
from app.sensors.rules import Transition
from app.sensors.services import (
    PlaceFields,
    StreamFields,
    add_stream,
    add_thing,
    announce_maintenance,
    approve_rule,
    draft_rule,
    raise_gaps,
    reword_rule,
    switch_off,
)
from tests.factories import Office

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SOURCE = SourceRef(1, "Trạm thử", TARGET)
WRITERS = 32


def set_up(session: Session, office: Office, *keys: str) -> list[int]:
    """A station with a stream for each key. Returns the streams' ids."""
    thing = add_thing(session, office.admin, PlaceFields("Trạm Bến Mẫu"))
    return [
        add_stream(
            session, office.admin, thing.id,
            StreamFields(key, f"Mực nước {key}", interval_seconds=60, lowest=-1, highest=20),
        ).id
        for key in keys
    ]  # fmt: skip


def put_in_force(
    session: Session, office: Office, kind: RuleKind, name: str = "Nước cao", **stored: object
) -> Rule:
    rule = draft_rule(
        session, office.admin, name=name, kind=kind, severity=Severity.HIGH, stored=stored
    )
    return approve_rule(session, office.chief, rule.id, 1)


def item(minute: int, value: object, key: str = "river") -> Item:
    at = START + minute * MINUTE
    return Item(f"{key}-{minute}", {"stream": key, "value": value}, at, at)


def send(*items: Item) -> list[Fate]:
    with transaction("test") as session:
        outcomes = target_named(TARGET).processor.process(session, SOURCE, items)
    return [outcome.fate for outcome in outcomes]


def alarms() -> list[tuple[float | None, float | None, bool]]:
    with reading() as session:
        rows = session.scalars(sa.select(Alarm).order_by(Alarm.id)).all()
        return [(a.raised_value, a.cleared_value, a.cleared_at is None) for a in rows]


def stored() -> list[tuple[float, int]]:
    with reading() as session:
        rows = session.execute(
            sa.select(Reading.value, Reading.quality).order_by(Reading.datastream_id, Reading.at)
        )
        return [(value, quality) for value, quality in rows]


@contextmanager
def counting() -> Iterator[list[str]]:
    """The statements that were executed."""
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    sa.event.listen(db.engine(), "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(db.engine(), "before_cursor_execute", note)


def test_a_batch_is_stored_judged_and_shown_to_the_rules(app: Flask, office: Office) -> None:
    told: list[AlarmsChanged] = []

    def listen(_session: Session, happened: AlarmsChanged) -> None:
        told.append(happened)

    with transaction("test") as session:
        streams = set_up(session, office, "river")
        put_in_force(
            session, office, RuleKind.THRESHOLD, streams=streams, raise_at=3.0, clear_at=2.95
        )
    alarms_changed.subscribe(listen)
    try:
        fates = send(item(0, 2.0), item(1, 3.1), item(2, "?"), item(1, 9), item(3, 99))
        again = send(item(0, 2.0), item(1, 3.1), item(4, 2.0))
    finally:
        alarms_changed.unsubscribe(listen)
    accepted, duplicate = Fate.ACCEPTED, Fate.DUPLICATE
    assert fates == [accepted, accepted, Fate.REFUSED, duplicate, accepted]
    assert again == [duplicate, duplicate, accepted]
    assert stored() == [(2.0, 0), (3.1, 0), (99.0, Quality.IMPOSSIBLE.value), (2.0, 0)]
    assert alarms() == [(3.1, 2.0, False)]
    assert [(len(one.raised), len(one.cleared)) for one in told] == [(1, 0), (0, 1)]
    with reading() as session:
        latest = session.scalars(sa.select(LatestReading)).one()
        assert (latest.at, latest.value) == (START + 4 * MINUTE, 2.0)
        names = session.scalars(sa.select(OutboxEvent.name).order_by(OutboxEvent.id)).all()
    assert [n for n in names if n.startswith("sensors.")] == [
        "sensors.alarm_raised", "sensors.alarm_cleared",
    ]  # fmt: skip


def test_any_text_may_be_a_key_and_what_is_no_key_spoils_no_batch(
    app: Flask, office: Office
) -> None:
    odd = "nước {\"a\",b} \\ 'NULL'"
    with transaction("test") as session:
        set_up(session, office, odd, "NULL")
    sent = [item(0, 0.1, odd), item(0, 1e-7, "NULL"), item(0, 1, "a\x00"), item(0, 1, "")]
    assert send(*sent) == [Fate.ACCEPTED, Fate.ACCEPTED, Fate.REFUSED, Fate.REFUSED]
    assert stored() == [(0.1, 0), (1e-7, 0)]


def test_a_value_takes_the_place_of_an_impossible_one_of_the_same_moment(
    app: Flask, office: Office
) -> None:
    with transaction("test") as session:
        set_up(session, office, "river")
    assert send(item(0, 99)) == [Fate.ACCEPTED]
    assert send(item(0, 1.5)) == [Fate.ACCEPTED]
    assert send(item(0, 98)) == [Fate.DUPLICATE]
    assert stored() == [(1.5, 0)]


def test_the_number_of_statements_does_not_grow_with_the_batch(app: Flask, office: Office) -> None:
    keys = [f"s{no}" for no in range(20)]
    with transaction("test") as session:
        streams = set_up(session, office, *keys)
        put_in_force(session, office, RuleKind.THRESHOLD, streams=streams, raise_at=90)
    with counting() as few:
        send(*[item(0, 1.0, key) for key in keys[:2]])
    with counting() as many:
        send(*[item(minute, 1.0, key) for key in keys for minute in range(1, 26)])
    assert len(many) == len(few) <= 14
    assert len(stored()) == 502


def race(count: int, work: Callable[[int], None]) -> list[BaseException]:
    """Run `work(n)` in so many threads, all at once; what they raised."""
    failed: list[BaseException] = []
    barrier = Barrier(count)

    def run(no: int) -> None:
        barrier.wait()
        try:
            work(no)
        except BaseException as error:
            failed.append(error)

    threads = [Thread(target=run, args=(no,)) for no in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return failed


def test_thirty_two_writers_raise_one_alarm(app: Flask, office: Office) -> None:
    """Past the locks of streams: here the index alone decides."""
    with transaction("test") as session:
        streams = set_up(session, office, "river")
        rule = put_in_force(session, office, RuleKind.THRESHOLD, streams=streams, raise_at=3)
        rule_id = rule.id
    raised: list[int] = []

    def raise_it(_no: int) -> None:
        said = [Transition(True, START, 3.5)]
        spoken = alarming.Spoken(rule_id, 1, Severity.HIGH, streams[0], said)
        with transaction("test") as session:
            raised.extend(alarming.keep(session, [spoken]).raised)

    assert race(WRITERS, raise_it) == []
    assert len(raised) == 1
    assert alarms() == [(3.5, None, True)]


def test_batches_at_once_lose_nothing_and_keep_one_open_alarm(app: Flask, office: Office) -> None:
    with transaction("test") as session:
        streams = set_up(session, office, "river", "canal")
        put_in_force(session, office, RuleKind.THRESHOLD, streams=streams, raise_at=3)
        both = [{"stream": stream, "raise_at": 3} for stream in streams]
        put_in_force(session, office, RuleKind.COMBINATION, "Cả hai", members=both, needed=2)

    def push(minute: int) -> None:
        send(item(minute, 4.0), item(minute, 4.0, "canal"))

    assert race(12, push) == []
    assert len(stored()) == 24
    assert alarms() == [(4.0, None, True)] * 3


def test_silence_is_raised_once_and_not_during_maintenance(app: Flask, office: Office) -> None:
    with transaction("test") as session:
        streams = set_up(session, office, "river")
        rule = put_in_force(session, office, RuleKind.NO_DATA, streams=streams)
        thing_id = session.scalars(sa.select(Thing.id)).one()
        begun = max(START, rule.versions[0].made_at)
        announce_maintenance(
            session, office.duty, thing_id, begun, begun + 60 * MINUTE, "Thay cảm biến"
        )
    for minute, expected in ((30, 0), (62, 0), (64, 1), (65, 1)):
        with transaction("test") as session:
            raise_gaps(session, begun + minute * MINUTE)
        assert len(alarms()) == expected
    at = begun + 66 * MINUTE
    with transaction("test") as session:
        target_named(TARGET).processor.process(
            session, SOURCE, [Item("", {"stream": "river", "value": 0}, at, at)]
        )
    assert alarms() == [(None, 0.0, False)]


def test_a_new_version_waits_for_approval_and_a_rule_that_is_off_leaves_no_alarm(
    app: Flask, office: Office
) -> None:
    with transaction("test") as session:
        streams = set_up(session, office, "river", "canal")
        rule = put_in_force(session, office, RuleKind.THRESHOLD, streams=streams, raise_at=3)
        rule_id = rule.id
    send(item(0, 3.5), item(0, 3.5, "canal"))
    with transaction("test") as session:
        reword_rule(session, office.admin, rule_id, {"streams": streams[:1], "raise_at": 5})
    send(item(1, 3.6))
    assert len(alarms()) == 2
    with transaction("test") as session:
        approve_rule(session, office.chief, rule_id, 2)
    assert [is_open for _up, _down, is_open in alarms()] == [True, False]
    send(item(2, 3.6))
    assert [is_open for _up, _down, is_open in alarms()] == [False, False]
    send(item(3, 5.1))
    with transaction("test") as session:
        switch_off(session, office.chief, rule_id)
    send(item(4, 6.0))
    assert [is_open for _up, _down, is_open in alarms()] == [False] * 3


def test_who_may_not_approve_cannot_and_nobody_approves_their_own(
    app: Flask, office: Office
) -> None:
    with transaction("test") as session:
        streams = set_up(session, office, "river")
        rule = draft_rule(
            session, office.admin, name="Nước cao", kind=RuleKind.THRESHOLD,
            severity=Severity.LOW, stored={"streams": streams, "raise_at": 3},
        )  # fmt: skip
        with pytest.raises(PermissionDenied):
            approve_rule(session, office.admin, rule.id, 1)
        rule.versions[0].made_by_post_id = office.chief.post_id
        with pytest.raises(RuleViolated):
            approve_rule(session, office.chief, rule.id, 1)


def test_months_get_partitions_and_what_came_before_moves_into_them(
    app: Flask, office: Office
) -> None:
    with transaction("test") as session:
        set_up(session, office, "river")
    send(item(0, 1.0), item(1, 2.0))
    with transaction("test") as session:
        made = keep_months(session, START)
        again = keep_months(session, START)
    assert again == []
    assert stored() == [(1.0, 0), (2.0, 0)]
    assert send(item(1, 2.0), item(2, 3.0)) == [Fate.DUPLICATE, Fate.ACCEPTED]
    if db.is_sqlite():
        assert made == []
        return
    assert made == ["reading_2026_11", "reading_2026_12", "reading_2027_01"]
    with reading() as session:
        counts = [
            session.scalar(sa.text(f"SELECT count(*) FROM partitions.{name}"))
            for name in ("reading_rest", "reading_2026_11")
        ]
    assert counts == [0, 3]
