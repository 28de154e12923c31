"""Which numbers of a book are printed: all, a span, or those of a span of days."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.incoming.queries.letters import KIND
from app.registers.models import RegisterEntry


@dataclass(frozen=True, slots=True)
class Portion:
    """A book of one series and year; of it the numbers from `first` to `last`, if given."""

    series_id: int
    year: int
    first: int | None = None
    last: int | None = None
    since: date | None = None
    until: date | None = None

    @property
    def words(self) -> str:
        """“Năm 2026, từ ngày 01/11/2026 đến ngày 30/11/2026”."""
        parts = [f"Năm {self.year}" if self.year else "Tất cả các năm"]
        if self.since or self.until:
            parts.append(_span("ngày", _day(self.since), _day(self.until)))
        elif self.first or self.last:
            parts.append(_span("số", str(self.first or 1), str(self.last or "")))
        return ", ".join(parts)


def _span(noun: str, start: str, end: str) -> str:
    words = f"từ {noun} {start}" if start else ""
    return f"{words} đến {noun} {end}".strip() if end else words


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def numbers_of_days(session: Session, wanted: Portion) -> Portion:
    """The portion with its days turned into numbers; a span without entries stays empty.

    Numbers are given in the order of days; a late insertion (15a) goes with its number.
    """
    if wanted.since is None and wanted.until is None:
        return wanted
    rows = sa.select(sa.func.min(RegisterEntry.number), sa.func.max(RegisterEntry.number))
    rows = rows.where(
        RegisterEntry.series_id == wanted.series_id,
        RegisterEntry.year == wanted.year,
        RegisterEntry.suffix == "",
    )
    if wanted.since is not None:
        rows = rows.where(RegisterEntry.entered_on >= wanted.since)
    if wanted.until is not None:
        rows = rows.where(RegisterEntry.entered_on <= wanted.until)
    lowest, highest = session.execute(rows).one()
    if lowest is None:
        return replace(wanted, first=1, last=0)
    first, last = wanted.first or lowest, wanted.last or highest
    return replace(wanted, first=max(lowest, first), last=min(highest, last))


def count_entries(session: Session, wanted: Portion) -> int:
    """How many lines the register has there."""
    rows = sa.select(sa.func.count()).select_from(RegisterEntry)
    rows = rows.where(
        RegisterEntry.series_id == wanted.series_id,
        RegisterEntry.year == wanted.year,
        RegisterEntry.kind == KIND,
    )
    if wanted.first is not None:
        rows = rows.where(RegisterEntry.number >= wanted.first)
    if wanted.last is not None:
        rows = rows.where(RegisterEntry.number <= wanted.last)
    return session.scalar(rows) or 0
