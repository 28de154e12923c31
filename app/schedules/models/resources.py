"""Rooms and vehicles, and who has them when."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.clock import now
from app.db import Base, Nfc
from app.files.models import new_token
from app.schedules.models.words import ResourceKind


class Resource(Base):
    """A room or a vehicle that is lent to one entry at a time."""

    __tablename__ = "schedule_resource"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(Nfc(40), unique=True, default=new_token)
    kind: Mapped[ResourceKind]
    name: Mapped[str] = mapped_column(Nfc(120), unique=True)
    place: Mapped[str] = mapped_column(Nfc(200), default="")  # of a room; a vehicle's plate
    seats: Mapped[int | None]
    driver: Mapped[str] = mapped_column(Nfc(120), default="")  # of a vehicle
    note: Mapped[str] = mapped_column(Nfc(300), default="")
    position: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Booking(Base):
    """An entry has a resource. It is gone when the entry is called off or moved."""

    __tablename__ = "booking"
    __table_args__ = (
        sa.UniqueConstraint("entry_id", "resource_id"),
        sa.Index("ix_booking_resource", "resource_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("schedule_entry.id"))
    resource_id: Mapped[int] = mapped_column(sa.ForeignKey("schedule_resource.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    made_at: Mapped[datetime] = mapped_column(default=now)
    made_by_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    resource: Mapped[Resource] = relationship(lazy="joined", innerjoin=True)


class BookingSlot(Base):
    """A quarter of an hour of a resource: the key lets one booking only have it."""

    __tablename__ = "booking_slot"

    resource_id: Mapped[int] = mapped_column(
        sa.ForeignKey("schedule_resource.id"), primary_key=True
    )
    slot_start: Mapped[datetime] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(sa.ForeignKey("booking.id"), index=True)
