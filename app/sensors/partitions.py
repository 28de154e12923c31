"""Months of readings as partitions of their own on PostgreSQL; SQLite has one table.

What came before its month had a partition lies in the rest and is moved when the month is made.
"""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

MONTHS_AHEAD = 2
REST = "partitions.reading_rest"
COLUMNS = "datastream_id, at, value, quality"


def month_bounds(moment: datetime, ahead: int = 0) -> tuple[datetime, datetime]:
    """First moment (UTC) of the month, `ahead` months later, and of the month after it."""
    months = moment.year * 12 + moment.month - 1 + ahead
    first, after = (datetime(n // 12, n % 12 + 1, 1, tzinfo=UTC) for n in (months, months + 1))
    return first, after


def partition_name(first: datetime) -> str:
    """The table of the month that begins at `first`."""
    return f"reading_{first:%Y_%m}"


def keep_months(session: Session, moment: datetime) -> list[str]:
    """Make the partitions of this month and the next two, if missing. Returns the new ones."""
    if session.get_bind().dialect.name != "postgresql":
        return []
    there = set(
        session.scalars(sa.text("SELECT tablename FROM pg_tables WHERE schemaname = 'partitions'"))
    )
    made = []
    for ahead in range(MONTHS_AHEAD + 1):
        first, after = month_bounds(moment.astimezone(UTC), ahead)
        name = partition_name(first)
        if name not in there:
            _make(session, name, first, after)
            made.append(name)
    return made


def _make(session: Session, name: str, first: datetime, after: datetime) -> None:
    """Names and bounds are made here from numbers; no text from outside is in the statements."""
    table = f"partitions.{name}"
    bounds = f"at >= '{first.isoformat()}' AND at < '{after.isoformat()}'"
    for statement in (
        "LOCK TABLE reading IN SHARE ROW EXCLUSIVE MODE",
        f"CREATE TABLE {table} (LIKE reading INCLUDING ALL)",
        f"WITH moved AS (DELETE FROM {REST} WHERE {bounds} RETURNING {COLUMNS}) "  # noqa: S608
        f"INSERT INTO {table} ({COLUMNS}) SELECT {COLUMNS} FROM moved",
        f"ALTER TABLE reading ATTACH PARTITION {table} "
        f"FOR VALUES FROM ('{first.isoformat()}') TO ('{after.isoformat()}')",
    ):
        session.connection().exec_driver_sql(statement)
