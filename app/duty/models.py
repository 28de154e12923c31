"""Shifts at the duty desk, its log, the handing over of it, and the report of each morning."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import now
from app.db import JSON, Base, Nfc
from app.files.models import new_token


class DutyShift(Base):
    """Somebody sits at the duty desk from a moment to a moment."""

    __tablename__ = "duty_shift"
    __table_args__ = (
        sa.CheckConstraint("ends_at > starts_at", name="lasts"),
        sa.UniqueConstraint("person_id", "starts_at"),
        sa.Index("ix_duty_shift_time", "starts_at", "ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    made_by_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    made_at: Mapped[datetime] = mapped_column(default=now)


class DutyLog(Base):
    """One line of the log of shifts (nhật ký ca trực). Append-only, which triggers keep."""

    __tablename__ = "duty_log"
    __table_args__ = (sa.Index("ix_duty_log_at", "at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now)
    text: Mapped[str] = mapped_column(Nfc(2000))
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))


class DutyHandover(Base):
    """One shift hands the desk over to the next. The giver signs by writing it, the taker later.

    `items` are the things that were open then: `{"kind", "id"}`. At most one waits to be taken,
    which the constraint keeps (`is_waiting` is None once it was): whoever came last would otherwise
    not know what holds.
    """

    __tablename__ = "duty_handover"
    __table_args__ = (
        sa.CheckConstraint("taken_by_person_id <> given_by_person_id", name="two_people"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(Nfc(40), unique=True, default=new_token)
    is_waiting: Mapped[bool | None] = mapped_column(default=True, unique=True)
    text: Mapped[str] = mapped_column(Nfc(4000))
    items: Mapped[list[Any]] = mapped_column(JSON, default=list)
    given_at: Mapped[datetime] = mapped_column(default=now, index=True)
    given_by_person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    given_by_post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id"))
    taken_at: Mapped[datetime | None]
    taken_by_person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    taken_by_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    remark: Mapped[str] = mapped_column(Nfc(500), default="")


class DutyReport(Base):
    """The report of the 24 hours before 07:00 of a day: one a day, kept as it was printed."""

    __tablename__ = "duty_report"

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(unique=True)
    file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"))
    made_at: Mapped[datetime] = mapped_column(default=now)
