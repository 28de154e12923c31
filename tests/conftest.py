"""What all tests share: settings, both databases, the application, an office of people.

Each test that needs a database runs on SQLite and on PostgreSQL. The schema is made once by the
migrations and copied for each test, so threads and committed transactions are real.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app import create_app, db
from app.db import WritingFactory, transaction
from config.settings import Settings
from migrations.run import upgrade_to
from tests.factories import Office, make_office

POSTGRESQL = os.environ.get("TEST_POSTGRESQL_URL")

# The same examples at each run of CI, without a clock: a slow machine is no failure. Elsewhere new
# ones are drawn each time.
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None)
hypothesis.settings.register_profile("here", deadline=None)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") == "true" else "here")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser last, since its loop would stop other tests from running theirs; one process a
    file, so that what a file prepares once is prepared once."""
    items.sort(key=_drives_a_browser)
    for item in items:
        group = "browser" if _drives_a_browser(item) else str(item.path)
        item.add_marker(pytest.mark.xdist_group(group))


def _drives_a_browser(item: pytest.Item) -> bool:
    return Path(__file__).parent / "e2e" in item.path.parents


def make_settings(database_url: str, var_dir: Path) -> Settings:
    return Settings(
        database_url=database_url,
        secret_key="s" * 32,
        audit_key="a" * 32,
        var_dir=var_dir,
        testing=True,
    )


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty migrated SQLite file, made once."""
    path = tmp_path_factory.mktemp("template") / "empty.sqlite3"
    upgrade_to(f"sqlite:///{path}")
    engine = sa.create_engine(f"sqlite:///{path}", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgresql_template() -> Iterator[sa.URL]:
    """An empty migrated PostgreSQL database, made once."""
    if not POSTGRESQL:
        if os.environ.get("CI") == "true":
            pytest.fail("TEST_POSTGRESQL_URL is missing: CI runs on both databases")
        pytest.skip("no TEST_POSTGRESQL_URL; `make test` starts a server")
    server = sa.make_url(POSTGRESQL)
    url = server.set(database=f"template_{uuid.uuid4().hex[:10]}")
    _server_command(server, f'CREATE DATABASE "{url.database}"')
    upgrade_to(url.render_as_string(hide_password=False))
    yield url
    _server_command(server, f'DROP DATABASE IF EXISTS "{url.database}" WITH (FORCE)')


def _server_command(server: sa.URL, statement: str) -> None:
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh migrated database of each kind."""
    if request.param == "sqlite":
        path = tmp_path / "var" / "congvu.sqlite3"
        path.parent.mkdir()
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        db.dispose()
        return
    template: sa.URL = request.getfixturevalue("postgresql_template")
    name = f"test_{uuid.uuid4().hex[:10]}"
    server = template.set(database="postgres")
    made = f'CREATE DATABASE "{name}" TEMPLATE "{template.database}" STRATEGY FILE_COPY'
    _server_command(server, made)
    yield template.set(database=name).render_as_string(hide_password=False)
    db.dispose()
    _server_command(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    (tmp_path / "var").mkdir(exist_ok=True)
    return make_settings(database_url, tmp_path / "var")


@pytest.fixture
def app(settings: Settings) -> Flask:
    return create_app(settings)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A writing session that each test may use freely; rolled back if the test leaves it open.

    For services: `with transaction() as session` is as good, and is needed with threads.
    """
    with WritingFactory() as session:
        yield session
        session.rollback()


@pytest.fixture
def office(app: Flask) -> Office:
    """A small organ with people of all roles, committed."""
    with transaction() as session:
        return make_office(session)
