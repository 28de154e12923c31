"""The intake ledger: one row for every file that ever arrived, from its first byte."""

from __future__ import annotations

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import now
from app.db import Base, Nfc
from app.errors import RuleViolated
from app.files.models import new_token


class IntakeState(enum.Enum):
    """Where a file is on its way. The three last are ends; nothing leaves the ledger.

    RECEIVED: the row is there, bytes are coming. QUARANTINED: all bytes are here, page 1 has not
    been judged, or is held. STORED: passed, in the store. WAITING: a reading is queued. READING:
    a worker has it. READ: the form can be filled. REVIEW: a person must look without a reading.
    """

    RECEIVED = "received"
    QUARANTINED = "quarantined"
    STORED = "stored"
    WAITING = "waiting"
    READING = "reading"
    READ = "read"
    REVIEW = "review"
    REGISTERED = "registered"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"


OPEN_INTAKE = frozenset(IntakeState) - {
    IntakeState.REGISTERED,
    IntakeState.REJECTED,
    IntakeState.DUPLICATE,
}


class IntakeSource(enum.Enum):
    """The way in."""

    UPLOAD = "upload"
    WATCH = "watch"
    API = "api"
    IMPORT = "import"
    EXCHANGE = "exchange"  # a part of another organ's packet
    MAIL = "mail"  # a part of a mail in the organ's mailbox
    MANUAL = "manual"  # a page cut out of another file by a clerk


class HeldReason(enum.Enum):
    """Why a file stays in quarantine."""

    CERTAIN = "certain"  # a secrecy mark in its place: purged when unanswered
    POSSIBLE = "possible"  # the word elsewhere on page 1: a person decides, however long
    DECLARED = "declared"  # the clerk said so


class IntakeItem(Base):
    """One arrived file. After a purge only source, size and times are left of it."""

    __tablename__ = "intake_item"
    __table_args__ = (
        sa.Index("ix_intake_item_state", "state", "received_at"),
        sa.Index("ix_intake_item_sha256", "sha256"),
        sa.Index("ix_intake_item_received_at", "received_at"),
        sa.Index("ix_intake_item_letter_id", "letter_id"),
        sa.Index("ix_intake_item_file_id", "file_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(Nfc(40), unique=True, default=new_token)
    state: Mapped[IntakeState] = mapped_column(default=IntakeState.RECEIVED)
    source: Mapped[IntakeSource]
    source_name: Mapped[str] = mapped_column(Nfc(200), default="")  # token's name, folder
    source_path: Mapped[str | None] = mapped_column(Nfc(1000))  # watched folder: where it lies now
    file_name: Mapped[str] = mapped_column(Nfc(255))
    media_type: Mapped[str] = mapped_column(Nfc(120), default="")
    size: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    sha256: Mapped[str | None] = mapped_column(Nfc(64))
    pages: Mapped[int | None]
    received_at: Mapped[datetime] = mapped_column(default=now)
    arrived_at: Mapped[datetime | None]  # the last byte lay in our store
    settled_at: Mapped[datetime | None]  # registered, rejected or found double
    by_person_id: Mapped[int | None]
    post_id: Mapped[int | None]
    reject_code: Mapped[str | None] = mapped_column(Nfc(40))
    reject_reason: Mapped[str | None] = mapped_column(Nfc(500))
    duplicate_of_id: Mapped[int | None] = mapped_column(sa.ForeignKey("intake_item.id"))
    split_from_id: Mapped[int | None] = mapped_column(sa.ForeignKey("intake_item.id"))
    file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"))
    letter_id: Mapped[int | None] = mapped_column(sa.ForeignKey("incoming_document.id"))
    held_reason: Mapped[HeldReason | None]
    held_word: Mapped[str | None] = mapped_column(Nfc(40))
    held_at: Mapped[datetime | None]
    held_until: Mapped[datetime | None]
    released_reason: Mapped[str | None] = mapped_column(Nfc(500))
    purged_at: Mapped[datetime | None]

    @property
    def held(self) -> bool:
        """Whether a person must say if it is secret."""
        return self.held_reason is not None and self.state is IntakeState.QUARANTINED

    @property
    def has_crop(self) -> bool:
        """Whether there is a piece of page 1 to show; of typed text there is none."""
        pictured = self.media_type == "application/pdf" or self.media_type.startswith("image/")
        return self.held_word is not None and pictured

    @property
    def settled(self) -> bool:
        return self.state not in OPEN_INTAKE

    def hold(self, reason: HeldReason, word: str | None, until: datetime | None) -> None:
        """Keep it in quarantine until a person decides, or until the moment given."""
        self.state, self.held_reason, self.held_word = IntakeState.QUARANTINED, reason, word
        self.held_at, self.held_until = now(), until

    def release(self, reason: str) -> None:
        """Say that the mark is none. The file goes on to be stored and read."""
        if not self.held:
            raise RuleViolated("Tệp này không bị giữ lại.")
        if not reason.strip():
            raise RuleViolated("Phải ghi lý do xác định đây không phải dấu mật.")
        self.released_reason, self.held_reason, self.held_until = reason.strip(), None, None

    def reject(self, code: str, reason: str) -> None:
        """End its way with a sentence. The row stays."""
        if self.settled:
            raise RuleViolated("Tệp này đã được xử lý xong.")
        self.state, self.reject_code, self.reject_reason = IntakeState.REJECTED, code, reason
        self.settled_at = now()

    def forget_content(self) -> None:
        """Keep source, size and times only: what a purge leaves.

        `source_path` goes when the file in the watched folder has gone.
        """
        self.file_name, self.sha256 = "", None
        self.media_type, self.file_id, self.pages = "", None, None
        self.purged_at, self.held_until = now(), None
