"""Sources, the devices that may speak for them, what they sent, and what could not be taken."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.clock import now
from app.db import Base, Nfc
from app.feeds.words import FaultKind, FaultState, Format, SignalState, SourceKind
from app.files.models import new_token

OPEN_FAULT = sa.text("state = 'open'")
UNSOLVED_FAULT = sa.text("state IN ('open', 'replaying')")
DEAD_SIGNAL = sa.text("state = 'dead'")
WITH_REFUSALS = sa.text("refused > 0")


class FeedSource(Base):
    """Somebody or something outside that tells us news. Never deleted, only switched off.

    `address` is the polled URL, the topic filter or the address of the sender, by its kind.
    `expected_seconds` says how often something comes: after three times as long it is silent.
    """

    __tablename__ = "feed_source"
    __table_args__ = (
        sa.CheckConstraint("keep_days > 0", name="is_kept"),
        sa.CheckConstraint("poll_seconds > 0", name="pauses"),
        sa.CheckConstraint("expected_seconds > 0", name="comes_again"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(Nfc(40), unique=True, default=new_token)
    name: Mapped[str] = mapped_column(Nfc(200), unique=True)
    kind: Mapped[SourceKind]
    format: Mapped[Format] = mapped_column(default=Format.JSON)
    target: Mapped[str] = mapped_column(Nfc(40))
    address: Mapped[str] = mapped_column(Nfc(500), default="")
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    expected_seconds: Mapped[int | None]
    poll_seconds: Mapped[int] = mapped_column(default=60)
    keep_days: Mapped[int] = mapped_column(default=30)
    is_active: Mapped[bool] = mapped_column(default=True)
    built_in: Mapped[str | None] = mapped_column(Nfc(40), unique=True)
    made_at: Mapped[datetime] = mapped_column(default=now)
    version: Mapped[int] = mapped_column()
    devices: Mapped[list[FeedDevice]] = relationship(
        back_populates="source", order_by="FeedDevice.id"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads it)


class FeedDevice(Base):
    """A device that may push in a source's name. Its secret follows from `key` and is not kept."""

    __tablename__ = "feed_device"
    __table_args__ = (sa.UniqueConstraint("source_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(sa.ForeignKey("feed_source.id"))
    name: Mapped[str] = mapped_column(Nfc(200))
    key: Mapped[str] = mapped_column(Nfc(40), unique=True, default=new_token)
    made_at: Mapped[datetime] = mapped_column(default=now)
    made_by_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    revoked_at: Mapped[datetime | None]
    source: Mapped[FeedSource] = relationship(back_populates="devices")


class FeedBatch(Base):
    """What arrived at once, as it arrived, compressed. `request_key` makes a repetition known."""

    __tablename__ = "feed_batch"
    __table_args__ = (
        sa.UniqueConstraint("source_id", "request_key"),
        sa.Index("ix_feed_batch_received", "source_id", "received_at"),
        sa.Index(
            "ix_feed_batch_refused", "source_id", "id",
            sqlite_where=WITH_REFUSALS, postgresql_where=WITH_REFUSALS,
        ),
        {"sqlite_autoincrement": True},
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(sa.ForeignKey("feed_source.id"))
    device_id: Mapped[int | None] = mapped_column(sa.ForeignKey("feed_device.id"))
    request_key: Mapped[str | None] = mapped_column(Nfc(64))
    received_at: Mapped[datetime]
    content: Mapped[bytes] = mapped_column(sa.LargeBinary)
    format: Mapped[Format | None]  # None: as the source sends; else how we have kept a part of it
    size: Mapped[int]
    accepted: Mapped[int] = mapped_column(default=0)
    duplicate: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)


class FeedSignal(Base):
    """One thing that a source told, where each matters by itself: a row of the inbox.

    `external_id` is the sender's; a second one with it is the same signal, whatever it says.
    `kind` and `thing_id` are what came of it.
    """

    __tablename__ = "feed_signal"
    __table_args__ = (
        sa.UniqueConstraint("source_id", "external_id"),
        sa.Index("ix_feed_signal_received", "received_at", "id"),
        sa.Index(
            "ix_feed_signal_dead", "received_at",
            sqlite_where=DEAD_SIGNAL, postgresql_where=DEAD_SIGNAL,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(Nfc(40), unique=True, default=new_token)
    source_id: Mapped[int] = mapped_column(sa.ForeignKey("feed_source.id"))
    batch_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("feed_batch.id", ondelete="SET NULL"), index=True
    )
    external_id: Mapped[str] = mapped_column(Nfc(200))
    at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    state: Mapped[SignalState] = mapped_column(default=SignalState.RECEIVED)
    raw: Mapped[dict[str, Any]] = mapped_column(default=dict)
    fields: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reason: Mapped[str] = mapped_column(Nfc(500), default="")
    kind: Mapped[str] = mapped_column(Nfc(40), default="")
    thing_id: Mapped[int | None]
    acted_by_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    acted_at: Mapped[datetime | None]
    source: Mapped[FeedSource] = relationship()


class FeedFault(Base):
    """What could not be taken of a source for one reason, however often it happens.

    One is open at most for a source and reason: the index says so. It covers the batches with
    refusals from `first_batch_id` to `last_batch_id`; these are taken again when it is replayed.
    """

    __tablename__ = "feed_fault"
    __table_args__ = (
        sa.Index(
            "uq_feed_fault_open", "source_id", "reason", unique=True,
            sqlite_where=OPEN_FAULT, postgresql_where=OPEN_FAULT,
        ),
        sa.Index(
            "ix_feed_fault_unsolved", "last_at",
            sqlite_where=UNSOLVED_FAULT, postgresql_where=UNSOLVED_FAULT,
        ),
        {"sqlite_autoincrement": True},
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(Nfc(40), unique=True, default=new_token)
    source_id: Mapped[int] = mapped_column(sa.ForeignKey("feed_source.id"))
    kind: Mapped[FaultKind]
    reason: Mapped[str] = mapped_column(Nfc(500))
    count: Mapped[int] = mapped_column(default=1)
    first_batch_id: Mapped[int]  # batches are deleted after their time, faults stay
    last_batch_id: Mapped[int]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    sample: Mapped[str] = mapped_column(default="")
    state: Mapped[FaultState] = mapped_column(default=FaultState.OPEN)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None]  # when it is tried again by itself
    done_batches: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(Nfc(500), default="")
    acted_by_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    acted_at: Mapped[datetime | None]
    source: Mapped[FeedSource] = relationship()


class FeedPoll(Base):
    """Where the polling of a source stands: what it saw last, and when it looks again."""

    __tablename__ = "feed_poll"

    source_id: Mapped[int] = mapped_column(
        sa.ForeignKey("feed_source.id"), primary_key=True, autoincrement=False
    )
    due_at: Mapped[datetime] = mapped_column(index=True)
    cursor: Mapped[str] = mapped_column(Nfc(500), default="")
    etag: Mapped[str] = mapped_column(Nfc(300), default="")
    last_modified: Mapped[str] = mapped_column(Nfc(100), default="")
    looked_at: Mapped[datetime | None]
    succeeded_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(Nfc(500), default="")
    lease_token: Mapped[str | None] = mapped_column(Nfc(40))
    leased_until: Mapped[datetime | None]
