"""The office with 100,000 documents: pages and their queries, open streams, registrations.

Each page is asked for whole, through the application with its rights, counters and template. The
clerk sees all letters, the specialist and the head of a unit about a third of them.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app import create_app, db
from app.db import transaction
from app.finding import engine as search_engine
from app.finding import indexer
from app.organisation.models import Person, Stage
from app.organisation.services.signing_in import Browser, open_session
from bench import services
from bench.clients import COOKIE
from bench.documents_registering import open_desk, registering
from bench.documents_streams import PAGES_PER_SECOND, Crowd, people, with_streams
from bench.documents_words import SEARCHES
from bench.figures import Figure, group, percentile
from bench.fill import Filled, add_drafts, fill
from bench.processes import office_environment
from bench.sizes import SIZES
from config.settings import Settings
from migrations.run import upgrade_to

FEW = 100
PEOPLE = {"": "vanthu", "specialist_": "cvkinhte", "head_": "tpkinhte"}
TABS = ("cho-vao-so", "cho-trinh", "da-chuyen", "tra-lai", "tat-ca")
LISTS = (
    *(f"?tab={tab}" for tab in TABS),
    "?tab=tat-ca&page=2",
    "?tab=tat-ca&page=40",
    "?tab=da-chuyen&due=overdue",
    "?tab=tat-ca&urgency=3",
)
SECRET = "b" * 32


@dataclass(frozen=True, slots=True)
class Bench:
    """A filled office, bound to this process."""

    url: str
    var_dir: Path
    app: Flask
    filled: Filled


def fill_new(url: str, var_dir: Path, letters: int) -> Bench:
    """Migrate and fill an empty database."""
    upgrade_to(url)
    settings = Settings(
        database_url=url, secret_key=SECRET, audit_key=SECRET, var_dir=var_dir, testing=True
    )
    app = create_app(settings)
    return Bench(url, var_dir, app, fill(url, letters, SECRET.encode()))


@contextmanager
def databases(kind: str, sizes: Sequence[int]) -> Iterator[list[str]]:
    """URLs of empty databases of a kind, thrown away afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="congvu-bench."))
    try:
        if kind == "sqlite":
            yield [f"sqlite:///{folder / f'{size}.sqlite3'}" for size in sizes]
            return
        with services.postgresql() as server:
            urls = []
            engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
            for size in sizes:
                with engine.connect() as connection:
                    connection.exec_driver_sql(f"CREATE DATABASE letters_{size}")
                named = sa.make_url(server).set(database=f"letters_{size}")
                urls.append(named.render_as_string(hide_password=False))
            engine.dispose()
            yield urls
    finally:
        db.dispose()
        shutil.rmtree(folder, ignore_errors=True)


@group("documents")
def office() -> Iterator[Figure]:
    """Everything that is measured at 100,000 documents, on both databases."""
    var_dir = Path(tempfile.mkdtemp(prefix="congvu-bench-var."))
    try:
        for kind in SIZES.databases:
            with databases(kind, (FEW, SIZES.documents)) as (few_url, many_url):
                few = fill_new(few_url, var_dir / f"{kind}-few", FEW)
                before = {who: _queries(few, login) for who, login in PEOPLE.items()}
                many = fill_new(many_url, var_dir / kind, SIZES.documents)
                yield from _index(many, kind)
                yield from _pages(many, kind, before)
                yield from _streams(many, kind)
                yield from registering(many_url, kind)
    finally:
        shutil.rmtree(var_dir, ignore_errors=True)


def _pages(many: Bench, kind: str, before: dict[str, tuple[int, int]]) -> Iterator[Figure]:
    """Lists, details and searches of each of the people; their queries as with few documents."""
    for who, login in PEOPLE.items():
        lists, details = _queries(many, login)
        goal = f"<= {before[who][0]}"
        yield Figure(f"list_queries_{who}{kind}", lists, "queries", goal)
        goal = f"<= {before[who][1]}"
        yield Figure(f"detail_queries_{who}{kind}", details, "queries", goal)
        yield from _times(many, kind, who, login)


def _streams(many: Bench, kind: str) -> Iterator[Figure]:
    """The clerk's pages from the running system, with 200 event streams open."""
    env = office_environment(many.var_dir, many.url, prefect=False)
    env |= {"SECRET_KEY": SECRET, "AUDIT_KEY": SECRET}
    lists, details, searches = _addresses(many)
    paths = [path for three in zip(cycle(lists), details, cycle(searches)) for path in three]
    desk = open_desk()
    drafts = iter(add_drafts(many.url, int(SIZES.rounds / PAGES_PER_SECOND) + 60))
    search_engine.configure(many.app.extensions["settings"])  # gives the relay the index to write
    crowd = Crowd(
        streams=[cookie(many.app, login) for login in people(SIZES.streams)],
        clerk=cookie(many.app, "vanthu"),
        paths=paths,
        change=lambda: desk.register(next(drafts)),
    )
    yield from with_streams(kind, env, many.var_dir, crowd)


def _index(bench: Bench, kind: str) -> Iterator[Figure]:
    """The real index, made from the database as after a restore."""
    started = time.perf_counter()
    with bench.app.app_context():
        records = indexer.rebuild()
    yield Figure(
        f"index_records_per_s_{kind}", records / (time.perf_counter() - started), "records/s"
    )


def signed_in(app: Flask, login: str) -> FlaskClient:
    """A client with an open session of a person, without the sign-in page."""
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie.update({"_user_id": session_token(login), "_fresh": True})
    return client


def session_token(login: str) -> str:
    """Open a session as the sign-in page does once the password was right."""
    with transaction("bench.sign_in") as session:
        person = session.scalars(sa.select(Person).filter_by(login=login)).one()
        opened = open_session(
            session, person=person, stage=Stage.OPEN, browser=Browser("127.0.0.1", "bench"),
            absolute=timedelta(hours=12),
        )  # fmt: skip
        return opened.token


def cookie(app: Flask, login: str) -> str:
    """What the browser of a signed-in person sends."""
    found = signed_in(app, login).get_cookie(COOKIE)
    assert found is not None
    return found.value


def _addresses(bench: Bench) -> tuple[list[str], list[str], list[str]]:
    """Pages of lists, of letters of all years, and of searches."""
    mine = bench.filled.tokens["kinh_te"]
    step = max(1, len(mine) // (SIZES.rounds + SIZES.warm_up))
    return (
        [f"/van-ban-den{query}" for query in LISTS],
        [f"/van-ban-den/{token}" for token in mine[::step]],
        [f"/tim-kiem?q={quote(words)}" for words in SEARCHES],
    )


def _times(bench: Bench, kind: str, who: str, login: str) -> Iterator[Figure]:
    client = signed_in(bench.app, login)
    lists, details, searches = _addresses(bench)
    for name, addresses, goal in (
        ("list", lists, "<= 100"),
        ("detail", details, "<= 100"),
        ("search_page", searches, "<= 100"),
        ("list_words", [f"/van-ban-den?tab=tat-ca&q={quote(w)}" for w in SEARCHES[:6]], None),
        ("tasks", [f"/cong-viec?tab={tab}" for tab in ("cua-toi", "toi-giao", "da-xong")], None),
    ):
        taken = measure(client, addresses, SIZES.rounds if goal else -(-SIZES.rounds // 4))
        yield Figure(f"{name}_p95_ms_{who}{kind}", percentile(taken, 95), "ms", goal)


def measure(
    client: FlaskClient, addresses: Sequence[str], rounds: int | None = None
) -> list[float]:
    """Milliseconds of each of `rounds` pages, else as many as the run asks for, after some to
    warm up.

    Raises:
        RuntimeError: a page was not shown.
    """
    taken = []
    for number in range(SIZES.warm_up + (rounds or SIZES.rounds)):
        address = addresses[number % len(addresses)]
        started = time.perf_counter()
        answer = client.get(address)
        answer.get_data()
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status}")
        if number >= SIZES.warm_up:
            taken.append((time.perf_counter() - started) * 1000)
    return taken


def _queries(bench: Bench, login: str) -> tuple[int, int]:
    """Statements for a list and for the second look at the newest finished letter of a unit."""
    client = signed_in(bench.app, login)
    detail = f"/van-ban-den/{_finished(bench)}"
    return count_statements(client, "/van-ban-den?tab=da-chuyen"), count_statements(client, detail)


def _finished(bench: Bench) -> str:
    from app.db import reading
    from app.incoming.models import IncomingDocument, IncomingStatus

    with reading() as session:
        rows = sa.select(IncomingDocument.token).where(
            IncomingDocument.token.in_(bench.filled.tokens["kinh_te"][-30_000:]),
            IncomingDocument.status == IncomingStatus.DONE,
        )
        return session.scalars(rows.order_by(IncomingDocument.id.desc()).limit(1)).one()


def count_statements(client: FlaskClient, address: str) -> int:
    """SQL statements of one page, the second time it is asked for."""
    client.get(address)
    sent: list[str] = []
    engines = [db.engine(), db.ReadingFactory.kw["bind"]]

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    for engine in engines:
        sa.event.listen(engine, "before_cursor_execute", note)
    try:
        answer = client.get(address)
    finally:
        for engine in engines:
            sa.event.remove(engine, "before_cursor_execute", note)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status}")
    return len(sent)
