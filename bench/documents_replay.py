"""The statements of a service, recorded once and sent again by the plain driver.

Three things in them belong to one letter: its id, what the database gave back (ids of new rows,
the number), and moments and random words. The first two are found by comparing two recordings and
are put in anew at each replay; the third stay as recorded.
"""

from __future__ import annotations

import fcntl
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
import sqlalchemy as sa

from app import db

RECORDED = 12  # registrations to find two of the same statements among
INSERT = "INSERT"


@dataclass(slots=True)
class Sent:
    """One statement as it went to the driver, and the values that came back, row after row."""

    sql: str
    values: Any
    many: bool = False
    came: list[Any] = field(default_factory=list)


_recording = threading.local()


def _note(sql: str, values: Any, *, many: bool = False) -> None:
    if sql.strip(" ;"):  # an empty one asks only whether the server is still there
        _recording.sent.append(Sent(sql, list(values) if many else values, many))


def _came(rows: Sequence[Sequence[Any]]) -> None:
    for row in rows:
        _recording.sent[-1].came.extend(row)


class RecordingSqliteCursor(sqlite3.Cursor):
    """Notes what passes through it."""

    def execute(self, sql: str, values: Any = ()) -> RecordingSqliteCursor:
        _note(sql, values)
        super().execute(sql, values)
        if sql.startswith(INSERT) and "RETURNING" not in sql:
            _came([(self.lastrowid,)])
        return self

    def executemany(self, sql: str, values: Any) -> RecordingSqliteCursor:
        _note(sql, values, many=True)
        super().executemany(sql, _recording.sent[-1].values)
        return self

    def fetchone(self) -> Any:
        row = super().fetchone()
        _came([row] if row is not None else [])
        return row

    def fetchall(self) -> list[Any]:
        rows = super().fetchall()
        _came(rows)
        return rows


class RecordingSqliteConnection(sqlite3.Connection):
    """A connection whose cursors note."""

    def cursor(self, factory: Any = RecordingSqliteCursor) -> Any:
        return super().cursor(factory)


class RecordingPsycopgCursor(psycopg.Cursor[Any]):
    """Notes what passes through it."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> RecordingPsycopgCursor:
        _note(query, params)
        super().execute(query, params, **options)
        return self

    def executemany(self, query: Any, params_seq: Any, *, returning: bool = False) -> None:
        _note(query, params_seq, many=True)
        super().executemany(query, _recording.sent[-1].values, returning=returning)

    def fetchone(self) -> Any:
        row = super().fetchone()
        _came([row] if row is not None else [])
        return row

    def fetchall(self) -> list[Any]:
        rows = super().fetchall()
        _came(rows)
        return rows


@contextmanager
def _noting() -> Iterator[None]:
    """New connections of `app.db`'s writing engine note what passes through them."""

    def connect(dialect: sa.Dialect, _record: Any, args: Any, options: dict[str, Any]) -> Any:
        if dialect.name == "sqlite":
            return sqlite3.connect(*args, **options, factory=RecordingSqliteConnection)
        return psycopg.connect(*args, **options, cursor_factory=RecordingPsycopgCursor)

    engine = db.engine()
    db.dispose()
    sa.event.listen(engine, "do_connect", connect)
    _recording.sent = []
    try:
        yield
    finally:
        sa.event.remove(engine, "do_connect", connect)
        db.dispose()


def record(act: Callable[[int], None], ids: Sequence[int]) -> Template:
    """Let `act` handle some things, each by its id, and make a template of what it sent.

    Raises:
        RuntimeError: no two of them sent the same statements.
    """
    made: list[tuple[int, list[Sent]]] = []
    with _noting():
        for thing_id in ids:
            _recording.sent = []
            act(thing_id)
            made.append((thing_id, _recording.sent))
    warm = made[1:]  # the first opens the connection
    for at, (one_id, one) in enumerate(warm):
        for other_id, other in warm[at + 1 :]:
            if [sent.sql for sent in one] == [sent.sql for sent in other]:
                return Template.of((one_id, one), (other_id, other))
    raise RuntimeError("no two of the recorded acts sent the same statements")


CHANGES: tuple[Callable[[int], Any], ...] = (
    lambda number: number,
    str,
    lambda number: number - 1,  # the book gives back the number after the one it gave
    lambda number: str(number - 1),
)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value of one thing comes from: value `place` of what came back for statement
    `statement`, or the thing's id when `statement` is -1; then changed by `change`."""

    statement: int
    place: int
    change: Callable[[int], Any]


@dataclass(frozen=True, slots=True)
class Step:
    """A statement with the values that are put in anew, by their keys."""

    sent: Sent
    anew: tuple[tuple[Any, Source], ...]


@dataclass(frozen=True, slots=True)
class Template:
    """The statements of one act."""

    steps: tuple[Step, ...]

    @classmethod
    def of(cls, one: tuple[int, list[Sent]], other: tuple[int, list[Sent]]) -> Template:
        """What two recordings have in common, and where their differences come from."""
        came_one, came_other = [[one[0]]], [[other[0]]]  # the id stands before the statements
        steps = []
        for a, b in zip(one[1], other[1], strict=True):
            anew = [
                (key, source)
                for key, value in _flat(a)
                if (source := _source(value, _value(b, key), came_one, came_other))
            ]
            steps.append(Step(a, tuple(anew)))
            came_one.append(a.came)
            came_other.append(b.came)
        return cls(tuple(steps))

    @contextmanager
    def replaying(self, engine: sa.Engine) -> Iterator[Callable[[int], None]]:
        """Replays by id on a plain connection of our own, set up like those of the engine."""
        raw = engine.raw_connection()
        plain = raw.driver_connection
        raw.detach()  # out of the pool, which is smaller than the number of writers
        lock = f"{engine.url.database}.lock" if engine.dialect.name == "sqlite" else None
        try:
            yield _Replayer(self, plain, lock).replay
        finally:
            raw.close()


def _flat(sent: Sent) -> Iterator[tuple[Any, Any]]:
    """Keys and values of a statement; of many rows the key begins with the row's place."""
    if sent.many:
        for row, values in enumerate(sent.values):
            for key in _keys(values):
                yield (row, key), values[key]
        return
    for key in _keys(sent.values):
        yield key, sent.values[key]


def _keys(values: Any) -> Sequence[Any]:
    return list(values) if isinstance(values, Mapping) else range(len(values or ()))


def _value(sent: Sent, key: Any) -> Any:
    return sent.values[key[0]][key[1]] if sent.many else sent.values[key]


def _source(a: Any, b: Any, came_a: list[list[Any]], came_b: list[list[Any]]) -> Source | None:
    """Where two different values come from; None for equal ones and for moments and the like."""
    if a == b or not isinstance(a, int | str):
        return None
    for change in CHANGES:
        for at, (of_a, of_b) in enumerate(zip(came_a, came_b, strict=True)):
            for place, (x, y) in enumerate(zip(of_a, of_b, strict=False)):
                if type(x) is int and type(y) is int and change(x) == a and change(y) == b:
                    return Source(at - 1, place, change)
    return None


class _Replayer:
    """Sends a template's statements on one connection, with the lock and the commit of `app.db`."""

    def __init__(self, template: Template, connection: Any, lock: str | None) -> None:
        self._template, self._connection, self._lock = template, connection, lock

    def replay(self, thing_id: int) -> None:
        """The act for another thing. Raises what the driver raises, after a rollback."""
        with self._turn():
            cursor = self._connection.cursor()
            try:
                self._send(cursor, thing_id)
                self._connection.commit()
            except BaseException:
                self._connection.rollback()
                raise
            finally:
                cursor.close()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if self._lock is None:
            yield
            return
        with open(self._lock, "ab") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def _send(self, cursor: Any, thing_id: int) -> None:
        came: list[list[Any]] = [[thing_id]]
        for step in self._template.steps:
            sent = step.sent
            values = _filled(step, came) if step.anew else sent.values
            if sent.many:
                cursor.executemany(sent.sql, values)
            elif values:
                cursor.execute(sent.sql, values)
            else:
                cursor.execute(sent.sql)
            rows = cursor.fetchall() if cursor.description and not sent.many else []
            back = [value for row in rows for value in row]
            if not rows and sent.sql.startswith(INSERT) and "RETURNING" not in sent.sql:
                back = [getattr(cursor, "lastrowid", None)]
            came.append(back)


def _filled(step: Step, came: list[list[Any]]) -> Any:
    """The values of a step for the thing at hand."""
    values = step.sent.values
    values = [_changeable(row) for row in values] if step.sent.many else _changeable(values)
    for key, source in step.anew:
        new = source.change(came[source.statement + 1][source.place])
        if step.sent.many:
            values[key[0]][key[1]] = new
        else:
            values[key] = new
    return values


def _changeable(values: Any) -> Any:
    return dict(values) if isinstance(values, Mapping) else list(values)
