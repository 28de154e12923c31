"""Five years of outgoing documents beside a small demo office: the same for the same count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import db
from app.clock import VIETNAM, now
from app.db import reading, transaction
from app.outgoing.models import GONE_OUT, Medium, OutgoingStatus
from app.outgoing.services.numbering import series_of
from app.registers.models import DocumentType, SeriesYear
from bench.documents_bulk import loading
from bench.documents_letters import HOUR, Ids
from bench.documents_words import page, subject
from bench.fill import SPAN, UNIT_OF, places_of
from bench.outgoing_papers import Paper, PaperRows

S = OutgoingStatus
NEWEST: tuple[tuple[OutgoingStatus, float], ...] = (  # shares of all documents, the newest last
    (S.NUMBERED, 0.0003),
    (S.SIGNED, 0.0003),
    (S.APPROVED, 0.0003),
    (S.LEADER_SIGN, 0.003),
    (S.FORMAT_CHECK, 0.002),
    (S.UNIT_REVIEW, 0.005),
    (S.DRAFT, 0.01),
)
AT_LEAST = 5  # documents of each state, however few there are in all
OLD = (S.ISSUED,) * 6 + (S.FILED,) * 13 + (S.RECALLED,)
FIRST_READY = 10_000_000


@dataclass(slots=True)
class Outgoing:
    """What was filled in. `tokens`: documents of “kinh_te” by whether they have gone out."""

    series_id: int
    documents: int
    rows: int = 0
    tokens: dict[bool, list[str]] = field(default_factory=lambda: {False: [], True: []})


def fill_outgoing(url: str, count: int) -> Outgoing:
    """Add outgoing documents to an office that has none; `app.db` is bound to it."""
    filled = Outgoing(book_of(), count)
    last: Counter[int] = Counter()
    with reading() as session:
        ids, places = Ids(session), places_of(session)
        types = type_codes(session)
        there = set(
            session.scalars(sa.select(SeriesYear.year).filter_by(series_id=filled.series_id))
        )
    with loading(url) as bulk:
        rows = PaperRows(bulk, ids, places, filled.series_id)
        for paper in _papers(count, types):
            if paper.status in GONE_OUT or paper.status is S.NUMBERED:
                year = paper.made.astimezone(VIETNAM).year
                last[year] += 1
                paper.code_number = last[year]
            rows.add(paper)
            if paper.unit == "kinh_te":
                filled.tokens[paper.status in GONE_OUT].append(paper.token)
        for year in sorted({*last, now().astimezone(VIETNAM).year} - there):
            bulk.add(
                SeriesYear, id=ids.take(SeriesYear), series_id=filled.series_id, year=year,
                next_number=1,
            )  # fmt: skip
        filled.rows = bulk.rows
    with transaction("bench.books") as session:
        for year, number in last.items():
            book = sa.update(SeriesYear).filter_by(series_id=filled.series_id, year=year)
            session.execute(book.values(next_number=number + 1))
    db.dispose()
    return filled


def add_signed(url: str, count: int) -> list[int]:
    """Signed paper documents that wait for number and issuing. Returns their ids."""
    with reading() as session:
        ids, places, types = Ids(session), places_of(session), type_codes(session)
    made, series_id = [], book_of()
    with loading(url) as bulk:
        rows = PaperRows(bulk, ids, places, series_id)
        for number in range(FIRST_READY, FIRST_READY + count):
            paper = _paper(Random(number), number, S.SIGNED, now() - 6 * HOUR, types)
            paper.medium = Medium.PAPER
            made.append(rows.add(paper))
    return made


def book_of() -> int:
    """The series that documents of the UBND take their numbers from."""
    with reading() as session:
        return series_of(session, places_of(session).body_id, "report").id


def type_codes(session: Session) -> list[str]:
    """Some of the types of documents that share the book."""
    return list(session.scalars(sa.select(DocumentType.code).order_by("code").limit(30)))


def statuses(count: int) -> list[OutgoingStatus]:
    """The state of each document, the oldest first."""
    newest: list[OutgoingStatus] = []
    for status, share in NEWEST:
        newest += [status] * max(AT_LEAST, round(count * share))
    old = [OLD[number % len(OLD)] for number in range(max(0, count - len(newest)))]
    return (old + newest)[-count:]


def _papers(count: int, types: list[str]) -> Iterator[Paper]:
    chance, end = Random(count), now() - 10 * HOUR
    for number, status in enumerate(statuses(count)):
        made = end - SPAN * (1 - (number + 1) / count)
        yield _paper(chance, number, status, made, types)


def _paper(
    chance: Random, number: int, status: OutgoingStatus, made: datetime, types: list[str]
) -> Paper:
    return Paper(
        number=number,
        status=status,
        made=made,
        document_type=chance.choice(types),
        subject=subject(chance),
        text=page(chance),
        unit=chance.choice(UNIT_OF),
        urgency=3 if number % 97 == 0 else int(number % 41 == 0),
    )
