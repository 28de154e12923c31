"""What tells people that something waits for them."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import now
from app.db import Base, Nfc


class Notification(Base):
    """One notice to one post. Whoever holds the post, or acts for it, sees and reads it."""

    __tablename__ = "notification"
    __table_args__ = (
        sa.Index("ix_notification_post", "post_id", "read_at", "id"),
        sa.Index("ix_notification_thing", "kind", "thing_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id"))
    event: Mapped[str] = mapped_column(Nfc(60))
    kind: Mapped[str] = mapped_column(Nfc(40))
    thing_id: Mapped[int]
    title: Mapped[str] = mapped_column(Nfc(300))
    text: Mapped[str] = mapped_column(Nfc(500), default="")
    urgent: Mapped[bool] = mapped_column(default=False)
    digest_on: Mapped[date | None]  # an ordinary reminder: shown in that day's digest only
    created_at: Mapped[datetime] = mapped_column(default=now)
    read_at: Mapped[datetime | None]
    read_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
