"""Codes of dossiers and numbers of books: never twice, never skipped."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.errors import RuleViolated
from app.organisation.models import OrganCode
from app.organisation.queries import own_organ
from app.procedures.house import house
from app.procedures.models import BookYear, Dossier, DossierDay, ProcedureBook


def organ_code(session: Session, day: date) -> str:
    """The identifier of the own organ on a day. Raises RuleViolated when none is written down."""
    code = OrganCode
    found = session.scalar(
        sa.select(code.value)
        .where(
            code.organ_id == own_organ(session).id,
            code.valid_from <= day,
            sa.or_(code.valid_to.is_(None), code.valid_to >= day),
        )
        .order_by(code.valid_from.desc(), code.id.desc())
        .limit(1)
    )
    if found is None:
        raise RuleViolated("Chưa khai mã định danh của cơ quan nên chưa cấp mã hồ sơ được.")
    return str(found)


def give_code(session: Session, dossier: Dossier, organ: str) -> None:
    """The next code of the day of receipt. Call it last: it locks the day, and a rollback gives
    the number back."""
    day = dossier.received_on
    dossier.organ_code = organ
    dossier.serial = _take_day(session, organ, day)
    dossier.code = house().code(organ, day, dossier.serial)
    session.flush()


def _take_day(session: Session, organ: str, day: date) -> int:
    where = (DossierDay.organ_code == organ, DossierDay.day == day)
    taken = _take(session, DossierDay.next_number, where)
    if taken is None:
        _make(session, DossierDay(organ_code=organ, day=day, next_number=1))
        taken = _take(session, DossierDay.next_number, where)
    assert taken is not None  # noqa: S101  (the row is there now)
    return taken


def next_in_book(session: Session, book: ProcedureBook, day: date) -> tuple[int, int]:
    """Year and number of the next entry of a book. Call it last, as for codes."""
    year = day.year if book.year_reset else 0
    where = (BookYear.book_id == book.id, BookYear.year == year)
    taken = _take(session, BookYear.next_number, where)
    if taken is None:
        _make(session, BookYear(book_id=book.id, year=year, next_number=1))
        taken = _take(session, BookYear.next_number, where)
    assert taken is not None  # noqa: S101  (the row is there now)
    return year, taken


def _take(
    session: Session,
    counter: InstrumentedAttribute[int],
    where: tuple[sa.ColumnElement[bool], ...],
) -> int | None:
    """Lock the row and move its next number on, in one statement; None without a row."""
    moved = session.scalar(
        sa.update(counter.class_)
        .where(*where)
        .values({counter.key: counter + 1})
        .returning(counter)
        .execution_options(synchronize_session=False)
    )
    return None if moved is None else int(moved) - 1


def _make(session: Session, row: DossierDay | BookYear) -> None:
    """Make the row of a day or year, unless another writer makes it at the same moment."""
    try:
        with session.begin_nested():
            session.add(row)
    except sa.exc.IntegrityError:
        return
