"""The daily list of the provincial system: how its columns map, what came, what differs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import now
from app.db import Base, Nfc
from app.procedures.models.words import DifferenceKind


class ImportMapping(Base):
    """Which column of a list is what, and which of its words is which of our states.

    `columns`: our field to their heading; `statuses`: their word to the national code.
    """

    __tablename__ = "dossier_import_mapping"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Nfc(120), unique=True)
    columns: Mapped[dict[str, Any]]
    statuses: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime] = mapped_column(default=now)
    by_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class DossierImport(Base):
    """One list that was taken in. The same bytes a second time change nothing."""

    __tablename__ = "dossier_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    mapping_id: Mapped[int] = mapped_column(sa.ForeignKey("dossier_import_mapping.id"))
    file_name: Mapped[str] = mapped_column(Nfc(255))
    sha256: Mapped[str] = mapped_column(Nfc(64))
    at: Mapped[datetime] = mapped_column(default=now)
    by_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    row_count: Mapped[int] = mapped_column(default=0)
    added: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    same: Mapped[int] = mapped_column(default=0)


class DossierDifference(Base):
    """One thing in which a list and we differ. At most one open a dossier and field."""

    __tablename__ = "dossier_difference"
    __table_args__ = (
        sa.Index("ix_dossier_difference_import_id", "import_id"),
        sa.Index(
            "uq_dossier_difference_open",
            "external_code",
            "field",
            unique=True,
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(sa.ForeignKey("dossier_import.id"))
    dossier_id: Mapped[int | None] = mapped_column(sa.ForeignKey("dossier.id"))
    external_code: Mapped[str] = mapped_column(Nfc(60))
    kind: Mapped[DifferenceKind]
    field: Mapped[str] = mapped_column(Nfc(40), default="")
    ours: Mapped[str] = mapped_column(Nfc(500), default="")
    theirs: Mapped[str] = mapped_column(Nfc(500), default="")
    settled_at: Mapped[datetime | None]
    settled_by_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
