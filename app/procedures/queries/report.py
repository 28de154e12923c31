"""The report of a period: carried over, taken in, settled, under way, suspended, given back.

One grouped query, answered from the index `ix_dossier_report`; each number has its dossiers.
Reports count states 5, 6 and 8 as suspended, and what was withdrawn or not received as given back.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from app.clock import now
from app.db import is_sqlite
from app.procedures.models import PAUSED, RUNNING, Channel, Dossier, DossierStatus, Procedure
from app.procedures.permissions import REPORT
from app.procedures.queries.dossiers import day_start, visible_dossiers
from app.security import Actor, Scope

S = DossierStatus
BY: dict[str, InstrumentedAttribute[Any]] = {
    "field": Dossier.field,
    "unit": Dossier.unit_id,
    "officer": Dossier.handler_post_id,
    "procedure": Dossier.procedure_id,
}
COLUMNS: dict[str, str] = {
    "carried": "Kỳ trước chuyển sang",
    "new_counter": "Mới: trực tiếp",
    "new_online": "Mới: trực tuyến",
    "new_post": "Mới: bưu chính",
    "early": "Đã giải quyết: trước hạn",
    "on_time": "Đã giải quyết: đúng hạn",
    "late": "Đã giải quyết: quá hạn",
    "within": "Đang giải quyết: trong hạn",
    "overdue": "Đang giải quyết: quá hạn",
    "suspended": "Tạm dừng",
    "given_back": "Trả lại, rút",
}
SUMS: dict[str, tuple[str, ...]] = {  # of columns that share no dossier
    "taken_in": ("new_counter", "new_online", "new_post"),
    "settled": ("early", "on_time", "late"),
    "under_way": ("within", "overdue"),
}
SUM_LABELS = {
    "taken_in": "Mới tiếp nhận",
    "settled": "Đã giải quyết",
    "under_way": "Đang giải quyết",
}


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One line. `key` is the field, or the id of the unit, post or procedure; None: not given."""

    key: str | int | None
    carried: int
    new_counter: int
    new_online: int
    new_post: int
    early: int
    on_time: int
    late: int
    within: int
    overdue: int
    suspended: int
    given_back: int

    @property
    def taken_in(self) -> int:
        return self.new_counter + self.new_online + self.new_post

    @property
    def settled(self) -> int:
        return self.early + self.on_time + self.late

    @property
    def under_way(self) -> int:
        return self.within + self.overdue

    @property
    def share_on_time(self) -> float | None:
        """Of what was settled, how much in time, in percent."""
        good = self.early + self.on_time
        return 100 * good / self.settled if self.settled else None


def _local_day(column: InstrumentedAttribute[Any]) -> sa.ColumnElement[Any]:
    """The day in Vietnam of a moment, as both databases compute it; there is no daylight saving."""
    if is_sqlite():
        return sa.func.date(column, "+7 hours")
    return sa.cast(sa.func.timezone("Asia/Ho_Chi_Minh", column), sa.Date)


def _columns(first: date, last: date) -> dict[str, sa.ColumnElement[bool]]:
    """The condition behind each number, so that its dossiers can be listed."""
    d = Dossier
    begin = day_start(first)
    end = min(day_start(last + timedelta(days=1)), now())
    fresh = d.received_on >= first
    ended = sa.and_(d.finished_at >= begin, d.finished_at < end)
    settled = sa.and_(ended, d.status.in_([S.DONE, S.DELIVERED]))
    in_time = sa.or_(d.due_at.is_(None), d.finished_at <= d.due_at)
    ahead = sa.and_(in_time, _local_day(d.finished_at) < _local_day(d.due_at))
    waits = sa.and_(d.finished_at.is_(None), d.status.in_(PAUSED))
    late = sa.and_(d.due_at.is_not(None), d.due_at < end)
    running = sa.and_(d.finished_at.is_(None), d.status.in_([S.NEW, *RUNNING]))
    under_way = sa.or_(running, d.finished_at >= end)  # however it ended later
    return {
        "carried": d.received_on < first,
        "new_counter": sa.and_(fresh, d.channel == Channel.COUNTER),
        "new_online": sa.and_(fresh, d.channel == Channel.ONLINE),
        "new_post": sa.and_(fresh, d.channel == Channel.POST),
        "early": sa.and_(settled, ahead),
        "on_time": sa.and_(settled, in_time, sa.not_(sa.func.coalesce(ahead, sa.false()))),
        "late": sa.and_(settled, sa.not_(in_time)),
        "within": sa.and_(under_way, sa.not_(late)),
        "overdue": sa.and_(under_way, late),
        "suspended": sa.or_(waits, sa.and_(ended, d.status == S.STOPPED)),
        "given_back": sa.and_(ended, d.status.in_([S.NOT_RECEIVED, S.WITHDRAWN])),
    }


def _in_period(actor: Actor, first: date, last: date) -> sa.Select[tuple[Dossier]]:
    """What was open at the beginning or came in later, until the last day."""
    d = Dossier
    still = sa.or_(d.finished_at.is_(None), d.finished_at >= day_start(first))
    return visible_dossiers(actor).where(d.received_on <= last, still, *_reach(actor))


def scope_of(actor: Actor) -> Scope:
    """How far the actor's report reaches: the widest of their roles."""
    found = {scope for role, scope in REPORT.roles.items() if role in actor.roles}
    if actor.person_id is None or Scope.ALL in found:
        return Scope.ALL
    return Scope.UNIT if Scope.UNIT in found else Scope.OWN


def _reach(actor: Actor) -> list[sa.ColumnElement[bool]]:
    """Of the own unit, or what the actor took in or handles; the rest is for others to report."""
    scope, d = scope_of(actor), Dossier
    if scope is Scope.ALL:
        return []
    posts = sorted(actor.post_ids)
    own = [d.handler_post_id.in_(posts), d.received_by_post_id.in_(posts)]
    if scope is Scope.UNIT:
        own.append(d.unit_id.in_(sorted(actor.unit_ids)))
    return [sa.or_(*own)]


def report(
    session: Session, actor: Actor, first: date, last: date, *, by: str = "field"
) -> list[ReportRow]:
    """The lines of a period by field, unit, officer or procedure, in one query.

    Raises:
        KeyError: `by` is none of these.
    """
    key = BY[by]
    counts = [
        sa.func.count(sa.case((condition, 1))).label(name)
        for name, condition in _columns(first, last).items()
    ]
    rows = _in_period(actor, first, last).with_only_columns(key.label("key"), *counts)
    return [
        ReportRow(**row._mapping) for row in session.execute(rows.group_by(key).order_by(key)).all()
    ]


def total(rows: Sequence[ReportRow]) -> ReportRow:
    """The last line: the sums."""
    return ReportRow(None, **{name: sum(getattr(row, name) for row in rows) for name in COLUMNS})


def report_dossiers(
    session: Session,
    actor: Actor,
    first: date,
    last: date,
    *,
    by: str = "field",
    key: str | int | None = None,
    column: str = "",
    limit: int = 500,
) -> list[Dossier]:
    """The dossiers behind a number of `COLUMNS` or `SUMS`; without `key` those of all lines,
    without `column` of all numbers."""
    rows = _in_period(actor, first, last)
    if key is not None:
        rows = rows.where(BY[by] == key)
    if column:
        parts = _columns(first, last)
        rows = rows.where(sa.or_(*(parts[name] for name in SUMS.get(column, (column,)))))
    rows = rows.options(joinedload(Dossier.procedure), joinedload(Dossier.applicant))
    return list(session.scalars(rows.order_by(Dossier.received_at, Dossier.id).limit(limit)))


def procedure_names(session: Session, ids: Collection[int]) -> dict[int, str]:
    """What the lines by procedure are called."""
    rows = sa.select(Procedure.id, Procedure.name).where(Procedure.id.in_(ids))
    return dict(session.execute(rows).tuples().all())
