"""Numbers: given inside the registering transaction, never twice, never skipped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit, outbox
from app.clock import now, today
from app.errors import InvalidInput, RuleViolated
from app.registers import permissions, queries
from app.registers.hooks import EntryVoided, entry_voided
from app.registers.models import (
    Direction,
    DocumentType,
    NumberSeries,
    RegisterEntry,
    SeriesYear,
)
from app.security import Actor, authorize

SUFFIXES = "abcdeghiklmnopqrstuvxy"


def create_series(
    session: Session,
    actor: Actor,
    *,
    name: str,
    direction: Direction,
    issuing_body_id: int | None,
    year_reset: bool = True,
) -> NumberSeries:
    """Open a book for one issuing body, or for all of them (`None`)."""
    actor = authorize(actor, permissions.CONFIGURE)
    if not name.strip():
        raise InvalidInput("Phải đặt tên cho sổ.", "name")
    if session.scalar(sa.select(NumberSeries.id).filter_by(name=name.strip())) is not None:
        raise InvalidInput(f"Đã có sổ tên “{name.strip()}”.", "name")
    series = NumberSeries(
        name=name.strip(),
        direction=direction,
        issuing_body_id=issuing_body_id,
        year_reset=year_reset,
        is_active=True,
        created_at=now(),
    )
    session.add(series)
    session.flush()
    audit.record(session, actor, "series.created", series.id, direction=direction.value)
    return series


def close_series(session: Session, actor: Actor, *, series_id: int) -> NumberSeries:
    """Give no more numbers from it. Its books stay."""
    actor = authorize(actor, permissions.CONFIGURE)
    series = queries.get_series(session, series_id)
    series.is_active = False
    audit.record(session, actor, "series.closed", series.id)
    return series


def allocate(
    session: Session,
    actor: Actor,
    *,
    series_id: int,
    kind: str,
    thing_id: int,
    on: date | None = None,
) -> RegisterEntry:
    """Give the next number of the book of the day (Vietnam's) to a thing.

    Call it as the last statement before the commit: it locks the book, and a rollback gives the
    number back. The room of the thing has authorized the act.

    Raises:
        RuleViolated: the series is closed, or the thing already has a number of it.
    """
    series = queries.get_series(session, series_id)
    if not series.is_active:
        raise RuleViolated(f"Sổ “{series.name}” đã khóa, không cấp số được.")
    day = on or today()
    year = series.year_of(day)
    number = _take(session, series_id, year)
    if number is None:
        _open_year(session, series_id, year)
        number = _take(session, series_id, year)
        assert number is not None  # noqa: S101  (the row is there now)
    return _enter(session, actor, series_id, year, number, kind=kind, thing_id=thing_id, on=day)


def _take(session: Session, series_id: int, year: int) -> int | None:
    """Lock the book and move its next number on, in one statement; None without a book."""
    moved = session.scalar(
        sa.update(SeriesYear)
        .where(SeriesYear.series_id == series_id, SeriesYear.year == year)
        .values(next_number=SeriesYear.next_number + 1)
        .returning(SeriesYear.next_number)
        .execution_options(synchronize_session="fetch")
    )
    return None if moved is None else moved - 1


def _open_year(session: Session, series_id: int, year: int) -> None:
    """Make the row of a book, unless another writer makes it at the same moment."""
    try:
        with session.begin_nested():
            session.add(SeriesYear(series_id=series_id, year=year, next_number=1, start_number=1))
    except sa.exc.IntegrityError:
        return


def _enter(
    session: Session,
    actor: Actor,
    series_id: int,
    year: int,
    number: int,
    *,
    kind: str,
    thing_id: int,
    on: date,
    suffix: str = "",
    reason: str | None = None,
) -> RegisterEntry:
    entry = RegisterEntry(
        series_id=series_id,
        year=year,
        number=number,
        suffix=suffix,
        label=f"{number}{suffix}",
        kind=kind,
        thing_id=thing_id,
        entered_on=on,
        reason=reason,
        at=now(),
        by_person_id=actor.person_id,
        by_post_id=actor.post_id,
    )
    session.add(entry)
    session.flush()
    return entry


def start_series_at(
    session: Session,
    actor: Actor,
    *,
    series_id: int,
    year: int,
    number: int,
    reason: str,
    on: date | None = None,
) -> SeriesYear:
    """Let a book begin at a number other than 1, as for an office that joins in November at 2185.

    Raises RuleViolated without a reason, or when the book has already given a number.
    """
    actor = authorize(actor, permissions.KEEP)
    queries.get_series(session, series_id)
    _open_year(session, series_id, year)
    book = _locked_year(session, series_id, year)
    if book.next_number != book.start_number:
        raise RuleViolated("Sổ đã cấp số, không đổi số bắt đầu được nữa.")
    if number < 1:
        raise InvalidInput("Số bắt đầu phải từ 1 trở lên.", "number")
    book.next_number = 1
    book.start_at(number, reason, on or today(), actor.person_id)
    audit.record(session, actor, "series.started", series_id, year=year, number=number)
    return book


def _locked_year(session: Session, series_id: int, year: int) -> SeriesYear:
    rows = sa.select(SeriesYear).filter_by(series_id=series_id, year=year).with_for_update()
    book = session.scalar(rows.execution_options(populate_existing=True))
    if book is None:
        raise RuleViolated("Sổ của năm này chưa có số nào.")
    return book


def void_entry(session: Session, actor: Actor, *, entry_id: int, reason: str) -> RegisterEntry:
    """Cross a number out with a reason. The thing loses it; the number is never given again.

    Raises RuleViolated without a reason, for a voided entry, or when the thing has gone too far.
    """
    actor = authorize(actor, permissions.KEEP)
    entry = queries.get_entry(session, entry_id)
    entry.void(reason)
    session.flush()
    entry_voided(session, EntryVoided(entry.id, entry.kind, entry.thing_id, reason.strip(), actor))
    audit.record(session, actor, "register_entry.voided", entry.id, label=entry.label)
    outbox.changed(session, entry.kind, entry.thing_id)
    return entry


def insert_late(
    session: Session,
    actor: Actor,
    *,
    series_id: int,
    year: int,
    after_number: int,
    kind: str,
    thing_id: int,
    reason: str,
    on: date | None = None,
) -> RegisterEntry:
    """Put a thing between two numbers already given: 15a after 15.

    Raises RuleViolated without a reason, for a number not yet given, or when letters run out.
    """
    actor = authorize(actor, permissions.INSERT_LATE)
    if not reason.strip():
        raise RuleViolated("Phải ghi lý do chèn số.")
    book = _locked_year(session, series_id, year)
    if not book.start_number <= after_number < book.next_number:
        raise RuleViolated(f"Số {after_number} chưa được cấp trong sổ này, không chèn sau nó được.")
    taken = set(
        session.scalars(
            sa.select(RegisterEntry.suffix).filter_by(
                series_id=series_id, year=year, number=after_number
            )
        )
    )
    suffix = next((letter for letter in SUFFIXES if letter not in taken), None)
    if suffix is None:
        raise RuleViolated(f"Không còn chữ cái để chèn sau số {after_number}.")
    entry = _enter(
        session, actor, series_id, year, after_number, kind=kind, thing_id=thing_id,
        on=on or today(), suffix=suffix, reason=reason.strip(),
    )  # fmt: skip
    audit.record(session, actor, "register_entry.inserted", entry.id, label=entry.label)
    return entry


def load_document_types(session: Session, rows: Iterable[Mapping[str, Any]]) -> int:
    """Bring the list of types to what the data file says; returns how many it names.

    Types that the file no longer names stay, with the last day they had.
    """
    count = 0
    for position, row in enumerate(rows, start=1):
        found = session.get(DocumentType, row["code"]) or DocumentType(code=row["code"])
        found.label, found.abbreviation = row["label"], row.get("abbreviation", "")
        found.family, found.source = row["family"], row.get("source", "")
        found.position, found.valid_from = position, row["valid_from"]
        found.valid_to = row.get("valid_to")
        session.add(found)
        count += 1
    return count
