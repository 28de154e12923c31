"""Rooms and vehicles, and when they are free."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.schedules.models import Booking, Resource, ResourceKind
from app.schedules.times import day_bounds, quarters


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
