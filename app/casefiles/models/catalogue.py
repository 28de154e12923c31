"""The yearly list of files an organ plans to make (danh mục hồ sơ)."""

from __future__ import annotations

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.clock import now
from app.db import Base, Nfc
from app.errors import RuleViolated


class CatalogueState(enum.Enum):
    """Units draft, the office merges and submits, the head of the organ approves."""

    DRAFTING = "drafting"
    SUBMITTED = "submitted"
    APPROVED = "approved"


CATALOGUE_LABELS: dict[CatalogueState, str] = {
    CatalogueState.DRAFTING: "Đang lập",
    CatalogueState.SUBMITTED: "Chờ duyệt",
    CatalogueState.APPROVED: "Đã ban hành",
}


class FileCatalogue(Base):
    """The catalogue of one year: exactly one of the whole organ."""

    __tablename__ = "file_catalogue"

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(unique=True)
    version: Mapped[int] = mapped_column()
    state: Mapped[CatalogueState] = mapped_column(default=CatalogueState.DRAFTING)
    created_at: Mapped[datetime] = mapped_column(default=now)
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    approved_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    return_reason: Mapped[str] = mapped_column(Nfc(500), default="")
    entries: Mapped[list[CatalogueEntry]] = relationship(back_populates="catalogue")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    def must_be(self, state: CatalogueState) -> None:
        """Raises RuleViolated in any other state."""
        if self.state is not state:
            raise RuleViolated(
                f"Danh mục hồ sơ năm {self.year} đang ở trạng thái "
                f"“{CATALOGUE_LABELS[self.state]}”, không thực hiện được thao tác này."
            )


class CatalogueEntry(Base):
    """One planned file. `retention_years` is None for a file that is kept for ever."""

    __tablename__ = "catalogue_entry"
    __table_args__ = (
        sa.UniqueConstraint("catalogue_id", "notation"),
        sa.Index("ix_catalogue_entry_unit", "catalogue_id", "unit_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    catalogue_id: Mapped[int] = mapped_column(sa.ForeignKey("file_catalogue.id"))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    notation: Mapped[str] = mapped_column(Nfc(20))  # 01.KT
    heading: Mapped[str] = mapped_column(Nfc(200), default="")  # đề mục
    title: Mapped[str] = mapped_column(Nfc(500))
    retention_rule: Mapped[str] = mapped_column(Nfc(40), default="")  # of retention.yaml
    retention_years: Mapped[int | None]
    keeper_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    note: Mapped[str] = mapped_column(Nfc(500), default="")
    catalogue: Mapped[FileCatalogue] = relationship(back_populates="entries")
