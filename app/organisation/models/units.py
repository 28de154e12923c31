"""Units with their validity and succession, and the posts in them with their roles."""

from __future__ import annotations

import enum
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Nfc
from app.organisation.names import post_name
from app.security import Role


class UnitKind(enum.Enum):
    """What sort of unit it is. `leadership` holds the leaders' posts and gets no tasks as such."""

    LEADERSHIP = "leadership"
    OFFICE = "office"
    DEPARTMENT = "department"
    CENTRE = "centre"
    TEAM = "team"
    COMMITTEE = "committee"


class Unit(Base):
    """A unit (đơn vị) of the own organ, valid from its first day to its last."""

    __tablename__ = "unit"
    __table_args__ = (
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="validity"),
        sa.CheckConstraint("parent_id IS NULL OR parent_id <> id", name="not_own_parent"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Nfc(200))
    short_name: Mapped[str] = mapped_column(Nfc(80))
    code: Mapped[str] = mapped_column(Nfc(40))
    kind: Mapped[UnitKind] = mapped_column(default=UnitKind.DEPARTMENT)
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    valid_from: Mapped[date] = mapped_column(default=date(2025, 7, 1))
    valid_to: Mapped[date | None]  # the last day
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    def is_valid(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


class SuccessionRelation(enum.Enum):
    """What happened to a unit: its duties went to one or several others."""

    MERGE = "merge"
    SPLIT = "split"
    RENAME = "rename"
    ABOLISH = "abolish"


class UnitSuccession(Base):
    """A unit took over from another on a day; its head sees what the former one was sent."""

    __tablename__ = "unit_succession"
    __table_args__ = (sa.UniqueConstraint("from_unit_id", "to_unit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    from_unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    to_unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    relation: Mapped[SuccessionRelation]
    on: Mapped[date]


class Post(Base):
    """A post (chức vụ, vị trí) in a unit. Rights belong to posts, never to persons.

    `is_head`: heads and deputies of the unit, who see what the unit was sent; `rank` puts the
    head (lowest) before the deputies.
    """

    __tablename__ = "post"
    __table_args__ = (
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="validity"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(Nfc(120))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    is_head: Mapped[bool] = mapped_column(default=False)
    rank: Mapped[int] = mapped_column(default=50)
    valid_from: Mapped[date] = mapped_column(default=date(2025, 7, 1))
    valid_to: Mapped[date | None]  # the last day
    version: Mapped[int] = mapped_column()

    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)
    role_rows: Mapped[list[PostRole]] = relationship(cascade="all, delete-orphan", lazy="selectin")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(row.role for row in self.role_rows)

    @property
    def label(self) -> str:
        """“Trưởng phòng Kinh tế”: the title with its unit."""
        leads = self.unit.kind is UnitKind.LEADERSHIP
        return post_name(self.title, self.unit.short_name, leads_organ=leads)

    def is_valid(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


class PostRole(Base):
    """A role of the rights matrix that a post carries."""

    __tablename__ = "post_role"
    __table_args__ = (sa.UniqueConstraint("post_id", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id"))
    role: Mapped[Role] = mapped_column(index=True)
