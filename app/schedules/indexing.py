"""Entries and weeks as others see them: cards for lists outside the room, records for the index."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from app.kinds import LOOKED_UP, Card, Kind
from app.organisation.queries import unit_label
from app.schedules.models import STATE_LABELS, WEEK_LABELS, ScheduleEntry, WeekSheet
from app.schedules.permissions import READ
from app.schedules.queries import KIND, visible_entries
from app.schedules.times import span, week_number
from app.security import ORGAN, Actor, terms_of
from search import SearchRecord

BASE = "/lich"


def cards(session: Session, actor: Actor, ids: Sequence[int]) -> list[Card]:
    """Cards of the entries the actor may read: one query."""
    found = session.scalars(visible_entries(actor).where(ScheduleEntry.id.in_(ids)))
    return [
        Card(
            kind=KIND,
            id=entry.id,
            title=entry.title,
            subtitle=" · ".join(
                x for x in (span(entry.starts_at, entry.ends_at), entry.place) if x
            ),
            url=f"{BASE}/{entry.token}",
            state=STATE_LABELS[entry.state],
        )
        for entry in found
    ]


def records(session: Session, ids: Sequence[int]) -> list[SearchRecord]:
    """Index records: three queries."""
    rows = sa.select(ScheduleEntry).where(ScheduleEntry.id.in_(ids))
    found = session.scalars(rows.options(selectinload(ScheduleEntry.participants))).all()
    terms = terms_of(session, KIND, [entry.id for entry in found])
    units = unit_label(session, [entry.unit_id for entry in found if entry.unit_id])
    return [
        SearchRecord(
            id=f"{KIND}:{entry.id}",
            kind=KIND,
            title=entry.title,
            acl=frozenset(terms[entry.id] | {ORGAN}),
            text=" ".join((entry.place, entry.others, entry.preparation, entry.conclusion)),
            unit=units.get(entry.unit_id or 0, ""),
            state=STATE_LABELS[entry.state],
            date=entry.day.isoformat(),
            year=str(entry.day.year),
        )
        for entry in found
    ]


def by_title(session: Session, actor: Actor, text: str) -> list[int]:
    """Entries by a part of the title, the newest."""
    rows = visible_entries(actor).where(ScheduleEntry.title.icontains(text, autoescape=True))
    ids = rows.with_only_columns(ScheduleEntry.id).order_by(ScheduleEntry.day.desc())
    return list(session.scalars(ids.limit(LOOKED_UP)))


def ids_after(session: Session, after: int, limit: int) -> list[int]:
    """Ids for a rebuild of the index."""
    rows = sa.select(ScheduleEntry.id).where(ScheduleEntry.id > after)
    return list(session.scalars(rows.order_by(ScheduleEntry.id).limit(limit)))


def week_cards(session: Session, actor: Actor, ids: Sequence[int]) -> list[Card]:
    """Weeks, which everybody with a post here reads: one query. Notices lead to them."""
    if not actor.may(READ):
        return []
    return [
        Card(
            kind="week_sheet",
            id=sheet.id,
            title=f"Lịch công tác tuần {week_number(sheet.monday)[1]}",
            subtitle=f"từ {sheet.monday:%d/%m/%Y}",
            url=f"{BASE}/tuan/{sheet.monday.isoformat()}",
            state=WEEK_LABELS[sheet.state],
        )
        for sheet in session.scalars(sa.select(WeekSheet).where(WeekSheet.id.in_(ids)))
    ]


kind = Kind(
    name=KIND,
    label="Lịch công tác",
    icon="calendar",
    cards=cards,
    records=records,
    all_ids=ids_after,
    lookup=by_title,
)
week_kind = Kind(name="week_sheet", label="Lịch tuần", icon="calendar", cards=week_cards)
