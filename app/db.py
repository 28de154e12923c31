"""The two blocks through which everything reads and writes, and the types all tables share.

This module alone knows how SQLite and PostgreSQL differ.
"""

from __future__ import annotations

import enum
import fcntl
import logging
import select
import threading
import time
import unicodedata
from collections import deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import closing, contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

from app.errors import ProgrammingFault

log = logging.getLogger(__name__)

SLOW_WRITE_SECONDS = 0.1
DOUBTED_AFTER_SECONDS = 30.0
"""A connection that was not used for so long may be dead without having been closed."""
NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(sa.TypeDecorator[datetime]):
    """An aware moment, stored as UTC. SQLite loses zones, so naive values are refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ProgrammingFault("a moment without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Nfc(sa.TypeDecorator[str]):
    """Text in Unicode NFC, so that equal words are equal bytes whatever keyboard typed them."""

    impl = sa.String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else unicodedata.normalize("NFC", value)


ENUM_BY_VALUE = sa.Enum(
    enum.Enum,
    values_callable=lambda kind: [str(member.value) for member in kind],
    native_enum=False,
    create_constraint=False,
    length=40,
)
JSON = sa.JSON().with_variant(JSONB(), "postgresql")


class Base(DeclarativeBase):
    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy reads it from the class)
        datetime: UtcDateTime(),
        date: sa.Date(),
        str: Nfc(),
        enum.Enum: ENUM_BY_VALUE,
        dict[str, Any]: JSON,
        list[Any]: JSON,
    }


ReadingFactory: sessionmaker[Session] = sessionmaker(autoflush=False, expire_on_commit=False)
WritingFactory: sessionmaker[Session] = sessionmaker(expire_on_commit=False)
T = TypeVar("T")
_MEMORY = "remembered"
_block: ContextVar[str | None] = ContextVar("db_block", default=None)
_lock_path: Path | None = None


class WritersGate:
    """At most so many at once, in the order in which they came; a semaphore lets newcomers pass."""

    def __init__(self, places: int) -> None:
        self._free, self._guard = places, threading.Lock()
        self._queue: deque[threading.Event] = deque()

    @property
    def waiting(self) -> int:
        """How many stand in the queue."""
        return len(self._queue)

    def __enter__(self) -> None:
        with self._guard:
            if self._free:
                self._free -= 1
                return
            turn = threading.Event()
            self._queue.append(turn)
        try:
            turn.wait()
        except BaseException:  # a time limit or a stop signal: who waits no longer keeps no place
            self._leave(turn)
            raise

    def __exit__(self, *_error: object) -> None:
        with self._guard:
            self._pass_on()

    def _leave(self, turn: threading.Event) -> None:
        """Out of the queue; a place that was given in the same moment goes on to the next."""
        with self._guard:
            if turn in self._queue:
                self._queue.remove(turn)
            else:
                self._pass_on()

    def _pass_on(self) -> None:
        if self._queue:
            self._queue.popleft().set()  # the place goes on to the first who waits
        else:
            self._free += 1


_gate = WritersGate(1)


def configure(database_url: str, *, pool_size: int = 16) -> None:
    """Bind both blocks to a database. Called once by `create_app`, and by tests."""
    global _lock_path, _gate
    url = sa.make_url(database_url)
    dispose()
    if url.get_backend_name() == "sqlite":
        if not url.database or url.database == ":memory:":
            raise ProgrammingFault("the two blocks need a database file that both can open")
        path = Path(url.database)
        path.parent.mkdir(parents=True, exist_ok=True)
        _lock_path = path.with_name(path.name + ".lock")
        ReadingFactory.configure(bind=_sqlite_engine(url, pool_size, read_only=True))
        WritingFactory.configure(bind=_sqlite_engine(url, pool_size, read_only=False))
        return
    writers = max(1, pool_size // 2)
    _lock_path, _gate = None, WritersGate(writers)
    readers = max(1, pool_size - writers)
    ReadingFactory.configure(bind=_postgresql_engine(url, readers, read_only=True))
    WritingFactory.configure(bind=_postgresql_engine(url, writers, read_only=False))


def dispose() -> None:
    """Close all connections, for tests and before a fork."""
    for factory in (ReadingFactory, WritingFactory):
        bind = factory.kw.get("bind")
        if isinstance(bind, sa.Engine):
            bind.dispose()


def engine() -> sa.Engine:
    """The writing engine, for migrations, back-up and diagnosis. Pages never need it."""
    bind = WritingFactory.kw.get("bind")
    if not isinstance(bind, sa.Engine):
        raise ProgrammingFault("the database is not configured")
    return bind


def is_sqlite() -> bool:
    return engine().dialect.name == "sqlite"


@contextmanager
def reading() -> Iterator[Session]:
    """A read-only session: pages render in it. It never waits for a writer.

    Raises ProgrammingFault inside a `transaction()`. A `reading()` inside a `reading()` shares
    nothing with the outer one.
    """
    if _block.get() == "transaction":
        raise ProgrammingFault("reading() inside transaction()")
    token = _block.set("reading")
    try:
        with ReadingFactory() as session:
            session.info[_MEMORY] = {}
            yield session
    finally:
        _block.reset(token)


def remembered(session: Session, key: Hashable, make: Callable[[], T]) -> T:
    """What `make` gives, made once in a `reading()` block: lists that many parts of a page need.

    A `transaction()` remembers nothing, since it may change what the value rests on.
    """
    memory: dict[Hashable, T] | None = session.info.get(_MEMORY)
    if memory is None:
        return make()
    if key not in memory:
        memory[key] = make()
    return memory[key]


@contextmanager
def transaction(name: str = "") -> Iterator[Session]:
    """Commit when the block ends, roll back when it raises. Only SQL and rules belong inside.

    On SQLite writers queue fairly on a file lock before BEGIN IMMEDIATE: `busy_timeout` lets some
    starve. On PostgreSQL half the connections write, in order: the rest is left to readers, and
    a locked row, which PostgreSQL gives to whoever asks first, has few who ask. `name` says in
    the log which service held the lock when it was slow. Raises ProgrammingFault when opened
    inside another block.
    """
    if _block.get() is not None:
        raise ProgrammingFault(f"transaction() inside {_block.get()}()")
    token = _block.set("transaction")
    try:
        with _writers_turn():
            started = time.perf_counter()
            with WritingFactory.begin() as session:
                yield session
            took = time.perf_counter() - started
        if took > SLOW_WRITE_SECONDS:
            log.warning("slow write: %s held the lock for %.0f ms", name or "?", took * 1000)
    finally:
        _block.reset(token)


def forget_deleted(tables: Sequence[str], *, patience: float = 10.0) -> bool:
    """Make what a purge deleted unreadable in the database's files.

    SQLite: deleted pages are overwritten already (`secure_delete`); the write-ahead log is emptied,
    which has to wait for open readers, `patience` seconds at most. PostgreSQL: VACUUM. Returns
    whether it was possible; the caller tries again later if not.
    """
    if not is_sqlite():
        with engine().execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            for table in tables:
                connection.exec_driver_sql(f'VACUUM "{table}"')
        return True
    give_up = time.monotonic() + patience
    while True:
        with closing(engine().raw_connection()) as raw, closing(raw.cursor()) as cursor:
            busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if not busy:
            return True
        if time.monotonic() > give_up:
            log.warning("the write-ahead log could not be emptied: readers are open")
            return False
        time.sleep(0.05)


@contextmanager
def _flock(path: Path) -> Iterator[None]:
    # A new description for each turn: flock() then also queues the threads of one process.
    with path.open("ab") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _writers_turn() -> Any:
    return _gate if _lock_path is None else _flock(_lock_path)


def _sqlite_engine(url: sa.URL, pool_size: int, *, read_only: bool) -> sa.Engine:
    made = sa.create_engine(
        url, pool_size=pool_size, max_overflow=8, pool_use_lifo=True, connect_args={"timeout": 30}
    )

    @event.listens_for(made, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy's own BEGIN below, not the driver's
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL" if not read_only else "PRAGMA query_only=ON")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA secure_delete=ON")
        cursor.execute("PRAGMA cache_size=-32000")
        cursor.close()

    @event.listens_for(made, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return made


def _postgresql_engine(url: sa.URL, pool_size: int, *, read_only: bool) -> sa.Engine:
    """Pages read without BEGIN and ROLLBACK, two round trips for each block that change nothing:
    in READ COMMITTED every statement sees its own moment anyhow. The server refuses writes."""
    made = sa.create_engine(
        url,
        pool_size=pool_size,
        max_overflow=4,
        pool_use_lifo=True,  # the same few connections again: their prepared statements are warm
        isolation_level="AUTOCOMMIT" if read_only else "READ COMMITTED",
    )

    @event.listens_for(made, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        if read_only:
            connection.execute("SET default_transaction_read_only = on")

    @event.listens_for(made, "checkin")
    def _checkin(_connection: Any, record: Any) -> None:
        record.info["idle_since"] = time.monotonic()

    @event.listens_for(made, "checkout")
    def _checkout(connection: Any, record: Any, _fairy: Any) -> None:
        """Ask the server only where there is doubt, instead of before each block."""
        idle = time.monotonic() - record.info.get("idle_since", time.monotonic())
        if idle > DOUBTED_AFTER_SECONDS or _has_news(connection.fileno()):
            try:
                made.dialect.do_ping(connection)
            except made.dialect.loaded_dbapi.Error as error:
                raise sa.exc.InvalidatePoolError from error

    return made


def _has_news(socket: int) -> bool:
    """Whether an idle connection was closed by the other side, or has something to read."""
    waiting = select.poll()
    waiting.register(socket, select.POLLIN)
    return bool(waiting.poll(0))


def insert(table: Any) -> sqlite.Insert:
    """An INSERT that may name what happens ON CONFLICT; both databases write it alike."""
    made: Any = (sqlite if is_sqlite() else postgresql).insert
    statement: sqlite.Insert = made(table)
    return statement
