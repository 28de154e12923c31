"""Five years of dossiers beside a small demo office: the same for the same count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from random import Random

from sqlalchemy.orm import Session

from app.clock import VIETNAM, now
from app.db import reading, transaction
from app.demo.counter import FAMILIES, GIVEN
from app.organisation.names import fold_name
from app.procedures import clocks, queries, records, services
from app.procedures.house import house
from app.procedures.models import (
    Applicant,
    Channel,
    Dossier,
    DossierDay,
    DossierStatus,
    ProcedureVersion,
)
from app.security import SYSTEM, Access, post_term, unit_term
from app.worktime.calendar import Calendar
from app.worktime.course import due_of
from app.worktime.models import DeadlineClock
from app.worktime.queries import load_calendar
from app.worktime.rules import Course
from bench.documents_bulk import Bulk, loading
from bench.documents_letters import HANDLERS, Ids, Places
from bench.fill import SPAN, places_of

S = DossierStatus
ORGAN = "H99.07.04"
MIDDLES = ("Mẫu", "Thị Mẫu", "Văn Mẫu", "Hữu Mẫu", "Ngọc Mẫu", "Đức Mẫu", "Thanh Mẫu", "Minh Mẫu")
OLD = (S.DELIVERED,) * 46 + (S.DONE,) * 1 + (S.STOPPED,) * 1 + (S.WITHDRAWN,) * 2
CHANNELS = (Channel.COUNTER,) * 5 + (Channel.ONLINE,) * 4 + (Channel.POST,)
NEW = timedelta(days=12)  # the open ones came in so lately that most limits still run
ASKED = 200  # codes, names and numbers that searches ask for


@dataclass(slots=True)
class Counter:
    """What was filled in. `asked`: what somebody types into the box of the counter."""

    calendar_id: int
    dossiers: int = 0
    clocks: int = 0
    asked: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Office:
    """What the rows need to know, as values."""

    places: Places
    versions: list[ProcedureVersion]
    calendar_id: int
    calendar: Calendar


def fill_dossiers(url: str, count: int, open_clocks: int) -> Counter:
    """Publish the sample procedures and add dossiers; the newest have their clocks still open."""
    with transaction("bench.procedures") as session:
        services.load_books(session, house().books)
        services.import_catalogue(session, SYSTEM, records=records.samples())
    with reading() as session:
        ids, office = Ids(session), _office(session)
    filled = Counter(office.calendar_id)
    random, serials = Random(5), defaultdict[object, int](int)
    step = count // ASKED or 1
    with loading(url) as bulk:
        people = [_person(bulk, ids, random, n) for n in range(max(1, count * 3 // 5))]
        for n, at in enumerate(moments(count, open_clocks)):
            person, open_ = random.choice(people), n >= count - open_clocks
            serials[at.date()] += 1
            code = _dossier(bulk, ids, office, random, at, person, serials[at.date()], open_)
            filled.clocks += open_
            if n % step == 0:
                filled.asked += _typed(code, person, len(filled.asked) // 2)
        for day, last in serials.items():
            bulk.add(
                DossierDay, id=ids.take(DossierDay), organ_code=ORGAN, day=day, next_number=last + 1
            )
    filled.dossiers = count
    return filled


def _office(session: Session) -> _Office:
    found = queries.find_procedures(session, "", limit=100)
    calendar_id = clocks.calendar_id(session)
    if calendar_id is None:
        raise RuntimeError("the demo office has no calendar of its counter")
    return _Office(places_of(session), found, calendar_id, load_calendar(session, calendar_id))


def moments(count: int, newest: int) -> Iterator[datetime]:
    """Times of receipt over five years, in order; the newest all of the last days."""
    end = now() - timedelta(hours=1)
    for n in range(count):
        left = count - n
        back = NEW * left / newest if left <= newest else NEW + SPAN * (left - newest) / count
        at = (end - back).astimezone(VIETNAM)
        yield at.replace(hour=8 + n % 8, minute=n % 60, second=0, microsecond=0)


@dataclass(frozen=True, slots=True)
class _Who:
    id: int
    name: str
    folded: str
    identity: str
    phone: str


@cache
def _folded(name: str) -> str:
    return fold_name(name)


def _person(bulk: Bulk, ids: Ids, random: Random, number: int) -> _Who:
    name = f"{random.choice(FAMILIES)} {random.choice(MIDDLES)} {random.choice(GIVEN)}"
    who = _Who(
        ids.take(Applicant),
        name,
        _folded(name),
        f"{number * 7919 % 10**12:012d}",
        f"09{number:08d}",
    )
    bulk.add(
        Applicant, id=who.id, full_name=name, folded=who.folded, identity_number=who.identity,
        phone=who.phone,
    )  # fmt: skip
    return who


def _dossier(
    bulk: Bulk,
    ids: Ids,
    office: _Office,
    random: Random,
    at: datetime,
    who: _Who,
    serial: int,
    is_open: bool,
) -> str:
    version = random.choice(office.versions)
    dossier_id, unit_id = ids.take(Dossier), version.procedure.unit_id
    unit = next((key for key, one in office.places.units.items() if one == unit_id), "")
    handler = office.places.posts.get(_HANDLER.get(unit, "mc1"))
    due = due_of(office.calendar, Course(at, version.rule))
    finished = None if is_open else (due or at) + timedelta(hours=random.randint(-30, 3))
    code = house().code(ORGAN, at.date(), serial)
    status = S.PROCESSING if is_open else random.choice(OLD)
    bulk.add(
        Dossier, id=dossier_id, code=code, organ_code=ORGAN, serial=serial,
        procedure_id=version.procedure_id, procedure_version_id=version.id, field=version.field,
        status=status, channel=random.choice(CHANNELS), applicant_id=who.id,
        applicant_name=who.name, folded=who.folded, phone=who.phone, received_at=at,
        received_on=at.date(), unit_id=unit_id, handler_post_id=handler, due_at=due,
        original_due_at=due, finished_at=finished,
        delivered_at=finished if status is S.DELIVERED else None,
    )  # fmt: skip
    terms = [post_term(handler)] if handler else []
    for term in [*terms, *([unit_term(unit_id)] if unit_id else [])]:
        bulk.add(
            Access, id=ids.take(Access), kind=queries.KIND, thing_id=dossier_id, term=term,
            reason="step",
        )  # fmt: skip
    if is_open:
        bulk.add(
            DeadlineClock, id=ids.take(DeadlineClock), kind=queries.KIND, thing_id=dossier_id,
            calendar_id=office.calendar_id, started_at=at, amount=version.limit_amount,
            unit=version.limit_unit, start_rule=version.start_rule,
            cutoff_minute=version.cutoff_minute, due_at=due, original_due_at=due or at,
        )  # fmt: skip
    return code


_HANDLER = {
    name: HANDLERS[key]
    for key, name in {
        "kinh_te": "Phòng Kinh tế, Hạ tầng và Đô thị",
        "van_hoa": "Phòng Văn hóa - Xã hội",
        "van_phong": "Văn phòng HĐND và UBND",
    }.items()
}


def _typed(code: str, who: _Who, number: int) -> list[str]:
    """What is asked for at the counter, in turn: a code, its beginning, a name without marks, its
    words in another order, the number of a card, a telephone, words of a procedure."""
    words = ("khai sinh", "sao y", "ho kinh doanh", "tro cap", "xay dung", "ket hon")
    family, *_middle, given = who.folded.split()
    some = (code, code[:16], who.folded, f"{given} {family}", who.identity, who.phone)
    return [
        (*some, words[number // 7 % len(words)])[number % 7],
        words[number % len(words)] if number % 3 else who.folded[:9],
    ]
