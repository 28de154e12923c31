"""Where everything is: each room moves its things here, in the transaction of its act."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import local, now
from app.organisation import queries as organisation
from app.security import ORGAN, Access, Actor, unit_term
from app.tasks.models import OPEN, Custody, Station, Task
from app.worktime.calendar import STANDARD_DAY, Calendar
from app.worktime.queries import load_calendar

AT_THE_OFFICE = frozenset(
    {Station.REGISTERING, Station.FORM_REVIEW, Station.ISSUING, Station.COUNTER}
)
"""Anybody of the unit that holds it there may take it up."""
STATION_LABELS: dict[Station, str] = {
    Station.REGISTERING: "Văn thư",
    Station.CHIEF: "Chờ đề xuất",
    Station.LEADER: "Chờ chỉ đạo",
    Station.UNIT: "Chờ phân công",
    Station.HANDLER: "Đang xử lý",
    Station.ACCEPTANCE: "Chờ duyệt kết quả",
    Station.READERS: "Chờ người nhận xem",
    Station.DRAFTING: "Đang soạn thảo",
    Station.CONTENT_REVIEW: "Chờ duyệt nội dung",
    Station.FORM_REVIEW: "Chờ kiểm tra thể thức",
    Station.SIGNATURE: "Chờ ký",
    Station.ISSUING: "Chờ phát hành",
    Station.COUNTER: "Bộ phận một cửa",
    Station.CITIZEN: "Chờ người dân",
}


@dataclass(frozen=True, slots=True)
class CustodyLine:
    """“Đang ở: …”: who has it, for how much working time, and whether they have opened it."""

    holder: str
    waited: str
    opened: bool
    station: Station
    since: datetime


@dataclass(frozen=True, slots=True)
class Stay:
    """One station of the chain strip."""

    title: str
    who: str
    at: str
    waited: str
    state: str  # done, now
    on_behalf: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class StuckCell:
    """How many things wait at a station of a unit, and how long the oldest has waited.

    `tone` is ok, warn after one working day, late after three.
    """

    count: int
    oldest: datetime
    waited: str
    tone: str


def move(
    session: Session,
    kind: str,
    thing_id: int,
    *,
    station: Station,
    unit_id: int | None = None,
    post_id: int | None = None,
) -> None:
    """End the present stay and begin another. Moving to the same place changes nothing.

    `unit_id` is filled in from the post, so that “Tắc ở đâu” can count by unit.
    """
    if unit_id is None and post_id is not None:
        unit_id = organisation.get_post(session, post_id).unit_id
    here = open_stay(session, kind, thing_id)
    if here is not None:
        if (here.station, here.unit_id, here.post_id) == (station, unit_id, post_id):
            return
        here.until = now()
        session.flush()  # the open stay is unique
    session.add(
        Custody(
            kind=kind,
            thing_id=thing_id,
            station=station,
            unit_id=unit_id,
            post_id=post_id,
            since=now(),
        )
    )


def close(session: Session, kind: str, thing_id: int) -> None:
    """The thing is done: it is nowhere any more."""
    here = open_stay(session, kind, thing_id)
    if here is not None:
        here.until = now()


def opened(session: Session, actor: Actor, kind: str, thing_id: int) -> bool:
    """Note that whoever has it has looked at it. Returns whether this was the first time."""
    here = open_stay(session, kind, thing_id)
    if here is None or here.opened_at is not None or not _holds(actor, here):
        return False
    here.opened_at, here.opened_by = now(), actor.person_id
    return True


def unopened(
    actor: Actor, kind: str, thing_id: int | sa.SQLColumnExpression[int]
) -> sa.Select[tuple[Custody]]:
    """The open stay of a thing, if it lies with the actor and they have not looked at it."""
    led = sorted(int(term[5:]) for term in actor.terms if term.startswith("unit:"))
    at_desk = Custody.station.in_(sorted(AT_THE_OFFICE, key=lambda one: one.value))
    of_unit = sa.or_(
        sa.and_(at_desk, Custody.unit_id.in_(sorted(actor.unit_ids))),
        sa.and_(~at_desk, Custody.unit_id.in_(led)),
    )
    return sa.select(Custody).where(
        Custody.kind == kind,
        Custody.thing_id == thing_id,
        Custody.until.is_(None),
        Custody.opened_at.is_(None),
        sa.or_(
            Custody.post_id.in_(sorted(actor.post_ids)),
            sa.and_(Custody.post_id.is_(None), of_unit),
        ),
    )


def current(session: Session, kind: str, ids: Iterable[int]) -> dict[int, CustodyLine]:
    """The line of each thing that is somewhere; a constant number of queries."""
    rows = session.scalars(
        sa.select(Custody).where(
            Custody.kind == kind, Custody.thing_id.in_(set(ids)), Custody.until.is_(None)
        )
    ).all()
    return {row.thing_id: line for row, line in _lines(session, rows)}


def chain(session: Session, kind: str, thing_id: int) -> list[Stay]:
    """All stations of one thing, in order, with the working time spent at each."""
    return line_and_chain(session, kind, thing_id)[1]


def line_and_chain(
    session: Session, kind: str, thing_id: int, *, posts: Iterable[int] = ()
) -> tuple[CustodyLine | None, list[Stay]]:
    """Where one thing is and how it came there, read together.

    `posts` are others that the page will name: their labels are fetched in the same query.
    """
    rows = session.scalars(
        sa.select(Custody).where(Custody.kind == kind, Custody.thing_id == thing_id)
        .order_by(Custody.id)
    ).all()  # fmt: skip
    if not rows:
        return None, []
    organisation.post_label(session, {*posts, *(row.post_id for row in rows if row.post_id)})
    names, calendar, moment = _names(session, rows), load_calendar(session), now()
    stays = [
        Stay(
            title=STATION_LABELS[row.station],
            who=names[row.id],
            at=f"{local(row.since):%H:%M %d/%m}",
            waited=time_spent(calendar, row.since, row.until or moment, left=bool(row.until)),
            state="done" if row.until else "now",
        )
        for row in rows
    ]
    here = [line for _row, line in _lines(session, [row for row in rows if row.until is None])]
    return (here[0] if here else None), stays


def _lines(session: Session, rows: Sequence[Custody]) -> list[tuple[Custody, CustodyLine]]:
    """The lines of open stays."""
    if not rows:
        return []
    names, calendar, moment = _names(session, rows), load_calendar(session), now()
    return [
        (
            row,
            CustodyLine(
                holder=names[row.id],
                waited=time_spent(calendar, row.since, moment),
                opened=row.opened_at is not None,
                station=row.station,
                since=row.since,
            ),
        )
        for row in rows
    ]


def stuck_table(session: Session, actor: Actor) -> dict[int, dict[Station, StuckCell]]:
    """Units × stations of what the actor may see: how many wait and how long the oldest has."""
    rows = (
        sa.select(Custody.unit_id, Custody.station, sa.func.count(), sa.func.min(Custody.since))
        .where(Custody.unit_id.is_not(None), *_waits(), *_visible(actor))
        .group_by(Custody.unit_id, Custody.station)
    )
    calendar, moment = load_calendar(session), now()
    table: dict[int, dict[Station, StuckCell]] = {}
    for unit_id, station, count, oldest in session.execute(rows):
        length = calendar.working_time_between(oldest, moment)
        cell = StuckCell(count, oldest, calendar.describe(length), _tone(length))
        table.setdefault(unit_id, {})[station] = cell
    return table


def waiting_at(
    session: Session, actor: Actor, *, unit_id: int, station: Station, limit: int = 200
) -> list[Custody]:
    """The stays behind one cell of the table, the oldest first."""
    rows = sa.select(Custody).where(
        Custody.unit_id == unit_id,
        Custody.station == station,
        *_waits(),
        *_visible(actor),
    )
    return list(session.scalars(rows.order_by(Custody.since, Custody.id).limit(limit)))


def _waits() -> list[sa.ColumnElement[bool]]:
    """Open stays, each thing once: a letter that became a task waits as that task."""
    as_task = sa.exists().where(
        Task.kind == Custody.kind,
        Task.thing_id == Custody.thing_id,
        Task.parent_id.is_(None),
        Task.status.in_(OPEN),
    )
    return [Custody.until.is_(None), ~as_task]


def _tone(length: timedelta) -> str:
    if length >= 3 * STANDARD_DAY:
        return "late"
    return "warn" if length >= STANDARD_DAY else "ok"


def _visible(actor: Actor) -> list[sa.ColumnElement[bool]]:
    if ORGAN in actor.terms:
        return []
    opened_to = sa.exists().where(
        Access.kind == Custody.kind,
        Access.thing_id == Custody.thing_id,
        Access.term.in_(sorted(actor.terms)),
    )
    return [opened_to]


def open_stay(session: Session, kind: str, thing_id: int) -> Custody | None:
    """Where the thing is now, if anywhere."""
    rows = sa.select(Custody).where(
        Custody.kind == kind, Custody.thing_id == thing_id, Custody.until.is_(None)
    )
    return session.scalar(rows)


def _holds(actor: Actor, stay: Custody) -> bool:
    """Its post, the heads of its unit; at the clerks' desk anybody of that unit."""
    if stay.post_id is not None:
        return stay.post_id in actor.post_ids
    if stay.unit_id is None:
        return False
    if stay.station in AT_THE_OFFICE:
        return stay.unit_id in actor.unit_ids
    return unit_term(stay.unit_id) in actor.terms


def _names(session: Session, rows: Sequence[Custody]) -> dict[int, str]:
    """“Trần Văn Mẫu, Trưởng phòng” or the unit's name, by stay."""
    posts = organisation.post_label(session, [row.post_id for row in rows if row.post_id])
    units = organisation.unit_label(session, [row.unit_id for row in rows if row.unit_id])
    names = {}
    for row in rows:
        if row.post_id:
            names[row.id] = posts.get(row.post_id, "")
        else:
            names[row.id] = units.get(row.unit_id or 0, STATION_LABELS[row.station])
    return names


def time_spent(calendar: Calendar, since: datetime, until: datetime, *, left: bool = False) -> str:
    """The working time of a stay in words; under a minute is no number."""
    length = calendar.working_time_between(since, until)
    if length < timedelta(minutes=1):
        return "dưới 1 phút" if left else "vừa nhận"
    return calendar.describe(length)
