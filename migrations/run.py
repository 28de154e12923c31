"""Running migrations from code: for the command, the tests and restore."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

HERE = Path(__file__).parent


def configuration(database_url: str) -> Config:
    """Alembic's configuration for a database."""
    config = Config(str(HERE / "alembic.ini"))
    config.attributes["database_url"] = database_url
    return config


def upgrade_to(database_url: str, revision: str = "head") -> None:
    """Migrate up. An embedded database with data is copied beside itself first."""
    if revision == "head" and is_current(database_url):
        return
    _copy_before(database_url)
    command.upgrade(configuration(database_url), revision)


def is_current(database_url: str) -> bool:
    """Whether the schema is at the newest revision, so that nothing has to be done."""
    url = sa.make_url(database_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return False
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        return at_head(connection)


def at_head(connection: sa.Connection) -> bool:
    """Whether the database of a connection is at the newest revision."""
    newest = ScriptDirectory.from_config(configuration("")).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == newest


def downgrade_to(database_url: str, revision: str) -> None:
    """Migrate down, as the tests do."""
    command.downgrade(configuration(database_url), revision)


def _copy_before(database_url: str) -> None:
    url = sa.make_url(database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        return
    source = Path(url.database)
    source.parent.mkdir(parents=True, exist_ok=True)
    if not source.exists() or source.stat().st_size == 0:
        return
    target = source.with_name(source.name + ".before-migration")
    target.unlink(missing_ok=True)
    engine = sa.create_engine(url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM INTO ?", (str(target),))
    engine.dispose()
