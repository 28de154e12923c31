"""Documents as others see them: cards for lists outside the room, records for the index."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.incoming.models import URGENCY_LABELS
from app.kinds import LOOKED_UP, Card, Kind, split_code
from app.organisation.models import IssuingBody
from app.organisation.queries import unit_label
from app.outgoing.models import STATUS_LABELS, DraftVersion, OutgoingDocument, PaperStage, Stage
from app.outgoing.queries.documents import KIND, visible_outgoing
from app.registers.queries import type_labels
from app.security import ORGAN, Actor, terms_of
from search import SearchRecord

BASE = "/van-ban-di"
LONGEST_NUMBER = 9  # digits; more is no number of a document


def title_of(document: OutgoingDocument, types: dict[str, str]) -> str:
    """“Công văn 128/UBND-KT: Về việc …”; a draft has no number yet."""
    label = types.get(document.document_type, "")
    code = document.full_code if document.numbered else ""
    head = " ".join(part for part in (label, code) if part)
    return ": ".join(part for part in (head, document.subject_summary) if part)


def cards(session: Session, actor: Actor, ids: Sequence[int]) -> list[Card]:
    """Cards of the documents the actor may see: two queries."""
    types = type_labels(session)
    rows = visible_outgoing(actor).where(OutgoingDocument.id.in_(ids))
    return [
        Card(
            kind=KIND,
            id=document.id,
            title=title_of(document, types),
            subtitle=_subtitle(document),
            url=f"{BASE}/{document.token}",
            state=STATUS_LABELS[document.status],
        )
        for document in session.scalars(rows)
    ]


def _subtitle(document: OutgoingDocument) -> str:
    day = f"Ngày {document.issued_date:%d/%m/%Y}" if document.issued_date else "Văn bản đi"
    return " · ".join(part for part in (day, document.signer_name) if part)


def records(session: Session, ids: Sequence[int]) -> list[SearchRecord]:
    """Index records with the text of the scan that is shown, or else of the newest version:
    seven queries."""
    documents = session.scalars(
        sa.select(OutgoingDocument).where(OutgoingDocument.id.in_(ids))
    ).all()
    found = [document.id for document in documents]
    terms, types, texts = (
        terms_of(session, KIND, found),
        type_labels(session),
        _texts(session, found),
    )
    scans = _scanned(session, found)
    both = scans.keys() & texts.keys()
    units = unit_label(session, {document.drafting_unit_id for document in documents})
    bodies = dict(session.execute(sa.select(IssuingBody.id, IssuingBody.name)).tuples().all())
    return [
        SearchRecord(
            id=f"{KIND}:{document.id}",
            kind=KIND,
            title=title_of(document, types),
            acl=frozenset(terms[document.id] | {ORGAN}),
            text="\n".join([document.note, *(texts[one] for one in both & {document.id})]),
            pages=scans.get(document.id) or tuple(filter(None, [texts.get(document.id)])),
            number=document.code_label or "",
            notation=document.code_notation,
            organ=bodies.get(document.issuing_body_id, ""),
            unit=units.get(document.drafting_unit_id, ""),
            type=types.get(document.document_type, ""),
            state=STATUS_LABELS[document.status],
            urgency=URGENCY_LABELS[document.urgency],
            signer=document.signer_name,
            date=document.issued_date.isoformat() if document.issued_date else "",
            year=str(document.code_year or ""),
        )
        for document in documents
    ]


def _texts(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """The text of the newest version of each; nothing is written after the approved one."""
    newest = (
        sa.select(DraftVersion.document_id, sa.func.max(DraftVersion.no).label("no"))
        .where(DraftVersion.document_id.in_(ids))
        .group_by(DraftVersion.document_id)
        .subquery()
    )
    rows = sa.select(DraftVersion.document_id, DraftVersion.text).join(
        newest,
        sa.and_(newest.c.document_id == DraftVersion.document_id, newest.c.no == DraftVersion.no),
    )
    return dict(session.execute(rows).tuples().all())


def _scanned(session: Session, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The words of the scan of each paper document that has one, page by page."""
    rows = sa.select(PaperStage.document_id, PaperStage.detail).where(
        PaperStage.document_id.in_(ids),
        PaperStage.stage == Stage.SCANNED,
        PaperStage.dropped_at.is_(None),
    )
    read = {id_: tuple(detail.get("pages") or ()) for id_, detail in session.execute(rows)}
    return {id_: pages for id_, pages in read.items() if any(pages)}


def by_number(session: Session, actor: Actor, text: str) -> list[int]:
    """Documents that have their number, by it and its symbol (128/UBND-KT), the newest."""
    number, notation = split_code(text)
    if not number.isdigit() or len(number) > LONGEST_NUMBER:
        return []
    rows = visible_outgoing(actor).where(OutgoingDocument.code_number == int(number))
    if notation:
        rows = rows.where(OutgoingDocument.code_notation == notation)
    found = rows.with_only_columns(OutgoingDocument.id).order_by(OutgoingDocument.id.desc())
    return list(session.scalars(found.limit(LOOKED_UP)))


def ids_after(session: Session, after: int, limit: int) -> list[int]:
    """Ids for a rebuild of the index."""
    rows = sa.select(OutgoingDocument.id).where(OutgoingDocument.id > after)
    return list(session.scalars(rows.order_by(OutgoingDocument.id).limit(limit)))


kind = Kind(
    name=KIND,
    label="Văn bản đi",
    icon="send",
    cards=cards,
    records=records,
    all_ids=ids_after,
    lookup=by_number,
)
