"""Who is busy when, and what else could be done: another hour, another person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import now
from app.organisation.queries import get_post, post_label, posts_of_unit, posts_with_role
from app.schedules.models import (
    BUSY,
    TAKES_TIME,
    EntryKind,
    EntryState,
    ScheduleEntry,
    ScheduleParticipant,
)
from app.schedules.queries.entries import KIND
from app.schedules.times import day_bounds
from app.security import ORGAN, Access, Actor, Role
from app.worktime.calendar import Calendar, at_minute
from app.worktime.queries import load_calendar

STEP = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Busy:
    """A span in which a post is taken. `entry_token` is empty where it is shown as “Bận”."""

    post_id: int
    starts_at: datetime
    ends_at: datetime
    title: str
    entry_token: str
    tentative: bool  # not published yet


@dataclass(frozen=True, slots=True)
class Clash:
    """An appointment that overlaps with another of the same person: a warning, never a bar."""

    post_id: int
    label: str
    title: str
    starts_at: datetime
    ends_at: datetime
    token: str


def busy(
    session: Session, actor: Actor, post_ids: Sequence[int], first: date, last: date
) -> dict[int, list[Busy]]:
    """The taken spans of several posts, side by side: two queries."""
    found: dict[int, list[Busy]] = {post_id: [] for post_id in post_ids}
    for one in _spans(session, actor, post_ids, *day_bounds(first, last), entry_id=None):
        found[one.post_id].append(one)
    return found


def clashes(
    session: Session,
    actor: Actor,
    post_ids: Sequence[int],
    starts_at: datetime,
    ends_at: datetime,
    *,
    entry_id: int | None = None,
) -> list[Clash]:
    """What the posts have at that time already, without the entry that is being edited."""
    spans = _spans(session, actor, post_ids, starts_at, ends_at, entry_id=entry_id)
    names = post_label(session, [one.post_id for one in spans])
    return [
        Clash(
            one.post_id, names.get(one.post_id, ""), one.title, one.starts_at, one.ends_at,
            one.entry_token,
        )
        for one in spans
    ]  # fmt: skip


def _taken(
    post_ids: Sequence[int], starts_at: datetime, ends_at: datetime, entry_id: int | None
) -> sa.Select[tuple[int, ScheduleEntry]]:
    """Post and entry for each appointment of the posts that overlaps the span."""
    taking = sa.union(
        sa.select(ScheduleEntry.chair_post_id.label("post_id"), ScheduleEntry.id.label("entry_id"))
        .where(ScheduleEntry.chair_post_id.in_(post_ids))
        .where(ScheduleEntry.starts_at < ends_at, ScheduleEntry.ends_at > starts_at),
        sa.select(ScheduleParticipant.post_id, ScheduleParticipant.entry_id)
        .join(ScheduleEntry, ScheduleEntry.id == ScheduleParticipant.entry_id)
        .where(ScheduleParticipant.post_id.in_(post_ids))
        .where(ScheduleEntry.starts_at < ends_at, ScheduleEntry.ends_at > starts_at),
    ).subquery()
    rows = (
        sa.select(taking.c.post_id, ScheduleEntry)
        .join(taking, taking.c.entry_id == ScheduleEntry.id)
        .where(ScheduleEntry.state.in_(TAKES_TIME), ScheduleEntry.kind == EntryKind.WORK)
        .order_by(ScheduleEntry.starts_at, ScheduleEntry.id)
    )
    return rows if entry_id is None else rows.where(ScheduleEntry.id != entry_id)


def _spans(
    session: Session,
    actor: Actor,
    post_ids: Sequence[int],
    starts_at: datetime,
    ends_at: datetime,
    *,
    entry_id: int | None,
) -> list[Busy]:
    found = session.execute(_taken(post_ids, starts_at, ends_at, entry_id)).tuples().all()
    shown = _readable(session, actor, {entry.id for _, entry in found})
    return [
        Busy(
            post_id=post_id,
            starts_at=entry.starts_at,
            ends_at=entry.ends_at,
            title=entry.title if entry.id in shown else BUSY,
            entry_token=entry.token if entry.id in shown else "",
            tentative=entry.state in (EntryState.REGISTERED, EntryState.APPROVED),
        )
        for post_id, entry in found
    ]


def _readable(session: Session, actor: Actor, ids: set[int]) -> set[int]:
    if ORGAN in actor.terms:
        return ids
    rows = sa.select(Access.thing_id).where(
        Access.kind == KIND, Access.thing_id.in_(ids), Access.term.in_(sorted(actor.terms))
    )
    return set(session.scalars(rows))


def free_slots(
    session: Session,
    post_ids: Sequence[int],
    day: date,
    minutes: int,
    *,
    days: int = 5,
    entry_id: int | None = None,
    limit: int = 6,
) -> list[tuple[datetime, datetime]]:
    """The next spans in the hours of work in which all the posts are free, from a day on.

    Half hours are tried on the first `days` working days of the organ's calendar: it knows the
    public holidays and the days that were swapped.
    """
    calendar = load_calendar(session)
    workdays = _working_days(calendar, day, days)
    begins, ends = day_bounds(day, workdays[-1])
    spans = [
        (entry.starts_at, entry.ends_at)
        for _, entry in session.execute(_taken(post_ids, begins, ends, entry_id)).tuples()
    ]
    found: list[tuple[datetime, datetime]] = []
    for tried in workdays:
        for opens, closes in calendar.shifts_on(tried):
            start, last = at_minute(tried, opens), at_minute(tried, closes)
            while (end := start + timedelta(minutes=minutes)) <= last:
                if start > now() and not any(a < end and b > start for a, b in spans):
                    found.append((start, end))
                start += STEP
    return found[:limit]


def _working_days(calendar: Calendar, day: date, count: int) -> list[date]:
    """The day itself, if it is one, and those behind it."""
    found = [day] if calendar.is_working_day(day) else []
    while len(found) < count:
        day = calendar.next_working_day(day)
        found.append(day)
    return found


def deputies(
    session: Session, post_id: int, starts_at: datetime, ends_at: datetime
) -> list[tuple[int, str, bool]]:
    """Who could go instead, the free ones first: other leaders for a leader, else the unit's."""
    post = get_post(session, post_id)
    others = (
        posts_with_role(session, Role.LEADER)
        if Role.LEADER in post.roles
        else posts_of_unit(session, post.unit_id)
    )
    ids = [other.id for other in others if other.id != post_id]
    taken = {p for p, _ in session.execute(_taken(ids, starts_at, ends_at, None)).tuples()}
    names = post_label(session, ids)
    rows = [(one, names.get(one, ""), one not in taken) for one in ids]
    return sorted(rows, key=lambda row: not row[2])
