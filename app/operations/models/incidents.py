"""Incidents, the signals that told of them, and their timeline."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import now
from app.db import JSON, Base, Nfc
from app.files.models import new_token
from app.operations.models.words import CLOSED, Domain, Happening, IncidentState, Origin
from app.sensors.models import Severity

OPEN_INCIDENT = sa.text("closed_at IS NULL")
_ENDS = ", ".join(f"'{state.value}'" for state in sorted(CLOSED, key=lambda state: state.value))


class Incident(Base):
    """Something that happened and is answered, from the first report to what was learnt of it.

    `dedup_key` names what it is about (a rule at a station, the case of a foreign system): of one
    key at most one is open, which the index keeps. `hand_severity` is a person's judgement; it
    holds until something tells of a higher one. One of `is_exercise` reaches nobody outside.
    """

    __tablename__ = "incident"
    __table_args__ = (
        sa.Index(
            "uq_incident_open", "dedup_key", unique=True,
            sqlite_where=OPEN_INCIDENT, postgresql_where=OPEN_INCIDENT,
        ),
        sa.Index(
            "ix_incident_open", "domain", "severity",
            sqlite_where=OPEN_INCIDENT, postgresql_where=OPEN_INCIDENT,
        ),
        sa.Index("ix_incident_reported", "reported_at", "id"),
        sa.CheckConstraint(f"(closed_at IS NOT NULL) = (state IN ({_ENDS}))", name="closed_ends"),
        sa.CheckConstraint("dead >= 0 AND injured >= 0 AND missing >= 0", name="counts_people"),
        sa.CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="has_both"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(Nfc(40), unique=True, default=new_token)
    code: Mapped[str] = mapped_column(Nfc(20), unique=True)
    dedup_key: Mapped[str | None] = mapped_column(Nfc(200))
    domain: Mapped[Domain]
    type_key: Mapped[str] = mapped_column(Nfc(40))
    severity: Mapped[Severity]
    hand_severity: Mapped[Severity | None]
    state: Mapped[IncidentState] = mapped_column(default=IncidentState.REPORTED)
    state_at: Mapped[datetime] = mapped_column(default=now)
    title: Mapped[str] = mapped_column(Nfc(300))
    description: Mapped[str] = mapped_column(Nfc(4000), default="")
    place: Mapped[str] = mapped_column(Nfc(300), default="")
    area: Mapped[str] = mapped_column(Nfc(100), default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    origin: Mapped[Origin]
    caller_name: Mapped[str] = mapped_column(Nfc(100), default="")
    caller_phone: Mapped[str] = mapped_column(Nfc(20), default="")
    occurred_at: Mapped[datetime]
    reported_at: Mapped[datetime] = mapped_column(default=now)
    closed_at: Mapped[datetime | None]
    lead_unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    lead_agency: Mapped[str] = mapped_column(Nfc(200), default="")
    dead: Mapped[int] = mapped_column(default=0)
    injured: Mapped[int] = mapped_column(default=0)
    missing: Mapped[int] = mapped_column(default=0)
    is_exercise: Mapped[bool] = mapped_column(default=False)
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("incident.id"), index=True)
    review: Mapped[str] = mapped_column(Nfc(4000), default="")
    made_by_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads it)

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class IncidentSignal(Base):
    """An alarm or a told thing that an incident stands on: each stands under one incident only.

    `over_at` is when what it tells of was over, None while it goes on or where nobody tells.
    """

    __tablename__ = "incident_signal"
    __table_args__ = (sa.Index("ix_incident_signal_incident", "incident_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(sa.ForeignKey("incident.id"))
    alarm_id: Mapped[int | None] = mapped_column(sa.ForeignKey("alarm.id"), unique=True)
    signal_id: Mapped[int | None] = mapped_column(sa.ForeignKey("feed_signal.id"), unique=True)
    source: Mapped[str] = mapped_column(Nfc(200), default="")
    summary: Mapped[str] = mapped_column(Nfc(300), default="")
    severity: Mapped[Severity]
    at: Mapped[datetime]
    over_at: Mapped[datetime | None]
    joined_at: Mapped[datetime] = mapped_column(default=now)


class IncidentEntry(Base):
    """One line of an incident's timeline. Append-only, which triggers keep."""

    __tablename__ = "incident_entry"
    __table_args__ = (
        sa.Index("ix_incident_entry_incident", "incident_id", "id"),
        sa.Index("ix_incident_entry_at", "at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(sa.ForeignKey("incident.id"))
    at: Mapped[datetime] = mapped_column(default=now)
    happening: Mapped[Happening]
    text: Mapped[str] = mapped_column(Nfc(2000), default="")
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))


class IncidentDay(Base):
    """The next serial of a day's codes, locked while one is given."""

    __tablename__ = "incident_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    next_number: Mapped[int]


class IncidentApart(Base):
    """Two incidents of which a person said that they are not the same (`first_id` the lower)."""

    __tablename__ = "incident_apart"

    first_id: Mapped[int] = mapped_column(
        sa.ForeignKey("incident.id"), primary_key=True, autoincrement=False
    )
    second_id: Mapped[int] = mapped_column(
        sa.ForeignKey("incident.id"), primary_key=True, autoincrement=False
    )
    said_by_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    said_at: Mapped[datetime] = mapped_column(default=now)
