"""The list “Cần xem lại”, and a page of a file as text that can be read and put right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, undefer

from app.files.models import StoredFile
from app.incoming.mending import Piece, paragraphs
from app.incoming.models import (
    IncomingDocument,
    IncomingStatus,
    IntakeItem,
    IntakeSource,
    LetterFile,
    LetterFileRole,
    PageText,
    ReadingResult,
    ReadingReview,
)
from app.incoming.queries.letters import visible_incoming
from app.security import Actor

REVIEWS = 30
"""Lines of one page of the list."""


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """A file that was read with doubts. `fields` are 0 once the letter is registered."""

    file_id: int
    token: str
    name: str
    letter_token: str
    subject: str
    organ: str
    arrival: str | None  # None until it is registered
    pages: int
    fields: int
    first_page: int
    weakest: float  # 0 to 1
    read_at: datetime


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """Lines of the list; `before` continues it, None at its end."""

    lines: tuple[ReviewLine, ...]
    before: int | None


@dataclass(frozen=True, slots=True)
class ReviewFilter:
    """What the list is narrowed to. `settled`: files that a person has looked through as well,
    those with doubtful pages only; this is what the figures of “Chất lượng đọc” count."""

    source: IntakeSource | None = None
    source_name: str | None = None
    since: datetime | None = None  # read from then on
    until: datetime | None = None  # and before that
    settled: bool = False


EVERYTHING = ReviewFilter()


def page_of_reviews(
    session: Session,
    actor: Actor,
    wanted: ReviewFilter = EVERYTHING,
    *,
    before: int | None = None,
) -> ReviewPage:
    """Files of letters the actor may see that wait for a person, the newest first: one query."""
    unregistered = IncomingDocument.status == IncomingStatus.RECEIVED
    review = ReadingReview
    rows = (
        visible_incoming(actor)
        .join(LetterFile, LetterFile.letter_id == IncomingDocument.id)
        .join(review, review.file_id == LetterFile.file_id)
        .join(StoredFile, StoredFile.id == review.file_id)
        .join(ReadingResult, ReadingResult.file_id == review.file_id)
        .join(IntakeItem, IntakeItem.id == LetterFile.intake_id)
        .where(LetterFile.role != LetterFileRole.REPLACED, *_conditions(wanted, unregistered))
        .with_only_columns(
            review.file_id, StoredFile.token, StoredFile.name, IncomingDocument.token,
            IncomingDocument.subject_summary, IncomingDocument.organ_name,
            IncomingDocument.arrival_label, review.doubtful_pages,
            sa.case((unregistered, review.doubtful_fields), else_=0), review.first_page,
            review.weakest / 100, ReadingResult.read_at,
        )
    )  # fmt: skip
    if before is not None:
        rows = rows.where(review.file_id < before)
    found = session.execute(rows.order_by(review.file_id.desc()).limit(REVIEWS + 1)).all()
    lines = tuple(ReviewLine(*row) for row in found[:REVIEWS])
    return ReviewPage(lines, lines[-1].file_id if len(found) > REVIEWS else None)


def _conditions(
    wanted: ReviewFilter, unregistered: sa.ColumnElement[bool]
) -> list[sa.ColumnElement[bool]]:
    pages = ReadingReview.doubtful_pages > 0
    found = [pages] if wanted.settled else [sa.or_(pages, unregistered)]
    if not wanted.settled:
        found.append(ReadingReview.settled_at.is_(None))
    if wanted.source is not None:
        found.append(IntakeItem.source == wanted.source)
    if wanted.source_name is not None:
        found.append(IntakeItem.source_name == wanted.source_name)
    if wanted.since is not None:
        found.append(ReadingResult.read_at >= wanted.since)
    if wanted.until is not None:
        found.append(ReadingResult.read_at < wanted.until)
    return found


@dataclass(frozen=True, slots=True)
class ReadPage:
    """One page as text. `words` are those of the store, `Piece.word` points at them."""

    number: int
    numbers: tuple[int, ...]
    paragraphs: list[list[Piece]]
    words: list[dict[str, Any]]
    confidence: float  # 0 to 1
    recognised: bool
    review: ReadingReview | None

    @property
    def doubtful(self) -> list[Piece]:
        """Words to be looked at, in the order of the text."""
        return [one for part in self.paragraphs for one in part if one.doubtful]

    @property
    def waits(self) -> bool:
        """Whether a person has yet to look through the file."""
        return self.review is not None and self.review.settled_at is None


def read_page(session: Session, file_id: int, number: int) -> ReadPage | None:
    """A page that was read, or the first one; None for a file without text: three queries."""
    rows = sa.select(PageText.number).where(PageText.file_id == file_id)
    numbers = tuple(session.scalars(rows.order_by(PageText.number)))
    if not numbers:
        return None
    shown = number if number in numbers else numbers[0]
    page = session.scalars(
        sa.select(PageText)
        .where(PageText.file_id == file_id, PageText.number == shown)
        .options(undefer(PageText.packed_words))
    ).one()
    words = page.words
    return ReadPage(
        number=shown,
        numbers=numbers,
        paragraphs=paragraphs(page.text, words),
        words=words,
        confidence=page.confidence / 100,
        recognised=page.source == "ocr",
        review=session.get(ReadingReview, file_id),
    )
