"""Events kept with the change and acted on later, at least once, by each consumer on its own."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from app.clock import now
from app.db import Base, Nfc

FIRST_DELAY = timedelta(seconds=2)
LONGEST_DELAY = timedelta(hours=1)
DEAD_AFTER = timedelta(days=3)

_subscriptions: dict[str, set[str]] = {}


@dataclass(frozen=True)
class Event:
    """Something that happened; subclasses carry ids only, never content."""

    name: ClassVar[str]


@dataclass(frozen=True)
class ThingChanged(Event):
    """A thing of a registered kind was made, changed, opened to someone or purged."""

    name: ClassVar[str] = "thing.changed"
    kind: str
    thing_id: int


@dataclass(frozen=True)
class ThingPurged(Event):
    """A thing's content was purged (secrecy): no word of it may stay in any index."""

    name: ClassVar[str] = "thing.purged"
    kind: str
    thing_id: int


@dataclass(frozen=True)
class ThingProgressed(Event):
    """Long work on a thing came further; only open pages care, so nobody else subscribes."""

    name: ClassVar[str] = "thing.progressed"
    kind: str
    thing_id: int
    done: int
    total: int


class OutboxEvent(Base):
    """One event as it was published."""

    __tablename__ = "outbox_event"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Nfc(60), index=True)
    payload: Mapped[dict[str, Any]]
    at: Mapped[datetime] = mapped_column(default=now)
    deliveries: Mapped[list[OutboxDelivery]] = relationship(back_populates="event")


class OutboxDelivery(Base):
    """One consumer's copy of an event: due, leased, done or dead."""

    __tablename__ = "outbox_delivery"
    __table_args__ = (
        sa.UniqueConstraint("event_id", "consumer"),
        sa.Index(
            "ix_outbox_delivery_open",
            "consumer",
            "due_at",
            sqlite_where=sa.text("done_at IS NULL AND dead_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL AND dead_at IS NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("outbox_event.id"), index=True)
    consumer: Mapped[str] = mapped_column(Nfc(40))
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    lease_token: Mapped[str | None] = mapped_column(Nfc(40))
    leased_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
    event: Mapped[OutboxEvent] = relationship(back_populates="deliveries", lazy="joined")


@dataclass(frozen=True, slots=True)
class Claimed:
    """A leased delivery as plain values, to be worked on outside any transaction."""

    id: int
    token: str
    name: str
    payload: dict[str, Any]
    attempts: int


@dataclass(slots=True)
class Outcome:
    """What became of claimed deliveries: done ones, and failed ones with the reason."""

    done: list[Claimed] = field(default_factory=list)
    failed: list[tuple[Claimed, str]] = field(default_factory=list)


def subscribe(consumer: str, *event_names: str) -> None:
    """Let every later event of these names have a delivery for `consumer`."""
    for name in event_names:
        _subscriptions.setdefault(name, set()).add(consumer)


def unsubscribe(consumer: str) -> None:
    """Let later events have no delivery for `consumer`: when it is taken out of service."""
    for names in _subscriptions.values():
        names.discard(consumer)


def publish(session: Session, event: Event) -> None:
    """Store `event` in the caller's transaction, with one delivery for each subscribed consumer."""
    row = OutboxEvent(name=event.name, payload=asdict(event), at=now())
    row.deliveries = [
        OutboxDelivery(consumer=consumer, due_at=now(), attempts=0)
        for consumer in sorted(_subscriptions.get(event.name, ()))
    ]
    session.add(row)


def changed(session: Session, kind: str, thing_id: int) -> None:
    """Publish `ThingChanged`: the index and open pages will show the new state."""
    publish(session, ThingChanged(kind=kind, thing_id=thing_id))


def _due(consumer: str, at: datetime) -> list[sa.ColumnElement[bool]]:
    return [
        OutboxDelivery.consumer == consumer,
        OutboxDelivery.done_at.is_(None),
        OutboxDelivery.dead_at.is_(None),
        OutboxDelivery.due_at <= at,
        sa.or_(OutboxDelivery.leased_until.is_(None), OutboxDelivery.leased_until <= at),
    ]


def waited_for(session: Session, consumers: Sequence[str]) -> set[str]:
    """Those of `consumers` for whom something is due. One query that locks nothing."""
    if not consumers:
        return set()
    at = now()
    found = [
        sa.select(OutboxDelivery.id).where(*_due(consumer, at)).exists() for consumer in consumers
    ]
    some = session.execute(sa.select(*found)).one()
    return {consumer for consumer, due in zip(consumers, some, strict=True) if due}


def claim(session: Session, consumer: str, *, limit: int, lease: timedelta) -> list[Claimed]:
    """Lease what is due; another relay sees it again only when the lease ends."""
    at = now()
    rows = (
        sa.select(OutboxDelivery)
        .where(*_due(consumer, at))
        .order_by(OutboxDelivery.due_at, OutboxDelivery.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=OutboxDelivery)
    )
    claimed = []
    for row in session.scalars(rows):
        row.lease_token = secrets.token_urlsafe(12)
        row.leased_until = at + lease
        row.attempts += 1
        claimed.append(
            Claimed(row.id, row.lease_token, row.event.name, row.event.payload, row.attempts)
        )
    return claimed


def settle(session: Session, outcome: Outcome) -> None:
    """Finish the done, put off the failed; a delivery whose lease went to another is left alone."""
    at = now()
    for item in outcome.done:
        row = _held(session, item)
        if row is not None:
            row.done_at, row.lease_token, row.leased_until, row.last_error = at, None, None, None
    for item, reason in outcome.failed:
        row = _held(session, item)
        if row is None:
            continue
        row.lease_token, row.leased_until, row.last_error = None, None, reason[:500]
        if at - row.event.at > DEAD_AFTER:
            row.dead_at = at
        else:
            row.due_at = at + min(FIRST_DELAY * 2 ** (row.attempts - 1), LONGEST_DELAY)


def replay(session: Session, delivery_ids: Sequence[int]) -> int:
    """Make dead or waiting deliveries due now. Returns how many there were."""
    rows = session.scalars(
        sa.select(OutboxDelivery).where(
            OutboxDelivery.id.in_(delivery_ids), OutboxDelivery.done_at.is_(None)
        )
    ).all()
    for row in rows:
        row.due_at, row.dead_at, row.attempts = now(), None, 0
    return len(rows)


def _held(session: Session, item: Claimed) -> OutboxDelivery | None:
    row = session.get(OutboxDelivery, item.id, with_for_update={"of": OutboxDelivery})
    return row if row is not None and row.lease_token == item.token else None
