"""Directives (bút phê): what a leader decided about a thing."""

from __future__ import annotations

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.clock import now
from app.db import Base, Nfc
from app.errors import RuleViolated


class Outcome(enum.Enum):
    """The four outcomes of a directive. Only ASSIGN makes tasks."""

    ASSIGN = "assign"
    REDIRECT = "redirect"
    INFORM = "inform"
    FILE = "file"


class Directive(Base):
    """One directive. Unchangeable once given: a new one amends it, a recall ends it."""

    __tablename__ = "directive"
    __table_args__ = (
        sa.Index("ix_directive_thing", "kind", "thing_id", "id"),
        sa.Index("ix_directive_from", "from_post_id", "created_at"),
        sa.Index("ix_directive_inform_open", "outcome", "closed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Nfc(40))
    thing_id: Mapped[int]
    outcome: Mapped[Outcome]
    text: Mapped[str] = mapped_column(Nfc(2000), default="")
    from_post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id"))
    by_person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    on_behalf_of: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    to_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))  # REDIRECT
    lead_unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))  # ASSIGN
    lead_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))  # ASSIGN
    due_at: Mapped[datetime | None]
    urgency: Mapped[int] = mapped_column(default=0)
    suggested: Mapped[bool] = mapped_column(default=False)  # the proposal was taken as it stood
    created_at: Mapped[datetime] = mapped_column(default=now)
    closed_at: Mapped[datetime | None]  # INFORM: all have opened it, or time ran out
    recalled_at: Mapped[datetime | None]
    recall_reason: Mapped[str | None] = mapped_column(Nfc(500))
    readers: Mapped[list[DirectiveReader]] = relationship(
        back_populates="directive", order_by="DirectiveReader.id"
    )

    def recall(self, reason: str) -> None:
        """Take it back. Who has opened it already must be asked to return it instead."""
        if self.recalled_at is not None:
            raise RuleViolated("Ý kiến chỉ đạo này đã được thu hồi.")
        if not reason.strip():
            raise RuleViolated("Phải ghi lý do thu hồi.")
        self.recalled_at, self.recall_reason = now(), reason.strip()


class DirectiveReader(Base):
    """A unit or post that is to know of the thing (để biết)."""

    __tablename__ = "directive_reader"
    __table_args__ = (
        sa.UniqueConstraint("directive_id", "unit_id", name="uq_directive_reader_unit"),
        sa.UniqueConstraint("directive_id", "post_id", name="uq_directive_reader_post"),
        sa.CheckConstraint("(unit_id IS NULL) <> (post_id IS NULL)", name="one_reader"),
        sa.Index("ix_directive_reader_unit", "unit_id", "opened_at"),
        sa.Index("ix_directive_reader_post", "post_id", "opened_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    directive_id: Mapped[int] = mapped_column(sa.ForeignKey("directive.id"))
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))
    post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    opened_at: Mapped[datetime | None]
    opened_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    directive: Mapped[Directive] = relationship(back_populates="readers")
