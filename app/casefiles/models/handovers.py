"""The hand-over of a post's work to another post (bàn giao công việc), with its protocol."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.clock import now
from app.db import Base, Nfc
from app.files.models import new_token


class WorkHandover(Base):
    """One act of handing over, with the printed protocol (`protocol_id`) and the signed one."""

    __tablename__ = "work_handover"
    __table_args__ = (
        sa.CheckConstraint("from_post_id <> to_post_id", name="two_posts"),
        sa.Index("ix_work_handover_from_post_id", "from_post_id"),
        sa.Index("ix_work_handover_to_post_id", "to_post_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(Nfc(40), unique=True, default=new_token)
    from_post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id"))
    to_post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id"))
    from_label: Mapped[str] = mapped_column(Nfc(300))  # as they were called on the day
    to_label: Mapped[str] = mapped_column(Nfc(300))
    reason: Mapped[str] = mapped_column(Nfc(500))
    done_at: Mapped[datetime] = mapped_column(default=now)
    done_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    done_by_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    done_by_label: Mapped[str] = mapped_column(Nfc(300), default="")
    protocol_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"))
    signed_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"))
    signers: Mapped[str] = mapped_column(Nfc(300), default="")  # names in the certificates
    items: Mapped[list[HandoverItem]] = relationship(order_by="HandoverItem.id")


class HandoverItem(Base):
    """One thing that was handed over, with its title of the day for the protocol."""

    __tablename__ = "handover_item"
    __table_args__ = (sa.Index("ix_handover_item_handover_id", "handover_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    handover_id: Mapped[int] = mapped_column(sa.ForeignKey("work_handover.id"))
    group: Mapped[str] = mapped_column("group_key", Nfc(40))
    kind: Mapped[str] = mapped_column(Nfc(40))
    thing_id: Mapped[int]
    title: Mapped[str] = mapped_column(Nfc(500))
    subtitle: Mapped[str] = mapped_column(Nfc(300), default="")
