"""Limits that are counted, as rows: the clock of a thing, what stopped it, what moved it."""

from __future__ import annotations

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.clock import now
from app.db import Base, Nfc
from app.worktime.calendar import Unit
from app.worktime.rules import Course, Extension, Pause, Rule, StartRule


class DeadlineClock(Base):
    """The clock of a thing of any kind. `name` tells several clocks of one thing apart.

    `due_at` is None while it is paused; `original_due_at` never changes by pauses and extensions.
    `warn_at` is when the next share of `course.WARNING_PERCENTS` is used, None when all are told.
    """

    __tablename__ = "deadline_clock"
    __table_args__ = (
        sa.UniqueConstraint("kind", "thing_id", "name"),
        sa.Index(
            "ix_deadline_clock_open",
            "calendar_id",
            "id",
            sqlite_where=sa.text("finished_at IS NULL"),
            postgresql_where=sa.text("finished_at IS NULL"),
        ),
        sa.Index(
            "ix_deadline_clock_warn",
            "warn_at",
            sqlite_where=sa.text("finished_at IS NULL AND warn_at IS NOT NULL"),
            postgresql_where=sa.text("finished_at IS NULL AND warn_at IS NOT NULL"),
        ),
        sa.CheckConstraint("amount > 0", name="something_to_count"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Nfc(40))
    thing_id: Mapped[int]
    name: Mapped[str] = mapped_column(Nfc(40), default="")
    calendar_id: Mapped[int] = mapped_column(sa.ForeignKey("working_calendar.id"))
    started_at: Mapped[datetime]
    amount: Mapped[int]
    unit: Mapped[Unit]
    start_rule: Mapped[StartRule]
    cutoff_minute: Mapped[int | None]
    may_restart: Mapped[bool] = mapped_column(default=False)  # the version of the rule says so
    most_extensions: Mapped[int] = mapped_column(default=1)
    most_extension_amount: Mapped[int | None]  # None: as long as the limit itself
    due_at: Mapped[datetime | None]
    original_due_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    warned_percent: Mapped[int] = mapped_column(default=0)
    warn_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()
    pauses: Mapped[list[ClockPause]] = relationship(
        back_populates="clock", order_by="ClockPause.at", lazy="selectin"
    )
    extensions: Mapped[list[ClockExtension]] = relationship(
        back_populates="clock", order_by="ClockExtension.id", lazy="selectin"
    )
    stages: Mapped[list[ClockStage]] = relationship(
        back_populates="clock", order_by="ClockStage.position", lazy="selectin"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def course(self) -> Course:
        """The row as the value that counts and explains."""
        return Course(
            started_at=self.started_at,
            rule=Rule(self.amount, self.unit, self.start_rule, self.cutoff_minute),
            pauses=tuple(
                Pause(one.at, one.until, one.restart, one.reason, one.document)
                for one in self.pauses
            ),
            extensions=tuple(
                Extension(one.amount, one.at, one.reason, one.document) for one in self.extensions
            ),
            finished_at=self.finished_at,
        )

    @property
    def open_pause(self) -> ClockPause | None:
        """The pause that still lasts."""
        last = self.pauses[-1] if self.pauses else None
        return last if last is not None and last.until is None else None


class ClockPause(Base):
    """Time that does not count; at most one of a clock is open."""

    __tablename__ = "clock_pause"
    __table_args__ = (
        sa.Index(
            "uq_clock_pause_open",
            "clock_id",
            unique=True,
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        ),
        sa.Index("ix_clock_pause_clock_id", "clock_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    clock_id: Mapped[int] = mapped_column(sa.ForeignKey("deadline_clock.id"))
    at: Mapped[datetime]
    until: Mapped[datetime | None]
    restart: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(Nfc(500))
    document: Mapped[str] = mapped_column(Nfc(300), default="")  # the paper that says so
    by_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    clock: Mapped[DeadlineClock] = relationship(back_populates="pauses")


class ClockExtension(Base):
    """More of the same unit."""

    __tablename__ = "clock_extension"
    __table_args__ = (sa.Index("ix_clock_extension_clock_id", "clock_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    clock_id: Mapped[int] = mapped_column(sa.ForeignKey("deadline_clock.id"))
    at: Mapped[datetime]
    amount: Mapped[int]
    reason: Mapped[str] = mapped_column(Nfc(500))
    document: Mapped[str] = mapped_column(Nfc(300), default="")
    by_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    clock: Mapped[DeadlineClock] = relationship(back_populates="extensions")


class ClockStage(Base):
    """A step within the limit. `hundredths`: hundredths of the limit's unit (50: half a day)."""

    __tablename__ = "clock_stage"
    __table_args__ = (sa.UniqueConstraint("clock_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    clock_id: Mapped[int] = mapped_column(sa.ForeignKey("deadline_clock.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(Nfc(200))
    hundredths: Mapped[int]
    due_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    clock: Mapped[DeadlineClock] = relationship(back_populates="stages")


class CorrectionState(enum.Enum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"


CORRECTION_LABELS: dict[CorrectionState, str] = {
    CorrectionState.WAITING: "Đang chờ",
    CorrectionState.RUNNING: "Đang tính lại",
    CorrectionState.DONE: "Đã xong",
}


class CalendarCorrection(Base):
    """A change of a calendar, and how far the open clocks have been counted anew.

    `after_clock_id` is the cursor: a recount goes on behind it, whoever was stopped before.
    """

    __tablename__ = "calendar_correction"
    __table_args__ = (sa.Index("ix_calendar_correction_state", "state", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    calendar_id: Mapped[int] = mapped_column(sa.ForeignKey("working_calendar.id"))
    what: Mapped[str] = mapped_column(Nfc(500))
    by_person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(default=now)
    state: Mapped[CorrectionState] = mapped_column(default=CorrectionState.WAITING)
    after_clock_id: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    looked_at: Mapped[int] = mapped_column(default=0)
    moved: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]


class ClockMove(Base):
    """The trace: an end that a correction of the calendar moved, from where to where."""

    __tablename__ = "clock_move"
    __table_args__ = (
        sa.UniqueConstraint("correction_id", "clock_id"),
        sa.Index("ix_clock_move_clock_id", "clock_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    correction_id: Mapped[int] = mapped_column(sa.ForeignKey("calendar_correction.id"))
    clock_id: Mapped[int] = mapped_column(sa.ForeignKey("deadline_clock.id"))
    at: Mapped[datetime] = mapped_column(default=now)
    from_due_at: Mapped[datetime | None]
    to_due_at: Mapped[datetime | None]
