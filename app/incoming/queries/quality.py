"""“Chất lượng đọc”: how sure the reader was, by week and by source, and what people put right.

Pages that were recognised count; text that lay in a file is not the reader's merit. A page stands
in the week in which its file was read last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import VIETNAM, today
from app.files.models import StoredFile
from app.incoming.mending import DOUBTFUL_PAGE
from app.incoming.models import (
    IncomingDocument,
    IntakeItem,
    IntakeSource,
    LetterFile,
    LetterFileRole,
    PageText,
    ReadingResult,
    WordCorrection,
)
from app.incoming.queries.letters import visible_incoming
from app.security import Actor

WEEKS = 12
WORDS = 15
"""Corrections that are listed, the most frequent first."""
SOURCES = 50
"""Sources that are listed, those with most pages first."""


@dataclass(frozen=True, slots=True)
class Figure:
    """Pages recognised, files with a doubtful page, mean confidence (0 to 1; None: no page)."""

    pages: int
    doubtful: int
    confidence: float | None


@dataclass(frozen=True, slots=True)
class WeekFigure(Figure):
    """Figures of the week that begins on a Monday; `end` is the Monday after it."""

    start: date
    end: date


@dataclass(frozen=True, slots=True)
class SourceFigure(Figure):
    """Figures of a way in: a scanner's folder, a token, the screen."""

    source: IntakeSource
    name: str


@dataclass(frozen=True, slots=True)
class WordFigure:
    """A correction people made, how often, and where it was made last."""

    was: str
    text: str
    times: int
    token: str
    page: int


@dataclass(frozen=True, slots=True)
class Quality:
    """The page. `start` is the first day that counts."""

    start: date
    weeks: tuple[WeekFigure, ...]
    sources: tuple[SourceFigure, ...]
    words: tuple[WordFigure, ...]

    @property
    def pages(self) -> int:
        return sum(one.pages for one in self.weeks)


def load_quality(session: Session, actor: Actor) -> Quality:
    """Figures of the letters the actor may see, of this week and those before: four queries."""
    monday = today() - timedelta(days=today().weekday())
    mondays = [monday - timedelta(weeks=WEEKS - 1 - n) for n in range(WEEKS)]
    return Quality(
        start=mondays[0],
        weeks=_weeks(session, actor, mondays),
        sources=_sources(session, actor, mondays[0]),
        words=_words(session, actor, mondays[0]),
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM)


def _measured(actor: Actor, start: date, *keys: Any) -> sa.Select[Any]:
    """Keys, pages, files with a doubtful page and mean confidence since a day."""
    doubtful = sa.case((PageText.confidence < DOUBTFUL_PAGE, PageText.file_id))
    return (
        visible_incoming(actor)
        .join(LetterFile, LetterFile.letter_id == IncomingDocument.id)
        .join(IntakeItem, IntakeItem.id == LetterFile.intake_id)
        .join(ReadingResult, ReadingResult.file_id == LetterFile.file_id)
        .join(PageText, PageText.file_id == LetterFile.file_id)
        .where(
            LetterFile.role != LetterFileRole.REPLACED,
            ReadingResult.read_at >= _midnight(start),
            PageText.source == "ocr",
            PageText.text != "",
        )
        .with_only_columns(
            *keys,
            sa.func.count(),
            sa.func.count(doubtful.distinct()),
            sa.func.avg(PageText.confidence) / 100,
        )
        .group_by(*keys)
    )


def _weeks(session: Session, actor: Actor, mondays: Sequence[date]) -> tuple[WeekFigure, ...]:
    since = [(ReadingResult.read_at >= _midnight(day), n) for n, day in enumerate(mondays)]
    week = sa.case(*reversed(since)).label("week")
    found = {
        n: Figure(pages, doubtful, confidence)
        for n, pages, doubtful, confidence in session.execute(_measured(actor, mondays[0], week))
    }
    weeks = [(day, found.get(n, Figure(0, 0, None))) for n, day in enumerate(mondays)]
    return tuple(
        WeekFigure(one.pages, one.doubtful, one.confidence, day, day + timedelta(weeks=1))
        for day, one in weeks
    )


def _sources(session: Session, actor: Actor, start: date) -> tuple[SourceFigure, ...]:
    keys = (IntakeItem.source, IntakeItem.source_name)
    rows = _measured(actor, start, *keys).order_by(sa.func.count().desc(), *keys).limit(SOURCES)
    return tuple(
        SourceFigure(pages, doubtful, confidence, source=source, name=name)
        for source, name, pages, doubtful, confidence in session.execute(rows)
    )


def _words(session: Session, actor: Actor, start: date) -> tuple[WordFigure, ...]:
    times, newest = sa.func.count(), sa.func.max(WordCorrection.id)
    rows = (
        visible_incoming(actor)
        .join(LetterFile, LetterFile.letter_id == IncomingDocument.id)
        .join(WordCorrection, WordCorrection.file_id == LetterFile.file_id)
        .where(WordCorrection.corrected_at >= _midnight(start))
        .with_only_columns(WordCorrection.was, WordCorrection.text, times, newest)
        .group_by(WordCorrection.was, WordCorrection.text)
        .order_by(times.desc(), newest.desc())
        .limit(WORDS)
    )
    found = session.execute(rows).all()
    places = sa.select(WordCorrection.id, StoredFile.token, WordCorrection.page).join(
        StoredFile, StoredFile.id == WordCorrection.file_id
    )
    last = {
        row.id: row
        for row in session.execute(places.where(WordCorrection.id.in_([row[3] for row in found])))
    }
    return tuple(
        WordFigure(was, text, count, last[newest_id].token, last[newest_id].page)
        for was, text, count, newest_id in found
    )
