"""Reading the catalogue: it is public, so everybody of the office sees all of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from app.clock import today
from app.errors import NotFound, RuleViolated
from app.organisation.names import fold_name
from app.procedures.models import (
    Procedure,
    ProcedureBook,
    ProcedureVersion,
    VersionState,
)


@dataclass(frozen=True, slots=True)
class ProcedurePage:
    """One page of the catalogue."""

    rows: list[Procedure]
    total: int
    number: int
    size: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))


def matches(text: str) -> list[sa.ColumnElement[bool]]:
    """Procedures that hold every word, each as the beginning of one of theirs."""
    words = fold_name(text).split()
    return [Procedure.folded.like(f"% {_plain(word)}%", escape="\\") for word in words]


def _plain(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def in_force(day: date) -> list[sa.ColumnElement[bool]]:
    """Published versions that are valid on a day."""
    version = ProcedureVersion
    return [
        version.state == VersionState.PUBLISHED,
        version.valid_from <= day,
        sa.or_(version.valid_to.is_(None), version.valid_to >= day),
    ]


def find_procedures(
    session: Session, text: str, *, on: date | None = None, limit: int = 20
) -> list[ProcedureVersion]:
    """The versions valid on a day whose words begin with those typed, without tone marks; what is
    done at once first, then the shortest name. Nothing typed: by field and name."""
    rows = (
        sa.select(ProcedureVersion)
        .join(ProcedureVersion.procedure)
        .where(Procedure.is_active, *in_force(on or today()), *matches(text))
        .options(joinedload(ProcedureVersion.procedure))
    )
    order: tuple[sa.SQLColumnExpression[Any], ...] = (Procedure.field, Procedure.name)
    if text.strip():
        order = (
            ProcedureVersion.is_same_day.desc(),
            sa.func.length(Procedure.name),
            Procedure.name,
        )
    return list(session.scalars(rows.order_by(*order, Procedure.id).limit(limit)))


def get_procedure(session: Session, token: str) -> Procedure:
    """Raises NotFound."""
    row = session.scalar(sa.select(Procedure).filter_by(token=token))
    if row is None:
        raise NotFound(f"procedure {token}")
    return row


def procedure_with_code(session: Session, code: str) -> Procedure | None:
    """By the national code, with or without the organ's part behind it."""
    code = code.strip().upper()
    rows = sa.select(Procedure).where(
        sa.or_(Procedure.code == code, Procedure.code.like(f"{_plain(code)}.%", escape="\\"))
    )
    return session.scalar(rows.order_by(Procedure.id).limit(1)) if code else None


def version_on(session: Session, procedure_id: int, day: date) -> ProcedureVersion:
    """The version in force on a day, with all that belongs to it. Raises RuleViolated."""
    found = session.scalar(
        sa.select(ProcedureVersion.id).where(
            ProcedureVersion.procedure_id == procedure_id, *in_force(day)
        )
    )
    if found is None:
        raise RuleViolated(f"Ngày {day:%d/%m/%Y} thủ tục này không có phiên bản có hiệu lực.")
    return version_whole(session, found)


def version_whole(session: Session, version_id: int) -> ProcedureVersion:
    """A version with papers, fees, steps, ways and book: a fixed number of queries.

    Raises:
        NotFound: there is no such version.
    """
    row = session.scalar(_whole().where(ProcedureVersion.id == version_id))
    if row is None:
        raise NotFound(f"procedure version {version_id}")
    return row


def get_version(session: Session, token: str) -> ProcedureVersion:
    """The same by its token."""
    row = session.scalar(_whole().where(ProcedureVersion.token == token))
    if row is None:
        raise NotFound(f"procedure version {token}")
    return row


def _whole() -> sa.Select[tuple[ProcedureVersion]]:
    version = ProcedureVersion
    return sa.select(version).options(
        joinedload(version.procedure),
        joinedload(version.book),
        selectinload(version.papers),
        selectinload(version.fees),
        selectinload(version.steps),
        selectinload(version.ways),
    )


def versions_of(session: Session, procedure_id: int) -> list[ProcedureVersion]:
    """All versions, the newest first."""
    rows = sa.select(ProcedureVersion).filter_by(procedure_id=procedure_id)
    return list(session.scalars(rows.order_by(ProcedureVersion.number.desc())))


def draft_of(session: Session, procedure_id: int) -> ProcedureVersion | None:
    """The draft that is being written, if there is one."""
    rows = sa.select(ProcedureVersion).filter_by(
        procedure_id=procedure_id, state=VersionState.DRAFT
    )
    return session.scalar(rows.order_by(ProcedureVersion.number.desc()).limit(1))


def procedure_page(
    session: Session, *, text: str = "", field: str = "", number: int = 1, size: int = 50
) -> ProcedurePage:
    """The catalogue by field and name."""
    wanted = [Procedure.is_active, *matches(text)]
    if field:
        wanted.append(Procedure.field == field)
    total = session.scalar(sa.select(sa.func.count()).select_from(Procedure).where(*wanted)) or 0
    rows = (
        sa.select(Procedure)
        .where(*wanted)
        .options(selectinload(Procedure.versions))
        .order_by(Procedure.field, Procedure.name, Procedure.id)
        .offset((number - 1) * size)
        .limit(size)
    )
    return ProcedurePage(list(session.scalars(rows)), total, number, size)


def fields_of(session: Session) -> list[tuple[str, int]]:
    """The fields (lĩnh vực) with how many procedures each has."""
    rows = (
        sa.select(Procedure.field, sa.func.count())
        .where(Procedure.is_active)
        .group_by(Procedure.field)
        .order_by(Procedure.field)
    )
    return list(session.execute(rows).tuples())


def books(session: Session) -> list[ProcedureBook]:
    """The books of procedures that are done at once."""
    return list(session.scalars(sa.select(ProcedureBook).order_by(ProcedureBook.name)))
