"""Keeping an uploaded workbook until it is confirmed, and writing it in small transactions."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit
from app.clock import now, today
from app.errors import NotFound, RuleViolated
from app.organisation import queries
from app.organisation.importing.plan import Act, Plan, Planned, make_plan
from app.organisation.importing.snapshot import (
    OrganInfo,
    PersonInfo,
    PostInfo,
    UnitInfo,
    take_snapshot,
)
from app.organisation.importing.workbook import ORGANS, PEOPLE, POSTS, UNITS, Line
from app.organisation.models import Organ, PendingImport, Unit
from app.organisation.names import fold_name
from app.organisation.permissions import MANAGE
from app.organisation.services import organs, people, units
from app.organisation.services.signing_in import tidy_login
from app.security import Actor, authorize

KEEP = timedelta(days=1)
BATCH = 100


def keep_lines(session: Session, actor: Actor, *, file_name: str, lines: Sequence[Line]) -> str:
    """Keep the rows of a workbook to be confirmed. Returns the token of the page for them."""
    actor = authorize(actor, MANAGE)
    session.execute(sa.delete(PendingImport).where(PendingImport.created_at < now() - KEEP))
    pending = PendingImport(
        token=secrets.token_urlsafe(12),
        person_id=actor.person_id,
        file_name=file_name[:200],
        lines=[[line.sheet, line.number, line.cells] for line in lines],
    )
    session.add(pending)
    session.flush()
    return pending.token


def kept_lines(session: Session, actor: Actor, token: str) -> list[Line]:
    """The rows of the actor's own workbook. Raises NotFound when it is gone."""
    actor = authorize(actor, MANAGE)
    pending = session.scalar(sa.select(PendingImport).where(PendingImport.token == token))
    if pending is None or pending.person_id != actor.person_id:
        raise NotFound("no such import", "Bản nhập này đã được ghi hoặc đã hết hạn.")
    return [Line(sheet, number, cells) for sheet, number, cells in pending.lines]


def current_plan(session: Session, lines: Sequence[Line]) -> Plan:
    """What the rows would change now."""
    return make_plan(lines, take_snapshot(session), on=today())


def write_batch(session: Session, actor: Actor, rows: Sequence[Planned]) -> int:
    """Write some rows of a confirmed plan, in its order. Returns how many changed something.

    Ids of what earlier rows added are looked up again, so that batches may be transactions of
    their own, and a repetition after a failure goes on where it stopped.
    """
    actor = authorize(actor, MANAGE)
    writers = {UNITS: _write_unit, POSTS: _write_post, PEOPLE: _write_person, ORGANS: _write_organ}
    written = 0
    for row in rows:
        if row.act in (Act.ADD, Act.CHANGE):
            writers[row.line.sheet](session, actor, row)
            session.flush()
            written += 1
    return written


def finish(session: Session, actor: Actor, *, token: str, written: int) -> None:
    """All rows are written: the kept workbook goes, the act stays in the trail."""
    actor = authorize(actor, MANAGE)
    session.execute(sa.delete(PendingImport).where(PendingImport.token == token))
    audit.record(session, actor, "organisation_import.confirmed", written=written)


def _unit_id(session: Session, code: str) -> int | None:
    if not code:
        return None
    rows = sa.select(Unit.id).where(
        Unit.code == code, sa.or_(Unit.valid_to.is_(None), Unit.valid_to >= today())
    )
    unit_id = session.scalar(rows.order_by(Unit.id.desc()).limit(1))
    if unit_id is None:
        raise RuleViolated(f"Không còn đơn vị mã “{code}”. Hãy tải lại tệp.")
    return unit_id


def _write_unit(session: Session, actor: Actor, row: Planned) -> None:
    info: UnitInfo = row.values["info"]
    values: dict[str, Any] = {
        "name": info.name,
        "short_name": info.short_name,
        "code": row.values["code"],
        "kind": info.kind,
        "parent_id": _unit_id(session, info.parent),
        "position": info.position,
        "valid_from": info.valid_from,
    }
    if row.id is None:
        units.create_unit(session, actor, **values)
    else:
        units.edit_unit(session, actor, unit_id=row.id, **values)


def _write_post(session: Session, actor: Actor, row: Planned) -> None:
    info: PostInfo = row.values["info"]
    values: dict[str, Any] = {
        "title": info.title,
        "unit_id": _unit_id(session, row.values["unit"]),
        "roles": info.roles,
        "is_head": info.is_head,
        "rank": info.rank,
        "valid_from": info.valid_from,
    }
    if row.id is None:
        units.create_post(session, actor, **values)
    else:
        units.edit_post(session, actor, post_id=row.id, **values)


def _write_person(session: Session, actor: Actor, row: Planned) -> None:
    info: PersonInfo = row.values["info"]
    login = tidy_login(row.values["login"])
    person = queries.person_with_login(session, login)
    contact: dict[str, Any] = {
        "full_name": info.full_name,
        "email": info.email,
        "phone": info.phone,
    }
    if person is None:
        person = people.create_person(session, actor, login=login, **contact)
    else:
        people.edit_person(session, actor, person_id=person.id, login=login, **contact)
    if row.values["post"] is not None:
        session.refresh(person)
        people.give_post(
            session,
            actor,
            person_id=person.id,
            post_id=_free_post(session, row.values["key"], row.values["from"]),
            valid_from=row.values["from"],
        )


def _free_post(session: Session, key: tuple[str, str], start: date) -> int:
    """The first post of that title in that unit that nobody holds on the day."""
    posts = queries.posts_of_unit(session, _unit_id(session, key[0]) or 0, max(start, today()))
    same = sorted(post.id for post in posts if fold_name(post.title) == key[1])
    held = queries.holders_of_posts(session, same)
    free = [post_id for post_id in same if not held[post_id]]
    if not free:
        raise RuleViolated("Chức vụ vừa có người giữ. Hãy tải lại tệp.")
    return free[0]


def _write_organ(session: Session, actor: Actor, row: Planned) -> None:
    info: OrganInfo = row.values["info"]
    organ = session.get(Organ, row.id) if row.id else None
    organ = organ or organs.ensure_organ(session, actor, info.name)
    organs.edit_organ(
        session,
        actor,
        organ_id=organ.id,
        name=info.name,
        short_name=info.short_name,
        level=info.level,
        aliases=info.spellings.values(),
        code=info.code,
    )
