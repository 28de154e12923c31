"""The letter (văn bản đến), its files, the proposal of the chief of office, routing rules."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from app.clock import now
from app.db import Base, Nfc
from app.errors import RuleViolated
from app.files.models import new_token
from app.organisation.names import fold_name


class IncomingStatus(enum.Enum):
    """States of domain.md 1.8. RECEIVED has no number yet; `FOR_INFORMATION` waits for readers."""

    RECEIVED = "received"
    REGISTERED = "registered"
    SUBMITTED = "submitted"
    DIRECTED = "directed"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    FILED = "filed"
    FOR_INFORMATION = "for_information"
    RETURNED_TO_SENDER = "returned_to_sender"
    FORWARDED = "forwarded"
    RECALLED_BY_SENDER = "recalled_by_sender"
    REOPENED = "reopened"


S = IncomingStatus
CLOSED = frozenset({S.DONE, S.FILED, S.RETURNED_TO_SENDER, S.FORWARDED, S.RECALLED_BY_SENDER})
_BACK = frozenset({S.RETURNED_TO_SENDER, S.FORWARDED, S.RECALLED_BY_SENDER})
_HANDLED = frozenset({S.DIRECTED, S.ASSIGNED, S.FOR_INFORMATION, S.FILED})
NEXT: dict[IncomingStatus, frozenset[IncomingStatus]] = {
    S.RECEIVED: frozenset({S.REGISTERED}),
    S.REGISTERED: frozenset({S.SUBMITTED, S.DONE}) | _HANDLED | _BACK,  # DONE: a reply went out
    S.SUBMITTED: frozenset({S.SUBMITTED, S.REGISTERED, S.DONE}) | _HANDLED | _BACK,
    S.DIRECTED: frozenset({S.SUBMITTED, S.IN_PROGRESS, S.DONE}) | _HANDLED | _BACK,
    S.ASSIGNED: frozenset({S.SUBMITTED, S.IN_PROGRESS, S.DONE}) | _HANDLED | _BACK,
    S.IN_PROGRESS: frozenset({S.SUBMITTED, S.DONE}) | _HANDLED | _BACK,
    S.FOR_INFORMATION: frozenset({S.SUBMITTED, S.FILED, S.DONE}) | _HANDLED | _BACK,
    S.DONE: frozenset({S.FILED, S.REOPENED}),
    S.FILED: frozenset({S.REOPENED}),
    S.RETURNED_TO_SENDER: frozenset({S.REOPENED}),
    S.FORWARDED: frozenset({S.REOPENED}),
    S.RECALLED_BY_SENDER: frozenset({S.REOPENED}),
    S.REOPENED: frozenset({S.SUBMITTED, S.IN_PROGRESS, S.DONE}) | _HANDLED | _BACK,
}
STATUS_LABELS: dict[IncomingStatus, str] = {
    S.RECEIVED: "Chờ vào sổ",
    S.REGISTERED: "Chờ trình",
    S.SUBMITTED: "Đã trình",
    S.DIRECTED: "Đã có ý kiến chỉ đạo",
    S.ASSIGNED: "Đã giao",
    S.IN_PROGRESS: "Đang xử lý",
    S.DONE: "Đã xong",
    S.FILED: "Đã lưu",
    S.FOR_INFORMATION: "Để biết",
    S.RETURNED_TO_SENDER: "Đã trả lại nơi gửi",
    S.FORWARDED: "Đã chuyển nơi khác",
    S.RECALLED_BY_SENDER: "Nơi gửi thu hồi",
    S.REOPENED: "Mở lại",
}


class DueSource(enum.Enum):
    """Where a deadline comes from. NONE: “không thời hạn”, never overdue."""

    TEXT = "text"
    LEADER = "leader"
    NONE = "none"


class Urgency(enum.IntEnum):
    """Độ khẩn, stored as its number so that lists sort by it."""

    NORMAL = 0
    URGENT = 1
    VERY_URGENT = 2
    FLASH = 3


URGENCY_LABELS: dict[int, str] = {0: "Thường", 1: "Khẩn", 2: "Thượng khẩn", 3: "Hỏa tốc"}


class LetterFileRole(enum.Enum):
    """A letter has one main file, any number of attachments, and replaced poor scans."""

    MAIN = "main"
    ATTACHMENT = "attachment"
    REPLACED = "replaced"


class IncomingDocument(Base):
    """A document another organ sent us, from arrival to filing. It has a number once registered."""

    __tablename__ = "incoming_document"
    __table_args__ = (
        sa.Index("ix_incoming_document_urgency", "urgency", "status"),
        sa.Index("ix_incoming_document_status", "status", "id"),
        sa.Index("ix_incoming_document_book", "issuing_body_id", "arrival_year", "arrival_number"),
        sa.Index("ix_incoming_document_code", "code_number", "code_notation", "issued_date"),
        sa.Index("ix_incoming_document_organ", "organ_id", "document_type"),
        sa.Index("ix_incoming_document_submitted_to", "submitted_to_post_id", "status"),
        sa.Index("ix_incoming_document_arrival_date", "arrival_date"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(Nfc(40), unique=True, default=new_token)
    version: Mapped[int] = mapped_column()
    status: Mapped[IncomingStatus] = mapped_column(default=IncomingStatus.RECEIVED)
    received_at: Mapped[datetime] = mapped_column(default=now)
    issuing_body_id: Mapped[int | None] = mapped_column(sa.ForeignKey("issuing_body.id"))
    register_entry_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("register_entry.id"), unique=True
    )
    arrival_number: Mapped[int | None]  # given at registration, never before
    arrival_label: Mapped[str | None] = mapped_column(Nfc(20))
    arrival_year: Mapped[int | None]
    arrival_date: Mapped[date | None]
    registered_at: Mapped[datetime | None]
    registered_by: Mapped[int | None]  # person
    code_number: Mapped[str] = mapped_column(Nfc(40), default="")
    code_notation: Mapped[str] = mapped_column(Nfc(60), default="")
    issued_date: Mapped[date | None]
    organ_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organ.id"))
    organ_name: Mapped[str] = mapped_column(Nfc(300), default="")  # as printed on the letter
    document_type: Mapped[str | None] = mapped_column(sa.ForeignKey("document_type.code"))
    document_family: Mapped[str] = mapped_column(Nfc(40), default="administrative")
    subject_summary: Mapped[str] = mapped_column(Nfc(500), default="")
    folded: Mapped[str] = mapped_column(default="")  # what the list's filter looks into
    urgency: Mapped[int] = mapped_column(default=int(Urgency.NORMAL))
    signer_name: Mapped[str] = mapped_column(Nfc(100), default="")
    signer_authority: Mapped[str] = mapped_column(Nfc(200), default="")  # TM. …; KT. …
    signer_position: Mapped[str] = mapped_column(Nfc(200), default="")
    page_count: Mapped[int | None]
    copies: Mapped[int] = mapped_column(default=1)
    sender_due_at: Mapped[datetime | None]  # what the letter itself asks for
    due_at: Mapped[datetime | None]  # what counts: the leader's date, else the sender's
    due_source: Mapped[DueSource] = mapped_column(default=DueSource.NONE)
    note: Mapped[str] = mapped_column(Nfc(500), default="")
    envelope_only: Mapped[bool] = mapped_column(default=False)  # addressed by name, not opened
    main_file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"))
    reading_confidence: Mapped[float | None]  # 0 to 1, the weakest of the fields used
    submitted_to_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    submitted_at: Mapped[datetime | None]
    handed_to: Mapped[str] = mapped_column(Nfc(300), default="")  # book column 7
    handed_on: Mapped[date | None]  # book column 8
    closed_at: Mapped[datetime | None]
    closed_reason: Mapped[str | None] = mapped_column(Nfc(500))
    purged_at: Mapped[datetime | None]

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def full_code(self) -> str:
        """Số/ký hiệu as printed: 145/TTr-KTHT, 15-QĐ/TU, or whichever part there is."""
        if self.code_number and self.code_notation:
            dash = "-" if "/" in self.code_notation and "-" not in self.code_notation else "/"
            return f"{self.code_number}{dash}{self.code_notation}"
        return self.code_number or self.code_notation

    @property
    def registered(self) -> bool:
        return self.arrival_number is not None

    def become(self, status: IncomingStatus) -> None:
        """Move along the state machine.

        Raises RuleViolated for a step that does not exist; decree 30/2020, art. 22: what is not
        registered obliges nobody, so RECEIVED leads to REGISTERED only.
        """
        if status is self.status and status is not S.SUBMITTED:
            return
        if status not in NEXT[self.status]:
            raise RuleViolated(
                f"Văn bản đang ở trạng thái “{STATUS_LABELS[self.status]}”, "
                f"không chuyển sang “{STATUS_LABELS[status]}” được."
            )
        self.status = status
        self.closed_at = now() if status in CLOSED else None

    @property
    def leader_due_at(self) -> datetime | None:
        """The date a leader set; it counts before the sender's."""
        return self.due_at if self.due_source is DueSource.LEADER else None

    def take_sender_due(self) -> None:
        """No leader's date stands any more: what the sender asks for counts again."""
        self.due_at = self.sender_due_at
        self.due_source = DueSource.TEXT if self.sender_due_at else DueSource.NONE

    def must_be_registered(self) -> None:
        if not self.registered:
            raise RuleViolated("Văn bản chưa vào sổ, chưa thể xử lý.")


def folded_text(code_number: str, code_notation: str, organ_name: str, summary: str) -> str:
    """Number, symbol, organ and summary without marks and case, each word after a blank."""
    return " " + fold_name(f"{code_number} {code_notation} {organ_name} {summary}")


@sa.event.listens_for(IncomingDocument, "before_insert")
@sa.event.listens_for(IncomingDocument, "before_update")
def _fold(_mapper: Mapper[Any], _connection: sa.Connection, letter: IncomingDocument) -> None:
    # Here and not in the services: whatever changes a letter, a purge too, changes this with it.
    letter.folded = folded_text(
        letter.code_number or "",
        letter.code_notation or "",
        letter.organ_name or "",
        letter.subject_summary or "",
    )


class LetterFile(Base):
    """A file of a letter in its place. `file_id` is empty until the file has passed quarantine."""

    __tablename__ = "letter_file"
    __table_args__ = (
        sa.Index("ix_letter_file_letter_id", "letter_id", "position"),
        sa.Index("ix_letter_file_file_id", "file_id"),
        sa.Index(
            "uq_letter_file_main",
            "letter_id",
            unique=True,
            sqlite_where=sa.text("role = 'main'"),
            postgresql_where=sa.text("role = 'main'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(sa.ForeignKey("incoming_document.id"))
    intake_id: Mapped[int] = mapped_column(sa.ForeignKey("intake_item.id"), unique=True)
    file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"))
    role: Mapped[LetterFileRole]
    position: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str | None] = mapped_column(Nfc(500))  # why a scan was replaced


class Proposal(Base):
    """What the chief of office proposes to the leader: lead, coordinators, date, text."""

    __tablename__ = "proposal"
    __table_args__ = (sa.Index("ix_proposal_letter_id", "letter_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(sa.ForeignKey("incoming_document.id"))
    by_post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id"))
    by_person_id: Mapped[int | None]
    to_post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id"))
    lead_unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))
    lead_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    coordinators: Mapped[list[Any]]  # ids of units
    readers: Mapped[list[Any]]  # ids of units
    due_at: Mapped[datetime | None]
    text: Mapped[str] = mapped_column(Nfc(2000), default="")
    created_at: Mapped[datetime] = mapped_column(default=now)


class RoutingRule(Base):
    """A kind of letter that the office's regulation lets the clerk route without a leader.

    Empty conditions match everything; `words` (folded, separated by spaces) must all stand in
    the summary. `outcome` is assign, inform or file; `source` names the regulation;
    `from_post_id` is the leader or chief in whose name it is routed and who accepts the result.
    """

    __tablename__ = "routing_rule"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Nfc(200), unique=True)
    document_type: Mapped[str | None] = mapped_column(sa.ForeignKey("document_type.code"))
    organ_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organ.id"))
    words: Mapped[str] = mapped_column(Nfc(200), default="")
    outcome: Mapped[str] = mapped_column(Nfc(20))
    from_post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id"))  # in whose name
    lead_unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))
    reader_unit_ids: Mapped[list[Any]]
    due_days: Mapped[int | None]  # working days
    source: Mapped[str] = mapped_column(Nfc(300))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
