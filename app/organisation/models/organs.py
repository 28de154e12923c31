"""The directory of organs, the own one among them, and the bodies in whose name it issues."""

from __future__ import annotations

import enum
import secrets
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Nfc

IDENTIFIER = "identifier"  # the scheme of the national identifiers (mã định danh)


class OrganLevel(enum.Enum):
    """Where an organ stands. `district` only for the time before 01/7/2025."""

    CENTRAL = "central"
    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"
    EXTERNAL = "external"
    CITIZEN_GROUP = "citizen_group"


class Organ(Base):
    """An organ that writes to us or gets our letters; exactly one is our own.

    A merged organ stays as a row, so that old letters keep their sender; `merged_into_id` says
    which organ stands for it now.
    """

    __tablename__ = "organ"
    __table_args__ = (
        sa.Index(
            "uq_organ_own",
            "is_own",
            unique=True,
            sqlite_where=sa.text("is_own"),
            postgresql_where=sa.text("is_own"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(
        Nfc(24), unique=True, default=lambda: secrets.token_urlsafe(12)
    )
    name: Mapped[str] = mapped_column(Nfc(200))
    short_name: Mapped[str] = mapped_column(Nfc(80), default="")
    is_own: Mapped[bool] = mapped_column(default=False)
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organ.id"), index=True)
    level: Mapped[OrganLevel] = mapped_column(default=OrganLevel.EXTERNAL)
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organ.id"), index=True)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]  # the last day
    version: Mapped[int] = mapped_column()

    aliases: Mapped[list[OrganAlias]] = relationship(
        back_populates="organ", cascade="all, delete-orphan"
    )
    codes: Mapped[list[OrganCode]] = relationship(cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class OrganAlias(Base):
    """A spelling by which an organ is known, its name among them. One spelling means one organ."""

    __tablename__ = "organ_alias"

    id: Mapped[int] = mapped_column(primary_key=True)
    organ_id: Mapped[int] = mapped_column(sa.ForeignKey("organ.id"), index=True)
    alias: Mapped[str] = mapped_column(Nfc(200))
    folded: Mapped[str] = mapped_column(Nfc(220), unique=True)

    organ: Mapped[Organ] = relationship(back_populates="aliases")


class OrganCode(Base):
    """A code of an organ in a scheme (mã định danh, the code in notations), for a time."""

    __tablename__ = "organ_code"
    __table_args__ = (sa.UniqueConstraint("scheme", "value", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organ_id: Mapped[int] = mapped_column(sa.ForeignKey("organ.id"), index=True)
    scheme: Mapped[str] = mapped_column(Nfc(40))
    value: Mapped[str] = mapped_column(Nfc(60))
    valid_from: Mapped[date] = mapped_column(default=date(2000, 1, 1))
    valid_to: Mapped[date | None]


class IssuingBody(Base):
    """A body of the own organ in whose name letters go out, and to which letters come in."""

    __tablename__ = "issuing_body"
    __table_args__ = (sa.UniqueConstraint("organ_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organ_id: Mapped[int] = mapped_column(sa.ForeignKey("organ.id"), index=True)
    name: Mapped[str] = mapped_column(Nfc(200))
    short_name: Mapped[str] = mapped_column(Nfc(40))  # as in a notation: QĐ-UBND
    head_lines: Mapped[list[Any]] = mapped_column(default=list)  # lines of cell 2, top first
    place: Mapped[str] = mapped_column(Nfc(80), default="")  # địa danh before the date
    seal: Mapped[str] = mapped_column(Nfc(200), default="")  # which seal stands on its letters
    position: Mapped[int] = mapped_column(default=0)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]  # the last day
    version: Mapped[int] = mapped_column()

    signers: Mapped[list[IssuingBodySigner]] = relationship(
        cascade="all, delete-orphan", order_by="IssuingBodySigner.position"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class SigningAuthority(enum.Enum):
    """In whose place a signer signs (Nghị định 30/2020, Điều 13)."""

    DIRECT = "direct"
    TM = "tm"
    KT = "kt"
    TL = "tl"
    TUQ = "tuq"
    Q = "q"


class IssuingBodySigner(Base):
    """A post that signs for an issuing body, and the prefix of its signature block."""

    __tablename__ = "issuing_body_signer"
    __table_args__ = (sa.UniqueConstraint("issuing_body_id", "post_id", "authority"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    issuing_body_id: Mapped[int] = mapped_column(sa.ForeignKey("issuing_body.id"), index=True)
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id"), index=True)
    authority: Mapped[SigningAuthority]
    position: Mapped[int] = mapped_column(default=0)
