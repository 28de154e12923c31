"""Who has a thing now, and who had it before: the answer to “Đang ở đâu?”."""

from __future__ import annotations

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import now
from app.db import Base, Nfc


class Station(enum.Enum):
    """A kind of place on the way of a thing."""

    REGISTERING = "registering"  # the clerk, before and after the number
    CHIEF = "chief"  # the chief of office, who proposes
    LEADER = "leader"  # a leader, who directs
    UNIT = "unit"  # a unit, whose head assigns
    HANDLER = "handler"  # the person who does it
    ACCEPTANCE = "acceptance"  # back at the assigner, who accepts the result
    READERS = "readers"  # those who are only to know
    DRAFTING = "drafting"  # whoever writes a document going out
    CONTENT_REVIEW = "content_review"  # the head of unit, who reads a draft
    FORM_REVIEW = "form_review"  # the office, which checks its form
    SIGNATURE = "signature"  # whoever signs it
    ISSUING = "issuing"  # the clerk: number, seal, sending
    COUNTER = "counter"  # the one-stop counter: taking in, handing over the result
    CITIZEN = "citizen"  # back with the citizen, who has to supply something; no time runs


class Custody(Base):
    """One stay of a thing at one place. The open stay is the present place: at most one."""

    __tablename__ = "custody"
    __table_args__ = (
        sa.Index(
            "uq_custody_open",
            "kind",
            "thing_id",
            unique=True,
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        ),
        sa.Index("ix_custody_thing", "kind", "thing_id", "id"),
        sa.Index(
            "ix_custody_place",
            "unit_id",
            "station",
            "since",
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Nfc(40))
    thing_id: Mapped[int]
    station: Mapped[Station]
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))
    post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    since: Mapped[datetime] = mapped_column(default=now)
    until: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    opened_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
