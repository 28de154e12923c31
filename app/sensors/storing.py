"""The SQL of a batch: a fixed number of statements, sets instead of objects, both databases.

The streams of a batch are locked first, in the order of their ids, then the rules that look at
several streams: two batches never judge the same stream from the same past.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from json import dumps, loads
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.sensors.definitions import parse
from app.sensors.marking import Marked, Newest, StreamInfo
from app.sensors.models import (
    Datastream,
    LatestReading,
    MaintenanceWindow,
    Quality,
    Reading,
    Rule,
    RuleKind,
    RuleState,
    RuleStream,
    RuleVersion,
    Severity,
)
from app.sensors.rules import Definition, State

READINGS_BY_ARRAYS = sa.text(
    "INSERT INTO reading (datastream_id, at, value, quality) "
    "SELECT * FROM unnest(CAST(:streams AS integer[]), CAST(:moments AS timestamptz[]), "
    "CAST(:numbers AS double precision[]), CAST(:marks AS smallint[])) "
    "ON CONFLICT (datastream_id, at) DO UPDATE SET value = excluded.value, "
    "quality = excluded.quality WHERE reading.quality & 8 <> 0"
)
READINGS = cast("sa.Table", Reading.__table__)


@dataclass(frozen=True, slots=True)
class ActiveRule:
    """A rule that is on, in its version in use."""

    id: int
    no: int
    severity: Severity
    definition: Definition
    made_at: datetime

    def places(self, streams: Collection[int]) -> list[int]:
        """The streams under which the rule remembers something, for new values of `streams`."""
        if self.definition.kind is RuleKind.COMBINATION:
            return [self.definition.streams[0]]
        return [stream for stream in self.definition.streams if stream in streams]


def lock_streams(session: Session, keys: Collection[str]) -> dict[str, StreamInfo]:
    """The streams of these keys; other batches with one of them wait until this one ends."""
    possible = [key for key in keys if "\x00" not in key]  # PostgreSQL knows no such text
    return {
        stream.key: stream for stream in _locked(session, _among(session, Datastream.key, possible))
    }


def lock_by_id(session: Session, ids: Collection[int]) -> dict[int, StreamInfo]:
    """The same by id, as sweeps need it."""
    return {stream.id: stream for stream in _locked(session, Datastream.id.in_(ids))}


def _among(session: Session, column: Any, values: Collection[Any]) -> sa.ColumnElement[bool]:
    """`column IN values`; on PostgreSQL one array, so that the driver has one thing to translate
    instead of hundreds, and the statement is the same whatever the number."""
    if session.get_bind().dialect.name != "postgresql":
        return cast("sa.ColumnElement[bool]", column.in_(values))
    array = sa.cast(sa.literal(array_text(sorted(values))), postgresql.ARRAY(column.type))
    return cast("sa.ColumnElement[bool]", column == sa.any_(array))


def array_text(values: Iterable[Any]) -> str:
    """Numbers, moments or texts, all of one kind and none of them empty, as PostgreSQL reads an
    array: the driver, which looks at each value for what to escape, takes several times as long."""
    known = list(values)
    write = _WRITTEN.get(type(known[0]), repr) if known else repr
    return "{" + ",".join(map(write, known)) + "}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


_WRITTEN: Mapping[type, Callable[[Any], str]] = {str: _quoted, datetime: datetime.isoformat}


def _locked(session: Session, which: sa.ColumnElement[bool]) -> list[StreamInfo]:
    rows = session.execute(
        sa.select(
            Datastream.id, Datastream.key, Datastream.thing_id, Datastream.interval_seconds,
            Datastream.lowest, Datastream.highest, Datastream.stuck_after, Datastream.is_active,
            Datastream.made_at,
        )
        .where(which)
        .order_by(Datastream.id)
        .with_for_update(key_share=True)
    )  # fmt: skip
    return [
        StreamInfo(id_, key, thing, timedelta(seconds=every), low, high, stuck, active, made_at)
        for id_, key, thing, every, low, high, stuck, active, made_at in rows
    ]


def newest_of(session: Session, streams: Collection[int]) -> dict[int, Newest]:
    """The latest good reading of each."""
    latest = LatestReading
    rows = session.execute(
        sa.select(
            latest.datastream_id, latest.at, latest.value, latest.quality, latest.received_at,
            latest.same_count,
        ).where(_among(session, latest.datastream_id, streams))
    )  # fmt: skip
    return {stream: Newest(*rest) for stream, *rest in rows}


def stored_among(
    session: Session, keys: Collection[tuple[int, datetime]]
) -> frozenset[tuple[int, datetime]]:
    """Which of these readings are there already."""
    if not keys:
        return frozenset()
    moments = [at for _stream, at in keys]
    rows = session.execute(
        sa.select(Reading.datastream_id, Reading.at).where(
            sa.tuple_(Reading.datastream_id, Reading.at).in_(sorted(keys)),
            Reading.at.between(min(moments), max(moments)),  # leaves the other partitions out
        )
    )
    return frozenset((stream, at) for stream, at in rows)


def insert_readings(session: Session, readings: Sequence[Marked]) -> None:
    """One statement. A reading that is there already stays as it is, except an impossible one:
    a later value for the same moment takes its place."""
    if not readings:
        return
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(
            READINGS_BY_ARRAYS,
            {
                "streams": array_text(r.stream for r in readings),
                "moments": array_text(r.at for r in readings),
                "numbers": array_text(r.value for r in readings),
                "marks": array_text(r.quality.value for r in readings),
            },
        )
        return
    statement = sqlite.insert(READINGS)
    new = {"value": statement.excluded["value"], "quality": statement.excluded["quality"]}
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["datastream_id", "at"],
            set_=new,
            where=READINGS.c.quality.op("&")(Quality.IMPOSSIBLE.value) != 0,
        ),
        [
            {
                "datastream_id": r.stream, "at": r.at, "value": r.value,
                "quality": r.quality.value,
            }
            for r in readings
        ],
    )  # fmt: skip


def keep_newest(session: Session, newest: Mapping[int, Newest]) -> None:
    """Write what each stream's latest reading is now."""
    upsert(
        session,
        LatestReading,
        ("datastream_id",),
        [
            {
                "datastream_id": stream, "at": n.at, "value": n.value, "quality": n.quality,
                "received_at": n.received_at, "same_count": n.same_count,
            }
            for stream, n in sorted(newest.items())
        ],
    )  # fmt: skip


def active_rules(
    session: Session, streams: Collection[int] | None = None, *, kind: RuleKind | None = None
) -> list[ActiveRule]:
    """The rules that are on, and look at one of the streams, and are of the kind, if given.

    Those that look at several streams at once are locked, in the order of their ids.
    """
    chosen = (
        sa.select(
            Rule.id, Rule.kind, Rule.severity, RuleVersion.no, RuleVersion.definition,
            RuleVersion.made_at,
        )
        .join(RuleVersion, RuleVersion.rule_id == Rule.id)
        .where(Rule.is_on, RuleVersion.no == Rule.current_no)
        .order_by(Rule.id)
    )  # fmt: skip
    if streams is not None:
        touched = sa.select(RuleStream.rule_id).where(
            _among(session, RuleStream.datastream_id, streams)
        )
        chosen = chosen.where(Rule.id.in_(touched))
    if kind is not None:
        chosen = chosen.where(Rule.kind == kind)
    rules = [
        ActiveRule(id_, no, severity, _parsed(of, dumps(definition, sort_keys=True)), made_at)
        for id_, of, severity, no, definition, made_at in session.execute(chosen)
    ]
    shared = [rule.id for rule in rules if rule.definition.kind is RuleKind.COMBINATION]
    if shared:
        locked = sa.select(Rule.id).where(Rule.id.in_(shared)).order_by(Rule.id)
        session.execute(locked.with_for_update(key_share=True)).all()
    return rules


def states_of(session: Session, rules: Sequence[ActiveRule]) -> dict[tuple[int, int], State]:
    """What the rules remember, by rule and stream. What an earlier version remembered is gone,
    except whether an alarm is open: that one has to be cleared by somebody."""
    by_id = {rule.id: rule for rule in rules}
    rows = session.execute(
        sa.select(
            RuleState.rule_id, RuleState.datastream_id, RuleState.version_no, RuleState.state
        ).where(RuleState.rule_id.in_(by_id))
    )
    found = {}
    for rule, stream, no, stored in rows:
        state = State.load(stored)
        if no != by_id[rule].no:
            state = State(seen_at=state.seen_at, raised_at=state.raised_at)
        found[rule, stream] = state
    return found


def keep_states(
    session: Session, rules: Mapping[int, ActiveRule], states: Mapping[tuple[int, int], State]
) -> None:
    """Write what the rules remember now."""
    upsert(
        session,
        RuleState,
        ("rule_id", "datastream_id"),
        [
            {
                "rule_id": rule, "datastream_id": stream, "version_no": rules[rule].no,
                "state": state.dump(),
            }
            for (rule, stream), state in sorted(states.items(), key=lambda pair: pair[0])
        ],
    )  # fmt: skip


def windows_of(
    session: Session, things: Mapping[int, int], first: datetime, last: datetime
) -> dict[int, list[tuple[datetime, datetime]]]:
    """Maintenance windows between two moments, by stream. `things`: the thing of each stream."""
    rows = session.execute(
        sa.select(
            MaintenanceWindow.thing_id, MaintenanceWindow.starts_at, MaintenanceWindow.ends_at
        ).where(
            MaintenanceWindow.thing_id.in_(set(things.values())),
            MaintenanceWindow.starts_at <= last,
            MaintenanceWindow.ends_at > first,
        )
    )
    of_thing: dict[int, list[tuple[datetime, datetime]]] = {}
    for thing, starts, ends in rows:
        of_thing.setdefault(thing, []).append((starts, ends))
    return {stream: of_thing[thing] for stream, thing in things.items() if thing in of_thing}


def upsert(
    session: Session, model: Any, keys: Sequence[str], rows: Sequence[Mapping[str, Any]]
) -> None:
    """Insert, or overwrite every column of the rows that are there: one statement of arrays on
    PostgreSQL, one executemany on SQLite."""
    if not rows:
        return
    connection, table = session.connection(), cast("sa.Table", model.__table__)
    if connection.dialect.name == "postgresql":
        names = tuple(rows[0])
        columns: dict[str, list[Any]] = {name: [row[name] for row in rows] for name in names}
        for name in names:
            if isinstance(table.c[name].type, sa.JSON):
                columns[name] = [dumps(value, ensure_ascii=False) for value in columns[name]]
        arrays = {name: array_text(values) for name, values in columns.items()}
        connection.execute(_upsert_of_arrays(table, tuple(keys), names), arrays)
        return
    statement = sqlite.insert(table)
    overwritten = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    connection.execute(
        statement.on_conflict_do_update(index_elements=list(keys), set_=overwritten), list(rows)
    )


@lru_cache(maxsize=16)
def _upsert_of_arrays(
    table: sa.Table, keys: tuple[str, ...], names: tuple[str, ...]
) -> sa.TextClause:
    """The names and types are those of our own table; no text from outside is in it."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    arrays = [f"CAST(:{name} AS {table.c[name].type.compile(dialect)}[])" for name in names]
    new = [f"{name} = excluded.{name}" for name in names if name not in keys]
    return sa.text(
        f"INSERT INTO {table.name} ({', '.join(names)}) "  # noqa: S608
        f"SELECT * FROM unnest({', '.join(arrays)}) "
        f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {', '.join(new)}"
    )


@lru_cache(maxsize=4096)
def _parsed(kind: RuleKind, definition: str) -> Definition:
    return parse(kind, loads(definition))


def thing_of(streams: Iterable[StreamInfo]) -> dict[int, int]:
    """The thing of each stream."""
    return {stream.id: stream.thing_id for stream in streams}
