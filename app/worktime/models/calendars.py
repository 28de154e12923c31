"""Working calendars as dated data."""

from __future__ import annotations

import enum
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Nfc


class DayKind(enum.Enum):
    """Why a day differs from its weekday. SWAPPED: worked in exchange for another day off."""

    HOLIDAY = "holiday"
    SUBSTITUTE = "substitute"
    SWAPPED = "swapped"
    HALF = "half"
    CLOSURE = "closure"


DAY_KIND_LABELS: dict[DayKind, str] = {
    DayKind.HOLIDAY: "Nghỉ lễ",
    DayKind.SUBSTITUTE: "Nghỉ bù",
    DayKind.SWAPPED: "Làm bù",
    DayKind.HALF: "Làm nửa ngày",
    DayKind.CLOSURE: "Nghỉ riêng của cơ quan",
}


class CalendarScope(enum.Enum):
    """Whose calendar it is."""

    ORGAN = "organ"
    COUNTER = "counter"


SCOPE_LABELS: dict[CalendarScope, str] = {
    CalendarScope.ORGAN: "Cơ quan",
    CalendarScope.COUNTER: "Quầy tiếp nhận",
}


class WorkingCalendar(Base):
    """The calendar of an organ or of a counter.

    With a parent it holds only what differs: days of its own stand above those of the parent, and
    shifts, when it has any, replace the parent's week.
    """

    __tablename__ = "working_calendar"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Nfc(200), unique=True)
    is_default: Mapped[bool] = mapped_column(default=False)
    scope: Mapped[CalendarScope] = mapped_column(
        default=CalendarScope.ORGAN, server_default=CalendarScope.ORGAN.value
    )
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("working_calendar.id"))
    shifts: Mapped[list[CalendarShift]] = relationship(back_populates="calendar")
    days: Mapped[list[CalendarDay]] = relationship(back_populates="calendar")


class CalendarShift(Base):
    """One shift of a weekday (0 is Monday). Times are minutes after midnight in Vietnam.

    `reception_only`: the counter is open, nobody works on dossiers; no working time.
    """

    __tablename__ = "calendar_shift"
    __table_args__ = (sa.UniqueConstraint("calendar_id", "weekday", "start_minute", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    calendar_id: Mapped[int] = mapped_column(sa.ForeignKey("working_calendar.id"))
    weekday: Mapped[int]
    start_minute: Mapped[int]
    end_minute: Mapped[int]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    reception_only: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    calendar: Mapped[WorkingCalendar] = relationship(back_populates="shifts")


class CalendarDay(Base):
    """One day that differs from its weekday. `shifts` holds [start, end] minutes; empty: closed."""

    __tablename__ = "calendar_day"
    __table_args__ = (sa.UniqueConstraint("calendar_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    calendar_id: Mapped[int] = mapped_column(sa.ForeignKey("working_calendar.id"))
    day: Mapped[date]
    kind: Mapped[DayKind]
    label: Mapped[str] = mapped_column(Nfc(200))
    shifts: Mapped[list[Any]]
    source: Mapped[str] = mapped_column(Nfc(300), default="")  # the act that says so
    calendar: Mapped[WorkingCalendar] = relationship(back_populates="days")
