"""Reads of sources, their state, signals and faults."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import now
from app.errors import NotFound
from app.feeds.models import FeedBatch, FeedDevice, FeedFault, FeedPoll, FeedSignal, FeedSource
from app.feeds.preparing import SourceInfo
from app.feeds.words import FaultState, SignalState, SourceKind
from app.security import Actor

RATE_SPAN = timedelta(minutes=5)
SILENT_INTERVALS = 3
WAITED_TOO_LONG = timedelta(hours=24)
UNSOLVED = (FaultState.OPEN, FaultState.REPLAYING)


def info_of(source: FeedSource) -> SourceInfo:
    """A source as plain values."""
    return SourceInfo(
        source.id, source.token, source.name, source.kind, source.format, source.target,
        source.address, source.mapping, source.settings, source.is_active,
    )  # fmt: skip


_SOURCE_COLUMNS = (
    FeedSource.id, FeedSource.token, FeedSource.name, FeedSource.kind, FeedSource.format,
    FeedSource.target, FeedSource.address, FeedSource.mapping, FeedSource.settings,
    FeedSource.is_active,
)  # fmt: skip
_DEVICE = (
    sa.select(*_SOURCE_COLUMNS, FeedDevice.id)
    .join(FeedDevice, FeedDevice.source_id == FeedSource.id)
    .where(
        FeedSource.token == sa.bindparam("token"),
        FeedDevice.key == sa.bindparam("key"),
        FeedDevice.revoked_at.is_(None),
    )
)


def source_of_device(session: Session, token: str, key: str) -> tuple[SourceInfo, int] | None:
    """A source that takes pushes, and the id of the device that may speak for it."""
    row = session.execute(_DEVICE, {"token": token, "key": key}).one_or_none()
    if row is None:
        return None
    source = SourceInfo(*row[:-1])
    return (source, row[-1]) if source.kind is SourceKind.PUSH else None


def sources_of(session: Session, kind: SourceKind) -> list[SourceInfo]:
    """Those of a kind that are switched on, for the processes that bring their news."""
    rows = session.execute(
        sa.select(*_SOURCE_COLUMNS)
        .where(FeedSource.kind == kind, FeedSource.is_active)
        .order_by(FeedSource.id)
    )
    return [SourceInfo(*row) for row in rows]


def source_by_token(session: Session, token: str) -> FeedSource:
    """Raises NotFound."""
    source = session.scalar(sa.select(FeedSource).where(FeedSource.token == token))
    if source is None:
        raise NotFound(f"feed source {token}")
    return source


def built_in(session: Session, name: str) -> SourceInfo | None:
    """The source that a room brings along (hotline, public reports)."""
    source = session.scalar(sa.select(FeedSource).where(FeedSource.built_in == name))
    return None if source is None else info_of(source)


@dataclass(frozen=True, slots=True)
class Health:
    """How a source does. `per_minute` is what was accepted a minute, over the last five."""

    source: FeedSource
    last_at: datetime | None
    per_minute: float
    faults: int  # kinds of faults that wait for somebody
    dead: int  # signals that could not be processed
    poll: FeedPoll | None
    is_silent: bool

    @property
    def is_failing(self) -> bool:
        """Whether polling it does not succeed at present."""
        return self.poll is not None and self.poll.failures > 0


def health(session: Session, *, token: str | None = None) -> list[Health]:
    """All sources, or the one of a token, those in trouble first; a constant number of queries."""
    at = now()
    rows = sa.select(FeedSource).order_by(FeedSource.name)
    if token is not None:
        rows = rows.where(FeedSource.token == token)
    sources = session.scalars(rows).all()
    last = _last_batches(session, [source.id for source in sources])
    rates = _rates(session, at)
    faults = _grouped(session, FeedFault.source_id, FeedFault.state.in_(UNSOLVED))
    dead = _grouped(session, FeedSignal.source_id, FeedSignal.state == SignalState.DEAD)
    polls = {poll.source_id: poll for poll in session.scalars(sa.select(FeedPoll))}
    found = [
        Health(
            source, last.get(source.id), rates.get(source.id, 0.0), faults.get(source.id, 0),
            dead.get(source.id, 0), polls.get(source.id), _is_silent(source, last, at),
        )
        for source in sources
    ]  # fmt: skip
    return sorted(found, key=lambda one: (not _troubles(one), not one.source.is_active))


def _troubles(one: Health) -> bool:
    return one.source.is_active and bool(one.is_silent or one.is_failing or one.faults or one.dead)


def _is_silent(source: FeedSource, last: dict[int, datetime], at: datetime) -> bool:
    if not source.is_active or source.expected_seconds is None:
        return False
    since = last.get(source.id, source.made_at)
    return at - since > SILENT_INTERVALS * timedelta(seconds=source.expected_seconds)


def _last_batches(session: Session, ids: Sequence[int]) -> dict[int, datetime]:
    """One look into the index for each source, in one statement."""
    newest = (
        sa.select(FeedBatch.received_at)
        .where(FeedBatch.source_id == FeedSource.id)
        .order_by(FeedBatch.received_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(sa.select(FeedSource.id, newest).where(FeedSource.id.in_(ids)))
    return {row[0]: row[1] for row in rows if row[1] is not None}


def _rates(session: Session, at: datetime) -> dict[int, float]:
    minutes = RATE_SPAN / timedelta(minutes=1)
    rows = session.execute(
        sa.select(FeedBatch.source_id, sa.func.sum(FeedBatch.accepted))
        .where(FeedBatch.received_at > at - RATE_SPAN)
        .group_by(FeedBatch.source_id)
    ).tuples()
    return {id_: float(total) / minutes for id_, total in rows}


def _grouped(
    session: Session, column: sa.SQLColumnExpression[int], *where: sa.ColumnElement[bool]
) -> dict[int, int]:
    rows = session.execute(sa.select(column, sa.func.count()).where(*where).group_by(column))
    return dict(rows.tuples().all())


def waiting_troubles(_actor: Actor) -> sa.Select[tuple[int, int]]:
    """For the left bar: kinds of faults and dead signals that wait; red after a day."""
    old = now() - WAITED_TOO_LONG
    faults = sa.select(FeedFault.first_at.label("at")).where(FeedFault.state.in_(UNSOLVED))
    dead = sa.select(FeedSignal.received_at).where(FeedSignal.state == SignalState.DEAD)
    waiting = sa.union_all(faults, dead).subquery()
    late = sa.case((waiting.c.at < old, 1), else_=0)
    return sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(late), 0)).select_from(waiting)


def faults(session: Session, *, all_: bool = False, limit: int = 100) -> list[FeedFault]:
    """What waits, the oldest first; or the newest of all."""
    rows = sa.select(FeedFault).options(sa.orm.joinedload(FeedFault.source)).limit(limit)
    if all_:
        return list(session.scalars(rows.order_by(FeedFault.last_at.desc(), FeedFault.id.desc())))
    return list(
        session.scalars(
            rows.where(FeedFault.state.in_(UNSOLVED)).order_by(FeedFault.first_at, FeedFault.id)
        )
    )


def fault_by_token(session: Session, token: str) -> FeedFault:
    """Raises NotFound."""
    fault = session.scalar(sa.select(FeedFault).where(FeedFault.token == token))
    if fault is None:
        raise NotFound(f"feed fault {token}")
    return fault


def signals(
    session: Session,
    *,
    state: SignalState | None = None,
    source_id: int | None = None,
    before: tuple[datetime, int] | None = None,
    limit: int = 50,
) -> list[FeedSignal]:
    """The inbox, newest first; `before` is the place where the last page ended."""
    rows = sa.select(FeedSignal).options(sa.orm.joinedload(FeedSignal.source))
    if state is not None:
        rows = rows.where(FeedSignal.state == state)
    if source_id is not None:
        rows = rows.where(FeedSignal.source_id == source_id)
    if before is not None:
        rows = rows.where(sa.tuple_(FeedSignal.received_at, FeedSignal.id) < before)
    ordered = rows.order_by(FeedSignal.received_at.desc(), FeedSignal.id.desc())
    return list(session.scalars(ordered.limit(limit)))


def signal_by_token(session: Session, token: str) -> FeedSignal:
    """Raises NotFound."""
    signal = session.scalar(sa.select(FeedSignal).where(FeedSignal.token == token))
    if signal is None:
        raise NotFound(f"feed signal {token}")
    return signal


def place_of(session: Session, token: str) -> tuple[datetime, int]:
    """Where a signal stands in the inbox, for the page behind it."""
    signal = signal_by_token(session, token)
    return signal.received_at, signal.id


def newest_batches(session: Session, source_id: int, *, limit: int) -> list[FeedBatch]:
    """What arrived last, without the bytes."""
    rows = (
        sa.select(FeedBatch)
        .options(sa.orm.defer(FeedBatch.content))
        .where(FeedBatch.source_id == source_id)
        .order_by(FeedBatch.received_at.desc(), FeedBatch.id.desc())
        .limit(limit)
    )
    return list(session.scalars(rows))


def batches_of_fault(session: Session, fault: FeedFault) -> int:
    """How many kept batches a fault covers."""
    rows = sa.select(sa.func.count()).where(*covered_by(fault))
    return session.scalar(rows) or 0


def first_batch(session: Session, fault: FeedFault) -> FeedBatch | None:
    """The oldest kept batch of a fault."""
    rows = sa.select(FeedBatch).where(*covered_by(fault)).order_by(FeedBatch.id).limit(1)
    return session.scalar(rows)


def covered_by(fault: FeedFault) -> tuple[sa.ColumnElement[bool], ...]:
    """The batches that are taken again when the fault is replayed."""
    return (
        FeedBatch.source_id == fault.source_id,
        FeedBatch.refused > 0,
        FeedBatch.id.between(fault.first_batch_id, fault.last_batch_id),
    )
