"""People, the posts they hold, and the delegations between them."""

from __future__ import annotations

import enum
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from app.clock import now
from app.db import Base, Nfc
from app.organisation.models.units import Post
from app.organisation.names import fold_name, sort_key


class Person(Base):
    """Somebody who works here and may sign in.

    Without a `password_hash` only a one-time code opens the door. `login` is kept in lower case.
    """

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    full_name: Mapped[str] = mapped_column(Nfc(120))
    login: Mapped[str] = mapped_column(Nfc(60), unique=True)
    email: Mapped[str] = mapped_column(Nfc(120), default="")
    phone: Mapped[str] = mapped_column(Nfc(40), default="")
    sort_name: Mapped[str] = mapped_column(Nfc(260), index=True)
    folded_name: Mapped[str] = mapped_column(Nfc(160))
    password_hash: Mapped[str | None] = mapped_column(Nfc(200))
    password_changed_at: Mapped[datetime | None]
    must_change_password: Mapped[bool] = mapped_column(default=False)
    one_time_hash: Mapped[str | None] = mapped_column(Nfc(200))
    one_time_until: Mapped[datetime | None]
    totp_secret: Mapped[str | None] = mapped_column(Nfc(64))
    totp_confirmed_at: Mapped[datetime | None]  # set: a second factor is asked for
    totp_last_step: Mapped[int] = mapped_column(default=0)  # a code is accepted once
    shortcuts_off: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    is_machine: Mapped[bool] = mapped_column(default=False)  # stands for an API token
    created_at: Mapped[datetime] = mapped_column(default=now)
    version: Mapped[int] = mapped_column()

    holdings: Mapped[list[PostHolding]] = relationship(
        back_populates="person", order_by="PostHolding.id"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @validates("full_name")
    def _derive_names(self, _key: str, value: str) -> str:
        self.sort_name, self.folded_name = sort_key(value), fold_name(value)
        return value


class PostHolding(Base):
    """A person holds a post from a day to a day; one of them is the main one."""

    __tablename__ = "post_holding"
    __table_args__ = (
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="validity"),
        sa.Index(
            "uq_post_holding_open",
            "person_id",
            "post_id",
            unique=True,
            sqlite_where=sa.text("valid_to IS NULL"),
            postgresql_where=sa.text("valid_to IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id"), index=True)
    valid_from: Mapped[date] = mapped_column(default=date(2025, 7, 1))
    valid_to: Mapped[date | None]  # the last day
    is_main: Mapped[bool] = mapped_column(default=False)

    person: Mapped[Person] = relationship(back_populates="holdings")
    post: Mapped[Post] = relationship()


class DelegationState(enum.Enum):
    """Proposed by the office, then decided by a leader; an approved one may be ended early."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    REVOKED = "revoked"


class Delegation(Base):
    """For a time, a person acts in another's post (“xử lý thay”); never passed on further."""

    __tablename__ = "delegation"
    __table_args__ = (
        sa.CheckConstraint("valid_to > valid_from", name="validity"),
        sa.Index("ix_delegation_to_person", "to_person_id", "state", "valid_to"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    from_post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id"), index=True)
    from_person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))  # holder at the time
    to_person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    scope: Mapped[str] = mapped_column(Nfc(300), default="")  # what is delegated, in words
    doc_ref: Mapped[str] = mapped_column(Nfc(120), default="")  # the paper that says so
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime]  # the first moment after it
    state: Mapped[DelegationState] = mapped_column(default=DelegationState.PROPOSED)
    made_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(default=now)
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Nfc(300), default="")  # of a rejection or an early end
    version: Mapped[int] = mapped_column()

    from_post: Mapped[Post] = relationship()
    from_person: Mapped[Person] = relationship(foreign_keys=[from_person_id])
    to_person: Mapped[Person] = relationship(foreign_keys=[to_person_id])

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    def in_force(self, at: datetime) -> bool:
        return self.state is DelegationState.APPROVED and self.valid_from <= at < self.valid_to
