"""The trail: append-only, chained, honest about what it cannot prove."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError

from app import audit, relay
from app.clock import frozen
from app.db import engine, is_sqlite, reading, transaction
from app.security import SYSTEM
from tests.factories import Office

KEY = b"k" * 32
NOON = datetime(2026, 11, 24, 5, tzinfo=UTC)


def record(number: int) -> None:
    with transaction() as session:
        audit.record(session, SYSTEM, "letter.registered", number)


def verify(head_file: Path) -> audit.Verdict:
    with reading() as session:
        return audit.verify(session, KEY, iter(head_file.read_text().splitlines()))


def without_triggers(statement: str) -> None:
    """What somebody with the database in hand could do."""
    with engine().begin() as connection:
        if is_sqlite():
            connection.exec_driver_sql("DROP TRIGGER audit_log_no_update")
            connection.exec_driver_sql("DROP TRIGGER audit_seal_no_delete")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        else:
            connection.exec_driver_sql("ALTER TABLE audit_log DISABLE TRIGGER USER")
            connection.exec_driver_sql("ALTER TABLE audit_seal DISABLE TRIGGER USER")
        connection.exec_driver_sql(statement)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_log SET action = 'x'", "DELETE FROM audit_log", "DELETE FROM audit_seal"],
)
def test_no_statement_changes_the_trail(app: Flask, tmp_path: Path, statement: str) -> None:
    record(1)
    relay.seal_once(KEY, tmp_path / "heads")
    with pytest.raises(DBAPIError), transaction() as session:
        session.execute(sa.text(statement))


def test_sealed_rows_verify(app: Flask, tmp_path: Path) -> None:
    for number in range(20):
        record(number)
    assert relay.seal_once(KEY, tmp_path / "heads")
    record(99)
    verdict = verify(tmp_path / "heads")
    assert (verdict.sealed, verdict.unsealed, verdict.faults) == (20, 1, ())
    assert verdict.cannot_prove


def test_a_changed_row_shows(app: Flask, tmp_path: Path) -> None:
    for number in range(3):
        record(number)
    relay.seal_once(KEY, tmp_path / "heads")
    without_triggers("UPDATE audit_log SET thing_id = 77 WHERE thing_id = 1")
    assert len(verify(tmp_path / "heads").faults) == 1


def test_a_chain_cut_short_shows_by_the_head_outside(app: Flask, tmp_path: Path) -> None:
    for number in range(3):
        record(number)
    relay.seal_once(KEY, tmp_path / "heads")
    without_triggers("DELETE FROM audit_seal WHERE position = 3")
    assert any("mốc" in fault for fault in verify(tmp_path / "heads").faults)


def test_reading_a_thing_is_written_once_a_quarter_of_an_hour(office: Office) -> None:
    def read() -> bool:
        with transaction() as session:
            return audit.record_read(session, office.clerk, "incoming", 5, "opened")

    with frozen(NOON):
        assert read()
        assert not read()
    with frozen(NOON + timedelta(minutes=16)):
        assert read()


def record_as(audit_id: int) -> None:
    """An act whose id was taken earlier than it commits."""
    with transaction() as session:
        audit.record(session, SYSTEM, "letter.registered", audit_id)
        [row] = session.new
        assert isinstance(row, audit.AuditLog)
        row.id = audit_id


def sealed() -> list[int]:
    """Ids in the order of the chain."""
    with reading() as session:
        rows = sa.select(audit.AuditSeal.audit_id).order_by(audit.AuditSeal.position)
        return list(session.scalars(rows))


def test_acts_that_commit_late_are_sealed_inside_the_window_at_once_and_beyond_it_later(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "LATE_IDS", 10)
    heads = tmp_path / "heads"
    record_as(1100)
    relay.seal_once(KEY, heads)
    record_as(1091)  # within ten of the newest sealed
    record_as(1090)  # just outside
    assert relay.seal_once(KEY, heads)
    assert sealed()[-2:] == [1100, 1091]
    assert not relay.seal_once(KEY, heads)
    assert verify(heads).unsealed == 1
    assert relay.seal_once(KEY, heads, whole=True)
    assert sealed()[-3:] == [1100, 1091, 1090]
    assert (verify(heads).unsealed, verify(heads).faults) == (0, ())
