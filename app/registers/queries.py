"""Books, their entries and the proof that no number is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import today
from app.db import remembered
from app.errors import NotFound
from app.organisation.models import IssuingBody
from app.registers.models import (
    Direction,
    DocumentType,
    EntryState,
    NumberSeries,
    RegisterEntry,
    SeriesYear,
)


def get_series(session: Session, series_id: int) -> NumberSeries:
    series = session.get(NumberSeries, series_id)
    if series is None:
        raise NotFound(f"number series {series_id}")
    return series


def get_entry(session: Session, entry_id: int) -> RegisterEntry:
    entry = session.get(RegisterEntry, entry_id)
    if entry is None:
        raise NotFound(f"register entry {entry_id}")
    return entry


def all_series(session: Session, direction: Direction | None = None) -> Sequence[NumberSeries]:
    """Series in use and closed ones, the shared first."""
    rows = sa.select(NumberSeries).order_by(
        NumberSeries.direction, NumberSeries.issuing_body_id.is_not(None), NumberSeries.id
    )
    if direction is not None:
        rows = rows.where(NumberSeries.direction == direction)
    return session.scalars(rows).all()


def series_for(session: Session, direction: Direction, issuing_body_id: int) -> NumberSeries:
    """The series a document of this body takes its number from: the body's own, else the shared.

    Raises NotFound, with a sentence that says what to set up, when there is none, or no such body.
    """
    rows = (
        sa.select(NumberSeries)
        .join(IssuingBody, IssuingBody.id == issuing_body_id)
        .where(
            NumberSeries.direction == direction,
            NumberSeries.is_active,
            sa.or_(
                NumberSeries.issuing_body_id == issuing_body_id,
                NumberSeries.issuing_body_id.is_(None),
            ),
        )
        .order_by(NumberSeries.issuing_body_id.is_(None), NumberSeries.id)
        .limit(1)
    )
    series = session.scalar(rows)
    if series is None:
        raise NotFound(
            f"no {direction.value} series for issuing body {issuing_body_id}",
            "Chưa có sổ đăng ký nào cho nơi nhận này. Hãy mở sổ ở mục Sổ đăng ký.",
        )
    return series


@dataclass(frozen=True, slots=True)
class Book:
    """One series in one year, with how many numbers it has given."""

    series: NumberSeries
    year: int
    next_number: int
    start_number: int
    used: int
    voided: int
    late: int

    @property
    def last_number(self) -> int | None:
        return self.next_number - 1 if self.next_number > self.start_number else None


def books(session: Session) -> list[Book]:
    """All books, newest year first; a series without a book yet shows this year's, empty."""
    series = {row.id: row for row in all_series(session)}
    counts = {
        (row.series_id, row.year): row
        for row in session.execute(
            sa.select(
                RegisterEntry.series_id,
                RegisterEntry.year,
                _count(RegisterEntry.state == EntryState.USED).label("used"),
                _count(RegisterEntry.state == EntryState.VOIDED).label("voided"),
                _count(RegisterEntry.suffix != "").label("late"),
            ).group_by(RegisterEntry.series_id, RegisterEntry.year)
        )
    }
    found = []
    for row in session.scalars(sa.select(SeriesYear)):
        count = counts.get((row.series_id, row.year))
        used, voided, late = (count.used, count.voided, count.late) if count else (0, 0, 0)
        found.append(
            Book(
                series[row.series_id], row.year, row.next_number, row.start_number,
                used, voided, late,
            )
        )  # fmt: skip
    begun = {(book.series.id, book.year) for book in found}
    for one in series.values():
        year = one.year_of(today())
        if one.is_active and (one.id, year) not in begun:
            found.append(Book(one, year, 1, 1, 0, 0, 0))
    order = {series_id: at for at, series_id in enumerate(series)}
    return sorted(found, key=lambda book: (-book.year, order[book.series.id]))


def _count(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


@dataclass(frozen=True, slots=True)
class Proof:
    """What an auditor asks of a book: are all numbers there, which are crossed out or inserted.

    `missing` is empty as long as only `services` has written the book.
    """

    series: NumberSeries
    year: int
    start: int
    last: int | None
    start_reason: str | None
    started_on: date | None
    voided: tuple[RegisterEntry, ...]
    late: tuple[RegisterEntry, ...]
    missing: tuple[int, ...]

    @property
    def sentence(self) -> str:
        """“1…1284 đủ, hủy: 15 (trùng)” or what is wrong."""
        if self.last is None:
            return "Chưa cấp số nào."
        span = f"{self.start}…{self.last}"
        parts = [
            f"{span} đủ"
            if not self.missing
            else f"{span} THIẾU: {', '.join(map(str, self.missing))}"
        ]
        if self.voided:
            parts.append("hủy: " + ", ".join(f"{e.label} ({e.reason})" for e in self.voided))
        if self.late:
            parts.append("chèn: " + ", ".join(f"{e.label} ({e.reason})" for e in self.late))
        return "; ".join(parts) + "."


def proof(session: Session, series_id: int, year: int) -> Proof:
    """Look at every number of the book. Four queries, however long the book."""
    series = get_series(session, series_id)
    row = session.scalar(sa.select(SeriesYear).filter_by(series_id=series_id, year=year))
    start = row.start_number if row else 1
    last = row.next_number - 1 if row and row.next_number > row.start_number else None
    of_book = sa.select(RegisterEntry).filter_by(series_id=series_id, year=year)
    ordered = of_book.order_by(RegisterEntry.number, RegisterEntry.suffix)
    voided = session.scalars(ordered.where(RegisterEntry.state == EntryState.VOIDED)).all()
    late = session.scalars(ordered.where(RegisterEntry.suffix != "")).all()
    numbers = sa.select(RegisterEntry.number).filter_by(series_id=series_id, year=year, suffix="")
    there = set(session.scalars(numbers))
    missing = [n for n in range(start, (last or start - 1) + 1) if n not in there]
    return Proof(
        series=series,
        year=year,
        start=start,
        last=last,
        start_reason=row.start_reason if row else None,
        started_on=row.started_on if row else None,
        voided=tuple(voided),
        late=tuple(late),
        missing=tuple(missing),
    )


def entries(
    session: Session, series_id: int, year: int, *, limit: int = 50, offset: int = 0
) -> Sequence[RegisterEntry]:
    """Entries of a book, newest first."""
    rows = (
        sa.select(RegisterEntry)
        .filter_by(series_id=series_id, year=year)
        .order_by(RegisterEntry.number.desc(), RegisterEntry.suffix.desc())
        .limit(limit)
        .offset(offset)
    )
    return session.scalars(rows).all()


def count_entries(session: Session, series_id: int, year: int) -> int:
    """How many entries a book has, voided and late ones too."""
    rows = sa.select(sa.func.count()).select_from(RegisterEntry)
    return session.scalar(rows.filter_by(series_id=series_id, year=year)) or 0


def document_types(session: Session, on: date | None = None) -> Sequence[DocumentType]:
    """The types that are in force on a day, in the order of the decree."""
    day = on or today()
    return [
        one
        for one in _every_type(session)
        if one.valid_from <= day and (one.valid_to is None or day <= one.valid_to)
    ]


def type_labels(session: Session) -> dict[str, str]:
    """Labels of all types by code, past ones too, for lists of old documents."""
    return {one.code: one.label for one in _every_type(session)}


def _every_type(session: Session) -> Sequence[DocumentType]:
    rows = sa.select(DocumentType).order_by(DocumentType.position)
    return remembered(session, _every_type, lambda: session.scalars(rows).all())
