"""Links between any two things, shown on both sides."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app import kinds
from app.clock import now
from app.db import Base, Nfc
from app.security import Actor


class Relation(enum.Enum):
    """The closed list of relations, read from the first thing to the second."""

    REPLIES_TO = "replies_to"
    REFERS_TO = "refers_to"
    RAISED_BY = "raised_by"
    FOLLOWS = "follows"
    REPLACES = "replaces"
    PART_OF = "part_of"


LABELS: Mapping[Relation, tuple[str, str]] = {  # (read forward, read backward)
    Relation.REPLIES_TO: ("Trả lời", "Được trả lời bởi"),
    Relation.REFERS_TO: ("Dẫn chiếu", "Được dẫn chiếu bởi"),
    Relation.RAISED_BY: ("Phát sinh từ", "Làm phát sinh"),
    Relation.FOLLOWS: ("Tiếp theo", "Được tiếp nối bởi"),
    Relation.REPLACES: ("Thay thế", "Bị thay thế bởi"),
    Relation.PART_OF: ("Thuộc", "Gồm"),
}


class Link(Base):
    """One relation between two things, made once."""

    __tablename__ = "link"
    __table_args__ = (
        sa.UniqueConstraint("from_kind", "from_id", "relation", "to_kind", "to_id"),
        sa.Index("ix_link_to", "to_kind", "to_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    from_kind: Mapped[str] = mapped_column(Nfc(40))
    from_id: Mapped[int]
    relation: Mapped[Relation]
    to_kind: Mapped[str] = mapped_column(Nfc(40))
    to_id: Mapped[int]
    made_by: Mapped[int | None]  # person
    made_at: Mapped[datetime] = mapped_column(default=now)


@dataclass(frozen=True, slots=True)
class Linked:
    """The other end of a link as the actor may see it."""

    label: str
    card: kinds.Card


def connect(
    session: Session,
    actor: Actor,
    source: tuple[str, int],
    relation: Relation,
    target: tuple[str, int],
) -> None:
    """Link two things once; a repetition changes nothing."""
    session.flush()
    key = {
        "from_kind": source[0],
        "from_id": source[1],
        "relation": relation,
        "to_kind": target[0],
        "to_id": target[1],
    }
    if session.scalar(sa.select(Link.id).filter_by(**key)) is None:
        session.add(Link(**key, made_by=actor.person_id, made_at=now()))


def linked_to(session: Session, actor: Actor, kind: str, thing_id: int) -> list[Linked]:
    """All visible neighbours of a thing; one query for the links and one a kind."""
    here = sa.or_(
        sa.and_(Link.from_kind == kind, Link.from_id == thing_id),
        sa.and_(Link.to_kind == kind, Link.to_id == thing_id),
    )
    ends: list[tuple[str, tuple[str, int]]] = []
    for row in session.scalars(sa.select(Link).where(here).order_by(Link.id)):
        forward = (row.from_kind, row.from_id) == (kind, thing_id)
        label = LABELS[row.relation][0 if forward else 1]
        ends.append((label, (row.to_kind, row.to_id) if forward else (row.from_kind, row.from_id)))
    cards = {(c.kind, c.id): c for c in kinds.cards(session, actor, [end for _, end in ends])}
    return [Linked(label, cards[end]) for label, end in ends if end in cards]
