"""Searches that people keep, and what they have already been told of."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import now
from app.db import Base, Nfc
from app.files.models import new_token


class SavedSearch(Base):
    """A search by its name, kept by a person in a post."""

    __tablename__ = "saved_search"
    __table_args__ = (sa.UniqueConstraint("person_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(Nfc(40), unique=True, default=new_token)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id"), index=True)  # gets the notices
    name: Mapped[str] = mapped_column(Nfc(100))
    words: Mapped[str] = mapped_column(Nfc(400))
    chosen: Mapped[dict[str, Any]]  # ticked values by field
    tells: Mapped[bool] = mapped_column(default=False, index=True)  # of new results
    created_at: Mapped[datetime] = mapped_column(default=now)

    @property
    def filters(self) -> dict[str, tuple[str, ...]]:
        """The ticked values as the search wants them."""
        return {field: tuple(values) for field, values in self.chosen.items()}


class KnownResult(Base):
    """A thing that was among the results when they were last looked at: not new any more."""

    __tablename__ = "saved_search_result"

    search_id: Mapped[int] = mapped_column(
        sa.ForeignKey("saved_search.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(Nfc(40), primary_key=True)
    thing_id: Mapped[int] = mapped_column(primary_key=True)
