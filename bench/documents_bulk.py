"""Rows by the hundred thousand: the fastest way in that each database has.

Values go through the types of the models, so that what lies in the tables is what the application
would have written. Foreign keys are not checked while loading; the caller keeps them whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.orm import DeclarativeBase

from app.db import UtcDateTime

Row = tuple[Any, ...]
Bind = Callable[[Any], Any]
AT_ONCE = 5000


class Bulk:
    """Collects rows by table and writes them in large steps. Ids are given by the caller."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._tables: dict[str, _Loader] = {}
        self.rows = 0

    def add(self, model: type[DeclarativeBase], **values: Any) -> None:
        """One row. Columns that are not named get the model's default, else NULL."""
        table = model.__table__
        assert isinstance(table, sa.Table)
        loader = self._tables.get(table.name)
        if loader is None:
            loader = self._tables[table.name] = _Loader(self._connection, table)
        loader.add(values)
        self.rows += 1

    def finish(self) -> None:
        """Write what is left and let PostgreSQL's sequences go on after the ids given."""
        for loader in self._tables.values():
            loader.write()
            loader.advance_sequence()


@dataclass(frozen=True, slots=True)
class _Plan:
    """How a row is made of certain named values: computed once, used a hundred thousand times."""

    row: list[Any]  # with the constants in their places
    given: list[tuple[int, str, Bind | None]]
    made: list[tuple[int, Callable[[], Any], Bind | None]]  # defaults that differ each time


class _Loader:
    """The way into one table."""

    def __init__(self, connection: sa.Connection, table: sa.Table) -> None:
        self._connection, self._table = connection, table
        self._columns = [column.name for column in table.columns]
        self._plans: dict[tuple[str, ...], _Plan] = {}
        self._rows: list[Row] = []

    def add(self, values: dict[str, Any]) -> None:
        names = tuple(values)
        plan = self._plans.get(names)
        if plan is None:
            plan = self._plans[names] = self._plan(names)
        row = plan.row.copy()
        for at, name, bind in plan.given:
            value = values[name]
            row[at] = value if bind is None else bind(value)
        for at, make, bind in plan.made:
            row[at] = make() if bind is None else bind(make())
        self._rows.append(tuple(row))
        if len(self._rows) >= AT_ONCE:
            self.write()

    def _plan(self, names: Sequence[str]) -> _Plan:
        unknown = set(names) - set(self._columns)
        if unknown:
            raise KeyError(f"{self._table.name} has no column {unknown.pop()}")
        plan = _Plan([], [], [])
        for at, column in enumerate(self._table.columns):
            bind = _processor(column, self._connection.dialect)
            constant, make = _default(column)
            plan.row.append(constant if bind is None else bind(constant))
            if column.name in names:
                plan.given.append((at, column.name, bind))
            elif make is not None:
                plan.made.append((at, make, bind))
        return plan

    def write(self) -> None:
        cursor = self._connection.connection.cursor()
        if self._connection.dialect.name == "sqlite":
            names = ", ".join(f'"{name}"' for name in self._columns)
            marks = ", ".join("?" * len(self._columns))
            cursor.executemany(
                f'INSERT INTO "{self._table.name}" ({names}) VALUES ({marks})',  # noqa: S608
                self._rows,
            )
        else:
            _copy(cursor, self._table.name, self._columns, self._rows)
        self._rows.clear()

    def advance_sequence(self) -> None:
        if self._connection.dialect.name == "sqlite" or "id" not in self._columns:
            return
        self._connection.exec_driver_sql(
            f"SELECT setval(pg_get_serial_sequence('\"{self._table.name}\"', 'id'), "  # noqa: S608
            f'(SELECT coalesce(max(id), 0) + 1 FROM "{self._table.name}"), false)'
        )


def _copy(cursor: Any, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _default(column: sa.Column[Any]) -> tuple[Any, Callable[[], Any] | None]:
    """What stands in a column that is not named: a constant, or what makes it anew."""
    default = column.default
    if column.name == "version":
        return 1, None  # the mapper counts it, the table has no default
    if isinstance(default, sa.ColumnDefault) and default.is_scalar:
        return default.arg, None
    if isinstance(default, sa.ColumnDefault) and default.is_callable:
        call = default.arg
        return None, lambda: call(None)
    return None, None


def _processor(column: sa.Column[Any], dialect: sa.Dialect) -> Bind | None:
    """What the column's type makes of a value; moments repeat, in a letter and in the next."""
    found = column.type.dialect_impl(dialect).bind_processor(dialect)
    return lru_cache(256)(found) if found and isinstance(column.type, UtcDateTime) else found


@contextmanager
def loading(url: str) -> Iterator[Bulk]:
    """A loader for a migrated database; all is committed together at the end."""
    engine = sa.create_engine(url)
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                for pragma in ("foreign_keys=OFF", "synchronous=OFF", "cache_size=-200000"):
                    connection.exec_driver_sql(f"PRAGMA {pragma}")
            else:
                connection.exec_driver_sql("SET session_replication_role = replica")
            bulk = Bulk(connection)
            yield bulk
            bulk.finish()
            connection.commit()
        if engine.dialect.name == "postgresql":
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM ANALYZE")  # what autovacuum does in production
    finally:
        engine.dispose()
