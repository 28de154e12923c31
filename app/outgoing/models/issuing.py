"""To whom a document goes and how it got there, copies made of it, series, jobs."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import now
from app.db import Base, Nfc
from app.files.models import new_token


class Channel(enum.Enum):
    """How a recipient gets the document."""

    INTERNAL = "internal"
    PAPER = "paper"
    EMAIL = "email"
    EDXML = "edxml"


CHANNEL_LABELS = {
    Channel.INTERNAL: "Trong cơ quan",
    Channel.PAPER: "Bản giấy, bưu điện",
    Channel.EMAIL: "Thư điện tử",
    Channel.EDXML: "Trục liên thông",
}


class Delivery(enum.Enum):
    """How far it has come. WAITING: the room that sends has not taken it yet."""

    PLANNED = "planned"
    WAITING = "waiting"
    SENT = "sent"
    DELIVERED = "delivered"
    RECEIVED = "received"
    RETURNED = "returned"
    FAILED = "failed"


DELIVERY_LABELS = {
    Delivery.PLANNED: "Chưa gửi",
    Delivery.WAITING: "Chờ gửi",
    Delivery.SENT: "Đã gửi",
    Delivery.DELIVERED: "Đã đến",
    Delivery.RECEIVED: "Đã nhận",
    Delivery.RETURNED: "Bị trả lại",
    Delivery.FAILED: "Gửi không được",
}


class RecallState(enum.Enum):
    """What a recipient says to a recall."""

    ASKED = "asked"
    AGREED = "agreed"
    REFUSED = "refused"


RECALL_LABELS = {
    RecallState.ASKED: "Đang chờ trả lời thu hồi",
    RecallState.AGREED: "Đồng ý thu hồi",
    RecallState.REFUSED: "Từ chối thu hồi",
}


class Recipient(Base):
    """A line of “Nơi nhận” that really gets something: a unit of ours, an organ, a person."""

    __tablename__ = "outgoing_recipient"
    __table_args__ = (
        sa.UniqueConstraint("document_id", "position"),
        sa.Index("ix_outgoing_recipient_unit", "unit_id"),
        sa.Index("ix_outgoing_recipient_delivery", "channel", "delivery"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("outgoing_document.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(Nfc(200))
    channel: Mapped[Channel]
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))
    organ_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organ.id"))
    email: Mapped[str] = mapped_column(Nfc(120), default="")
    copies: Mapped[int] = mapped_column(default=1)
    delivery: Mapped[Delivery] = mapped_column(default=Delivery.PLANNED)
    sent_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    envelope: Mapped[str] = mapped_column(Nfc(60), default="")  # số bì of the post book
    detail: Mapped[str] = mapped_column(Nfc(500), default="")
    recall: Mapped[RecallState | None]
    recall_answer: Mapped[str] = mapped_column(Nfc(500), default="")
    recall_answered_at: Mapped[datetime | None]


class CopyKind(enum.Enum):
    """Sao y, sao lục, trích sao (decree 30/2020, art. 25)."""

    TRUE_COPY = "copy_true"
    COPY_OF_COPY = "copy_of_copy"
    EXTRACT = "copy_extract"


COPY_LABELS = {
    CopyKind.TRUE_COPY: "Sao y",
    CopyKind.COPY_OF_COPY: "Sao lục",
    CopyKind.EXTRACT: "Trích sao",
}
COPY_NOTATIONS = {CopyKind.TRUE_COPY: "SY", CopyKind.COPY_OF_COPY: "SL", CopyKind.EXTRACT: "TrS"}


class CertifiedCopy(Base):
    """A copy with the value of the original: its own number, who certified it, for whom."""

    __tablename__ = "certified_copy"
    __table_args__ = (sa.Index("ix_certified_copy_thing", "kind", "thing_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(Nfc(40), unique=True, default=new_token)
    kind: Mapped[str] = mapped_column(Nfc(40))  # of the thing copied: outgoing, incoming
    thing_id: Mapped[int]
    copy_kind: Mapped[CopyKind]
    issuing_body_id: Mapped[int] = mapped_column(sa.ForeignKey("issuing_body.id"))
    register_entry_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("register_entry.id"), unique=True
    )
    code_label: Mapped[str] = mapped_column(Nfc(20), default="")
    code_notation: Mapped[str] = mapped_column(Nfc(60), default="")
    made_on: Mapped[date]
    copies: Mapped[int] = mapped_column(default=1)
    for_whom: Mapped[str] = mapped_column(Nfc(300), default="")
    part: Mapped[str] = mapped_column(Nfc(500), default="")  # what was copied of it: trích sao
    file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"))
    by_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    by_person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(default=now)

    @property
    def full_code(self) -> str:
        """Số, ký hiệu as printed: numbers under ten with a zero; "" once the number is voided."""
        label = self.code_label
        padded = f"0{label}" if len(label) == 1 and label.isdecimal() else label
        return f"{padded}/{self.code_notation}" if label else ""


class SeriesUse(Base):
    """Which number series serves a document type or a kind of copy of an issuing body.

    Types without a row share the body's common series.
    """

    __tablename__ = "outgoing_series_use"
    __table_args__ = (sa.UniqueConstraint("issuing_body_id", "purpose"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    issuing_body_id: Mapped[int] = mapped_column(sa.ForeignKey("issuing_body.id"))
    purpose: Mapped[str] = mapped_column(Nfc(40))  # code of a document type or of a copy kind
    series_id: Mapped[int] = mapped_column(sa.ForeignKey("number_series.id"))


class SigningOrder(Base):
    """Whether documents of an issuing body get their number before the leader's signature (which
    then covers it) or after it. A body without a row signs first."""

    __tablename__ = "outgoing_signing_order"

    issuing_body_id: Mapped[int] = mapped_column(sa.ForeignKey("issuing_body.id"), primary_key=True)
    number_first: Mapped[bool]
    set_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    set_at: Mapped[datetime] = mapped_column(default=now)


class WorkKind(enum.Enum):
    """Slow work on a document, done by a worker."""

    CONVERT = "convert"  # DOCX or HTML to the PDF that is checked and signed
    CHECK = "check"  # the form check
    SIGN = "sign"
    STAMP = "stamp"  # number and date into their fields
    SEAL = "seal"
    ACCEPT = "accept"  # what the signer brought back is checked


class WorkState(enum.Enum):
    """FAILED: it cannot be done, with a sentence. DEAD: workers died of it twice."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    DEAD = "dead"


class OutgoingJob(Base):
    """One piece of slow work. Whoever holds the lease token may write its result."""

    __tablename__ = "outgoing_job"
    __table_args__ = (
        sa.Index(
            "uq_outgoing_job_open",
            "document_id",
            "kind",
            unique=True,
            sqlite_where=sa.text("state IN ('queued', 'running')"),
            postgresql_where=sa.text("state IN ('queued', 'running')"),
        ),
        sa.Index("ix_outgoing_job_state", "state", "id"),
        sa.Index("ix_outgoing_job_document_id", "document_id", "kind", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("outgoing_document.id"))
    kind: Mapped[WorkKind]
    version_no: Mapped[int]
    state: Mapped[WorkState] = mapped_column(default=WorkState.QUEUED)
    lease_token: Mapped[str | None] = mapped_column(Nfc(40))
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Nfc(500))
    asked_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=now)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class CopyWanted(Base):
    """A copy that a worker has yet to make; it gets its number when it is known to be possible.

    The row is its own job: whoever holds the lease token may write its result. `copy_id` follows
    with the number, the file of that copy last.
    """

    __tablename__ = "copy_wanted"
    __table_args__ = (
        sa.Index("ix_copy_wanted_thing", "kind", "thing_id"),
        sa.Index("ix_copy_wanted_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Nfc(40))  # of the thing to copy: outgoing, incoming
    thing_id: Mapped[int]
    copy_kind: Mapped[CopyKind]
    issuing_body_id: Mapped[int] = mapped_column(sa.ForeignKey("issuing_body.id"))
    signer_post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id"))
    electronic: Mapped[bool]
    pages: Mapped[str] = mapped_column(Nfc(100), default="")  # as typed: 1-3, 5
    copies: Mapped[int] = mapped_column(default=1)
    for_whom: Mapped[str] = mapped_column(Nfc(300), default="")
    part: Mapped[str] = mapped_column(Nfc(500), default="")
    state: Mapped[WorkState] = mapped_column(default=WorkState.QUEUED)
    error: Mapped[str] = mapped_column(Nfc(500), default="")
    copy_id: Mapped[int | None] = mapped_column(sa.ForeignKey("certified_copy.id"))
    lease_token: Mapped[str | None] = mapped_column(Nfc(40))
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    asked_post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id"))
    asked_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(default=now)
