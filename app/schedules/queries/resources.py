"""Rooms and vehicles, and when they are free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.schedules.models import (
    BUSY,
    Booking,
    EntryState,
    Resource,
    ResourceKind,
    ScheduleEntry,
)
from app.schedules.queries.entries import visible_entries
from app.schedules.times import DAY_NAMES, day_bounds, quarters, week_days
from app.security import Actor


@dataclass(frozen=True, slots=True)
class Taken:
    """A span in which a room or vehicle is taken. `token` is empty where the reader only learns
    that it is (“Bận”)."""

    starts_at: datetime
    ends_at: datetime
    title: str
    token: str
    state: EntryState | None
    chair_post_id: int | None


def resources(
    session: Session, *, kind: ResourceKind | None = None, every: bool = False
) -> Sequence[Resource]:
    """Rooms before vehicles, in their order; with `every` also those out of use."""
    rows = sa.select(Resource).order_by(Resource.kind, Resource.position, Resource.id)
    if kind is not None:
        rows = rows.where(Resource.kind == kind)
    if not every:
        rows = rows.where(Resource.is_active)
    return session.scalars(rows).all()


def get_resource(session: Session, token: str) -> Resource:
    """Raises NotFound."""
    found = session.scalar(sa.select(Resource).where(Resource.token == token))
    if found is None:
        raise NotFound(f"resource {token}")
    return found


def bookings_of(session: Session, resource_id: int, first: date, last: date) -> Sequence[Booking]:
    """Who has a room or vehicle on some days, in order."""
    begins, ends = day_bounds(first, last)
    rows = sa.select(Booking).where(
        Booking.resource_id == resource_id, Booking.starts_at < ends, Booking.ends_at > begins
    )
    return session.scalars(rows.order_by(Booking.starts_at)).all()


def free_resources(
    session: Session,
    starts_at: datetime,
    ends_at: datetime,
    *,
    kind: ResourceKind | None = None,
    entry_id: int | None = None,
) -> list[tuple[Resource, Booking | None]]:
    """Each room or vehicle with the booking that is in the way, if one is. `entry_id` is the entry
    that is being edited: its own booking is not in the way."""
    begins, ends = quarters(starts_at, ends_at)
    rows = sa.select(Booking).where(Booking.starts_at < ends, Booking.ends_at > begins)
    if entry_id is not None:
        rows = rows.where(Booking.entry_id != entry_id)
    taken = {booking.resource_id: booking for booking in session.scalars(rows)}
    return [(one, taken.get(one.id)) for one in resources(session, kind=kind)]


def taken_week(
    session: Session, actor: Actor, resource_id: int, monday: date
) -> list[tuple[date, str, list[Taken]]]:
    """The days of a week with who has a room or vehicle: day, its name, the spans in order.

    What is booked counts, published or not. A draft is its maker's until it is registered.
    """
    bookings = bookings_of(session, resource_id, monday, monday + timedelta(days=6))
    ids = {booking.entry_id for booking in bookings}
    rows = visible_entries(actor).where(ScheduleEntry.id.in_(ids))
    shown = {
        entry.id: entry
        for entry in session.scalars(rows)
        if entry.state is not EntryState.DRAFT or entry.made_by_post_id in actor.post_ids
    }
    spans = [(booking, _taken(booking, shown.get(booking.entry_id))) for booking in bookings]
    found = []
    for number, day in enumerate(week_days(monday)):
        begins, ends = day_bounds(day, day)
        of_day = [one for b, one in spans if b.starts_at < ends and b.ends_at > begins]
        found.append((day, DAY_NAMES[number], of_day))
    return found


def _taken(booking: Booking, entry: ScheduleEntry | None) -> Taken:
    if entry is None:
        return Taken(booking.starts_at, booking.ends_at, BUSY, "", None, None)
    return Taken(
        entry.starts_at, entry.ends_at, entry.title, entry.token, entry.state, entry.chair_post_id
    )
