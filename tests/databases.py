"""Fresh databases for tests, cheap enough to give one to each.

The schema is made once a process by the migrations. On SQLite each test gets a copy of the file. On
PostgreSQL a process keeps one database for each starting point and brings its rows back to what
they were: making and dropping a database took longer than most tests. And the statements that were
compiled to SQL are kept from test to test, as an office keeps them from page to page.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app import db
from migrations.run import upgrade_to

Fill = Callable[[], object]

_KEEP = """
CREATE SCHEMA kept;
DO $$ DECLARE t text; filled boolean; BEGIN
  FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM public.%I)', t) INTO filled;
    IF filled THEN EXECUTE format('CREATE TABLE kept.%I AS TABLE public.%I', t, t); END IF;
  END LOOP;
END $$;
CREATE TABLE kept."sequences of public" AS
  SELECT sequencename, start_value, last_value FROM pg_sequences WHERE schemaname = 'public';
"""
# Deleting a few rows is much cheaper than truncating, which makes new files for a table's indexes.
# The role `replica` lets no trigger fire: neither the guards of the audit trail nor foreign keys.
_RESTORE = """
SET LOCAL session_replication_role = replica;
SET LOCAL lock_timeout = '20s';
DO $$ DECLARE t text; size bigint; s record; BEGIN
  FOR t, size IN SELECT oid::regclass::text, pg_relation_size(oid) FROM pg_class
           WHERE relnamespace::regnamespace::text IN ('public', 'partitions')
             AND relkind = 'r' LOOP
    IF size > 65536 THEN EXECUTE 'TRUNCATE ' || t || ' CASCADE';
    ELSIF size > 0 THEN EXECUTE 'DELETE FROM ' || t; END IF;
  END LOOP;
  FOR t IN SELECT tablename FROM pg_tables
           WHERE schemaname = 'kept' AND tablename <> 'sequences of public' LOOP
    EXECUTE format('INSERT INTO public.%I OVERRIDING SYSTEM VALUE SELECT * FROM kept.%I', t, t);
  END LOOP;
  FOR s IN SELECT * FROM kept."sequences of public" LOOP
    PERFORM setval(format('public.%I', s.sequencename)::regclass,
                   coalesce(s.last_value, s.start_value), s.last_value IS NOT NULL);
  END LOOP;
END $$;
"""
_OTHERS_OUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
# What a test may have changed beside rows: tables, columns, indexes, triggers.
_SHAPE = """
SELECT (SELECT md5(string_agg(c.oid || ':' || c.relnatts || c.relhastriggers, ',' ORDER BY c.oid))
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public'),
       (SELECT md5(string_agg(oid || ':' || tgenabled::text, ',' ORDER BY oid)) FROM pg_trigger)
"""


def make_engines_cheap(patch: pytest.MonkeyPatch) -> None:
    """Let all engines of a kind use what the first to connect has compiled, and SQLite not wait for
    the disk: tests kill processes, but never the machine."""
    for maker in ("_sqlite_engine", "_postgresql_engine"):
        patch.setattr(db, maker, _handing_on(getattr(db, maker)))


def _handing_on(make: Callable[..., sa.Engine]) -> Callable[..., sa.Engine]:
    known: dict[bool, sa.Engine] = {}

    def made(url: sa.URL, pool_size: int, *, read_only: bool) -> sa.Engine:
        engine = make(url, pool_size, read_only=read_only)
        first = known.get(read_only)
        if first is None or first.dialect.server_version_info is None:
            known[read_only] = engine  # a dialect knows its server once it has been connected
        else:
            # The cache is keyed by the dialect, so both are handed on; connections stay its own.
            engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache
        if engine.dialect.name == "sqlite":
            sa.event.listen(engine, "connect", _wait_for_no_disk)
        return engine

    return made


def _wait_for_no_disk(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF").close()


def migrated_file(path: Path) -> Path:
    """A database of SQLite with all tables and nothing in them."""
    upgrade_to(f"sqlite:///{path}")
    _into_one_file(path)
    return path


def migrated_database(server: sa.URL) -> sa.URL:
    """The same on PostgreSQL; whoever asked for it drops it."""
    url = _create_database(server)
    upgrade_to(_text(url))
    return url


class SqliteTemplate:
    """A migrated file, filled once, of which each test gets a copy."""

    def __init__(self, path: Path, migrated: Path, fill: Fill) -> None:
        self.path = path
        shutil.copy(migrated, path)
        _fill(f"sqlite:///{path}", fill)
        _into_one_file(path)

    @contextmanager
    def fresh(self, path: Path) -> Iterator[str]:
        """The URL of a copy at `path`."""
        path.parent.mkdir(exist_ok=True)
        shutil.copy(self.path, path)
        yield f"sqlite:///{path}"
        db.dispose()


class PostgresqlTemplate:
    """A migrated database, filled once, brought back to that state before each test."""

    def __init__(self, server: sa.URL, migrated: sa.URL, fill: Fill) -> None:
        self._server, self._migrated, self._fill = server, migrated, fill
        self._url, self._shape = self._made()
        self._engine = _autocommitting(self._url)

    def _made(self) -> tuple[sa.URL, tuple[object, ...]]:
        url = _create_database(self._server, self._migrated.database)
        _fill(_text(url), self._fill)
        with _connection(url) as connection:
            _run(connection, _KEEP)
            return url, _shape(connection)

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """The URL of the database, as it was when it was filled."""
        self._bring_back()
        yield _text(self._url)
        db.dispose()

    def _bring_back(self) -> None:
        with self._engine.connect() as connection:
            connection.exec_driver_sql(_OTHERS_OUT)
            if same := _shape(connection) == self._shape:
                _run(connection, f"BEGIN; {_RESTORE}; COMMIT")
        if not same:
            self.drop()
            self._url, self._shape = self._made()
            self._engine = _autocommitting(self._url)

    def drop(self) -> None:
        """The database is no longer needed."""
        self._engine.dispose()
        drop_database(self._server, self._url)


def drop_database(server: sa.URL, url: sa.URL) -> None:
    """Leave nothing of it on the server."""
    with _connection(server) as connection:
        connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{url.database}" WITH (FORCE)')


def _create_database(server: sa.URL, like: str | None = "template1") -> sa.URL:
    url = server.set(database=f"test_{uuid.uuid4().hex[:10]}")
    with _connection(server) as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{url.database}" TEMPLATE "{like}"')
    return url


def _into_one_file(path: Path) -> None:
    with _connection(sa.make_url(f"sqlite:///{path}")) as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _fill(url: str, fill: Fill) -> None:
    db.configure(url)
    fill()
    db.dispose()


def _run(connection: sa.Connection, script: str) -> None:
    """Without parameters, so the driver is told that a percent sign is only one."""
    connection.exec_driver_sql(script.replace("%", "%%"))


def _shape(connection: sa.Connection) -> tuple[object, ...]:
    return tuple(connection.exec_driver_sql(_SHAPE).one())


@contextmanager
def _connection(url: sa.URL) -> Iterator[sa.Connection]:
    engine = _autocommitting(url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def _autocommitting(url: sa.URL) -> sa.Engine:
    """With one connection, made anew when a test has cut it off."""
    return sa.create_engine(url, isolation_level="AUTOCOMMIT", pool_size=1, pool_pre_ping=True)


def _text(url: sa.URL) -> str:
    return url.render_as_string(hide_password=False)
