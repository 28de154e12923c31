"""Bytes the store keeps (`blob`), and what they are to a thing (`stored_file`)."""

from __future__ import annotations

import enum
import secrets
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import now
from app.db import Base, Nfc


class BlobState(enum.Enum):
    """Whether the bytes are there. A purged one keeps its hash, so that nothing dangles."""

    STORED = "stored"
    PURGED = "purged"


class FileRole(enum.Enum):
    """What a file is to its thing; all but MAIN and ATTACHMENT are derivatives or history."""

    MAIN = "main"
    ATTACHMENT = "attachment"
    SEARCHABLE = "searchable"
    STAMPED = "stamped"
    SIGNED = "signed"
    REPLACED = "replaced"


DERIVED = frozenset({FileRole.SEARCHABLE, FileRole.STAMPED, FileRole.SIGNED})


def new_token() -> str:
    """An unguessable name for addresses; 128 bits."""
    return secrets.token_urlsafe(16)


class Blob(Base):
    """Bytes by their SHA-256, stored once however many things have them. Never altered."""

    __tablename__ = "blob"

    sha256: Mapped[str] = mapped_column(Nfc(64), primary_key=True)
    size: Mapped[int] = mapped_column(sa.BigInteger)
    media_type: Mapped[str] = mapped_column(Nfc(120))
    state: Mapped[BlobState] = mapped_column(default=BlobState.STORED)
    stored_at: Mapped[datetime] = mapped_column(default=now)
    purged_at: Mapped[datetime | None]


class StoredFile(Base):
    """A file of a thing: its name and role there. Derivatives name the original they come from."""

    __tablename__ = "stored_file"
    __table_args__ = (
        sa.Index("ix_stored_file_thing", "kind", "thing_id", "role"),
        sa.Index("ix_stored_file_sha256", "sha256"),
        sa.Index("ix_stored_file_derived_from_id", "derived_from_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(Nfc(40), unique=True, default=new_token)
    sha256: Mapped[str] = mapped_column(Nfc(64), sa.ForeignKey("blob.sha256"))
    name: Mapped[str] = mapped_column(Nfc(255))
    media_type: Mapped[str] = mapped_column(Nfc(120))
    role: Mapped[FileRole]
    kind: Mapped[str] = mapped_column(Nfc(40))
    thing_id: Mapped[int | None]
    derived_from_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"))
    page_count: Mapped[int | None]
    added_at: Mapped[datetime] = mapped_column(default=now)
    added_by: Mapped[int | None]  # person
