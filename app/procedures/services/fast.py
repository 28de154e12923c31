"""The fast lane: procedures that are done at once, with numbers of their own book.

Taken in, paid, numbered and handed over in one act. What is not finished the same day becomes an
ordinary dossier with a receipt.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import now, today
from app.errors import InvalidInput, RuleViolated
from app.organisation.dates import parse_date
from app.procedures import clocks, permissions, queries, standing
from app.procedures.models import (
    BookEntry,
    Dossier,
    DossierStatus,
    PaymentWay,
    ProcedureBook,
    StepKind,
)
from app.procedures.services import money, numbering
from app.procedures.services.receiving import Reception, build, give_code
from app.security import SYSTEM, Actor, authorize
from app.tasks import custody
from app.tasks.models import Station

MOST_CHARACTERS = 500


def finish_fast(
    session: Session,
    actor: Actor,
    *,
    reception: Reception,
    values: Mapping[str, str],
    paid: PaymentWay | None = PaymentWay.CASH,
    receipt_number: str | None = None,
) -> Dossier:
    """Everything at once: received, paid, numbered, handed over. `paid` None: nothing was taken,
    which only an exemption or a free procedure allows.

    Raises:
        PermissionDenied: the actor is not at the counter.
        InvalidInput: a column of the book is empty that must not be.
        RuleViolated: the procedure is not done at once, or money is owed.
    """
    dossier = _begin(session, actor, reception)
    return complete_fast(
        session, actor, dossier_id=dossier.id, values=values, paid=paid,
        receipt_number=receipt_number,
    )  # fmt: skip


def start_fast(session: Session, actor: Actor, *, reception: Reception) -> Dossier:
    """Take it in and finish it later the same day."""
    dossier = _begin(session, actor, reception)
    give_code(session, dossier)
    return dossier


def _begin(session: Session, actor: Actor, reception: Reception) -> Dossier:
    actor = authorize(actor, permissions.RECEIVE)
    dossier, version = build(session, actor, reception, allow_missing=True, is_fast=True)
    if not version.is_same_day:
        raise RuleViolated("Thủ tục này không thuộc loại trả ngay.")
    dossier.become(DossierStatus.RECEIVED)
    clocks.start(session, actor, dossier, version)
    dossier.become(DossierStatus.PROCESSING)
    dossier.handler_post_id = actor.post_id  # the same officer may finish it
    standing.write_down(session, actor, dossier, "received", public=True)
    custody.move(session, queries.KIND, dossier.id, station=Station.COUNTER)
    return dossier


def complete_fast(
    session: Session,
    actor: Actor,
    *,
    dossier_id: int,
    values: Mapping[str, str],
    paid: PaymentWay | None = PaymentWay.CASH,
    receipt_number: str | None = None,
) -> Dossier:
    """Finish what was begun in the fast lane: the money, the number, the handing over.

    Raises: as `finish_fast`.
    """
    dossier = standing.fetch(session, actor, dossier_id)
    actor = authorize(actor, permissions.RECEIVE)
    if not dossier.is_fast or dossier.status is not DossierStatus.PROCESSING:
        raise RuleViolated("Hồ sơ này không ở quầy trả ngay.")
    version = queries.version_whole(session, dossier.procedure_version_id)
    kept = tidy_values(version.book, values) if version.book is not None else {}
    owed = queries.amount_due(session, dossier.id)
    if owed and paid is None:
        raise RuleViolated("Chưa thu phí. Thu hoặc ghi căn cứ miễn trước khi trả.")
    if owed and paid is not None:
        money.take(session, actor, dossier, owed, paid, receipt_number)
        standing.write_down(session, actor, dossier, "paid", public=True, amount=owed)
    for step in dossier.steps:
        step.started_at, step.finished_at = step.started_at or dossier.received_at, now()
        step.post_id = step.post_id or actor.post_id
    dossier.become(DossierStatus.DONE)
    dossier.finished_at = now()
    clocks.finish(session, actor, dossier)
    dossier.become(DossierStatus.DELIVERED)
    dossier.delivered_at, dossier.receiver_name = now(), dossier.applicant_name
    dossier.result = version.result
    custody.close(session, queries.KIND, dossier.id)
    standing.write_down(session, actor, dossier, "delivered", public=True)
    if dossier.serial is None and dossier.external_code is None:
        give_code(session, dossier)
    if version.book is not None:
        _enter(session, actor, dossier, version.book, kept)
    return dossier


def tidy_values(book: ProcedureBook, values: Mapping[str, str]) -> dict[str, Any]:
    """The values of a book's columns as they are kept. Raises InvalidInput, naming the column."""
    kept: dict[str, Any] = {}
    for column in book.columns:
        key, label = str(column["key"]), str(column["label"])
        text = " ".join(str(values.get(key, "")).split())[:MOST_CHARACTERS]
        if not text and column.get("required"):
            raise InvalidInput(f"Phải ghi “{label}”.", key)
        kept[key] = _typed(str(column.get("kind", "text")), label, key, text) if text else ""
    return kept


def _typed(kind: str, label: str, key: str, text: str) -> str:
    try:
        if kind == "number":
            return str(int(text.replace(".", "")))
        return parse_date(text).isoformat() if kind == "date" else text
    except ValueError:
        raise InvalidInput(f"“{label}” không đúng.", key) from None


def _enter(
    session: Session, actor: Actor, dossier: Dossier, book: ProcedureBook, values: dict[str, Any]
) -> None:
    """The number of the book: the last thing before the commit."""
    session.flush()
    year, number = numbering.next_in_book(session, book, today())
    session.add(
        BookEntry(
            book_id=book.id,
            year=year,
            number=number,
            dossier_id=dossier.id,
            entered_on=today(),
            values=values,
            at=now(),
            by_post_id=actor.post_id,
        )
    )
    dossier.result = f"Số {number}/{year or today().year}, {book.name}"
    session.flush()


def fast_to_ordinary(session: Session, *, before: date) -> int:
    """What the fast lane did not finish before a day goes the ordinary way. Returns how many."""
    rows = sa.select(Dossier).where(
        Dossier.is_fast, Dossier.received_on < before, Dossier.status == DossierStatus.PROCESSING
    )
    count = 0
    for found in session.scalars(rows.limit(200)).all():
        dossier = standing.fetch(session, SYSTEM, found.id)
        dossier.is_fast = False
        later = [one for one in dossier.steps if one.kind is not StepKind.RECEPTION]
        first = [one for one in dossier.steps if one.kind is StepKind.RECEPTION]
        for step in first:
            step.started_at, step.finished_at = dossier.received_at, now()
        if later:
            standing.open_step(session, SYSTEM, dossier, later[0])
        standing.write_down(session, SYSTEM, dossier, "taken_over", "Chưa xong trong ngày")
        count += 1
    return count
