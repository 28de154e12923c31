"""Reading dossiers: what the actor may see, lists with tabs, the search at the counter."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload, selectinload

from app.clock import VIETNAM, now, today
from app.db import is_sqlite
from app.errors import NotFound
from app.organisation.names import fold_name
from app.procedures.models import (
    NAME_WORDS,
    OPEN,
    PAUSED,
    RUNNING,
    Applicant,
    Channel,
    Dossier,
    DossierPaper,
    DossierStatus,
    ProcedureVersion,
)
from app.procedures.permissions import RECEIVE
from app.procedures.queries.catalogue import find_procedures
from app.security import ONE_STOP, Actor, authorize, visible

KIND = "dossier"
S = DossierStatus
UNCOUNTED = frozenset({"all", "delivered"})  # tabs that grow for ever


def visible_dossiers(actor: Actor) -> sa.Select[tuple[Dossier]]:
    """Every list, count, search and export starts here. The counter sees all of them."""
    rows = sa.select(Dossier)
    return rows if ONE_STOP in actor.terms else visible(rows, Dossier.id, KIND, actor)


def get_dossier(session: Session, actor: Actor, token: str) -> Dossier:
    """With procedure, version, applicant, papers, scans and steps. Raises NotFound."""
    row = session.scalar(_whole(actor).where(Dossier.token == token))
    if row is None:
        raise NotFound(f"dossier {token}")
    return row


def dossier_by_id(session: Session, actor: Actor, dossier_id: int) -> Dossier:
    """The same by its id. Raises NotFound."""
    row = session.scalar(_whole(actor).where(Dossier.id == dossier_id))
    if row is None:
        raise NotFound(f"dossier {dossier_id}")
    return row


def _whole(actor: Actor) -> sa.Select[tuple[Dossier]]:
    return visible_dossiers(actor).options(
        joinedload(Dossier.procedure),
        joinedload(Dossier.procedure_version),
        joinedload(Dossier.applicant),
        selectinload(Dossier.papers).selectinload(DossierPaper.scans),
        selectinload(Dossier.steps),
    )


def tidy_code(text: str) -> str:
    """A code as it is kept: without blanks, in capitals."""
    return re.sub(r"\s+", "", text).upper()


def dossier_with_code(session: Session, actor: Actor, code: str) -> Dossier | None:
    """By our code or that of the provincial system."""
    code = tidy_code(code)
    wanted = sa.or_(Dossier.code == code, Dossier.external_code == code)
    return session.scalar(visible_dossiers(actor).where(wanted)) if code else None


def begins(column: InstrumentedAttribute[str], prefix: str) -> sa.ColumnElement[bool]:
    """Rows whose text begins so, in the form that each database answers from its index."""
    if is_sqlite():
        return sa.and_(column >= prefix, column < f"{prefix}\U0010ffff")
    return column.startswith(prefix, autoescape=True)


@dataclass(frozen=True, slots=True)
class DossierFilter:
    """What a list shows. `tab`: see `TABS`; days are Vietnam's."""

    text: str = ""
    tab: str = "all"
    unit_id: int | None = None
    handler_post_id: int | None = None
    field: str = ""
    procedure_id: int | None = None
    channel: Channel | None = None
    received_from: date | None = None
    received_to: date | None = None


@dataclass(frozen=True, slots=True)
class DossierPage:
    """One page of a list, with the numbers of the tabs (`UNCOUNTED` ones only where shown)."""

    rows: list[Dossier]
    total: int
    tabs: dict[str, int]
    number: int
    size: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))


def day_start(day: date) -> datetime:
    """Midnight in Vietnam."""
    return datetime(day.year, day.month, day.day, tzinfo=VIETNAM)


def tab_terms(actor: Actor) -> dict[str, list[sa.ColumnElement[bool]]]:
    """The tabs of the lists with their conditions."""
    d, moment = Dossier, now()
    tomorrow = day_start(today() + timedelta(days=1))
    running = d.status.in_(RUNNING)
    return {
        "all": [],
        "processing": [running],
        "supplement": [d.status.in_(PAUSED)],
        "late": [running, d.due_at < moment],
        "due_today": [running, d.due_at >= moment, d.due_at < tomorrow],
        "to_return": [d.status == S.DONE],
        "delivered": [d.status == S.DELIVERED],
        "mine": [d.status.in_(OPEN), d.handler_post_id.in_(sorted(actor.post_ids))],
        "fast_today": [d.is_fast.is_(True), d.received_on == today()],
    }


def _wanted(chosen: DossierFilter) -> list[sa.ColumnElement[bool]]:
    d = Dossier
    equal = {
        d.unit_id: chosen.unit_id,
        d.handler_post_id: chosen.handler_post_id,
        d.field: chosen.field or None,
        d.procedure_id: chosen.procedure_id,
        d.channel: chosen.channel,
    }
    found: list[sa.ColumnElement[bool]] = [
        column == value for column, value in equal.items() if value is not None
    ]
    if chosen.received_from is not None:
        found.append(d.received_on >= chosen.received_from)
    if chosen.received_to is not None:
        found.append(d.received_on <= chosen.received_to)
    if chosen.text.strip():
        found.append(_like(chosen.text))
    return found


def _like(text: str) -> sa.ColumnElement[bool]:
    """A number of a card or telephone; a code or its beginning, a running number; else a name.
    Never several of these joined by OR, which no index answers."""
    code, digits = tidy_code(text), re.sub(r"\D", "", text)
    if digits == code and len(digits) >= 8:
        who = sa.or_(Applicant.identity_number == digits, Applicant.phone == digits)
        people = sa.select(Applicant.id).where(who)
        theirs = sa.select(Dossier.id).where(Dossier.applicant_id.in_(people))
        coded = sa.select(Dossier.id).where(_coded(code))
        return Dossier.id.in_(sa.union(theirs, coded))
    if digits:
        return _coded(code)
    name = fold_name(text)
    return begins(Dossier.folded, name) if name else sa.false()


def _coded(code: str) -> sa.ColumnElement[bool]:
    some = [begins(Dossier.code, code), begins(Dossier.external_code, code)]  # type: ignore[arg-type]
    if code.isdigit() and len(code) <= 4:
        some.append(sa.and_(Dossier.received_on == today(), Dossier.serial == int(code)))
    return sa.or_(*some)


def _counts(
    session: Session,
    base: sa.Select[tuple[Dossier]],
    some: Mapping[str, Sequence[sa.ColumnElement[bool]]],
) -> dict[str, int]:
    """Several numbers in one query, each answered from its own index: one pass with conditions
    would look at every open dossier."""
    numbers = [
        base.where(*terms).with_only_columns(sa.func.count(Dossier.id)).scalar_subquery()
        for terms in some.values()
    ]
    return dict(zip(some, session.execute(sa.select(*numbers)).one(), strict=True))


def dossier_page(
    session: Session, actor: Actor, chosen: DossierFilter, *, number: int = 1, size: int = 50
) -> DossierPage:
    """The newest first; what is late or waits: the nearest end first. Two queries."""
    tabs = tab_terms(actor)
    tab = chosen.tab if chosen.tab in tabs else "all"
    base = visible_dossiers(actor).where(*_wanted(chosen))
    shown = {name: terms for name, terms in tabs.items() if name not in UNCOUNTED or name == tab}
    numbers = _counts(session, base, shown)
    by_due = tab in ("processing", "late", "due_today", "mine")
    order = (Dossier.due_at, Dossier.id) if by_due else NEWEST
    rows = (
        base.where(*tabs[tab])
        .options(joinedload(Dossier.procedure), joinedload(Dossier.applicant))
        .order_by(*order)
        .offset((number - 1) * size)
        .limit(size)
    )
    return DossierPage(list(session.scalars(rows)), numbers[tab], numbers, number, size)


NEWEST = (Dossier.received_at.desc(), Dossier.id.desc())


def _newest(rows: sa.Select[tuple[Dossier]], limit: int) -> sa.Select[tuple[int]]:
    """Ids of the newest: each part of a search is bounded by itself, since half of all names may
    begin as typed."""
    few = rows.with_only_columns(Dossier.id).order_by(*NEWEST).limit(limit).subquery()
    return sa.select(few.c.id)


@dataclass(frozen=True, slots=True)
class CounterHits:
    """What the one box of the counter finds."""

    procedures: list[ProcedureVersion]
    dossiers: list[Dossier]
    applicants: list[Applicant]


def counter_search(session: Session, actor: Actor, text: str, *, limit: int = 10) -> CounterHits:
    """Procedures by words, dossiers by code, name or number, people by the same."""
    text = text.strip()
    if not text:
        return CounterHits([], [], [])
    procedures, people = find_procedures(session, text, limit=limit), []
    if actor.may(RECEIVE):
        # What names a procedure is no person's name in another order: no look at every name.
        people = find_applicants(session, actor, text, limit=limit, anywhere=not procedures)
    rows = visible_dossiers(actor)
    parts = [_like(text)]
    if people:
        parts.append(Dossier.applicant_id.in_([one.id for one in people]))
    some = sa.union(*(_newest(rows.where(part), limit) for part in parts))
    dossiers = (
        rows.where(Dossier.id.in_(some))
        .options(joinedload(Dossier.procedure))
        .order_by(*NEWEST)
        .limit(limit)
    )
    return CounterHits(procedures, list(session.scalars(dossiers)), people)


def find_applicants(
    session: Session, actor: Actor, text: str, *, limit: int = 8, anywhere: bool = True
) -> list[Applicant]:
    """People who came before: by card or telephone, by the beginning of the name without marks;
    where no name begins so, by its words in any order (`anywhere`: looks at every name).

    Raises:
        PermissionDenied: the actor is not at the counter.
    """
    authorize(actor, RECEIVE)
    digits, name = re.sub(r"\D", "", text), fold_name(text)
    a = Applicant
    if len(digits) >= 4 and digits == tidy_code(text):
        some = [begins(a.identity_number, digits), begins(a.phone, digits)]
    elif len(name) >= 2 and not digits:
        some = [begins(a.folded, name)]
    else:
        return []
    rows = sa.select(a).order_by(a.last_at.desc(), a.id.desc()).limit(limit)
    found = list(session.scalars(rows.where(sa.or_(*some))))
    if found or digits or not anywhere:
        return found
    named = sa.select(a.id).where(_has_words(name.split()))
    return list(session.scalars(rows.where(a.id.in_(named))))


def _has_words(words: Sequence[str]) -> sa.ColumnElement[bool]:
    """Names in which some word begins with each of `words`: PostgreSQL asks its index of words,
    SQLite, which has none, looks at every name."""
    if is_sqlite():
        name = sa.literal(" ") + Applicant.folded
        return sa.and_(*(name.contains(f" {word}", autoescape=True) for word in words))
    quoted = (word.replace("\\", "\\\\").replace("'", "''") for word in words)
    asked = sa.cast(" & ".join(f"'{word}':*" for word in quoted), TSQUERY)
    return sa.literal_column(NAME_WORDS).op("@@")(asked)


def get_applicant(session: Session, actor: Actor, token: str) -> Applicant:
    """Raises NotFound, PermissionDenied."""
    authorize(actor, RECEIVE)
    row = session.scalar(sa.select(Applicant).filter_by(token=token))
    if row is None:
        raise NotFound(f"applicant {token}")
    return row


def dossiers_of_applicant(
    session: Session, actor: Actor, applicant_id: int, limit: int = 10
) -> list[Dossier]:
    """What somebody handed in before, the newest first."""
    rows = visible_dossiers(actor).where(Dossier.applicant_id == applicant_id)
    return list(
        session.scalars(rows.options(joinedload(Dossier.procedure)).order_by(*NEWEST).limit(limit))
    )


@dataclass(frozen=True, slots=True)
class TodayCounts:
    """The day at the counter in numbers."""

    received: int
    due_today: int
    to_return: int
    late: int
    fast: int


def today_counts(session: Session, actor: Actor) -> TodayCounts:
    """One query."""
    tabs = tab_terms(actor)
    some: dict[str, list[sa.ColumnElement[bool]]] = {
        "received": [Dossier.received_on == today()],
        "due_today": tabs["due_today"],
        "to_return": tabs["to_return"],
        "late": tabs["late"],
        "fast": tabs["fast_today"],
    }
    return TodayCounts(**_counts(session, visible_dossiers(actor), some))


def register_rows(session: Session, actor: Actor, first: date, last: date) -> Sequence[Dossier]:
    """Form 07, the register: what came in from `first` to `last`, in the order of receipt."""
    rows = visible_dossiers(actor).where(Dossier.received_on.between(first, last))
    return session.scalars(
        rows.options(joinedload(Dossier.procedure), joinedload(Dossier.applicant)).order_by(
            Dossier.received_at, Dossier.id
        )
    ).all()


class ResultClass(enum.Enum):
    """On time or not; “on time” compares the moment of the result, not of picking it up."""

    EARLY = "early"
    ON_TIME = "on_time"
    LATE = "late"
    WITHIN = "within"
    OVERDUE = "overdue"
    PAUSED = "paused"
    CLOSED = "closed"


RESULT_LABELS: dict[ResultClass, str] = {
    ResultClass.EARLY: "Trước hạn",
    ResultClass.ON_TIME: "Đúng hạn",
    ResultClass.LATE: "Trễ hạn",
    ResultClass.WITHIN: "Trong hạn",
    ResultClass.OVERDUE: "Quá hạn",
    ResultClass.PAUSED: "Tạm dừng",
    ResultClass.CLOSED: "Không giải quyết",
}


def result_class(dossier: Dossier, at: datetime | None = None) -> ResultClass:
    """Early: on a day before the promised one."""
    moment, due = at or now(), dossier.due_at
    if dossier.status in (S.NOT_RECEIVED, S.WITHDRAWN, S.STOPPED):
        return ResultClass.CLOSED
    if dossier.finished_at is not None:
        if due is None or dossier.finished_at <= due:
            early = due is not None and (
                dossier.finished_at.astimezone(VIETNAM).date() < due.astimezone(VIETNAM).date()
            )
            return ResultClass.EARLY if early else ResultClass.ON_TIME
        return ResultClass.LATE
    if dossier.status in PAUSED or due is None:
        return ResultClass.PAUSED
    return ResultClass.OVERDUE if moment > due else ResultClass.WITHIN
