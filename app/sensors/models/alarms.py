"""Rules with their versions and states, maintenance windows, alarms."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.clock import now
from app.db import JSON, Base, Nfc
from app.files.models import new_token
from app.sensors.models.words import RuleKind, Severity

OPEN = sa.text("cleared_at IS NULL")


class Rule(Base):
    """What is to raise an alarm. What it says is in its versions; `current_no` is the one in use.

    A rule that was never switched on (`is_on` false) is only looked at by the back-test.
    """

    __tablename__ = "rule"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(Nfc(40), unique=True, default=new_token)
    name: Mapped[str] = mapped_column(Nfc(200), unique=True)
    kind: Mapped[RuleKind]
    severity: Mapped[Severity] = mapped_column(default=Severity.MEDIUM)
    is_on: Mapped[bool] = mapped_column(default=False, index=True)
    current_no: Mapped[int] = mapped_column(default=1)
    made_by_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    made_at: Mapped[datetime] = mapped_column(default=now)
    version: Mapped[int] = mapped_column()
    versions: Mapped[list[RuleVersion]] = relationship(
        back_populates="rule", order_by="RuleVersion.no"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads it)


class RuleVersion(Base):
    """One wording of a rule, never changed. `definition` is read by `rules.parse`."""

    __tablename__ = "rule_version"
    __table_args__ = (sa.UniqueConstraint("rule_id", "no"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[int] = mapped_column(sa.ForeignKey("rule.id"))
    no: Mapped[int]
    definition: Mapped[dict[str, Any]]
    made_by_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    made_at: Mapped[datetime] = mapped_column(default=now)
    rule: Mapped[Rule] = relationship(back_populates="versions")


class RuleStream(Base):
    """Which streams a rule in use looks at: what a batch has to load."""

    __tablename__ = "rule_stream"

    rule_id: Mapped[int] = mapped_column(
        sa.ForeignKey("rule.id"), primary_key=True, autoincrement=False
    )
    datastream_id: Mapped[int] = mapped_column(
        sa.ForeignKey("datastream.id"), primary_key=True, autoincrement=False, index=True
    )


class RuleState(Base):
    """What a rule remembers of a stream between two batches, under one of its versions."""

    __tablename__ = "rule_state"

    rule_id: Mapped[int] = mapped_column(
        sa.ForeignKey("rule.id"), primary_key=True, autoincrement=False
    )
    datastream_id: Mapped[int] = mapped_column(
        sa.ForeignKey("datastream.id"), primary_key=True, autoincrement=False
    )
    version_no: Mapped[int]
    state: Mapped[dict[str, Any]] = mapped_column(JSON)


class MaintenanceWindow(Base):
    """While it lasts, no rule raises an alarm for the thing; values are kept as ever."""

    __tablename__ = "maintenance_window"
    __table_args__ = (sa.CheckConstraint("ends_at > starts_at", name="lasts"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    thing_id: Mapped[int] = mapped_column(sa.ForeignKey("thing.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Nfc(300), default="")
    made_by_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    made_at: Mapped[datetime] = mapped_column(default=now)


class Alarm(Base):
    """A rule has spoken about a stream. One is open at most: the index says so, not the code."""

    __tablename__ = "alarm"
    __table_args__ = (
        sa.Index(
            "uq_alarm_open", "rule_id", "datastream_id", unique=True,
            sqlite_where=OPEN, postgresql_where=OPEN,
        ),
        sa.Index("ix_alarm_stream", "datastream_id", "raised_at"),
        sa.Index("ix_alarm_raised", "raised_at"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(Nfc(40), unique=True, default=new_token)
    rule_id: Mapped[int] = mapped_column(sa.ForeignKey("rule.id"))
    version_no: Mapped[int]
    datastream_id: Mapped[int] = mapped_column(sa.ForeignKey("datastream.id"))
    severity: Mapped[Severity]
    raised_at: Mapped[datetime]  # the moment of the reading, not of its arrival
    raised_value: Mapped[float | None]  # None: nothing came
    noticed_at: Mapped[datetime] = mapped_column(default=now)
    cleared_at: Mapped[datetime | None]
    cleared_value: Mapped[float | None]
