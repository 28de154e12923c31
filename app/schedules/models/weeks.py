"""The sheet of a week with its versions, and calendar feeds."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.clock import now
from app.db import Base, Nfc
from app.files.models import new_token
from app.schedules.models.words import FeedScope


class WeekState(enum.Enum):
    """A week is open for registration, approved as a whole, or published."""

    OPEN = "open"
    APPROVED = "approved"
    PUBLISHED = "published"


WEEK_LABELS: dict[WeekState, str] = {
    WeekState.OPEN: "Đang đăng ký",
    WeekState.APPROVED: "Đã duyệt, chờ ban hành",
    WeekState.PUBLISHED: "Đã ban hành",
}


class WeekSheet(Base):
    """The schedule of one ISO week of the organ (lịch công tác tuần)."""

    __tablename__ = "week_sheet"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(Nfc(40), unique=True, default=new_token)
    monday: Mapped[date] = mapped_column(unique=True)
    state: Mapped[WeekState] = mapped_column(default=WeekState.OPEN)
    cutoff_at: Mapped[datetime]  # after it only the office registers
    note: Mapped[str] = mapped_column(Nfc(1000), default="")  # below the table
    approved_at: Mapped[datetime | None]
    approved_by_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    published_at: Mapped[datetime | None]  # of the newest version
    version: Mapped[int] = mapped_column()
    versions: Mapped[list[WeekVersion]] = relationship(order_by="WeekVersion.number")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class WeekVersion(Base):
    """The sheet as it was published: rows as they were, kept for ever.

    A private entry stands in it as “Bận”, so a version may be shown to everybody here.
    """

    __tablename__ = "week_version"
    __table_args__ = (sa.UniqueConstraint("week_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(Nfc(40), unique=True, default=new_token)
    week_id: Mapped[int] = mapped_column(sa.ForeignKey("week_sheet.id"))
    number: Mapped[int]
    rows: Mapped[list[Any]]  # see queries.SheetRow
    note: Mapped[str] = mapped_column(Nfc(1000), default="")
    published_at: Mapped[datetime] = mapped_column(default=now)
    published_by_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))


class CalendarFeed(Base):
    """A secret address at which a calendar program reads a person's, a room's, or the organ's days.

    The row keeps the hash of the token only; the address is shown once.
    """

    __tablename__ = "calendar_feed"
    __table_args__ = (sa.Index("ix_calendar_feed_person", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(Nfc(64), unique=True)
    scope: Mapped[FeedScope]
    label: Mapped[str] = mapped_column(Nfc(120), default="")
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))  # with whose rights it reads
    resource_id: Mapped[int | None] = mapped_column(sa.ForeignKey("schedule_resource.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
