"""The document that goes out (văn bản đi), and the states it passes through."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import now
from app.db import Base, Nfc
from app.errors import RuleViolated
from app.files.models import new_token
from app.organisation.models import SigningAuthority


class OutgoingStatus(enum.Enum):
    """States of domain.md 1.8. APPROVED: the leader has agreed, the signature is being made."""

    DRAFT = "draft"
    UNIT_REVIEW = "unit_review"
    FORMAT_CHECK = "format_check"
    LEADER_SIGN = "leader_sign"
    APPROVED = "approved"
    SIGNED = "signed"
    NUMBERED = "numbered"
    SEALED = "sealed"
    ISSUED = "issued"
    FILED = "filed"
    RECALLED = "recalled"
    REPLACED = "replaced"
    CANCELLED = "cancelled"


S = OutgoingStatus
IN_REVIEW = frozenset({S.UNIT_REVIEW, S.FORMAT_CHECK, S.LEADER_SIGN})
TO_ISSUE = frozenset({S.APPROVED, S.SIGNED, S.NUMBERED, S.SEALED})
GONE_OUT = frozenset({S.ISSUED, S.FILED, S.RECALLED, S.REPLACED})
OPEN = frozenset({S.DRAFT}) | IN_REVIEW | TO_ISSUE
_BACK = frozenset({S.DRAFT, S.UNIT_REVIEW, S.FORMAT_CHECK, S.LEADER_SIGN, S.CANCELLED})
NEXT: dict[OutgoingStatus, frozenset[OutgoingStatus]] = {
    S.DRAFT: frozenset({S.UNIT_REVIEW, S.FORMAT_CHECK, S.LEADER_SIGN, S.CANCELLED}),
    S.UNIT_REVIEW: frozenset({S.FORMAT_CHECK}) | _BACK,
    S.FORMAT_CHECK: frozenset({S.LEADER_SIGN}) | _BACK,
    S.LEADER_SIGN: frozenset({S.APPROVED, S.SIGNED}) | _BACK,
    S.APPROVED: frozenset({S.SIGNED, S.NUMBERED}) | _BACK,
    S.SIGNED: frozenset({S.NUMBERED}) | _BACK,
    S.NUMBERED: frozenset({S.SEALED, S.APPROVED, S.SIGNED}),
    S.SEALED: frozenset({S.ISSUED, S.APPROVED, S.SIGNED}),
    S.ISSUED: frozenset({S.FILED, S.RECALLED, S.REPLACED}),
    S.FILED: frozenset({S.RECALLED, S.REPLACED}),
    S.RECALLED: frozenset({S.REPLACED}),
    S.REPLACED: frozenset(),
    S.CANCELLED: frozenset(),
}
STATUS_LABELS: dict[OutgoingStatus, str] = {
    S.DRAFT: "Đang soạn thảo",
    S.UNIT_REVIEW: "Chờ duyệt nội dung",
    S.FORMAT_CHECK: "Chờ kiểm tra thể thức",
    S.LEADER_SIGN: "Chờ ký",
    S.APPROVED: "Đã duyệt, chờ ký số",
    S.SIGNED: "Đã ký, chờ cấp số",
    S.NUMBERED: "Đã cấp số, chờ đóng dấu",
    S.SEALED: "Đã đóng dấu, chờ phát hành",
    S.ISSUED: "Đã phát hành",
    S.FILED: "Đã lưu hồ sơ",
    S.RECALLED: "Đã thu hồi",
    S.REPLACED: "Đã được thay thế",
    S.CANCELLED: "Đã hủy dự thảo",
}


class Medium(enum.Enum):
    """ELECTRONIC is signed as a PDF; PAPER is signed by hand, its scan is attached later."""

    ELECTRONIC = "electronic"
    PAPER = "paper"


class Correction(enum.Enum):
    """What a document does to an issued one (decree 30/2020, art. 18)."""

    ERRATUM = "erratum"
    REPLACEMENT = "replacement"


CORRECTION_LABELS = {Correction.ERRATUM: "Đính chính", Correction.REPLACEMENT: "Thay thế"}


class OutgoingDocument(Base):
    """A document of ours from the first draft to its file. Number and date come when it is signed.

    `number_first`: whether the number is given before the leader's signature or after it, as the
    order of the body was when the draft was last described. `authority_lines` and `signer_name`
    are frozen when the leader agrees.
    """

    __tablename__ = "outgoing_document"
    __table_args__ = (
        sa.Index("ix_outgoing_document_status", "status", "id"),
        sa.Index("ix_outgoing_document_urgency", "urgency", "status", "id"),
        sa.Index("ix_outgoing_document_drafter", "drafter_post_id", "status"),
        sa.Index("ix_outgoing_document_answers", "answers_incoming_id"),
        sa.Index("ix_outgoing_document_issued", "issued_at"),
        sa.Index("ix_outgoing_document_unit", "drafting_unit_id", "status"),
        sa.Index(
            "uq_outgoing_document_replacement",
            "corrects_id",
            unique=True,
            sqlite_where=sa.text("correction = 'replacement' AND status <> 'cancelled'"),
            postgresql_where=sa.text("correction = 'replacement' AND status <> 'cancelled'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(Nfc(40), unique=True, default=new_token)
    version: Mapped[int] = mapped_column()
    status: Mapped[OutgoingStatus] = mapped_column(default=OutgoingStatus.DRAFT)
    medium: Mapped[Medium] = mapped_column(default=Medium.ELECTRONIC)
    number_first: Mapped[bool] = mapped_column(default=False)
    issuing_body_id: Mapped[int] = mapped_column(sa.ForeignKey("issuing_body.id"))
    document_type: Mapped[str] = mapped_column(sa.ForeignKey("document_type.code"))
    subject_summary: Mapped[str] = mapped_column(Nfc(500))
    urgency: Mapped[int] = mapped_column(default=0)
    addressees: Mapped[list[Any]] = mapped_column(default=list)  # lines of Kính gửi
    drafting_unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    drafter_post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id"))
    drafter_person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    answers_incoming_id: Mapped[int | None] = mapped_column(sa.ForeignKey("incoming_document.id"))
    closes_incoming: Mapped[bool] = mapped_column(default=True)
    corrects_id: Mapped[int | None] = mapped_column(sa.ForeignKey("outgoing_document.id"))
    correction: Mapped[Correction | None]
    signer_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    signing_authority: Mapped[SigningAuthority | None]
    authority_lines: Mapped[list[Any]] = mapped_column(default=list)  # TM. …, KT. …
    signer_position: Mapped[str] = mapped_column(Nfc(200), default="")
    signer_name: Mapped[str] = mapped_column(Nfc(100), default="")
    signer_person_id: Mapped[int | None]  # who agreed: only this person's key signs
    code_notation: Mapped[str] = mapped_column(Nfc(60), default="")
    register_entry_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("register_entry.id"), unique=True
    )
    code_number: Mapped[int | None]
    code_label: Mapped[str | None] = mapped_column(Nfc(20))
    code_year: Mapped[int | None]
    issued_date: Mapped[date | None]  # the day on the document
    approved_no: Mapped[int | None]  # of the version the leader agreed to
    approved_at: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    numbered_at: Mapped[datetime | None]
    sealed_at: Mapped[datetime | None]
    issued_at: Mapped[datetime | None]
    issued_by: Mapped[int | None]  # person
    copies: Mapped[int] = mapped_column(default=1)
    page_count: Mapped[int | None]
    kept_by: Mapped[str] = mapped_column(Nfc(200), default="")  # book column 6
    note: Mapped[str] = mapped_column(Nfc(500), default="")
    locked_by_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    locked_by_person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    locked_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]  # recalled, replaced, cancelled
    ended_reason: Mapped[str | None] = mapped_column(Nfc(500))

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def full_code(self) -> str:
        """Số, ký hiệu as printed: numbers under ten with a zero; of a draft “…/UBND-KT”."""
        if self.code_number is None or self.code_label is None:
            return f"…/{self.code_notation}" if self.code_notation else ""
        label = f"0{self.code_label}" if self.code_number < 10 else self.code_label
        return f"{label}/{self.code_notation}"

    @property
    def numbered(self) -> bool:
        return self.code_number is not None

    def become(self, status: OutgoingStatus) -> None:
        """Move along the state machine. Raises RuleViolated for a step that does not exist."""
        if status not in NEXT[self.status]:
            raise RuleViolated(
                f"Văn bản đang ở trạng thái “{STATUS_LABELS[self.status]}”, "
                f"không chuyển sang “{STATUS_LABELS[status]}” được."
            )
        self.status = status

    def must_be(self, *statuses: OutgoingStatus) -> None:
        """Raise RuleViolated unless the document is in one of the states."""
        if self.status not in statuses:
            raise RuleViolated(
                f"Văn bản đang ở trạng thái “{STATUS_LABELS[self.status]}”, chưa làm được việc này."
            )
