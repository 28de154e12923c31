"""Mail between organs: what the mailbox brought, and documents that went out by mail."""

from __future__ import annotations

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import now
from app.db import Base, Nfc
from app.files.models import new_token


class ArrivalState(enum.Enum):
    """RECEIVED: the row is there, its parts are coming in. TAKEN: all parts are in the ledger.
    REFUSED: nothing of it can be registered, `reason` says why. DOUBLE: the same mail came before.
    BOUNCE: a server's report on a mail of ours. PURGED: a part was secret.
    """

    RECEIVED = "received"
    TAKEN = "taken"
    REFUSED = "refused"
    DOUBLE = "double"
    BOUNCE = "bounce"
    PURGED = "purged"


ARRIVAL_LABELS = {
    ArrivalState.RECEIVED: "Đang nhận",
    ArrivalState.TAKEN: "Đã nhận",
    ArrivalState.REFUSED: "Không nhận",
    ArrivalState.DOUBLE: "Trùng",
    ArrivalState.BOUNCE: "Báo trả lại",
    ArrivalState.PURGED: "Đã hủy nội dung",
}


class Mailbox(Base):
    """The mailbox of the settings: when it was looked into, what came of it, who asked."""

    __tablename__ = "mailbox"

    name: Mapped[str] = mapped_column(Nfc(300), primary_key=True)  # user@host/folder
    asked_at: Mapped[datetime | None]  # “Lấy thư ngay”
    polled_at: Mapped[datetime | None]
    succeeded_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(Nfc(300), default="")


class MailArrival(Base):
    """One mail. `uid` is its number in the mailbox while `uidvalidity` stays the same."""

    __tablename__ = "mail_arrival"
    __table_args__ = (
        sa.UniqueConstraint("mailbox", "uidvalidity", "uid"),
        sa.Index("ix_mail_arrival_sha256", "mailbox", "sha256"),
        sa.Index("ix_mail_arrival_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(Nfc(40), unique=True, default=new_token)
    mailbox: Mapped[str] = mapped_column(Nfc(300))
    uidvalidity: Mapped[int] = mapped_column(sa.BigInteger)
    uid: Mapped[int] = mapped_column(sa.BigInteger)
    state: Mapped[ArrivalState] = mapped_column(default=ArrivalState.RECEIVED)
    sha256: Mapped[str | None] = mapped_column(Nfc(64))
    size: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    message_id: Mapped[str] = mapped_column(Nfc(300), default="")
    sender: Mapped[str] = mapped_column(Nfc(200), default="")
    sender_name: Mapped[str] = mapped_column(Nfc(200), default="")
    subject: Mapped[str] = mapped_column(Nfc(500), default="")
    body: Mapped[str] = mapped_column(sa.Text, default="")  # the cover note
    reason: Mapped[str] = mapped_column(Nfc(500), default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    settled_at: Mapped[datetime | None]


class MailPart(Base):
    """One attachment of a mail, in its order: the ledger row or the packet that it became."""

    __tablename__ = "mail_part"
    __table_args__ = (
        sa.UniqueConstraint("arrival_id", "position"),
        sa.Index("ix_mail_part_intake", "intake_id"),
        sa.Index("ix_mail_part_packet", "packet_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    arrival_id: Mapped[int] = mapped_column(sa.ForeignKey("mail_arrival.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(Nfc(255), default="")
    intake_id: Mapped[int | None] = mapped_column(sa.ForeignKey("intake_item.id"))
    packet_id: Mapped[int | None] = mapped_column(sa.ForeignKey("exchange_packet.id"))


class SendingState(enum.Enum):
    """ACCEPTED: the server took it, which is all that SMTP tells. BOUNCED: it came back later."""

    QUEUED = "queued"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    BOUNCED = "bounced"


SENDING_LABELS = {
    SendingState.QUEUED: "Chờ gửi",
    SendingState.ACCEPTED: "Máy chủ đã nhận",
    SendingState.REFUSED: "Bị từ chối",
    SendingState.BOUNCED: "Bị trả lại",
}


class MailSending(Base):
    """An issued document on its way to one recipient by mail. `message_id` never changes but when
    a person has it sent again after it came back."""

    __tablename__ = "mail_sending"

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("outgoing_document.id"), index=True)
    recipient_id: Mapped[int] = mapped_column(sa.ForeignKey("outgoing_recipient.id"), unique=True)
    message_id: Mapped[str] = mapped_column(Nfc(200), unique=True)
    state: Mapped[SendingState] = mapped_column(default=SendingState.QUEUED)
    reason: Mapped[str] = mapped_column(Nfc(500), default="")
    made_at: Mapped[datetime] = mapped_column(default=now)
    settled_at: Mapped[datetime | None]
