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
from app.errors import InvalidInput, NotFound, PermissionDenied
from app.security import Actor, Role


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


CUTTERS = frozenset({Role.CLERK, Role.CHIEF_OF_OFFICE})
"""Who may remove a link that another person made."""


class Link(Base):
    """One relation between two things, made once. One that was removed stays, with the reason."""

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
    cut_by: Mapped[int | None]  # person
    cut_at: Mapped[datetime | None]
    cut_reason: Mapped[str | None] = mapped_column(Nfc(300))


@dataclass(frozen=True, slots=True)
class Linked:
    """The other end of a link as the actor may see it."""

    label: str
    card: kinds.Card
    link_id: int
    removable: bool


def connect(
    session: Session,
    actor: Actor,
    source: tuple[str, int],
    relation: Relation,
    target: tuple[str, int],
) -> None:
    """Link two things once; a repetition changes nothing. One that was removed is made anew."""
    session.flush()
    key = {
        "from_kind": source[0],
        "from_id": source[1],
        "relation": relation,
        "to_kind": target[0],
        "to_id": target[1],
    }
    known = session.scalar(sa.select(Link).filter_by(**key))
    if known is None:
        session.add(Link(**key, made_by=actor.person_id, made_at=now()))
    elif known.cut_at is not None:
        known.made_by, known.made_at = actor.person_id, now()
        known.cut_by, known.cut_at, known.cut_reason = None, None, None


def may_cut(actor: Actor, link: Link) -> bool:
    """Whether the actor may remove a link: who made it, and the office. What belongs to a whole
    is taken out of it on the page of the whole."""
    if link.relation is Relation.PART_OF:
        return False
    return link.made_by == actor.person_id or bool(CUTTERS & actor.roles)


def cut(
    session: Session, actor: Actor, here: tuple[str, int], link_id: int, reason: str
) -> tuple[str, int]:
    """Remove a link of the thing `here`, because of a mistake; the other end is the answer.

    The caller writes it down. Raises InvalidInput without a reason, NotFound for a link of other
    things, PermissionDenied for somebody who neither made it nor keeps the office's papers.
    """
    if not reason.strip():
        raise InvalidInput("Phải ghi lý do gỡ liên kết.", "reason")
    link = session.get(Link, link_id, with_for_update=True)
    ends = [] if link is None else [(link.from_kind, link.from_id), (link.to_kind, link.to_id)]
    if link is None or here not in ends or link.cut_at is not None:
        raise NotFound(f"link {link_id} of {here}")
    if not may_cut(actor, link):
        raise PermissionDenied(f"person {actor.person_id} did not make link {link_id}")
    ends.remove(here)
    link.cut_by, link.cut_at, link.cut_reason = actor.person_id, now(), reason.strip()[:300]
    session.flush()
    return ends[0]


def linked_to(session: Session, actor: Actor, kind: str, thing_id: int) -> list[Linked]:
    """All visible neighbours of a thing; one query for the links and one a kind."""
    here = sa.or_(
        sa.and_(Link.from_kind == kind, Link.from_id == thing_id),
        sa.and_(Link.to_kind == kind, Link.to_id == thing_id),
    )
    rows = session.scalars(
        sa.select(Link).where(here, Link.cut_at.is_(None)).order_by(Link.id)
    ).all()
    ends: list[tuple[Link, str, tuple[str, int]]] = []
    for row in rows:
        forward = (row.from_kind, row.from_id) == (kind, thing_id)
        label = LABELS[row.relation][0 if forward else 1]
        other = (row.to_kind, row.to_id) if forward else (row.from_kind, row.from_id)
        ends.append((row, label, other))
    cards = {(c.kind, c.id): c for c in kinds.cards(session, actor, [end for *_, end in ends])}
    return [
        Linked(label, cards[end], row.id, may_cut(actor, row))
        for row, label, end in ends
        if end in cards
    ]
