"""Packages of closed files for the archive, made by a job outside the request."""

from __future__ import annotations

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import now
from app.db import Base, Nfc
from app.files.models import new_token


class PackageState(enum.Enum):
    """A READY package can be downloaded; ACCEPTED: the archive has confirmed it."""

    QUEUED = "queued"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"
    ACCEPTED = "accepted"


PACKAGE_LABELS: dict[PackageState, str] = {
    PackageState.QUEUED: "Chờ đóng gói",
    PackageState.RUNNING: "Đang đóng gói",
    PackageState.READY: "Đã đóng gói",
    PackageState.FAILED: "Đóng gói lỗi",
    PackageState.ACCEPTED: "Lưu trữ đã nhận",
}


class ArchivePackage(Base):
    """One hand-over to the archive: which files, and the ZIP once it is made."""

    __tablename__ = "archive_package"
    __table_args__ = (sa.Index("ix_archive_package_state", "state", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(Nfc(40), unique=True, default=new_token)
    state: Mapped[PackageState] = mapped_column(default=PackageState.QUEUED)
    requested_at: Mapped[datetime] = mapped_column(default=now)
    requested_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    attempts: Mapped[int] = mapped_column(default=0)
    lease_token: Mapped[str | None] = mapped_column(Nfc(40))
    leased_until: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"))
    error: Mapped[str] = mapped_column(Nfc(500), default="")
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))


class PackagedFile(Base):
    """A case file in a package. It may be packed again when a package failed."""

    __tablename__ = "packaged_file"
    __table_args__ = (
        sa.UniqueConstraint("package_id", "case_file_id"),
        sa.Index("ix_packaged_file_case_file_id", "case_file_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    package_id: Mapped[int] = mapped_column(sa.ForeignKey("archive_package.id"))
    case_file_id: Mapped[int] = mapped_column(sa.ForeignKey("case_file.id"))
