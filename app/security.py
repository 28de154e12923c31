"""Who may see what (terms, rows of `access`) and who may do what (roles, one table)."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, aliased, mapped_column

from app.clock import now
from app.db import Base, Nfc
from app.errors import PermissionDenied

ORGAN = "organ"
PUBLIC = "public"
ONE_STOP = "one_stop"
"""The term of everybody at the one-stop counter: citizens ask there about any dossier."""
DUTY = "duty"
"""The term of those who see every incident: the duty desk, the chief of office, the leaders.
Clerks, who see every document, do not."""


class Role(enum.Enum):
    """The eight roles of the rights matrix. A post has one or more of them."""

    CLERK = "clerk"
    SPECIALIST = "specialist"
    DEPARTMENT_HEAD = "department_head"
    CHIEF_OF_OFFICE = "chief_of_office"
    LEADER = "leader"
    ONE_STOP_OFFICER = "one_stop_officer"
    DUTY_OFFICER = "duty_officer"
    ADMINISTRATOR = "administrator"


ROLE_LABELS: Mapping[Role, str] = {
    Role.CLERK: "Văn thư",
    Role.SPECIALIST: "Chuyên viên",
    Role.DEPARTMENT_HEAD: "Trưởng phòng",
    Role.CHIEF_OF_OFFICE: "Chánh Văn phòng",
    Role.LEADER: "Lãnh đạo",
    Role.ONE_STOP_OFFICER: "Cán bộ một cửa",
    Role.DUTY_OFFICER: "Trực điều hành",
    Role.ADMINISTRATOR: "Quản trị",
}


class Scope(enum.Enum):
    """How far a right reaches. The role's right is checked here, the reach by the room's rules."""

    OWN = "o"
    UNIT = "u"
    ALL = "a"


PERMISSIONS: dict[str, Permission] = {}


@dataclass(frozen=True, slots=True)
class Permission:
    """Something that can be done, and which roles may; registers itself for the printed matrix.

    `name` is `room:act`; `label` is what the page “Ai được làm gì” shows.
    """

    name: str
    label: str
    roles: Mapping[Role, Scope]

    def __post_init__(self) -> None:
        known = PERMISSIONS.setdefault(self.name, self)
        if known is not self and known.roles != self.roles:
            raise ValueError(f"permission {self.name} is defined twice")


def everywhere(*roles: Role) -> dict[Role, Scope]:
    """The right reaches the whole organ for all these roles."""
    return dict.fromkeys(roles, Scope.ALL)


@dataclass(frozen=True, slots=True)
class Holding:
    """One post a person acts in: their own, or one delegated to them for a time."""

    post_id: int
    unit_id: int
    roles: frozenset[Role]
    label: str = ""  # “Trưởng phòng”; for a delegation “Trần Văn Mẫu, Trưởng phòng Kinh tế”
    unit_label: str = ""
    on_behalf_of: int | None = None  # the person who delegated, if it is a delegation
    terms: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, in which post, for whom. Free of Flask and sessions, so a flow can have one too.

    `holding` is the post in use; `holdings` are all posts and delegations of the person, the one
    in use among them. `terms` come from all of them: lists show everything that is theirs.
    """

    person_id: int | None
    holding: Holding | None
    holdings: tuple[Holding, ...] = ()
    terms: frozenset[str] = field(default_factory=frozenset)
    name: str = ""

    @property
    def post_id(self) -> int | None:
        return self.holding.post_id if self.holding else None

    @property
    def unit_id(self) -> int | None:
        return self.holding.unit_id if self.holding else None

    @property
    def on_behalf_of(self) -> int | None:
        return self.holding.on_behalf_of if self.holding else None

    @property
    def roles(self) -> frozenset[Role]:
        """The roles of all posts and delegations."""
        return frozenset[Role]().union(*(h.roles for h in self.holdings))

    @property
    def post_ids(self) -> frozenset[int]:
        return frozenset(h.post_id for h in self.holdings)

    @property
    def unit_ids(self) -> frozenset[int]:
        return frozenset(h.unit_id for h in self.holdings)

    def may(self, permission: Permission) -> bool:
        """For showing or hiding a button; the service still calls `authorize`."""
        return self.person_id is None or bool(permission.roles.keys() & self.roles)

    def in_post(self, post_id: int | None) -> Actor:
        """The same person acting in the post the thing was sent to, if they hold it."""
        for holding in self.holdings:
            if holding.post_id == post_id:
                return replace(self, holding=holding)
        return self


SYSTEM = Actor(person_id=None, holding=None, terms=frozenset({ORGAN, DUTY}), name="Hệ thống")


def authorize(actor: Actor, permission: Permission, *, post_id: int | None = None) -> Actor:
    """The actor, acting in a post that has the permission.

    Preferred is `post_id` (where the thing was sent), then the post in use, then any other.

    Raises:
        PermissionDenied: no post or delegation of the actor has it.
    """
    if actor.person_id is None:
        return actor
    preferred = [post_id, actor.post_id]
    able = [h for h in actor.holdings if permission.roles.keys() & h.roles]
    if not able:
        raise PermissionDenied(f"person {actor.person_id} lacks {permission.name}")
    able.sort(key=lambda h: preferred.index(h.post_id) if h.post_id in preferred else 2)
    return replace(actor, holding=able[0])


class Access(Base):
    """One opened door: `term` may see the thing. Written in the act that gives the right."""

    __tablename__ = "access"
    __table_args__ = (
        sa.UniqueConstraint("kind", "thing_id", "term"),
        sa.Index("ix_access_term", "kind", "term", "thing_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Nfc(40))
    thing_id: Mapped[int]
    term: Mapped[str] = mapped_column(Nfc(60))
    reason: Mapped[str] = mapped_column(Nfc(60))
    given_at: Mapped[datetime] = mapped_column(default=now)


SelectT = TypeVar("SelectT", bound=sa.Select[Any])
FEW = 5000
"""Rights to fewer things than this are read whole; to more, row by row along the list."""


_reserved: set[str] = set()


def reserve(kind: str) -> None:
    """Let the term `organ` open no thing of this kind: who sees every document does not see these
    by that. Rooms say so when they register."""
    _reserved.add(kind)


def unit_term(unit_id: int) -> str:
    return f"unit:{unit_id}"


def post_term(post_id: int) -> str:
    return f"post:{post_id}"


def visible(
    rows: SelectT,
    id_: InstrumentedAttribute[int],
    kind: str,
    actor: Actor,
    *,
    few: bool = False,
    narrowed: bool = False,
) -> SelectT:
    """Keep the rows that one of the actor's terms opens; the whole organ needs no filter.

    Each row is looked up by itself, which is right for one thing and for the first page of many.
    With `few` the actor's things are collected first: better when they are at most `FEW`. With
    `narrowed` they never are: other conditions leave few rows, and PostgreSQL does not know it.
    """
    if ORGAN in actor.terms and kind not in _reserved:
        return rows
    opened = sa.select(Access.thing_id).where(
        Access.kind == kind, Access.term.in_(sorted(actor.terms))
    )
    if few:
        return rows.where(id_.in_(opened))
    one = opened.where(Access.thing_id == id_)
    return rows.where((one.offset(0) if narrowed else one).exists())  # OFFSET keeps it from joining


def count_opened(session: Session, kind: str, actor: Actor) -> int:
    """How many things of a kind the actor's terms open: two queries, answered by the index alone.

    The term with the most things is counted whole; of the others, what it does not open already.
    """
    of_each = [  # by itself: a third less work than grouping by texts
        sa.select(sa.literal(term), sa.func.count()).where(Access.kind == kind, Access.term == term)
        for term in sorted(actor.terms)
    ]
    counts = dict(session.execute(sa.union_all(*of_each)).tuples().all()) if of_each else {}
    most = max(counts, key=lambda term: counts[term], default="")
    again = aliased(Access)
    known = sa.exists().where(
        again.kind == kind, again.thing_id == Access.thing_id, again.term == most
    )
    others = [
        sa.select(Access.thing_id).where(Access.kind == kind, Access.term == term, ~known)
        for term in sorted(actor.terms - {most})
    ]
    more = others and session.scalar(
        sa.select(sa.func.count()).select_from(sa.union(*others).subquery())
    )
    return counts.get(most, 0) + (more or 0)


def grant(session: Session, kind: str, thing_id: int, term: str, reason: str) -> None:
    """Open a thing to a post or unit, in the transaction of the act that gives the right."""
    session.flush()
    key = {"kind": kind, "thing_id": thing_id, "term": term}
    if session.scalar(sa.select(Access.id).filter_by(**key)) is None:
        session.add(Access(**key, reason=reason))


def revoke(session: Session, kind: str, thing_id: int, term: str) -> None:
    """Close a door again, as when a directive is recalled before it was read."""
    session.flush()
    session.execute(sa.delete(Access).filter_by(kind=kind, thing_id=thing_id, term=term))


def terms_of(session: Session, kind: str, thing_ids: Iterable[int]) -> dict[int, set[str]]:
    """The terms of each thing, for the index; `organ` is one unless the kind is reserved."""
    always = set() if kind in _reserved else {ORGAN}
    found: dict[int, set[str]] = {thing_id: set(always) for thing_id in thing_ids}
    rows = sa.select(Access.thing_id, Access.term).where(
        Access.kind == kind, Access.thing_id.in_(found)
    )
    for thing_id, term in session.execute(rows):
        found[thing_id].add(term)
    return found
