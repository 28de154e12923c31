"""What the books print; the forms are those of decree 30/2020, annex IV."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import kinds
from app.clock import VIETNAM
from app.outgoing.models import CertifiedCopy, Channel, OutgoingDocument, Recipient
from app.outgoing.models.issuing import COPY_LABELS
from app.outgoing.permissions import EXPORT
from app.outgoing.queries.documents import KIND
from app.registers.models import EntryState, RegisterEntry
from app.registers.queries import type_labels
from app.security import Actor, authorize

Cell = str | int | date | datetime | None
BATCH, COPY = 500, "certified_copy"


def end_of(day: date) -> datetime:
    """The first moment after a day in Vietnam."""
    return datetime.combine(day + timedelta(days=1), time.min, VIETNAM)


def entries_of_book(
    series_id: int,
    year: int,
    *,
    since: date | None = None,
    until: date | None = None,
    as_of: date | None = None,
) -> sa.Select[tuple[RegisterEntry]]:
    """The entries of a book, of documents or of certified copies. `as_of` leaves out what was
    entered after that day."""
    rows = sa.select(RegisterEntry).where(
        RegisterEntry.series_id == series_id,
        RegisterEntry.year == year,
        RegisterEntry.kind.in_((KIND, COPY)),
    )
    if since is not None:
        rows = rows.where(RegisterEntry.entered_on >= since)
    if until is not None:
        rows = rows.where(RegisterEntry.entered_on <= until)
    if as_of is not None:
        rows = rows.where(RegisterEntry.at < end_of(as_of))
    return rows


def book_rows(
    session: Session,
    actor: Actor,
    *,
    series_id: int,
    year: int,
    since: date | None = None,
    until: date | None = None,
    as_of: date | None = None,
) -> list[tuple[Cell, ...]]:
    """Sổ đăng ký văn bản đi, or the book of copies: ten columns, by number; a constant number of
    queries.

    As of a past day a number voided later stands as it stood then, and a document issued later
    shows no day of sending.
    """
    authorize(actor, EXPORT)
    rows = entries_of_book(series_id, year, since=since, until=until, as_of=as_of)
    rows = rows.order_by(RegisterEntry.number, RegisterEntry.suffix)
    entries = session.scalars(rows).all()
    documents = _documents(session, [one.thing_id for one in entries if one.kind == KIND])
    copies = _copies(session, actor, [one.thing_id for one in entries if one.kind == COPY])
    receivers = _receivers(session, list(documents))
    types = type_labels(session)
    limit = end_of(as_of) if as_of is not None else None
    return [
        _copy_row(entry, copies.get(entry.thing_id), limit)
        if entry.kind == COPY
        else _row(entry, documents.get(entry.thing_id), receivers, types, limit)
        for entry in entries
    ]


def _documents(session: Session, ids: list[int]) -> dict[int, OutgoingDocument]:
    found: dict[int, OutgoingDocument] = {}
    for at in range(0, len(ids), BATCH):
        rows = sa.select(OutgoingDocument).where(OutgoingDocument.id.in_(ids[at : at + BATCH]))
        found |= {document.id: document for document in session.scalars(rows)}
    return found


def _copies(session: Session, actor: Actor, ids: list[int]) -> dict[int, tuple[CertifiedCopy, str]]:
    """The copies with the title of what was copied, as far as the actor may see it."""
    found: list[CertifiedCopy] = []
    for at in range(0, len(ids), BATCH):
        rows = sa.select(CertifiedCopy).where(CertifiedCopy.id.in_(ids[at : at + BATCH]))
        found += session.scalars(rows)
    things = sorted({(copy.kind, copy.thing_id) for copy in found})
    titles = {(card.kind, card.id): card.title for card in kinds.cards(session, actor, things)}
    return {copy.id: (copy, titles.get((copy.kind, copy.thing_id), "")) for copy in found}


def _copy_row(
    entry: RegisterEntry, found: tuple[CertifiedCopy, str] | None, limit: datetime | None
) -> tuple[Cell, ...]:
    voided = entry.state is EntryState.VOIDED
    if voided and (limit is None or (entry.voided_at is not None and entry.voided_at < limit)):
        note = f"Hủy số: {entry.reason or ''}"
        return (entry.label, entry.entered_on, "", "", "", "", None, None, "", note)
    if found is None:
        return (entry.label, entry.entered_on, "", "", "", "", None, None, "", "")
    copy, title = found
    label = f"0{entry.label}" if entry.number < 10 else entry.label
    return (
        f"{label}/{copy.code_notation}",
        entry.entered_on,
        f"{COPY_LABELS[copy.copy_kind]}: {title}",
        "",
        copy.for_whom,
        "Văn thư",
        copy.copies,
        copy.made_on,
        "",
        copy.part,
    )


def _receivers(session: Session, ids: list[int]) -> dict[int, str]:
    found: dict[int, list[str]] = {}
    for at in range(0, len(ids), BATCH):
        rows = sa.select(Recipient.document_id, Recipient.name).where(
            Recipient.document_id.in_(ids[at : at + BATCH])
        )
        ordered = rows.order_by(Recipient.document_id, Recipient.position)
        for document_id, name in session.execute(ordered):
            found.setdefault(document_id, []).append(name)
    return {id_: "; ".join(names) for id_, names in found.items()}


def _row(
    entry: RegisterEntry,
    document: OutgoingDocument | None,
    receivers: dict[int, str],
    types: dict[str, str],
    limit: datetime | None,
) -> tuple[Cell, ...]:
    voided = entry.state is EntryState.VOIDED
    if voided and (limit is None or (entry.voided_at is not None and entry.voided_at < limit)):
        note = f"Hủy số: {entry.reason or ''}"
        return (entry.label, entry.entered_on, "", "", "", "", None, None, "", note)
    if document is None:
        return (entry.label, entry.entered_on, "", "", "", "", None, None, "", "")
    label = f"0{entry.label}" if entry.number < 10 else entry.label
    sent = document.issued_at
    if sent is not None and limit is not None and sent >= limit:
        sent = None
    notes = [document.note, f"Chèn số: {entry.reason}" if entry.suffix else ""]
    return (
        f"{label}/{document.code_notation}",
        entry.entered_on,
        ". ".join(
            part for part in (types.get(document.document_type), document.subject_summary) if part
        ),
        document.signer_name,
        receivers.get(document.id, ""),
        document.kept_by or ("Văn thư" if sent else ""),
        document.copies,
        sent.astimezone(VIETNAM).date() if sent else None,
        "",  # signed by hand
        "; ".join(note for note in notes if note),
    )


def post_rows(
    session: Session, actor: Actor, *, since: date, until: date
) -> list[tuple[Cell, ...]]:
    """Sổ gửi bưu điện: six columns, what went out on paper in these days, by day and number."""
    authorize(actor, EXPORT)
    rows = (
        sa.select(OutgoingDocument, Recipient)
        .join(Recipient, Recipient.document_id == OutgoingDocument.id)
        .where(
            Recipient.channel == Channel.PAPER,
            OutgoingDocument.issued_at >= datetime.combine(since, time.min, VIETNAM),
            OutgoingDocument.issued_at < end_of(until),
        )
        .order_by(OutgoingDocument.issued_at, OutgoingDocument.id, Recipient.position)
    )
    found: list[tuple[Cell, ...]] = []
    for document, recipient in session.execute(rows).tuples():
        sent = recipient.sent_at or document.issued_at
        day = sent.astimezone(VIETNAM).date() if sent else None
        found.append(
            (day, document.full_code, recipient.name, recipient.envelope, "", recipient.detail)
        )
    return found
