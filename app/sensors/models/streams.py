"""Things, their streams, the readings and the latest one of each stream."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.clock import now
from app.db import Base, Nfc
from app.files.models import new_token
from app.sensors.models.words import Measured, Quality, ThingKind


class Thing(Base):
    """A station, camera or gateway at a place. Never deleted: one that is gone is inactive."""

    __tablename__ = "thing"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(Nfc(40), unique=True, default=new_token)
    kind: Mapped[ThingKind] = mapped_column(default=ThingKind.STATION)
    name: Mapped[str] = mapped_column(Nfc(200), unique=True)
    place: Mapped[str] = mapped_column(Nfc(300), default="")
    area: Mapped[str] = mapped_column(Nfc(100), default="", index=True)  # rules of an area
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    owner_unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    is_active: Mapped[bool] = mapped_column(default=True)
    made_at: Mapped[datetime] = mapped_column(default=now)
    version: Mapped[int] = mapped_column()
    streams: Mapped[list[Datastream]] = relationship(
        back_populates="thing", order_by="Datastream.id"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads it)


class Datastream(Base):
    """One quantity that a thing measures. Never deleted, so readings need no foreign key.

    `key` is what senders call it. `lowest` and `highest` are what the instrument can measure at
    all. `alarm_level_1` … `3` are báo động I, II, III of a water level, in metres.
    """

    __tablename__ = "datastream"
    __table_args__ = (sa.CheckConstraint("interval_seconds > 0", name="comes_again"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(Nfc(40), unique=True, default=new_token)
    thing_id: Mapped[int] = mapped_column(sa.ForeignKey("thing.id"), index=True)
    key: Mapped[str] = mapped_column(Nfc(120), unique=True)
    name: Mapped[str] = mapped_column(Nfc(200))
    measured: Mapped[Measured] = mapped_column(default=Measured.OTHER)
    unit_symbol: Mapped[str] = mapped_column(Nfc(20), default="")
    interval_seconds: Mapped[int] = mapped_column(default=300)
    lowest: Mapped[float | None]
    highest: Mapped[float | None]
    stuck_after: Mapped[int | None]  # so many equal values in a row; None: equal values are usual
    alarm_level_1: Mapped[float | None]
    alarm_level_2: Mapped[float | None]
    alarm_level_3: Mapped[float | None]
    calibration_due_on: Mapped[date | None]
    is_active: Mapped[bool] = mapped_column(default=True)
    made_at: Mapped[datetime] = mapped_column(default=now)
    version: Mapped[int] = mapped_column()
    thing: Mapped[Thing] = relationship(back_populates="streams")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads it)


class Reading(Base):
    """One value of a stream at a moment; the key makes a second one a duplicate.

    On PostgreSQL partitioned by months. The partitions live in a schema of their own
    (`partitions`), where the comparison of models and migrations does not look. There the key
    carries the value and its marks, so a chart reads the index and no scattered rows; on SQLite
    the table is its key. Written by `app/sensors/storing.py` in sets, never as objects.
    """

    __tablename__ = "reading"
    __table_args__ = (
        sa.PrimaryKeyConstraint("datastream_id", "at", postgresql_include=["value", "quality"]),
        {"postgresql_partition_by": "RANGE (at)", "sqlite_with_rowid": False},
    )

    datastream_id: Mapped[int] = mapped_column(autoincrement=False)
    at: Mapped[datetime]
    value: Mapped[float]
    quality: Mapped[int] = mapped_column(sa.SmallInteger, default=Quality.GOOD.value)


class LatestReading(Base):
    """The newest good reading of a stream, and how long its value has been the same."""

    __tablename__ = "latest_reading"

    datastream_id: Mapped[int] = mapped_column(
        sa.ForeignKey("datastream.id"), primary_key=True, autoincrement=False
    )
    at: Mapped[datetime]
    value: Mapped[float]
    quality: Mapped[int] = mapped_column(sa.SmallInteger)
    received_at: Mapped[datetime]
    same_count: Mapped[int] = mapped_column(default=1)
