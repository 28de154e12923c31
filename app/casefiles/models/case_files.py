"""A case file (hồ sơ công việc) and the documents in it; the documents stay where they are."""

from __future__ import annotations

import enum
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import now
from app.db import Base, Nfc
from app.errors import RuleViolated
from app.files.models import new_token


class CaseState(enum.Enum):
    """A closed file takes no documents; a handed-over one belongs to the archive."""

    OPEN = "open"
    CLOSED = "closed"
    ARCHIVED = "archived"


STATE_LABELS: dict[CaseState, str] = {
    CaseState.OPEN: "Đang mở",
    CaseState.CLOSED: "Đã kết thúc",
    CaseState.ARCHIVED: "Đã nộp lưu",
}
NEXT: dict[CaseState, frozenset[CaseState]] = {
    CaseState.OPEN: frozenset({CaseState.CLOSED}),
    CaseState.CLOSED: frozenset({CaseState.OPEN, CaseState.ARCHIVED}),
    CaseState.ARCHIVED: frozenset(),
}


def retention_label(years: int | None) -> str:
    """As the catalogue prints it: “Vĩnh viễn” or “20 năm”."""
    return "Vĩnh viễn" if years is None else f"{years} năm"


class CaseFile(Base):
    """One file of a piece of work, in the keeping of one post.

    `transfer_on` is the last day for handing it to the archive of the organ, known when it is
    closed; empty for files that are too short-lived to be handed over. `kept_until` puts it off.
    """

    __tablename__ = "case_file"
    __table_args__ = (
        sa.UniqueConstraint("year", "notation"),
        sa.CheckConstraint("entry_id IS NOT NULL OR outside_reason <> ''", name="planned_or_why"),
        sa.Index("ix_case_file_keeper", "keeper_post_id", "state"),
        sa.Index("ix_case_file_unit", "unit_id", "state"),
        sa.Index("ix_case_file_transfer", "state", "transfer_on"),
        sa.Index("ix_case_file_entry_id", "entry_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(Nfc(40), unique=True, default=new_token)
    version: Mapped[int] = mapped_column()
    year: Mapped[int]
    notation: Mapped[str] = mapped_column(Nfc(20))
    title: Mapped[str] = mapped_column(Nfc(500))
    entry_id: Mapped[int | None] = mapped_column(sa.ForeignKey("catalogue_entry.id"))
    outside_reason: Mapped[str] = mapped_column(Nfc(500), default="")
    retention_rule: Mapped[str] = mapped_column(Nfc(40), default="")
    retention_years: Mapped[int | None]
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    keeper_post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id"))
    description: Mapped[str] = mapped_column(Nfc(500), default="")
    state: Mapped[CaseState] = mapped_column(default=CaseState.OPEN)
    opened_at: Mapped[datetime] = mapped_column(default=now)
    opened_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    closed_on: Mapped[date | None]
    transfer_on: Mapped[date | None]
    kept_until: Mapped[date | None]
    keep_reason: Mapped[str] = mapped_column(Nfc(500), default="")
    reminded_for: Mapped[date | None]  # the last day of which the keeper was reminded
    archived_on: Mapped[date | None]

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def due_on(self) -> date | None:
        """The day in force for handing it to the archive."""
        return self.kept_until or self.transfer_on

    @property
    def maintenance(self) -> str:
        return retention_label(self.retention_years)

    def become(self, state: CaseState) -> None:
        """Raises RuleViolated for a step that does not exist."""
        if state not in NEXT[self.state]:
            raise RuleViolated(
                f"Hồ sơ đang ở trạng thái “{STATE_LABELS[self.state]}”, "
                f"không chuyển sang “{STATE_LABELS[state]}” được."
            )
        self.state = state

    def must_be_open(self) -> None:
        if self.state is not CaseState.OPEN:
            raise RuleViolated("Hồ sơ đã kết thúc, không thêm bớt văn bản được nữa.")


class CaseDocument(Base):
    """A thing in a file, by kind and id: no copy, and no right to the thing.

    A removed one keeps its row with who, when and why.
    """

    __tablename__ = "case_document"
    __table_args__ = (
        sa.Index(
            "uq_case_document_there",
            "case_file_id",
            "kind",
            "thing_id",
            unique=True,
            sqlite_where=sa.text("removed_at IS NULL"),
            postgresql_where=sa.text("removed_at IS NULL"),
        ),
        sa.Index("ix_case_document_thing", "kind", "thing_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_file_id: Mapped[int] = mapped_column(sa.ForeignKey("case_file.id"))
    kind: Mapped[str] = mapped_column(Nfc(40))
    thing_id: Mapped[int]
    note: Mapped[str] = mapped_column(Nfc(500), default="")
    added_at: Mapped[datetime] = mapped_column(default=now)
    added_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    added_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    remove_reason: Mapped[str] = mapped_column(Nfc(500), default="")
