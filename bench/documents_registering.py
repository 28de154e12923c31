"""Registering with 32 writers at once: how many a second, how long one waits, no gap, no double.

The letters lie ready, read and unregistered. Each writer registers one after another through the
real service in its own `transaction()`; the plain driver then does the same with the same SQL.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from app import db
from app.clock import today
from app.db import reading, transaction
from app.incoming import services
from app.incoming.services import RegistrationData
from app.organisation.models import Organ
from app.organisation.queries import actor_for
from app.registers.models import RegisterEntry, SeriesYear
from app.security import Actor
from bench.documents_replay import RECORDED, record
from bench.figures import Figure
from bench.fill import add_drafts, places_of
from bench.sizes import SIZES

LIMIT_OF_ALL = 300.0  # seconds
TAKES_THE_BOOK = (f"UPDATE {SeriesYear.__tablename__} ", "SELECT pg_advisory_xact_lock")

Writer = AbstractContextManager[Callable[[int], None]]


@dataclass(frozen=True, slots=True)
class Desk:
    """Who registers, in which book, and with which values."""

    actor: Actor
    series_id: int
    data: RegistrationData

    def register(self, letter_id: int) -> None:
        """One letter, as “Vào sổ” does."""
        data = replace(self.data, code_number=str(letter_id))  # else a double of the one before
        with transaction("bench.register") as session:
            services.register_letter(session, self.actor, letter_id=letter_id, data=data)


@dataclass(slots=True)
class Race:
    """What the writers did: seconds for all, and of each letter in waiting and in all."""

    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)
    totals: list[float] = field(default_factory=list)
    faults: list[BaseException] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return len(self.totals) / self.seconds


def registering(url: str, kind: str) -> Iterator[Figure]:
    """The figures of one database, which `app.db` is bound to."""
    desk, count = open_desk(), SIZES.registrations
    ids = add_drafts(url, RECORDED + 2 * count)
    template = record(desk.register, ids[:RECORDED])
    first = next_number(desk.series_id)
    with Waits() as waits:
        own = race(ids[RECORDED : RECORDED + count], lambda: nullcontext(desk.register), waits)
    wrong = wrong_numbers(desk.series_id, first, count)
    first = next_number(desk.series_id)
    plain = race(ids[RECORDED + count :], lambda: template.replaying(db.engine()))
    if wrong_numbers(desk.series_id, first, count):
        raise RuntimeError("the plain driver gave wrong numbers: its figures say nothing")
    beside = {"plain driver": plain.per_second}
    yield Figure(f"registrations_per_s_{kind}", own.per_second, "/s", ">= 60", beside)
    yield Figure(f"registration_longest_wait_s_{kind}", max(own.waits), "s", "<= 1")
    beside = {"plain driver": max(plain.totals)}
    yield Figure(f"registration_longest_s_{kind}", max(own.totals), "s", None, beside)
    yield Figure(f"registration_wrong_numbers_{kind}", wrong, "numbers", "== 0")


def open_desk() -> Desk:
    """The clerk of the demo office with the book of the UBND."""
    with reading() as session:
        places = places_of(session)
        actor = actor_for(session, places.people["vanthu"], places.posts["vt1"])
        organ = session.scalars(sa.select(Organ).filter_by(is_own=False).limit(1)).one()
    data = RegistrationData(
        issuing_body_id=places.body_id,
        subject_summary="Về việc báo cáo kết quả cải cách hành chính quý III",
        organ_id=organ.id,
        code_notation="STC-QLNS",
        issued_date=today(),
        document_type="report",
        signer_name="Nguyễn Mẫu An",
        signer_position="Giám đốc",
        page_count=2,
    )
    return Desk(actor, places.series_id, data)


def race(ids: Sequence[int], writer: Callable[[], Writer], waits: Waits | None = None) -> Race:
    """All letters by writers that start at the same moment, each with its share.

    `writer` gives each thread what registers one letter by its id. Raises what a writer raised.
    """
    found, start = Race(), threading.Barrier(SIZES.writers + 1)

    def work(mine: Sequence[int]) -> None:
        try:
            with writer() as register:
                start.wait(LIMIT_OF_ALL)
                for letter_id in mine:
                    _time_one(found, register, letter_id, waits)
        except BaseException as fault:
            start.abort()
            found.faults.append(fault)

    shares = [ids[at :: SIZES.writers] for at in range(SIZES.writers)]
    threads = [threading.Thread(target=work, args=(share,), daemon=True) for share in shares]
    for thread in threads:
        thread.start()
    with suppress(threading.BrokenBarrierError):  # a writer has failed: raised below
        start.wait(LIMIT_OF_ALL)
    began = time.perf_counter()
    for thread in threads:
        thread.join(LIMIT_OF_ALL)
    found.seconds = time.perf_counter() - began
    if found.faults:
        raise found.faults[0]
    if len(found.totals) != len(ids):
        raise TimeoutError(f"{len(found.totals)} of {len(ids)} letters in {LIMIT_OF_ALL:.0f} s")
    return found


def _time_one(
    found: Race, register: Callable[[int], None], letter_id: int, waits: Waits | None
) -> None:
    began = time.perf_counter()
    if waits:
        waits.begin(began)
    register(letter_id)
    found.totals.append(time.perf_counter() - began)
    if waits:
        found.waits.append(waits.taken())


class Waits:
    """How long each thread waits for its turn: for a lock or a connection, then for the book.

    Its turn has come when its first statement is sent; on PostgreSQL the statement that takes the
    number may wait once more, for the writer who has the book's row.
    """

    def __init__(self) -> None:
        self._mine = threading.local()

    def __enter__(self) -> Waits:
        sa.event.listen(db.engine(), "before_cursor_execute", self._before)
        sa.event.listen(db.engine(), "after_cursor_execute", self._after)
        return self

    def __exit__(self, *_: object) -> None:
        sa.event.remove(db.engine(), "before_cursor_execute", self._before)
        sa.event.remove(db.engine(), "after_cursor_execute", self._after)

    def begin(self, at: float) -> None:
        """This thread asks for its turn."""
        self._mine.asked, self._mine.waited, self._mine.sent = at, None, 0.0

    def taken(self) -> float:
        """Seconds that this thread has waited since `begin`."""
        return float(self._mine.waited)

    def _before(self, _connection: object, _cursor: object, statement: str, *_: Any) -> None:
        at = time.perf_counter()
        if self._mine.waited is None:
            self._mine.waited = at - self._mine.asked
        self._mine.sent = at

    def _after(self, _connection: object, _cursor: object, statement: str, *_: Any) -> None:
        if statement.startswith(TAKES_THE_BOOK):
            self._mine.waited += time.perf_counter() - self._mine.sent


def next_number(series_id: int) -> int:
    """The number that the next letter of this year will get."""
    with reading() as session:
        rows = sa.select(SeriesYear.next_number).filter_by(series_id=series_id, year=this_year())
        return session.scalars(rows).one()


def wrong_numbers(series_id: int, first: int, count: int) -> int:
    """How many of the numbers from `first` on were skipped, given twice or are too many."""
    with reading() as session:
        rows = sa.select(RegisterEntry.number).where(
            RegisterEntry.series_id == series_id,
            RegisterEntry.year == this_year(),
            RegisterEntry.number >= first,
        )
        return differences(list(session.scalars(rows)), range(first, first + count))


def differences(given: Sequence[int], wanted: Sequence[int]) -> int:
    """Numbers that are missing, given more than once, or should not be there."""
    there, should = Counter(given), Counter(wanted)
    return (should - there).total() + (there - should).total()


def this_year() -> int:
    return today().year
