"""Packets between organs: what came in and went out, its parts, receivers and statuses."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import now
from app.db import Base, Nfc
from app.files.models import new_token


class Way(enum.Enum):
    """Which way something crosses the border of our organ."""

    IN = "in"
    OUT = "out"


class PacketState(enum.Enum):
    """RECEIVED: the row is there, its parts are coming in. TAKEN: all parts are in the ledger.
    BROKEN: it cannot be read, `error` says why. HELD: nobody has let it in yet, `error` says why.
    PURGED: a part was secret or a clerk threw it away, nothing of it is left.
    QUEUED: to be written to the out-folder. WRITTEN: it lies there, or the agent took it.
    FAILED: it could not be written.
    """

    RECEIVED = "received"
    TAKEN = "taken"
    BROKEN = "broken"
    HELD = "held"
    PURGED = "purged"
    QUEUED = "queued"
    WRITTEN = "written"
    FAILED = "failed"


PACKET_LABELS = {
    PacketState.RECEIVED: "Đang nhận",
    PacketState.TAKEN: "Đã nhận",
    PacketState.BROKEN: "Không đọc được",
    PacketState.HELD: "Chờ văn thư xét",
    PacketState.PURGED: "Đã hủy nội dung",
    PacketState.QUEUED: "Chờ gửi",
    PacketState.WRITTEN: "Đã đặt vào thư mục gửi",
    PacketState.FAILED: "Chưa ghi được",
}


class ExchangePacket(Base):
    """One edXML packet. `key` is what makes a second copy of it the same packet.

    `content` holds the header's values that fill the registration form, until a purge.
    """

    __tablename__ = "exchange_packet"
    __table_args__ = (
        sa.Index("ix_exchange_packet_way", "way", "state", "id"),
        sa.Index("ix_exchange_packet_document", "document_id", "way"),
        sa.Index("ix_exchange_packet_outgoing", "outgoing_id"),
        sa.Index("ix_exchange_packet_refers_to", "refers_to_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(Nfc(40), unique=True, default=new_token)
    way: Mapped[Way]
    state: Mapped[PacketState]
    key: Mapped[str] = mapped_column(Nfc(400), unique=True)
    document_id: Mapped[str] = mapped_column(Nfc(200), default="")  # DocumentId on the wire
    organ_code: Mapped[str] = mapped_column(Nfc(60), default="")  # of the sender
    organ_name: Mapped[str] = mapped_column(Nfc(300), default="")
    code: Mapped[str] = mapped_column(Nfc(110), default="")  # 145/TTr-KTHT
    issued_date: Mapped[date | None]
    subject: Mapped[str] = mapped_column(Nfc(500), default="")
    business: Mapped[int] = mapped_column(default=0)  # 0 new, 1 recall, 2 update, 3 replacement
    content: Mapped[dict[str, Any]] = mapped_column(default=dict)
    file_name: Mapped[str] = mapped_column(Nfc(255), default="")
    sha256: Mapped[str | None] = mapped_column(Nfc(64))
    size: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"))  # the raw packet
    outgoing_id: Mapped[int | None] = mapped_column(sa.ForeignKey("outgoing_document.id"))
    refers_to_id: Mapped[int | None] = mapped_column(sa.ForeignKey("exchange_packet.id"))
    error: Mapped[str] = mapped_column(Nfc(500), default="")
    repeats: Mapped[int] = mapped_column(default=0)  # how often it came again
    created_at: Mapped[datetime] = mapped_column(default=now)
    settled_at: Mapped[datetime | None]  # nothing is to be told or done any more


class ExchangePart(Base):
    """One attachment of a packet, in its order: the ledger row it became, or the file it is."""

    __tablename__ = "exchange_part"
    __table_args__ = (
        sa.UniqueConstraint("packet_id", "position"),
        sa.Index("ix_exchange_part_intake", "intake_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    packet_id: Mapped[int] = mapped_column(sa.ForeignKey("exchange_packet.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(Nfc(255), default="")
    intake_id: Mapped[int | None] = mapped_column(sa.ForeignKey("intake_item.id"))
    file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"))


class ExchangeParty(Base):
    """A receiver of a packet of ours, and how far its statuses say the document has come."""

    __tablename__ = "exchange_party"
    __table_args__ = (
        sa.UniqueConstraint("packet_id", "organ_code"),
        sa.Index("ix_exchange_party_recipient", "recipient_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    packet_id: Mapped[int] = mapped_column(sa.ForeignKey("exchange_packet.id"))
    recipient_id: Mapped[int | None] = mapped_column(sa.ForeignKey("outgoing_recipient.id"))
    organ_code: Mapped[str] = mapped_column(Nfc(60))
    organ_name: Mapped[str] = mapped_column(Nfc(300), default="")
    progress: Mapped[str | None] = mapped_column(Nfc(2))  # the code that holds: 01 to 06
    recall: Mapped[str | None] = mapped_column(Nfc(2))  # 13 asked, 15 agreed, 16 refused
    changed_at: Mapped[datetime | None]


class StatusState(enum.Enum):
    """NOTED: it came in. UNMATCHED: it speaks of a packet that has not come (yet), or
    comes from nobody it was sent to. DISMISSED: a clerk has dealt with such a one.
    """

    NOTED = "noted"
    UNMATCHED = "unmatched"
    DISMISSED = "dismissed"
    QUEUED = "queued"
    WRITTEN = "written"
    FAILED = "failed"


class ExchangeStatus(Base):
    """One status message, told by us (OUT) or to us (IN). Each is kept once; none is changed.

    `peer_code` is the organ at the other end. `ref` tells repetitions from news: the moment on an
    incoming message; of ours the round, when a letter was reopened and told anew.
    """

    __tablename__ = "exchange_status"
    __table_args__ = (
        sa.UniqueConstraint("way", "peer_code", "document_id", "code", "ref"),
        sa.Index("ix_exchange_status_packet", "packet_id", "id"),
        sa.Index("ix_exchange_status_state", "way", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    way: Mapped[Way]
    packet_id: Mapped[int | None] = mapped_column(sa.ForeignKey("exchange_packet.id"))
    document_id: Mapped[str] = mapped_column(Nfc(200))
    peer_code: Mapped[str] = mapped_column(Nfc(60))
    code: Mapped[str] = mapped_column(Nfc(2))
    ref: Mapped[str] = mapped_column(Nfc(40), default="")
    at: Mapped[datetime]  # when it happened, as the message says
    description: Mapped[str] = mapped_column(Nfc(500), default="")
    staff: Mapped[str] = mapped_column(Nfc(200), default="")
    state: Mapped[StatusState]
    error: Mapped[str] = mapped_column(Nfc(500), default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    written_at: Mapped[datetime | None]
