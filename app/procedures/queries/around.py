"""What belongs to a dossier: notices, supplements, opinions, money, history, book, differences.

The caller has the dossier, so it may see these.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from app.clock import now
from app.procedures.house import house
from app.procedures.models import (
    BookEntry,
    Dossier,
    DossierDifference,
    DossierEvent,
    DossierFee,
    DossierImport,
    DossierNotice,
    DossierOpinion,
    DossierPayment,
    Evaluation,
    ImportMapping,
    Supplement,
)
from app.procedures.queries.dossiers import tidy_code, visible_dossiers
from app.security import Actor


def notices_of(session: Session, dossier_id: int) -> list[DossierNotice]:
    """Forms 02 to 05 that were made, in order."""
    rows = sa.select(DossierNotice).filter_by(dossier_id=dossier_id)
    return list(session.scalars(rows.order_by(DossierNotice.id)))


def supplements_of(session: Session, dossier_id: int) -> list[Supplement]:
    rows = sa.select(Supplement).filter_by(dossier_id=dossier_id)
    return list(session.scalars(rows.order_by(Supplement.round)))


def open_supplement(session: Session, dossier_id: int) -> Supplement | None:
    """The request that the citizen has not answered."""
    return session.scalar(
        sa.select(Supplement).where(
            Supplement.dossier_id == dossier_id,
            Supplement.answered_at.is_(None),
            Supplement.closed_at.is_(None),
        )
    )


def opinions_of(session: Session, dossier_id: int) -> list[DossierOpinion]:
    rows = sa.select(DossierOpinion).filter_by(dossier_id=dossier_id)
    return list(session.scalars(rows.order_by(DossierOpinion.id)))


def fees_of(session: Session, dossier_id: int) -> list[DossierFee]:
    rows = sa.select(DossierFee).filter_by(dossier_id=dossier_id)
    return list(session.scalars(rows.order_by(DossierFee.position)))


def payments_of(session: Session, dossier_id: int) -> list[DossierPayment]:
    rows = sa.select(DossierPayment).filter_by(dossier_id=dossier_id)
    return list(session.scalars(rows.order_by(DossierPayment.id)))


def amount_due(session: Session, dossier_id: int) -> int:
    """What is still to be paid, in đồng; exempted fees do not count."""
    owed = sa.select(sa.func.coalesce(sa.func.sum(DossierFee.amount), 0)).where(
        DossierFee.dossier_id == dossier_id, DossierFee.exempt_ground == ""
    )
    paid = sa.select(sa.func.coalesce(sa.func.sum(DossierPayment.amount), 0)).where(
        DossierPayment.dossier_id == dossier_id
    )
    return max(0, int(session.scalar(owed) or 0) - int(session.scalar(paid) or 0))


def evaluation_of(session: Session, dossier_id: int) -> Evaluation | None:
    return session.scalar(sa.select(Evaluation).filter_by(dossier_id=dossier_id))


def history_of(
    session: Session, dossier_id: int, *, public_only: bool = False
) -> list[DossierEvent]:
    """What happened, the first thing first."""
    rows = sa.select(DossierEvent).filter_by(dossier_id=dossier_id)
    if public_only:
        rows = rows.where(DossierEvent.is_public)
    return list(session.scalars(rows.order_by(DossierEvent.id)))


def book_entries(
    session: Session, actor: Actor, book_id: int, year: int, day: date | None = None
) -> Sequence[tuple[BookEntry, Dossier]]:
    """A book in the order of its numbers, of a year or a day of it: the actor's dossiers only,
    since each line names a citizen."""
    seen = visible_dossiers(actor).with_only_columns(Dossier.id)
    rows = (
        sa.select(BookEntry, Dossier)
        .join(Dossier, Dossier.id == BookEntry.dossier_id)
        .where(BookEntry.book_id == book_id, BookEntry.year == year, Dossier.id.in_(seen))
        .options(joinedload(Dossier.procedure), joinedload(Dossier.applicant))
    )
    if day is not None:
        rows = rows.where(BookEntry.entered_on == day)
    return session.execute(rows.order_by(BookEntry.number)).tuples().all()


def book_entry_of(session: Session, dossier_id: int) -> BookEntry | None:
    return session.scalar(sa.select(BookEntry).filter_by(dossier_id=dossier_id))


def mappings(session: Session) -> list[ImportMapping]:
    return list(session.scalars(sa.select(ImportMapping).order_by(ImportMapping.id)))


def imports(session: Session, limit: int = 30) -> list[DossierImport]:
    """The newest lists first."""
    return list(
        session.scalars(sa.select(DossierImport).order_by(DossierImport.id.desc()).limit(limit))
    )


def differences(
    session: Session, *, open_only: bool = True, import_id: int | None = None, limit: int = 500
) -> list[DossierDifference]:
    """In what the lists and we differ."""
    rows = sa.select(DossierDifference)
    if open_only:
        rows = rows.where(DossierDifference.settled_at.is_(None))
    if import_id is not None:
        rows = rows.where(DossierDifference.import_id == import_id)
    return list(session.scalars(rows.order_by(DossierDifference.id.desc()).limit(limit)))


def public_dossier(session: Session, code: str, check_value: str) -> Dossier | None:
    """The dossier for a citizen who has its code and the check value of the receipt; nothing else
    opens it, and a wrong value looks like a wrong code."""
    wanted, given = tidy_code(code), tidy_code(check_value)
    row = session.execute(
        sa.select(Dossier.id, Dossier.check_value).where(
            sa.or_(Dossier.code == wanted, Dossier.external_code == wanted)
        )
    ).first()
    kept = row.check_value if row is not None else "-"
    same = hmac.compare_digest(kept.encode(), given.encode())
    if row is None or not (same and wanted and given):
        return None  # after the same one query, whether the code exists or not
    return session.get(
        Dossier,
        row.id,
        options=[
            joinedload(Dossier.procedure),
            joinedload(Dossier.procedure_version),
            selectinload(Dossier.steps),
        ],
    )


def supplement_by_link(session: Session, link_token: str) -> Supplement | None:
    """The open request behind a link that is not too old. The one-time code is asked for too."""
    return session.scalar(
        sa.select(Supplement).where(
            Supplement.link_token == link_token,
            Supplement.answered_at.is_(None),
            Supplement.closed_at.is_(None),
            Supplement.asked_at >= now() - timedelta(days=house().link_days),
        )
    )
