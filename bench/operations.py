"""Readings: how fast batches are judged, stored and shown to the rules; charts of many readings.

`readings_processed_per_s` is the processor alone, one batch in one transaction, without a door
before it. Beside it the plain driver puts the same batches into the same table.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import frozen, now
from app.db import reading, transaction
from app.feeds.devices import device_secret, sign
from app.feeds.processors import LARGEST_BATCH, Item, SourceRef
from app.feeds.services import SourceFields, add_device, add_source
from app.feeds.words import SourceKind
from app.security import SYSTEM
from app.sensors import queries
from app.sensors.ingesting import TARGET, Observations
from app.sensors.models import Datastream, Measured, Rule, RuleKind, RuleStream, RuleVersion, Thing
from app.sensors.partitions import keep_months
from bench.documents import FEW, Bench, databases, fill_new, measure, signed_in
from bench.figures import Figure, group, percentile
from bench.sizes import SIZES

STREAMS = 400
RULES = 20  # thresholds, each of a twentieth of the streams
BATCHES = 120
MONTH = timedelta(days=31)
READER = "chutich"
SOURCE = SourceRef(1, "Đo tốc độ", TARGET)
GOALS = {"postgresql": ">= 15000", "sqlite": ">= 8000"}
BY_DRIVER = {
    "sqlite": "INSERT INTO reading (datastream_id, at, value, quality) VALUES (?, ?, ?, 0) "
    "ON CONFLICT DO NOTHING",
    "postgresql": "INSERT INTO reading (datastream_id, at, value, quality) "
    "VALUES (%s, %s, %s, 0) ON CONFLICT DO NOTHING",
}
MONTH_OF_READINGS = sa.text(
    "INSERT INTO reading (datastream_id, at, value, quality) "
    "SELECT s.id, CAST(:start AS timestamptz) + n * CAST(:step AS interval), "
    "2 + sin(n / 500.0 + s.id), 0 "
    "FROM generate_series(0, :each - 1) n CROSS JOIN datastream s"
)
NEWEST_OF_THEM = sa.text(
    "INSERT INTO latest_reading (datastream_id, at, value, quality, received_at, same_count) "
    "SELECT datastream_id, max(at), 2, 0, max(at), 1 FROM reading GROUP BY datastream_id"
)


@group("operations")
def batches() -> Iterator[Figure]:
    """Batches of 500 readings of 400 streams, all watched by rules, newest last."""
    var_dir = Path(tempfile.mkdtemp(prefix="congvu-bench-var."))
    try:
        for kind in SIZES.databases:
            with databases(kind, (STREAMS,)) as (url,):
                bench = fill_new(url, var_dir / kind, FEW)
                ids = put_up(now() - 2 * MONTH)
                start = now() - MONTH
                plain = by_driver(kind, url, ids, start - MONTH / 2)
                yield Figure(
                    f"readings_processed_per_s_{kind}", by_processor(start), "readings/s",
                    beside={"driver": plain},
                )  # fmt: skip
                pushed = by_door(bench, start + MONTH / 2)
                yield Figure(
                    f"readings_per_s_{kind}", pushed, "readings/s", GOALS[kind],
                    beside={"driver": plain},
                )  # fmt: skip
    finally:
        shutil.rmtree(var_dir, ignore_errors=True)


@group("operations")
def charts() -> Iterator[Figure]:
    """Whole pages and the read of the newest values, with ten million readings of a month."""
    if "postgresql" not in SIZES.databases:
        return
    var_dir = Path(tempfile.mkdtemp(prefix="congvu-bench-var."))
    try:
        with databases("postgresql", (STREAMS,)) as (url,):
            bench = fill_new(url, var_dir, FEW)
            put_up(now() - 2 * MONTH)
            fill_month(url)
            client = signed_in(bench.app, READER)
            with reading() as session:
                tokens = session.scalars(sa.select(Datastream.token)).all()
            pages = [f"/quan-trac/luong/{token}?ngay=31" for token in tokens]
            taken = measure(client, pages, SIZES.rounds)
            yield Figure("chart_ms", percentile(taken, 95), "ms", "<= 200")
            yield Figure("latest_ms", percentile(newest_values(), 95), "ms", "<= 50")
            taken = measure(client, ["/quan-trac"], SIZES.rounds)
            yield Figure("latest_page_ms", percentile(taken, 95), "ms")
    finally:
        shutil.rmtree(var_dir, ignore_errors=True)


def put_up(at: datetime) -> list[int]:
    """The streams, ten at each thing, and the rules in force. Returns the ids of the streams."""
    with transaction("bench.streams") as session, frozen(at):
        keep_months(session, at + MONTH)
        things = [Thing(name=f"Trạm {no}", area="Mẫu") for no in range(STREAMS // 10)]
        streams = [
            Datastream(
                key=f"s{no}", name=f"Luồng {no}", measured=Measured.OTHER, interval_seconds=60,
                lowest=-100.0, highest=100.0, thing=things[no // 10],
            )
            for no in range(STREAMS)
        ]  # fmt: skip
        session.add_all(streams)
        session.flush()
        for no in range(RULES):
            watched = [stream.id for stream in streams[no::RULES]]
            _rule(session, no, watched)
        return [stream.id for stream in streams]


def _rule(session: Session, no: int, streams: Sequence[int]) -> None:
    stored = {"streams": streams, "raise_at": 9.9, "clear_at": 9.0, "hold_seconds": 120}
    rule = Rule(name=f"Quy tắc {no}", kind=RuleKind.THRESHOLD, is_on=True)
    rule.versions = [RuleVersion(no=1, definition=stored)]
    session.add(rule)
    session.flush()
    session.add_all(RuleStream(rule_id=rule.id, datastream_id=stream) for stream in streams)


def value_of(number: int) -> float:
    """A value that seldom is beyond the limit of the rules."""
    return (number * 7919 % 1000) / 100


def by_processor(start: datetime) -> float:
    """Readings a second through the processor."""
    items = [
        Item("", {"stream": f"s{n % STREAMS}", "value": value_of(n)}, at, at, n % LARGEST_BATCH)
        for n in range(BATCHES * LARGEST_BATCH)
        for at in [start + n // STREAMS * timedelta(minutes=1)]
    ]
    processor = Observations()
    began = time.perf_counter()
    for first in range(0, len(items), LARGEST_BATCH):
        with transaction("bench.readings") as session:
            processor.process(session, SOURCE, items[first : first + LARGEST_BATCH])
    return len(items) / (time.perf_counter() - began)


def by_door(bench: Bench, start: datetime) -> float:
    """Readings a second through `POST /api/v1/feeds/…`: signed, read, kept raw, processed, told.

    One thread calls the application as its server does; the bodies are ready.
    """
    with transaction("bench.source") as session:
        fields = SourceFields("Trạm đo tốc độ", SourceKind.PUSH, TARGET)
        source = add_source(session, SYSTEM, fields)
        key, address = add_device(session, SYSTEM, source.id, "Máy").key, source.token
    secret = device_secret(bench.app.extensions["settings"].secret_key, key)
    bodies = [body_of(first, start) for first in range(0, BATCHES * LARGEST_BATCH, LARGEST_BATCH)]
    client, sent = bench.app.test_client(), str(int(now().timestamp()))
    headers = [
        {"X-Device": key, "X-Timestamp": sent, "X-Signature": sign(secret, sent, body)}
        for body in bodies
    ]
    began = time.perf_counter()
    for body, head in zip(bodies, headers, strict=True):
        answer = client.post(f"/api/v1/feeds/{address}", data=body, headers=head)
        if answer.status_code != 200 or answer.get_json()["accepted"] != LARGEST_BATCH:
            raise RuntimeError(f"a batch was not taken: {answer.status_code} {answer.text[:300]}")
    return BATCHES * LARGEST_BATCH / (time.perf_counter() - began)


def body_of(first: int, start: datetime) -> bytes:
    """A batch as a device writes it."""
    return json.dumps(
        [
            {
                "stream": f"s{n % STREAMS}",
                "at": (start + n // STREAMS * timedelta(seconds=30)).isoformat(),
                "value": value_of(n),
            }
            for n in range(first, first + LARGEST_BATCH)
        ]
    ).encode()


def by_driver(kind: str, url: str, ids: Sequence[int], start: datetime) -> float:
    """The same batches, indexes and commits by the driver alone: rows that are ready."""
    rows = [
        (ids[n % STREAMS], at.isoformat(sep=" ") if kind == "sqlite" else at, value_of(n))
        for n in range(BATCHES * LARGEST_BATCH)
        for at in [start + n // STREAMS * timedelta(minutes=1)]
    ]
    engine = sa.create_engine(url)
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        if kind == "sqlite":
            cursor.execute("PRAGMA synchronous = FULL")
        began = time.perf_counter()
        for first in range(0, len(rows), LARGEST_BATCH):
            cursor.executemany(BY_DRIVER[kind], rows[first : first + LARGEST_BATCH])
            connection.commit()
        return len(rows) / (time.perf_counter() - began)
    finally:
        connection.close()
        engine.dispose()


def fill_month(url: str) -> None:
    """Ten million readings, evenly over a month, and what is the newest of each stream."""
    each = SIZES.readings // STREAMS
    with transaction("bench.month") as session:
        session.execute(
            MONTH_OF_READINGS, {"start": now() - MONTH, "step": MONTH / each, "each": each}
        )
        session.execute(NEWEST_OF_THEM)
    # What autovacuum does by itself soon after; before that an index cannot answer alone.
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("VACUUM (ANALYZE) reading")
    engine.dispose()


def newest_values() -> list[float]:
    """Milliseconds of reading the newest values of all streams."""
    taken = []
    for _no in range(SIZES.rounds):
        began = time.perf_counter()
        with reading() as session:
            if len(queries.streams_now(session, now())) != STREAMS:
                raise AssertionError("not all streams were read")
        taken.append((time.perf_counter() - began) * 1000)
    return taken
