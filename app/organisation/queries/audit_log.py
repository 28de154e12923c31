"""The trail of acts, for those with the right; pages by key, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import kinds
from app.audit import AuditLog
from app.clock import VIETNAM
from app.organisation.models import Person
from app.organisation.permissions import READ_AUDIT
from app.organisation.queries.structure import post_label
from app.security import Actor, authorize

PAGE = 50


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What to look for; None or empty means no condition. `before` is the key of the page."""

    person_id: int | None = None
    kind: str = ""
    action: str = ""
    first_day: date | None = None
    last_day: date | None = None
    thing_id: int | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One act as the page shows it: names beside the ids."""

    row: AuditLog
    person: str
    post: str
    on_behalf_of: str
    card: kinds.Card | None


def audit_lines(
    session: Session, actor: Actor, wanted: AuditFilter, *, limit: int = PAGE
) -> tuple[list[AuditLine], int | None]:
    """One page of acts and the key of the next page, None when there is none.

    A thing is linked only if the actor may see it; an administrator reads kinds and numbers.

    Raises:
        PermissionDenied: the actor lacks `audit:read`.
    """
    authorize(actor, READ_AUDIT)
    rows = sa.select(AuditLog).order_by(AuditLog.id.desc()).limit(limit + 1)
    found = list(session.scalars(rows.where(*_conditions(wanted))))
    more = found[limit - 1].id if len(found) > limit else None
    return _with_names(session, actor, found[:limit]), more


def _conditions(wanted: AuditFilter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if wanted.before is not None:
        conditions.append(AuditLog.id < wanted.before)
    if wanted.person_id is not None:
        mine = AuditLog.person_id == wanted.person_id
        conditions.append(sa.or_(mine, AuditLog.on_behalf_of == wanted.person_id))
    if wanted.kind:
        conditions.append(AuditLog.kind == wanted.kind)
    if wanted.thing_id is not None:
        conditions.append(AuditLog.thing_id == wanted.thing_id)
    if wanted.action:
        conditions.append(AuditLog.action.contains(wanted.action, autoescape=True))
    if wanted.first_day is not None:
        conditions.append(AuditLog.at >= _midnight(wanted.first_day))
    if wanted.last_day is not None:
        conditions.append(AuditLog.at < _midnight(wanted.last_day + timedelta(days=1)))
    return conditions


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM)


def _with_names(session: Session, actor: Actor, rows: list[AuditLog]) -> list[AuditLine]:
    people = {row.person_id for row in rows} | {row.on_behalf_of for row in rows}
    wanted = sa.select(Person.id, Person.full_name).where(Person.id.in_(people - {None}))
    names = dict(session.execute(wanted).tuples().all())
    posts = post_label(session, [row.post_id for row in rows if row.post_id])
    things = {(row.kind, row.thing_id) for row in rows if row.thing_id is not None}
    cards = {(card.kind, card.id): card for card in kinds.cards(session, actor, things)}
    return [
        AuditLine(
            row=row,
            person=names.get(row.person_id or 0, "Hệ thống"),
            post=posts.get(row.post_id or 0, ""),
            on_behalf_of=names.get(row.on_behalf_of or 0, ""),
            card=cards.get((row.kind, row.thing_id or 0)),
        )
        for row in rows
    ]


def kinds_of_acts(session: Session) -> list[str]:
    """The kinds that occur, found by skipping through the index instead of reading all rows."""
    found: list[str] = []
    following = sa.select(sa.func.min(AuditLog.kind))
    kind = session.scalar(following)
    while kind is not None:
        found.append(kind)
        kind = session.scalar(following.where(AuditLog.kind > kind))
    return found
