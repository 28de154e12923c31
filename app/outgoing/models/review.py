"""The way of a draft through the office: steps with their decisions, and opinions beside it."""

from __future__ import annotations

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import now
from app.db import Base, Nfc


class Desk(enum.Enum):
    """Where a draft lies: with its drafter, the head of unit, the office, the leader."""

    DRAFTER = "drafter"
    UNIT = "unit"
    OFFICE = "office"
    LEADER = "leader"


DESK_LABELS = {
    Desk.DRAFTER: "Người soạn thảo",
    Desk.UNIT: "Lãnh đạo đơn vị (nội dung)",
    Desk.OFFICE: "Văn phòng (thể thức)",
    Desk.LEADER: "Người ký",
}


class Decision(enum.Enum):
    """What became of a step. SKIPPED: not needed, with the reason in `comment`."""

    WAITING = "waiting"
    APPROVED = "approved"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    SKIPPED = "skipped"


DECISION_LABELS = {
    Decision.WAITING: "Đang chờ",
    Decision.APPROVED: "Đồng ý",
    Decision.RETURNED: "Trả lại",
    Decision.WITHDRAWN: "Người soạn rút lại",
    Decision.SKIPPED: "Không cần bước này",
}


class ReviewStep(Base):
    """A stay of a draft at a desk. At most one waits. An approval with `initials` is a ký nháy.

    `post_id` is empty at the office: anybody there who checks the form may take it.
    """

    __tablename__ = "review_step"
    __table_args__ = (
        sa.Index(
            "uq_review_step_open",
            "document_id",
            unique=True,
            sqlite_where=sa.text("decision = 'waiting'"),
            postgresql_where=sa.text("decision = 'waiting'"),
        ),
        sa.Index("ix_review_step_document_id", "document_id", "id"),
        sa.Index("ix_review_step_post", "post_id", "decision"),
        sa.Index("ix_review_step_waiting", "decision", "desk"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("outgoing_document.id"))
    desk: Mapped[Desk]
    post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    decision: Mapped[Decision] = mapped_column(default=Decision.WAITING)
    arrived_at: Mapped[datetime] = mapped_column(default=now)
    due_at: Mapped[datetime | None]
    version_no: Mapped[int | None]  # the version that was decided on
    by_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    by_person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    on_behalf_of: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    initials: Mapped[bool] = mapped_column(default=False)
    returned_to: Mapped[Desk | None]
    comment: Mapped[str] = mapped_column(Nfc(2000), default="")


class OpinionRequest(Base):
    """Another unit is asked about a draft, until a date; the draft goes on meanwhile."""

    __tablename__ = "opinion_request"
    __table_args__ = (
        sa.Index(
            "uq_opinion_request_open",
            "document_id",
            "unit_id",
            unique=True,
            sqlite_where=sa.text("answered_at IS NULL"),
            postgresql_where=sa.text("answered_at IS NULL"),
        ),
        sa.Index("ix_opinion_request_unit", "unit_id", "answered_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("outgoing_document.id"))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    version_no: Mapped[int]
    question: Mapped[str] = mapped_column(Nfc(1000), default="")
    asked_by_post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id"))
    asked_at: Mapped[datetime] = mapped_column(default=now)
    due_at: Mapped[datetime]
    agrees: Mapped[bool | None]
    answer: Mapped[str] = mapped_column(Nfc(2000), default="")
    answered_at: Mapped[datetime | None]
    answered_by_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    answered_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
