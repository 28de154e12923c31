"""The two blocks: who may write, what nests, what happens when many write at once."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError, StatementError

from app import db, outbox
from app.db import reading, transaction
from app.errors import ProgrammingFault
from app.links import Link, Relation
from app.outbox import OutboxEvent

WRITERS, ACTS = 32, 5


def count(model: type) -> int:
    with reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def test_a_transaction_that_raises_leaves_nothing(app: Flask) -> None:
    with pytest.raises(RuntimeError), transaction() as session:
        outbox.changed(session, "letter", 1)
        raise RuntimeError("no")
    assert count(OutboxEvent) == 0


def test_a_reading_block_cannot_write(app: Flask) -> None:
    with pytest.raises(DBAPIError), reading() as session:
        session.execute(sa.insert(OutboxEvent).values(name="x", payload={}, at=datetime.now(UTC)))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_connections_that_the_server_has_closed_are_replaced(app: Flask) -> None:
    with transaction() as session:
        outbox.changed(session, "letter", 1)
    assert count(OutboxEvent) == 1
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
    others += "current_database() AND pid <> pg_backend_pid()"
    killer = sa.create_engine(db.engine().url, poolclass=sa.NullPool)
    with killer.connect() as connection:
        assert len(connection.exec_driver_sql(others).all()) >= 2
    time.sleep(0.05)
    with transaction() as session:
        outbox.changed(session, "letter", 2)
    assert count(OutboxEvent) == 2


def test_a_transaction_opens_in_no_other_block(app: Flask) -> None:
    with reading(), pytest.raises(ProgrammingFault), transaction():
        pass
    with transaction(), pytest.raises(ProgrammingFault), transaction():
        pass
    with transaction(), pytest.raises(ProgrammingFault), reading():
        pass


def test_a_moment_without_a_zone_is_refused(app: Flask) -> None:
    with pytest.raises(StatementError), transaction() as session:
        session.add(OutboxEvent(name="x", payload={}, at=datetime(2026, 1, 1)))  # noqa: DTZ001
        session.flush()


def test_moments_come_back_aware_and_texts_in_nfc(app: Flask) -> None:
    at = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    with transaction() as session:
        session.add(OutboxEvent(name="ho\u0300a", payload={}, at=at))
    with reading() as session:
        row = session.scalars(sa.select(OutboxEvent)).one()
    assert (row.name, row.at) == ("hòa", at)
    assert row.at.tzinfo is not None


def test_a_reader_does_not_wait_for_a_writer(app: Flask) -> None:
    inside, leave = threading.Event(), threading.Event()

    def write() -> None:
        with transaction() as session:
            outbox.changed(session, "letter", 1)
            inside.set()
            leave.wait(10)

    writer = threading.Thread(target=write)
    writer.start()
    assert inside.wait(10)
    try:
        assert count(OutboxEvent) == 0
    finally:
        leave.set()
        writer.join()
    assert count(OutboxEvent) == 1


def test_thirty_two_writers_all_get_their_turn(app: Flask) -> None:
    failures: list[Exception] = []

    def write(number: int) -> None:
        try:
            for act in range(ACTS):
                with transaction() as session:
                    session.add(
                        Link(
                            from_kind="a",
                            from_id=number,
                            relation=Relation.FOLLOWS,
                            to_kind="b",
                            to_id=act,
                        )
                    )
                    time.sleep(0.001)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert count(Link) == WRITERS * ACTS
