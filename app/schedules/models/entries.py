"""Entries of the schedule: what, when, who, where, and from which paper."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.clock import local, now
from app.db import Base, Nfc
from app.errors import RuleViolated
from app.files.models import new_token
from app.schedules.models.resources import Booking
from app.schedules.models.words import (
    NEXT,
    STATE_LABELS,
    AnswerKind,
    ChangeKind,
    EntryKind,
    EntryState,
    Frequency,
    Shift,
    Visibility,
)

NOON = time(12, 0)
EVENING = time(17, 30)


def new_uid() -> str:
    """What a calendar program knows the entry by, for ever."""
    return str(uuid.uuid4())


class ScheduleSeries(Base):
    """A rule by which entries come again, in local time; each occurrence is an entry of its own."""

    __tablename__ = "schedule_series"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(Nfc(40), unique=True, default=new_token)
    frequency: Mapped[Frequency]
    every: Mapped[int] = mapped_column(default=1)  # each so many weeks or months
    weekdays: Mapped[list[Any]] = mapped_column(default=list)  # 0 Monday … 6 Sunday, WEEKLY only
    first_on: Mapped[date]
    last_on: Mapped[date]
    starts: Mapped[time] = mapped_column(sa.Time())  # on Vietnamese clocks
    minutes: Mapped[int]
    made_by_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    made_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]  # the rest of it was called off


class ScheduleEntry(Base):
    """One entry (lịch): somebody does something from a moment to a moment.

    `day` is the calendar day of the start in Vietnam. `sequence` counts changes for calendar
    programs, `change` is the last change after the publication: it is shown in red.
    """

    __tablename__ = "schedule_entry"
    __table_args__ = (
        sa.CheckConstraint("ends_at > starts_at", name="lasts"),
        sa.UniqueConstraint("series_id", "occurrence_on"),
        sa.UniqueConstraint("made_by_post_id", "external_uid"),
        sa.Index("ix_schedule_entry_day", "day", "starts_at"),
        sa.Index("ix_schedule_entry_chair", "chair_post_id", "day"),
        sa.Index("ix_schedule_entry_unit", "unit_id", "day"),
        sa.Index("ix_schedule_entry_source", "source_kind", "source_id"),
        sa.Index("ix_schedule_entry_state", "state", "ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(Nfc(40), unique=True, default=new_token)
    version: Mapped[int] = mapped_column()
    kind: Mapped[EntryKind] = mapped_column(default=EntryKind.WORK)
    state: Mapped[EntryState] = mapped_column(default=EntryState.DRAFT)
    visibility: Mapped[Visibility] = mapped_column(default=Visibility.ORGAN)
    title: Mapped[str] = mapped_column(Nfc(500))
    day: Mapped[date]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    all_day: Mapped[bool] = mapped_column(default=False)
    place: Mapped[str] = mapped_column(Nfc(300), default="")
    is_online: Mapped[bool] = mapped_column(default=False)
    preparation: Mapped[str] = mapped_column(Nfc(500), default="")  # chuẩn bị, in words
    others: Mapped[str] = mapped_column(Nfc(500), default="")  # thành phần ngoài cơ quan
    note: Mapped[str] = mapped_column(Nfc(500), default="")
    folded: Mapped[str] = mapped_column(Nfc(900), default="")
    chair_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))  # None: a guest
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))  # that registers it
    preparing_unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))
    made_by_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    made_at: Mapped[datetime] = mapped_column(default=now)
    source_kind: Mapped[str | None] = mapped_column(Nfc(40))  # the letter or task it comes from
    source_id: Mapped[int | None]
    series_id: Mapped[int | None] = mapped_column(sa.ForeignKey("schedule_series.id"))
    occurrence_on: Mapped[date | None]
    uid: Mapped[str] = mapped_column(Nfc(80), unique=True, default=new_uid)
    external_uid: Mapped[str | None] = mapped_column(Nfc(200))  # of an imported one
    sequence: Mapped[int] = mapped_column(default=0)
    modified_at: Mapped[datetime] = mapped_column(default=now)
    return_reason: Mapped[str | None] = mapped_column(Nfc(500))
    published_at: Mapped[datetime | None]
    change: Mapped[ChangeKind | None]
    changed_at: Mapped[datetime | None]
    change_note: Mapped[str] = mapped_column(Nfc(500), default="")
    cancelled_at: Mapped[datetime | None]
    conclusion: Mapped[str] = mapped_column(Nfc(4000), default="")  # of the meeting
    participants: Mapped[list[ScheduleParticipant]] = relationship(
        back_populates="entry", order_by="ScheduleParticipant.position"
    )
    bookings: Mapped[list[Booking]] = relationship(order_by="Booking.id")
    changes: Mapped[list[ScheduleChange]] = relationship(order_by="ScheduleChange.id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    def become(self, state: EntryState) -> None:
        """Move along the states. Raises RuleViolated for a step that does not exist."""
        if state not in NEXT[self.state]:
            raise RuleViolated(
                f"Lịch đang ở trạng thái “{STATE_LABELS[self.state]}”, "
                f"không chuyển sang “{STATE_LABELS[state]}” được."
            )
        self.state = state

    @property
    def shift(self) -> Shift:
        """The part of the day in which it begins, on Vietnamese clocks."""
        begins = local(self.starts_at).time()
        if begins < NOON:
            return Shift.MORNING
        return Shift.AFTERNOON if begins < EVENING else Shift.EVENING

    @property
    def is_off(self) -> bool:
        return self.state is EntryState.CANCELLED


class ScheduleParticipant(Base):
    """A post or unit that takes part; `substitutes_post_id`: it goes in another's place."""

    __tablename__ = "schedule_participant"
    __table_args__ = (
        sa.UniqueConstraint("entry_id", "post_id", name="uq_schedule_participant_post"),
        sa.UniqueConstraint("entry_id", "unit_id", name="uq_schedule_participant_unit"),
        sa.CheckConstraint("(unit_id IS NULL) <> (post_id IS NULL)", name="one_participant"),
        sa.Index("ix_schedule_participant_post", "post_id", "entry_id"),
        sa.Index("ix_schedule_participant_unit", "unit_id", "entry_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("schedule_entry.id"))
    position: Mapped[int] = mapped_column(default=0)
    post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))
    substitutes_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    entry: Mapped[ScheduleEntry] = relationship(back_populates="participants")


class ScheduleChange(Base):
    """One change of an entry after its publication: what it was, what it is, and why."""

    __tablename__ = "schedule_change"
    __table_args__ = (
        sa.Index("ix_schedule_change_entry_id", "entry_id"),
        sa.Index("ix_schedule_change_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("schedule_entry.id"))
    kind: Mapped[ChangeKind]
    reason: Mapped[str] = mapped_column(Nfc(500), default="")
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)  # of the fields that changed
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[datetime] = mapped_column(default=now)
    by_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))


class InvitationAnswer(Base):
    """How a leader answered an invitation; of several answers to a letter the last counts."""

    __tablename__ = "invitation_answer"
    __table_args__ = (sa.Index("ix_invitation_answer_thing", "kind", "thing_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Nfc(40))
    thing_id: Mapped[int]
    answer: Mapped[AnswerKind]
    directive_id: Mapped[int] = mapped_column(sa.ForeignKey("directive.id"), unique=True)
    entry_id: Mapped[int | None] = mapped_column(sa.ForeignKey("schedule_entry.id"))
    sent_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    by_post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id"))
    at: Mapped[datetime] = mapped_column(default=now)
