"""Titles that make a paper secret although it bears no mark (ĐƠN TỐ CÁO): dated data."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import now
from app.db import Base, Nfc


class SecretHead(Base):
    """One title, exactly as it stands in capitals, and the days on which it holds a letter."""

    __tablename__ = "secret_head"
    __table_args__ = (
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ends_after_start"),
        sa.UniqueConstraint("title", "valid_from"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    title: Mapped[str] = mapped_column(Nfc(100))
    basis: Mapped[str] = mapped_column(Nfc(300), default="")  # the list of state secrets it is on
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    changed_at: Mapped[datetime] = mapped_column(default=now)
    changed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    def counts_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)
