"""Number series, their years, the entries of the books, and the list of document types."""

from __future__ import annotations

import enum
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import now
from app.db import Base, Nfc
from app.errors import RuleViolated

CONTINUOUS = 0
"""The "year" of a series that never restarts."""


class Direction(enum.Enum):
    """Which way the documents of a series go."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"


class EntryState(enum.Enum):
    """A number is used, or voided with a reason; it is never given a second time."""

    USED = "used"
    VOIDED = "voided"


class NumberSeries(Base):
    """A sequence of numbers and its book, of one issuing body or shared by all (`None`)."""

    __tablename__ = "number_series"
    __table_args__ = (
        sa.Index("ix_number_series_body", "direction", "issuing_body_id"),
        sa.UniqueConstraint("name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    issuing_body_id: Mapped[int | None] = mapped_column(sa.ForeignKey("issuing_body.id"))
    direction: Mapped[Direction]
    name: Mapped[str] = mapped_column(Nfc(200))
    year_reset: Mapped[bool] = mapped_column(default=True)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=now)

    def year_of(self, day: date) -> int:
        """The year of the book that a day belongs to."""
        return day.year if self.year_reset else CONTINUOUS


class SeriesYear(Base):
    """The book of a series for one year: the next number, and why it did not start at 1."""

    __tablename__ = "series_year"
    __table_args__ = (sa.UniqueConstraint("series_id", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int] = mapped_column(sa.ForeignKey("number_series.id"))
    year: Mapped[int]
    next_number: Mapped[int] = mapped_column(default=1)
    start_number: Mapped[int] = mapped_column(default=1)
    start_reason: Mapped[str | None] = mapped_column(Nfc(500))
    started_on: Mapped[date | None]
    started_by: Mapped[int | None]  # person

    def start_at(self, number: int, reason: str, on: date, person_id: int | None) -> None:
        """Begin the book at `number`, as an office does that joins in the middle of a year."""
        if not reason.strip():
            raise RuleViolated("Phải ghi lý do bắt đầu dãy số ở số khác 1.")
        if number < self.next_number:
            raise RuleViolated(
                f"Số bắt đầu phải từ {self.next_number} trở lên, vì các số nhỏ hơn đã được cấp."
            )
        self.next_number = self.start_number = number
        self.start_reason, self.started_on, self.started_by = reason.strip(), on, person_id


class RegisterEntry(Base):
    """One number of a book and the thing that has it. `label` is what is written: 15, 15a."""

    __tablename__ = "register_entry"
    __table_args__ = (
        sa.UniqueConstraint("series_id", "year", "number", "suffix"),
        sa.Index(
            "uq_register_entry_thing",
            "kind",
            "thing_id",
            "series_id",
            unique=True,
            sqlite_where=sa.text("state = 'used'"),
            postgresql_where=sa.text("state = 'used'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int] = mapped_column(sa.ForeignKey("number_series.id"))
    year: Mapped[int]
    number: Mapped[int]
    suffix: Mapped[str] = mapped_column(Nfc(4), default="")
    label: Mapped[str] = mapped_column(Nfc(20))
    kind: Mapped[str] = mapped_column(Nfc(40))
    thing_id: Mapped[int]
    entered_on: Mapped[date]
    state: Mapped[EntryState] = mapped_column(default=EntryState.USED)
    reason: Mapped[str | None] = mapped_column(Nfc(500))  # of voiding or of late insertion
    at: Mapped[datetime] = mapped_column(default=now)
    by_person_id: Mapped[int | None]
    by_post_id: Mapped[int | None]
    voided_at: Mapped[datetime | None]

    def void(self, reason: str) -> None:
        """Cross the number out. It stays in the book and is never given again."""
        if self.state is EntryState.VOIDED:
            raise RuleViolated(f"Số {self.label} đã bị hủy từ trước.")
        if not reason.strip():
            raise RuleViolated("Phải ghi lý do hủy số.")
        self.state, self.reason, self.voided_at = EntryState.VOIDED, reason.strip(), now()


class DocumentType(Base):
    """A type of document (loại văn bản) with its abbreviation, as law lists it at a date.

    Loaded from `config/data/document_types.yaml`. `code` is the identifier everything stores.
    """

    __tablename__ = "document_type"

    code: Mapped[str] = mapped_column(Nfc(40), primary_key=True)
    label: Mapped[str] = mapped_column(Nfc(100))
    abbreviation: Mapped[str] = mapped_column(Nfc(10), default="")
    family: Mapped[str] = mapped_column(Nfc(40))
    position: Mapped[int]
    source: Mapped[str] = mapped_column(Nfc(200), default="")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
