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


DIGEST_HOUR = 7  # of the Vietnamese day, until somebody chooses another


class NotificationSetting(Base):
    """How a person wants to be told. Without a row: the digest by mail at `DIGEST_HOUR`."""

    __tablename__ = "notification_setting"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    digest_by_mail: Mapped[bool] = mapped_column(default=True)
    digest_hour: Mapped[int] = mapped_column(default=DIGEST_HOUR)
    urgent_by_mail: Mapped[bool] = mapped_column(default=True)


class OutgoingMail(Base):
    """One mail to one person: about an urgent notice, or the digest of a day. At most one of each.

    It holds no content: that is taken from the notices when it is sent, and goes with them when
    they are purged. The digest has what came after `since` and was not read yet.
    """

    __tablename__ = "outgoing_mail"
    __table_args__ = (
        sa.UniqueConstraint("person_id", "digest_on", name="uq_outgoing_mail_digest"),
        sa.UniqueConstraint("person_id", "notification_id", name="uq_outgoing_mail_notice"),
        sa.CheckConstraint("digest_on IS NULL OR notification_id IS NULL", name="one_reason"),
        sa.Index("ix_outgoing_mail_notification", "notification_id"),
        sa.Index("ix_outgoing_mail_made_at", "made_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    notification_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("notification.id", ondelete="SET NULL")
    )
    digest_on: Mapped[date | None]
    since: Mapped[datetime]
    made_at: Mapped[datetime] = mapped_column(default=now)
    message_id: Mapped[str] = mapped_column(Nfc(120), unique=True)
    sent_at: Mapped[datetime | None]
    not_sent: Mapped[str] = mapped_column(Nfc(300), default="")  # why it never will be
