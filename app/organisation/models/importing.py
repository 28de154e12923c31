"""A workbook that was read and shown, and waits to be confirmed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import now
from app.db import Base, Nfc


class PendingImport(Base):
    """The rows of an uploaded workbook. It is gone once it was confirmed, or after a day."""

    __tablename__ = "pending_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(Nfc(24), unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    file_name: Mapped[str] = mapped_column(Nfc(200))
    lines: Mapped[list[Any]]  # [sheet, row number, {field: text}]
    created_at: Mapped[datetime] = mapped_column(default=now)
