"""Letters as others see them: cards for lists outside the room, records for the index."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.incoming.models import URGENCY_LABELS, IncomingDocument, IncomingStatus
from app.incoming.models.letter import STATUS_LABELS
from app.incoming.queries.letters import KIND, visible_incoming
from app.incoming.queries.text import texts_of_letters
from app.kinds import LOOKED_UP, Card, Kind, split_code
from app.organisation.models import Organ
from app.organisation.queries import unit_label
from app.registers.queries import type_labels
from app.security import ORGAN, Actor, terms_of
from app.tasks.models import Custody
from search import SearchRecord

BASE = "/van-ban-den"


def title_of(letter: IncomingDocument, types: dict[str, str]) -> str:
    """“Công văn 145/SNV-TCCB: Về việc …”, of what is there."""
    label = types.get(letter.document_type or "", "")
    head = " ".join(part for part in (label, letter.full_code) if part)
    return ": ".join(part for part in (head, letter.subject_summary) if part) or "Văn bản đến"


def cards(session: Session, actor: Actor, ids: Sequence[int]) -> list[Card]:
    """Cards of the letters the actor may see: two queries."""
    rows = visible_incoming(actor).where(IncomingDocument.id.in_(ids))
    types = type_labels(session)
    return [
        Card(
            kind=KIND,
            id=letter.id,
            title=title_of(letter, types),
            subtitle=_subtitle(letter),
            url=f"{BASE}/{letter.token}",
            state=STATUS_LABELS[letter.status],
        )
        for letter in session.scalars(rows)
    ]


def _subtitle(letter: IncomingDocument) -> str:
    number = f"Số đến {letter.arrival_label}/{letter.arrival_year}" if letter.registered else ""
    return " · ".join(part for part in (number, letter.organ_name) if part)


def records(session: Session, ids: Sequence[int]) -> list[SearchRecord]:
    """Index records of registered letters with the texts of their pages: six queries."""
    letters = session.scalars(
        sa.select(IncomingDocument).where(
            IncomingDocument.id.in_(ids),
            IncomingDocument.status != IncomingStatus.RECEIVED,
            IncomingDocument.purged_at.is_(None),
        )
    ).all()
    found = [letter.id for letter in letters]
    terms, texts = terms_of(session, KIND, found), texts_of_letters(session, found)
    types, organs, units = type_labels(session), _organs(session, letters), _units(session, found)
    return [
        SearchRecord(
            id=f"{KIND}:{letter.id}",
            kind=KIND,
            title=title_of(letter, types),
            acl=frozenset(terms[letter.id] | {ORGAN}),
            text=letter.note,
            pages=tuple(texts[letter.id]),
            number=letter.code_number,
            notation=letter.code_notation,
            organ=organs.get(letter.organ_id or 0, letter.organ_name),
            unit=units.get(letter.id, ""),
            type=types.get(letter.document_type or "", ""),
            state=STATUS_LABELS[letter.status],
            urgency=URGENCY_LABELS[letter.urgency],
            signer=letter.signer_name,
            date=letter.issued_date.isoformat() if letter.issued_date else "",
            due=letter.due_at.date().isoformat() if letter.due_at else "",
            year=str(letter.arrival_year or ""),
        )
        for letter in letters
    ]


def _organs(session: Session, letters: Sequence[IncomingDocument]) -> dict[int, str]:
    """Names the directory has now: a merged organ is found under the one that stands for it."""
    ids = {letter.organ_id for letter in letters if letter.organ_id}
    rows = session.execute(
        sa.select(Organ.id, Organ.name, Organ.merged_into_id).where(Organ.id.in_(ids))
    ).all()
    heads = {row.merged_into_id for row in rows if row.merged_into_id}
    merged = sa.select(Organ.id, Organ.name).where(Organ.id.in_(heads))
    names = dict(session.execute(merged).tuples().all())
    return {row.id: names.get(row.merged_into_id, row.name) for row in rows}


def _units(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """Which unit holds each letter now."""
    rows = sa.select(Custody.thing_id, Custody.unit_id).where(
        Custody.kind == KIND,
        Custody.thing_id.in_(ids),
        Custody.until.is_(None),
        Custody.unit_id.is_not(None),
    )
    held = dict(session.execute(rows).tuples().all())
    names = unit_label(session, [unit_id for unit_id in held.values() if unit_id])
    return {letter_id: names.get(unit_id or 0, "") for letter_id, unit_id in held.items()}


def by_number(session: Session, actor: Actor, text: str) -> list[int]:
    """Letters by number and symbol (145/TTr-KTHT, 15-QĐ/TU), or by arrival number, the newest."""
    number, notation = split_code(text)
    same = sa.and_(
        IncomingDocument.code_number == number, IncomingDocument.code_notation == notation
    )
    wanted = same if notation else sa.or_(same, IncomingDocument.arrival_label == text)
    rows = visible_incoming(actor).where(wanted).with_only_columns(IncomingDocument.id)
    return list(session.scalars(rows.order_by(IncomingDocument.id.desc()).limit(LOOKED_UP)))


def ids_after(session: Session, after: int, limit: int) -> list[int]:
    """Ids for a rebuild of the index."""
    rows = sa.select(IncomingDocument.id).where(IncomingDocument.id > after)
    return list(session.scalars(rows.order_by(IncomingDocument.id).limit(limit)))


kind = Kind(
    name=KIND,
    label="Văn bản đến",
    icon="inbox",
    cards=cards,
    records=records,
    all_ids=ids_after,
    lookup=by_number,
)
