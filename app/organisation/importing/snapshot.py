"""What is there when a workbook is compared: plain values, loaded in a few queries."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from app.organisation import queries
from app.organisation.models import Organ, OrganLevel, UnitKind
from app.organisation.names import fold_name
from app.organisation.queries.directory import identifier_of
from app.security import Role

PostKey = tuple[str, str]  # code of the unit, folded title


@dataclass(frozen=True, slots=True)
class UnitInfo:
    id: int | None
    name: str
    short_name: str
    kind: UnitKind
    parent: str  # code, or empty
    position: int
    valid_from: date


@dataclass(frozen=True, slots=True)
class PostInfo:
    id: int | None
    title: str
    roles: frozenset[Role]
    is_head: bool
    rank: int
    valid_from: date


@dataclass(frozen=True, slots=True)
class PersonInfo:
    id: int | None
    full_name: str
    email: str
    phone: str
    posts: frozenset[PostKey]


@dataclass(frozen=True, slots=True)
class OrganInfo:
    id: int | None
    key: str
    name: str
    short_name: str
    level: OrganLevel
    code: str
    spellings: dict[str, str]  # folded: as written


@dataclass(slots=True)
class Snapshot:
    """The units, posts, people and organs in force, and what earlier rows would add to them."""

    units: dict[str, UnitInfo] = field(default_factory=dict)
    posts: dict[PostKey, list[PostInfo]] = field(default_factory=dict)
    planned_posts: dict[PostKey, list[PostInfo]] = field(default_factory=dict)
    people: dict[str, PersonInfo] = field(default_factory=dict)
    organs: dict[str, OrganInfo] = field(default_factory=dict)
    held: set[int] = field(default_factory=set)  # ids of posts somebody holds
    taken: dict[PostKey, int] = field(default_factory=dict)

    def is_below(self, code: str, above: str) -> bool:
        """Whether the unit `code` is `above` or stands below it."""
        seen = set[str]()
        while code and code not in seen:
            if code == above:
                return True
            seen.add(code)
            code = self.units[code].parent if code in self.units else ""
        return False

    def unit_named(self, name: str) -> str | None:
        folded = fold_name(name)
        return next((c for c, unit in self.units.items() if fold_name(unit.name) == folded), None)

    def next_post(self, key: PostKey) -> PostInfo | None:
        """The existing post that the next row of this title stands for: the n-th for the n-th."""
        done = len(self.planned_posts.get(key, []))
        known = self.posts.get(key, [])
        return known[done] if done < len(known) else None

    def take_free_post(self, key: PostKey) -> int | None:
        """Which of the posts of a title is free: its place among them, existing ones first."""
        planned = self.planned_posts.get(key, [])
        every = self.posts.get(key, []) + [post for post in planned if post.id is None]
        free = [at for at, post in enumerate(every) if post.id not in self.held]
        done = self.taken.get(key, 0)
        if done >= len(free):
            return None
        self.taken[key] = done + 1
        return free[done]

    def organ(self, name: str) -> OrganInfo | None:
        return self.organs.get(fold_name(name))


def take_snapshot(session: Session) -> Snapshot:
    """Everything in force today, in a constant number of queries."""
    units = queries.units(session)
    code_of = {unit.id: unit.code for unit in units}
    there = Snapshot()
    for unit in units:
        parent = code_of.get(unit.parent_id or 0, "")
        there.units[unit.code] = UnitInfo(
            unit.id,
            unit.name,
            unit.short_name,
            unit.kind,
            parent,
            unit.position,
            unit.valid_from,
        )
    _add_posts(session, there, code_of)
    _add_people(session, there, code_of)
    _add_organs(session, there)
    return there


def _add_posts(session: Session, there: Snapshot, code_of: dict[int, str]) -> None:
    by_unit = queries.posts_by_unit(session)
    for unit_id, posts in by_unit.items():
        for post in sorted(posts, key=lambda p: p.id):
            key = (code_of.get(unit_id, ""), fold_name(post.title))
            there.posts.setdefault(key, []).append(
                PostInfo(post.id, post.title, post.roles, post.is_head, post.rank, post.valid_from)
            )
    every = [post.id for posts in by_unit.values() for post in posts]
    held = queries.holders_of_posts(session, every)
    there.held = {post_id for post_id, people in held.items() if people}


def _add_people(session: Session, there: Snapshot, code_of: dict[int, str]) -> None:
    people = queries.people(session, active=None)
    posts = queries.posts_of_people(session, [person.id for person in people])
    for person in people:
        there.people[person.login] = PersonInfo(
            person.id,
            person.full_name,
            person.email,
            person.phone,
            frozenset(
                (code_of.get(post.unit_id, ""), fold_name(post.title)) for post in posts[person.id]
            ),
        )


def _add_organs(session: Session, there: Snapshot) -> None:
    rows = (
        sa.select(Organ)
        .where(Organ.merged_into_id.is_(None))
        .options(selectinload(Organ.aliases), selectinload(Organ.codes))
    )
    for organ in session.scalars(rows):
        spellings = {alias.folded: alias.alias for alias in organ.aliases}
        info = OrganInfo(
            organ.id,
            f"organ {organ.id}",
            organ.name,
            organ.short_name,
            organ.level,
            identifier_of(organ),
            spellings,
        )
        there.organs.update(dict.fromkeys(spellings, info))
