"""What all tests share: settings, both databases, the application, an office of people.

Each test that needs a database runs on SQLite and on PostgreSQL, on one of its own, so threads and
committed transactions are real.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Literal

import hypothesis
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.sansio.blueprints import Blueprint
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from app import create_app, db
from app.db import WritingFactory, transaction
from app.rooms import register_rooms
from config.settings import Settings
from tests.databases import (
    PostgresqlTemplate,
    SqliteTemplate,
    drop_database,
    make_engines_cheap,
    migrated_database,
    migrated_file,
)
from tests.factories import Office, make_books, make_office

Start = Literal["empty", "office", "books"]
POSTGRESQL = os.environ.get("TEST_POSTGRESQL_URL")
BROWSER = "tests/e2e/"
# Files of the browser for the second process: about half of the time.
BROWSER_BESIDE = (
    "test_day_of_a_letter.py", "test_dossier.py", "test_flood.py", "test_leaving.py",
    "test_portal.py", "test_reply.py", "test_week.py",
)  # fmt: skip

# The same examples at each run of CI, without a clock: a slow machine is no failure. Elsewhere new
# ones are drawn each time.
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None)
hypothesis.settings.register_profile("here", deadline=None)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") == "true" else "here")


# Each test makes an application, a big heap of things that live long: looking through all of it as
# often as Python does by itself took a quarter of the time.
gc.set_threshold(100_000, 20, 50)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser last, since its loop would stop other tests from running theirs."""
    items.sort(key=lambda item: item.nodeid.startswith(BROWSER))


class FilesStayWhole(LoadScopeScheduling):
    """Which process runs what: what is costly to prepare is prepared once. So a file stays in one
    process, and the files of the browser make two halves, each with its own running office."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::")[0]
        if not file.startswith(BROWSER):
            return file
        return f"{BROWSER}:{'beside' if file.endswith(BROWSER_BESIDE) else 'first'}"


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> FilesStayWhole:
    return FilesStayWhole(config, log)


def make_settings(database_url: str, var_dir: Path) -> Settings:
    return Settings(
        database_url=database_url,
        secret_key="s" * 32,
        audit_key="a" * 32,
        var_dir=var_dir,
        testing=True,
    )


class Templates:
    """The starting points of this process, made when first asked for: an empty house, the small
    office, the office with its books. They have the same ids on each kind of database."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[tuple[str, Start], SqliteTemplate | PostgresqlTemplate] = {}
        self.offices: dict[str, Office] = {}
        self.series: dict[str, int] = {}

    @contextmanager
    def fresh(self, kind: str, start: Start, path: Path) -> Iterator[str]:
        """The URL of a fresh database of the kind."""
        key = (kind, start)
        if key not in self._made:
            self._made[key] = self._make(kind, start)
        template = self._made[key]
        if isinstance(template, SqliteTemplate):
            with template.fresh(path) as url:
                yield url
        else:
            with template.fresh() as url:
                yield url

    def _make(self, kind: str, start: Start) -> SqliteTemplate | PostgresqlTemplate:
        fill = partial(self._fill, kind, start)
        if kind == "sqlite":
            path = self._folder / f"template-{start}.sqlite3"
            return SqliteTemplate(path, self._migrated_file, fill)
        if not POSTGRESQL:
            if os.environ.get("CI") == "true":
                pytest.fail("TEST_POSTGRESQL_URL is missing: CI runs on both databases")
            pytest.skip("no TEST_POSTGRESQL_URL; `make test` starts a server")
        return PostgresqlTemplate(sa.make_url(POSTGRESQL), self._migrated_database, fill)

    @cached_property
    def _migrated_file(self) -> Path:
        return migrated_file(self._folder / "migrated.sqlite3")

    @cached_property
    def _migrated_database(self) -> sa.URL:
        return migrated_database(sa.make_url(POSTGRESQL or ""))

    def _fill(self, kind: str, start: Start) -> None:
        if start == "empty":
            return
        with transaction() as session:
            self.offices[kind] = make_office(session)
        if start == "books":
            with transaction() as session:
                self.series[kind] = make_books(session, self.offices[kind])

    def drop(self) -> None:
        """Leave nothing on the server."""
        for template in self._made.values():
            if isinstance(template, PostgresqlTemplate):
                template.drop()
        if "_migrated_database" in vars(self):
            drop_database(sa.make_url(POSTGRESQL or ""), self._migrated_database)


@pytest.fixture(scope="session", autouse=True)
def _nothing_waits_for_the_disk() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        make_engines_cheap(patch)
        patch.setattr(os, "fsync", lambda _descriptor: None)
        yield


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Templates]:
    """What the fresh databases are copied from."""
    made = Templates(tmp_path_factory.mktemp("templates"))
    yield made
    made.drop()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(
    request: pytest.FixtureRequest, templates: Templates, tmp_path: Path
) -> Iterator[str]:
    """A fresh migrated database of each kind, with the office and its books in it if the test
    asks for them.

    A file whose SQL is tested elsewhere may ask for one kind only:
    `pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)`.
    """
    path = tmp_path / "var" / "congvu.sqlite3"
    start: Start = "empty"
    if "office" in request.fixturenames:
        start = "books" if "books" in request.fixturenames else "office"
    with templates.fresh(request.param, start, path) as url:
        yield url


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    (tmp_path / "var").mkdir(exist_ok=True)
    return make_settings(database_url, tmp_path / "var")


class Houses:
    """The applications of this process, one for each kind of settings: 340 addresses, compiled
    pages and translations are the same in every test. Each test gets its own folder and database.
    """

    def __init__(self) -> None:
        self._built: list[tuple[Settings, Flask, dict[str, Any]]] = []

    def at(self, settings: Settings) -> Flask:
        """The application as `create_app(settings)` makes it."""
        kind = replace(settings, database_url="", var_dir=Path())
        for known, app, config in self._built:
            if known == kind:
                return self._moved(app, config, settings)
        app = create_app(settings)
        self._built.append((kind, app, dict(app.config)))
        return app

    def _moved(self, app: Flask, config: dict[str, Any], settings: Settings) -> Flask:
        app.config.clear()
        app.config.update(config)
        app.extensions["settings"] = settings
        db.configure(settings.database_url, pool_size=settings.pool_size)
        register_rooms(WithoutPages(settings))
        return app


class WithoutPages(Flask):
    """Tells all rooms the settings, as at the start of a process; the pages stand already."""

    def __init__(self, settings: Settings) -> None:
        super().__init__("tests", static_folder=None)
        self.extensions["settings"] = settings

    def register_blueprint(self, blueprint: Blueprint, **_options: Any) -> None:
        pass


@pytest.fixture(scope="session")
def houses() -> Houses:
    return Houses()


@pytest.fixture
def app(settings: Settings, houses: Houses) -> Flask:
    return houses.at(settings)


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
def office(app: Flask, database_url: str, templates: Templates) -> Office:
    """A small organ with people of all roles, committed."""
    return templates.offices[sa.make_url(database_url).get_backend_name()]
