"""What signing in leaves behind: sessions, spent attempts, recovery codes, machine tokens."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.clock import now
from app.db import Base, Nfc
from app.organisation.models.people import Person


class Stage(enum.Enum):
    """How far a sign-in has come. Only an open session is a signed-in person."""

    SECOND_FACTOR = "second_factor"
    NEW_PASSWORD = "new_password"  # noqa: S105 (a stage, not a secret)
    OPEN = "open"


class SignInSession(Base):
    """One browser of one person. The cookie holds a random token, the row only its hash."""

    __tablename__ = "sign_in_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(Nfc(64), unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    stage: Mapped[Stage]
    post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))  # the post in use
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_seen_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    user_agent: Mapped[str] = mapped_column(Nfc(300), default="")
    address: Mapped[str] = mapped_column(Nfc(60), default="")

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class SignInThrottle(Base):
    """How often a login or an address was tried in vain; one row a key, shared by all processes."""

    __tablename__ = "sign_in_throttle"

    key: Mapped[str] = mapped_column(Nfc(120), primary_key=True)
    attempts: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime] = mapped_column(index=True)
    blocked_until: Mapped[datetime | None]


class RecoveryCode(Base):
    """A code that stands for the second factor once."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    code_hash: Mapped[str] = mapped_column(Nfc(64), unique=True)
    used_at: Mapped[datetime | None]


API_SCOPES = {"incoming": "Gửi văn bản đến", "read": "Đọc dữ liệu"}


class ApiToken(Base):
    """A machine client that acts in a post, within its scopes."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Nfc(120))
    token_hash: Mapped[str] = mapped_column(Nfc(64), unique=True)
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))  # the machine
    scopes: Mapped[list[Any]] = mapped_column(default=list)
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
