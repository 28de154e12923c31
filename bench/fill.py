"""A demo office with years of letters, for measuring: the same letters for the same count.

Every letter has what a real one leaves behind: intake, file, reading, pages, number, directive,
task, custody, rights, notices, audit, events. The files have no bytes: no page that lists or shows
a letter reads them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit, db
from app.audit import AuditLog, AuditSeal
from app.clock import VIETNAM, now
from app.db import reading, transaction
from app.demo import office as demo_office
from app.demo.people import PEOPLE, UNITS
from app.incoming.models import IncomingDocument, IncomingStatus
from app.organisation.models import (
    IssuingBody,
    Organ,
    OrganAlias,
    OrganLevel,
    Person,
    PostHolding,
    Unit,
)
from app.organisation.names import fold_name
from app.outbox import OutboxDelivery, OutboxEvent, ThingChanged
from app.registers.models import Direction, DocumentType, NumberSeries, SeriesYear
from bench.documents_bulk import Bulk, loading
from bench.documents_letters import HOUR, Ids, Letter, LetterRows, Places
from bench.documents_words import ORGAN_KINDS, PLACES, page, subject

S = IncomingStatus
SPAN = timedelta(days=5 * 365)
ORGANS = 800
NEWEST: tuple[tuple[IncomingStatus, float], ...] = (  # shares of all letters, the newest last
    (S.FOR_INFORMATION, 0.003),
    (S.IN_PROGRESS, 0.01),
    (S.ASSIGNED, 0.005),
    (S.SUBMITTED, 0.002),
    (S.REGISTERED, 0.0004),
    (S.RECEIVED, 0.0006),
)
AT_LEAST = 5  # letters of each state, however few there are in all
OLD = (S.DONE,) * 15 + (S.FILED,) * 4 + (S.RETURNED_TO_SENDER,)
UNIT_OF = ("kinh_te",) * 7 + ("van_hoa",) * 6 + ("van_phong",) * 4 + ("mot_cua",) * 3
ACTS = ("incoming.registered", "incoming.opened", "incoming.closed")
FIRST_DRAFT = 10_000_000


@dataclass(slots=True)
class Filled:
    """What was filled in. `tokens`: what the specialist of each unit handles, the oldest first."""

    letters: int
    rows: int = 0
    tokens: dict[str, list[str]] = field(default_factory=dict)


def fill(url: str, letters: int, audit_key: bytes) -> Filled:
    """Fill an empty, migrated database, which `app.db` is bound to, with an office and letters."""
    with transaction("bench.office") as session:
        demo_office.build(session)
    with reading() as session:
        ids, places = Ids(session), places_of(session)
        types = list(session.scalars(sa.select(DocumentType.code).order_by("code").limit(30)))
        books = dict(
            session.execute(
                sa.select(SeriesYear.year, SeriesYear.next_number)
                .filter_by(series_id=places.series_id)
            ).tuples().all()
        )  # fmt: skip
    filled, last = Filled(letters), Counter({year: number - 1 for year, number in books.items()})
    with loading(url) as bulk:
        organs = _directory(bulk, ids)
        rows, trail = LetterRows(bulk, ids, places), _Trail(bulk, ids, places, audit_key)
        for letter in _letters(letters, organs, types, last):
            trail.add(rows.add(letter), letter)
            if letter.status in (S.IN_PROGRESS, S.DONE):  # the unit's specialist has seen it
                filled.tokens.setdefault(letter.unit, []).append(letter.token)
        for year in sorted(last.keys() - books.keys()):
            bulk.add(SeriesYear, id=ids.take(SeriesYear), series_id=places.series_id, year=year)
        filled.rows = bulk.rows
    with transaction("bench.books") as session:
        for year, number in last.items():
            book = sa.update(SeriesYear).filter_by(series_id=places.series_id, year=year)
            session.execute(book.values(next_number=number + 1))
    db.dispose()
    return filled


def add_drafts(url: str, count: int) -> list[int]:
    """More letters that were read and wait for their number. Returns their ids."""
    with reading() as session:
        ids, places = Ids(session), places_of(session)
        organs = list(session.execute(sa.select(Organ.id, Organ.name).limit(ORGANS)).tuples().all())
        types = list(session.scalars(sa.select(DocumentType.code).order_by("code").limit(30)))
        first = FIRST_DRAFT + ids.take(IncomingDocument)  # other numbers than the last call's
    made = []
    with loading(url) as bulk:
        rows = LetterRows(bulk, ids, places)
        for number in range(first, first + count):
            letter = _letter(Random(number), number, S.RECEIVED, now(), organs, types)
            made.append(rows.add(letter))
    return made


def places_of(session: Session) -> Places:
    """The ids of the demo office."""
    units = dict(session.execute(sa.select(Unit.name, Unit.id)).tuples().all())
    people = dict(session.execute(sa.select(Person.login, Person.id)).tuples().all())
    posts: dict[str, int] = {}
    for person in PEOPLE:
        held = sa.select(PostHolding.post_id).filter_by(person_id=people[person.account])
        for post, post_id in zip(
            person.posts, session.scalars(held.order_by(PostHolding.id)), strict=True
        ):
            posts[post.key] = post_id
    body_id = session.scalars(sa.select(IssuingBody.id).filter_by(short_name="UBND")).one()
    series = sa.select(NumberSeries.id).filter_by(
        issuing_body_id=body_id, direction=Direction.INCOMING
    )
    return Places(
        posts=posts,
        units={unit.key: units[unit.name] for unit in UNITS},
        people=people,
        body_id=body_id,
        series_id=session.scalars(series).one(),
    )


def statuses(count: int) -> list[IncomingStatus]:
    """The state of each letter, the oldest first."""
    newest: list[IncomingStatus] = []
    for status, share in NEWEST:
        newest += [status] * max(AT_LEAST, round(count * share))
    old = [OLD[number % len(OLD)] for number in range(max(0, count - len(newest)))]
    return (old + newest)[-count:]


def _directory(bulk: Bulk, ids: Ids) -> list[tuple[int, str]]:
    """As many issuing organs as a province has."""
    made = []
    for number in range(ORGANS):
        round_, kind = divmod(number, len(ORGAN_KINDS))
        name = f"{ORGAN_KINDS[kind]} {PLACES[round_ % len(PLACES)]} {round_ // len(PLACES) + 1}"
        organ_id = ids.take(Organ)
        bulk.add(Organ, id=organ_id, name=name, level=OrganLevel.PROVINCE, is_own=False)
        bulk.add(
            OrganAlias, id=ids.take(OrganAlias), organ_id=organ_id, alias=name,
            folded=fold_name(name),
        )  # fmt: skip
        made.append((organ_id, name))
    return made


def _letters(
    count: int, organs: Sequence[tuple[int, str]], types: Sequence[str], last: Counter[int]
) -> Sequence[Letter]:
    chance, end = Random(count), now() - HOUR
    made = []
    for number, status in enumerate(statuses(count)):
        arrives = end - SPAN * (1 - (number + 1) / count)
        letter = _letter(chance, number, status, arrives, organs, types)
        if status is not S.RECEIVED:
            year = arrives.astimezone(VIETNAM).year
            last[year] += 1
            letter.arrival_number = last[year]
        made.append(letter)
    return made


def _letter(
    chance: Random,
    number: int,
    status: IncomingStatus,
    arrives: datetime,
    organs: Sequence[tuple[int, str]],
    types: Sequence[str],
) -> Letter:
    return Letter(
        number=number,
        status=status,
        arrives=arrives,
        organ=organs[int(len(organs) * chance.random() ** 3)],  # few organs write most letters
        document_type=chance.choice(types),
        subject=subject(chance),
        pages=(page(chance), page(chance)),
        unit=chance.choice(UNIT_OF),
        urgency=3 if number % 97 == 0 else int(number % 41 == 0),
    )


class _Trail:
    """Sealed audit rows and delivered events of letters."""

    def __init__(self, bulk: Bulk, ids: Ids, places: Places, key: bytes) -> None:
        self._bulk, self._ids, self._places, self._key = bulk, ids, places, key
        self._position, self._chain = 0, audit.GENESIS

    def add(self, letter_id: int, letter: Letter) -> None:
        for hours, action in enumerate(ACTS):
            at = letter.arrives + hours * HOUR
            self._act(action, letter_id, at)
            event_id = self._ids.take(OutboxEvent)
            payload = {"kind": "incoming", "thing_id": letter_id}
            self._bulk.add(OutboxEvent, id=event_id, name=ThingChanged.name, payload=payload, at=at)
            self._bulk.add(
                OutboxDelivery, id=self._ids.take(OutboxDelivery), event_id=event_id,
                consumer="index", due_at=at, attempts=1, done_at=at,
            )  # fmt: skip

    def _act(self, action: str, letter_id: int, at: datetime) -> None:
        values = {
            "id": self._ids.take(AuditLog), "at": at, "action": action, "kind": "incoming",
            "thing_id": letter_id, "person_id": self._places.people["vanthu"],
            "post_id": self._places.posts["vt1"], "detail": {},
        }  # fmt: skip
        self._bulk.add(AuditLog, **values)
        self._position += 1
        self._chain = audit.link(self._key, self._chain, AuditLog(**values))
        self._bulk.add(AuditSeal, position=self._position, audit_id=values["id"], chain=self._chain)
