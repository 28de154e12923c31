"""The documents in a file: what the actor may see of them, and the index for print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import kinds
from app.casefiles.documents import DocumentFacts, facts_of
from app.casefiles.models import CaseDocument
from app.kinds import Card
from app.security import Actor


@dataclass(frozen=True, slots=True)
class Content:
    """A document in a file as the actor sees it. `number` counts what the actor may see."""

    number: int
    row: CaseDocument
    card: Card
    facts: DocumentFacts | None


def documents_in(session: Session, case_file_id: int) -> Sequence[CaseDocument]:
    """All that is in a file, in the order of putting in, whoever may see it."""
    rows = sa.select(CaseDocument).where(
        CaseDocument.case_file_id == case_file_id, CaseDocument.removed_at.is_(None)
    )
    return session.scalars(rows.order_by(CaseDocument.id)).all()


def contents_of(session: Session, actor: Actor, case_file_id: int) -> list[Content]:
    """What the actor may see of a file's documents, by their dates.

    Being in a file opens no document: those the actor may not see are neither shown nor counted.
    """
    rows = documents_in(session, case_file_id)
    found = kinds.cards(session, actor, [(row.kind, row.thing_id) for row in rows])
    cards = {(card.kind, card.id): card for card in found}
    facts = facts_of(session, cards)
    seen = [row for row in rows if (row.kind, row.thing_id) in cards]
    seen.sort(key=lambda row: _day(row, facts.get((row.kind, row.thing_id))))
    return [
        Content(
            number,
            row,
            cards[(row.kind, row.thing_id)],
            facts.get((row.kind, row.thing_id)),
        )
        for number, row in enumerate(seen, start=1)
    ]


def _day(row: CaseDocument, facts: DocumentFacts | None) -> tuple[str, int]:
    """Order of an index: the date of the document; without one the day it was put in."""
    day = facts.issued_on if facts and facts.issued_on else row.added_at.date()
    return day.isoformat(), row.id


def removed_from(
    session: Session, actor: Actor, case_file_id: int
) -> list[tuple[CaseDocument, Card]]:
    """What was taken out again, as far as the actor may see it, the newest first."""
    rows = session.scalars(
        sa.select(CaseDocument)
        .where(CaseDocument.case_file_id == case_file_id, CaseDocument.removed_at.is_not(None))
        .order_by(CaseDocument.removed_at.desc())
    ).all()
    found = kinds.cards(session, actor, [(row.kind, row.thing_id) for row in rows])
    cards = {(card.kind, card.id): card for card in found}
    return [
        (row, cards[(row.kind, row.thing_id)]) for row in rows if (row.kind, row.thing_id) in cards
    ]


def index_rows(contents: Sequence[Content]) -> list[tuple[str | int | None, ...]]:
    """Lines of the index (mục lục văn bản), seven columns (decree 30/2020, annex VI)."""
    lines: list[tuple[str | int | None, ...]] = []
    for content in contents:
        facts = content.facts
        issued = f"{facts.issued_on:%d/%m/%Y}" if facts and facts.issued_on else ""
        pages = facts.pages if facts else None
        subject = facts.subject if facts else content.card.title
        if facts and facts.type_name:
            subject = f"{facts.type_name}: {subject}"
        lines.append(
            (
                content.number,
                facts.full_code if facts else "",
                issued,
                subject,
                facts.organ_name if facts else "",
                pages,
                content.row.note,
            )
        )
    return lines
