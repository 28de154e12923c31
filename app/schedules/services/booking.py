"""Rooms and vehicles for entries. A quarter of an hour of a resource is a row with a unique key:
two entries cannot have it, whatever the code above does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import audit
from app.clock import now
from app.errors import EditConflict, InvalidInput, NotFound, RuleViolated
from app.schedules.models import (
    BUSY,
    Booking,
    BookingSlot,
    Resource,
    ResourceKind,
    ScheduleEntry,
)
from app.schedules.permissions import MERGE
from app.schedules.queries import free_resources, visible_entries
from app.schedules.times import QUARTER, quarters, span
from app.security import Actor, authorize

LONGEST = timedelta(days=31)
NAME_TAKEN = "Đã có phòng hoặc xe mang tên này."


class Booked(RuleViolated):
    """Somebody else has the room or vehicle; the sentence says when, and which ones are free."""

    def __init__(self, user_message: str, resource_name: str) -> None:
        super().__init__(user_message)
        self.resource_name = resource_name


def book(session: Session, actor: Actor, entry: ScheduleEntry, resource_ids: Iterable[int]) -> bool:
    """Let an entry have exactly these resources for its time; returns whether anything changed.

    Raises:
        Booked: another entry has one of them.
        InvalidInput: there is no such resource in use.
    """
    wanted = sorted(set(resource_ids))
    begins, ends = quarters(entry.starts_at, entry.ends_at)
    session.flush()
    held = session.scalars(sa.select(Booking).where(Booking.entry_id == entry.id)).all()
    known = {(b.resource_id, b.starts_at, b.ends_at) for b in held}
    if known == {(resource_id, begins, ends) for resource_id in wanted}:
        return False
    _take_turns(session, wanted, {booking.resource_id for booking in held})
    release(session, entry)
    for resource_id in wanted:
        _book_one(session, actor, entry, resource_id, begins, ends)
    session.expire(entry, ["bookings"])
    return True


def release(session: Session, entry: ScheduleEntry) -> None:
    """Give back all that an entry has."""
    ids = sa.select(Booking.id).where(Booking.entry_id == entry.id)
    session.execute(sa.delete(BookingSlot).where(BookingSlot.booking_id.in_(ids)))
    session.execute(sa.delete(Booking).where(Booking.entry_id == entry.id))
    session.expire(entry, ["bookings"])


def _take_turns(session: Session, wanted: Sequence[int], held: set[int]) -> None:
    """Who books the same resource queues here, in the order of ids, so nobody waits crosswise."""
    rows = sa.select(Resource).where(Resource.id.in_(wanted)).order_by(Resource.id)
    found = session.scalars(rows.with_for_update(key_share=True)).all()
    for resource_id in wanted:
        usable = [r for r in found if r.id == resource_id and (r.is_active or r.id in held)]
        if not usable:
            raise InvalidInput("Phòng hoặc xe này không còn dùng. Hãy chọn lại.", "resource_ids")


def _book_one(
    session: Session,
    actor: Actor,
    entry: ScheduleEntry,
    resource_id: int,
    begins: datetime,
    ends: datetime,
) -> None:
    if ends - begins > LONGEST:
        raise InvalidInput("Không đặt phòng hoặc xe quá 31 ngày liền.", "ends_at")
    if (taken := _in_the_way(session, resource_id, begins, ends)) is not None:
        raise _refusal(session, actor, entry, resource_id, taken)
    booking = Booking(
        entry_id=entry.id,
        resource_id=resource_id,
        starts_at=begins,
        ends_at=ends,
        made_at=now(),
        made_by_post_id=actor.post_id,
    )
    session.add(booking)
    session.flush()
    slots, at = [], begins
    while at < ends:
        slots.append({"resource_id": resource_id, "slot_start": at, "booking_id": booking.id})
        at += QUARTER
    try:
        with session.begin_nested():
            session.execute(sa.insert(BookingSlot), slots)
    except IntegrityError:
        taken = _in_the_way(session, resource_id, begins, ends)
        raise _refusal(session, actor, entry, resource_id, taken) from None


def _in_the_way(
    session: Session, resource_id: int, begins: datetime, ends: datetime
) -> Booking | None:
    rows = (
        sa.select(Booking)
        .join(BookingSlot, BookingSlot.booking_id == Booking.id)
        .where(
            BookingSlot.resource_id == resource_id,
            BookingSlot.slot_start >= begins,
            BookingSlot.slot_start < ends,
        )
    )
    return session.scalar(rows.order_by(BookingSlot.slot_start).limit(1))


def _refusal(
    session: Session,
    actor: Actor,
    entry: ScheduleEntry,
    resource_id: int,
    taken: Booking | None,
) -> Booked:
    resource = session.get_one(Resource, resource_id)
    words = f"“{resource.name}” đã có người đặt"
    if taken is not None:
        rows = visible_entries(actor).where(ScheduleEntry.id == taken.entry_id)
        other = session.scalar(rows)
        words += f" {span(taken.starts_at, taken.ends_at)} ({other.title if other else BUSY})"
    free = [
        one.name
        for one, clash in free_resources(
            session, entry.starts_at, entry.ends_at, kind=resource.kind, entry_id=entry.id
        )
        if clash is None and one.id != resource_id
    ]
    offer = f" Còn trống: {', '.join(free[:3])}." if free else " Giờ này không còn chỗ nào trống."
    return Booked(f"{words}.{offer}", resource.name)


def save_resource(
    session: Session,
    actor: Actor,
    *,
    kind: ResourceKind,
    name: str,
    resource_id: int | None = None,
    place: str = "",
    seats: int | None = None,
    driver: str = "",
    note: str = "",
    is_active: bool = True,
    version: int | None = None,
) -> Resource:
    """Add a room or vehicle, or change one. One that is taken out of use keeps its bookings.

    Raises InvalidInput without a name, or with that of another; EditConflict; NotFound.
    """
    actor = authorize(actor, MERGE)
    name = " ".join(name.split())[:120]
    if not name:
        raise InvalidInput("Phải ghi tên phòng hoặc xe.", "name")
    other = session.scalar(sa.select(Resource.id).where(Resource.name == name))
    if other is not None and other != resource_id:
        raise InvalidInput(NAME_TAKEN, "name")
    resource = Resource(position=0) if resource_id is None else session.get(Resource, resource_id)
    if resource is None:
        raise NotFound(f"resource {resource_id}")
    if version is not None and version != resource.version:
        raise EditConflict(f"resource {resource_id} is at {resource.version}, not {version}")
    resource.kind, resource.name, resource.place = kind, name, place.strip()[:200]
    resource.seats, resource.driver = seats, driver.strip()[:120]
    resource.note, resource.is_active = note.strip()[:300], is_active
    try:
        with session.begin_nested():
            session.add(resource)
            session.flush()
    except IntegrityError:  # another has taken the name meanwhile
        raise InvalidInput(NAME_TAKEN, "name") from None
    audit.record(session, actor, "schedule_resource.saved", resource.id)
    return resource
