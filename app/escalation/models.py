"""Cases of escalation, their levels, who was called by which channel, and pauses."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.clock import now
from app.db import Base, Nfc
from app.files.models import new_token


class CaseState(enum.Enum):
    """Whether anybody else will be called. Exhausted: the last level was called in vain so far."""

    RUNNING = "running"
    EXHAUSTED = "exhausted"
    ACKNOWLEDGED = "acknowledged"
    STOPPED = "stopped"


class Channel(enum.Enum):
    """How somebody is called."""

    APP = "app"
    MAIL = "mail"
    SMS = "sms"
    PHONE = "phone"


class CallState(enum.Enum):
    """How far a call came. Only an acknowledged one means that somebody knows."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    ACKNOWLEDGED = "acknowledged"


CASE_LABELS: Mapping[CaseState, str] = {
    CaseState.RUNNING: "Đang gọi",
    CaseState.EXHAUSTED: "Đã gọi hết các cấp",
    CaseState.ACKNOWLEDGED: "Đã nhận",
    CaseState.STOPPED: "Đã dừng",
}
CHANNEL_LABELS: Mapping[Channel, str] = {
    Channel.APP: "Trong hệ thống",
    Channel.MAIL: "Thư điện tử",
    Channel.SMS: "Tin nhắn",
    Channel.PHONE: "Điện thoại",
}
CALL_LABELS: Mapping[CallState, str] = {
    CallState.QUEUED: "Chờ gửi",
    CallState.SENT: "Đã gửi",
    CallState.DELIVERED: "Đã đến",
    CallState.FAILED: "Không được",
    CallState.ACKNOWLEDGED: "Đã nhận",
}
OPEN = sa.text("ended_at IS NULL")


class EscalationCase(Base):
    """One matter that must not wait, and how far up it went. At most one is open about a thing.

    `title` has numbers and codes only, since it leaves the house by text message. `next_no` is
    called at `next_at`; without it nobody else is.
    """

    __tablename__ = "escalation_case"
    __table_args__ = (
        sa.Index(
            "uq_escalation_case_open", "kind", "thing_id", "policy", unique=True,
            sqlite_where=OPEN, postgresql_where=OPEN,
        ),
        sa.Index(
            "ix_escalation_case_next", "next_at", sqlite_where=OPEN, postgresql_where=OPEN
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(Nfc(40), unique=True, default=new_token)
    kind: Mapped[str] = mapped_column(Nfc(40))
    thing_id: Mapped[int]
    title: Mapped[str] = mapped_column(Nfc(200))
    policy: Mapped[str] = mapped_column(Nfc(40))
    policy_from: Mapped[date]
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))
    post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    state: Mapped[CaseState] = mapped_column(default=CaseState.RUNNING)
    started_at: Mapped[datetime] = mapped_column(default=now)
    next_no: Mapped[int] = mapped_column(default=1)
    next_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    reason: Mapped[str] = mapped_column(Nfc(300), default="")
    levels: Mapped[list[EscalationLevel]] = relationship(
        back_populates="case", order_by="EscalationLevel.no"
    )


class EscalationLevel(Base):
    """A level that was called: once, which the constraint keeps. It is reached only when one of
    those called said “Đã nhận”."""

    __tablename__ = "escalation_level"
    __table_args__ = (sa.UniqueConstraint("case_id", "no"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("escalation_case.id"))
    no: Mapped[int]
    who: Mapped[str] = mapped_column(Nfc(40))
    fired_at: Mapped[datetime] = mapped_column(default=now)
    reached_at: Mapped[datetime | None]
    reached_by_person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    case: Mapped[EscalationCase] = relationship(back_populates="levels")
    calls: Mapped[list[EscalationCall]] = relationship(
        back_populates="level", order_by="EscalationCall.id"
    )


class EscalationCall(Base):
    """One person called in one way. `post_id` is the post they answer for."""

    __tablename__ = "escalation_call"
    __table_args__ = (
        sa.UniqueConstraint("level_id", "person_id", "channel"),
        sa.Index("ix_escalation_call_post", "post_id"),
        sa.Index("ix_escalation_call_person", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    level_id: Mapped[int] = mapped_column(sa.ForeignKey("escalation_level.id"))
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    channel: Mapped[Channel]
    state: Mapped[CallState] = mapped_column(default=CallState.QUEUED)
    state_at: Mapped[datetime] = mapped_column(default=now)
    attempts: Mapped[int] = mapped_column(default=0)
    notification_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("notification.id", ondelete="SET NULL"), index=True
    )
    note: Mapped[str] = mapped_column(Nfc(300), default="")
    told_by_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    level: Mapped[EscalationLevel] = relationship(back_populates="calls")

    def become(self, state: CallState, note: str = "") -> None:
        self.state, self.state_at = state, now()
        self.note = note[:300] or self.note


class EscalationPause(Base):
    """Maintenance: while it lasts no level of the policy is called, or of any (None)."""

    __tablename__ = "escalation_pause"
    __table_args__ = (sa.CheckConstraint("ends_at > starts_at", name="lasts"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    policy: Mapped[str | None] = mapped_column(Nfc(40))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    reason: Mapped[str] = mapped_column(Nfc(300))
    made_by_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    made_at: Mapped[datetime] = mapped_column(default=now)

    def holds(self, policy: str, at: datetime) -> bool:
        return self.policy in (None, policy) and self.starts_at <= at < self.ends_at
