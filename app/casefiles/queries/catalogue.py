"""The yearly catalogue and its entries."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.casefiles.models import CatalogueEntry, CatalogueState, FileCatalogue
from app.errors import NotFound


def catalogue_of(session: Session, year: int) -> FileCatalogue | None:
    """The catalogue of a year, if it was begun."""
    return session.scalar(sa.select(FileCatalogue).filter_by(year=year))


def catalogue_years(session: Session) -> list[int]:
    """Years that have a catalogue, the newest first."""
    return list(session.scalars(sa.select(FileCatalogue.year).order_by(FileCatalogue.year.desc())))


def entries_of(
    session: Session, catalogue_id: int, unit_id: int | None = None
) -> list[CatalogueEntry]:
    """The planned files, by unit and notation."""
    rows = sa.select(CatalogueEntry).filter_by(catalogue_id=catalogue_id)
    if unit_id is not None:
        rows = rows.where(CatalogueEntry.unit_id == unit_id)
    return list(session.scalars(rows.order_by(CatalogueEntry.unit_id, CatalogueEntry.notation)))


def get_entry(session: Session, entry_id: int) -> CatalogueEntry:
    """Raises NotFound."""
    entry = session.get(CatalogueEntry, entry_id)
    if entry is None:
        raise NotFound(f"catalogue entry {entry_id}")
    return entry


def open_entries(session: Session, year: int, unit_ids: set[int] | None) -> list[CatalogueEntry]:
    """Entries of the approved catalogue that files can be opened from; None: of all units."""
    rows = (
        sa.select(CatalogueEntry)
        .join(FileCatalogue)
        .where(FileCatalogue.year == year, FileCatalogue.state == CatalogueState.APPROVED)
    )
    if unit_ids is not None:
        rows = rows.where(CatalogueEntry.unit_id.in_(unit_ids))
    return list(session.scalars(rows.order_by(CatalogueEntry.unit_id, CatalogueEntry.notation)))


def next_notation(taken: set[str], code: str) -> str:
    """The next free number of a unit: 01.KT after none, 04.KT after 03.KT."""
    return next(notations_from(taken, code))


def notations_from(taken: set[str], code: str) -> Iterator[str]:
    """The next free numbers of a unit, without end."""
    pattern = re.compile(rf"(\d+)\.{re.escape(code)}$")
    numbers = [int(found[1]) for text in taken if (found := pattern.match(text))]
    return (f"{number:02d}.{code}" for number in itertools.count(max(numbers, default=0) + 1))
