"""Alembic's environment: exclusive and guarded on SQLite, with a lock timeout on PostgreSQL."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext

from app import models, triggers
from app.db import Nfc, UtcDateTime

target = models.metadata


@contextmanager
def _exclusive(url: sa.URL) -> Iterator[None]:
    """Hold the writers' file lock while a SQLite schema changes."""
    if url.get_backend_name() != "sqlite" or not url.database:
        yield
        return
    with Path(url.database + ".lock").open("ab") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _prepare(connection: sa.Connection) -> None:
    if connection.dialect.name == "sqlite":
        # Before BEGIN: with foreign keys on, a batch alter deletes child rows.
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
    else:
        connection.exec_driver_sql("SET lock_timeout = '10s'")
    connection.commit()


def _finish(connection: sa.Connection) -> None:
    triggers.create_all(connection)
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"migration left dangling rows: {broken[:5]}")


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write our column types as plain ones, so that old migrations need no code of ours."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Nfc):
        length = getattr(item.impl_instance, "length", None)
        return f"sa.String({length or ''})"
    if kind == "type" and isinstance(item, sa.Enum):
        return f"sa.String({item.length})"
    if kind == "type" and isinstance(item, sa.JSON):
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def run() -> None:
    url = sa.make_url(context.config.attributes["database_url"])
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    with _exclusive(url), engine.connect() as connection:
        _prepare(connection)
        context.configure(
            connection=connection,
            target_metadata=target,
            render_as_batch=True,
            compare_type=True,
            render_item=render_item,
        )
        with context.begin_transaction():
            context.run_migrations()
            _finish(connection)
        connection.commit()
    engine.dispose()


run()
