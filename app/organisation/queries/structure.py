"""Units, posts and people: who sits where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import today
from app.db import remembered
from app.errors import NotFound
from app.organisation.models import Person, Post, PostHolding, PostRole, Unit, UnitKind
from app.organisation.names import fold_name, post_name
from app.security import Role


def get_unit(session: Session, unit_id: int) -> Unit:
    """Raises NotFound."""
    unit = session.get(Unit, unit_id)
    if unit is None:
        raise NotFound(f"unit {unit_id}")
    return unit


def get_post(session: Session, post_id: int) -> Post:
    """Raises NotFound."""
    post = session.get(Post, post_id)
    if post is None:
        raise NotFound(f"post {post_id}")
    return post


def get_person(session: Session, person_id: int) -> Person:
    """Raises NotFound."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound(f"person {person_id}")
    return person


def person_with_login(session: Session, login: str) -> Person | None:
    """The person of a login in its tidy form."""
    return session.scalar(sa.select(Person).where(Person.login == login))


def units(session: Session, on: date | None = None) -> list[Unit]:
    """The units in force on a day, today by default, parents before children."""
    return [node.unit for node in unit_tree(session, on)]


@dataclass(frozen=True, slots=True)
class UnitNode:
    """A unit in the tree, with how deep it stands (0: directly under the organ)."""

    unit: Unit
    depth: int


def unit_tree(
    session: Session, on: date | None = None, *, with_ended: bool = False
) -> list[UnitNode]:
    """The tree, flattened depth first. A unit whose parent has ended stands at the top."""
    day = on or today()
    rows = session.scalars(sa.select(Unit).order_by(Unit.position, Unit.id))
    shown = [unit for unit in rows if with_ended or unit.is_valid(day)]
    ids = {unit.id for unit in shown}
    below: dict[int | None, list[Unit]] = {}
    for unit in shown:
        below.setdefault(unit.parent_id if unit.parent_id in ids else None, []).append(unit)

    def walk(parent_id: int | None, depth: int) -> Iterator[UnitNode]:
        for unit in below.get(parent_id, []):
            yield UnitNode(unit, depth)
            yield from walk(unit.id, depth + 1)

    return list(walk(None, 0))


def units_under(session: Session, unit_id: int) -> set[int]:
    """The unit and all below it, ended ones too."""
    under = sa.select(Unit.id).where(Unit.id == unit_id).cte("under", recursive=True)
    under = under.union(sa.select(Unit.id).join(under, Unit.parent_id == under.c.id))
    return set(session.scalars(sa.select(under.c.id)))


def unit_label(session: Session, unit_ids: Iterable[int]) -> dict[int, str]:
    """Short names by id, in one query; a page asks for each unit once."""
    wanted = {unit_id for unit_id in unit_ids if unit_id}
    known: dict[int, str] = remembered(session, unit_label, dict)
    if missing := wanted - known.keys():
        rows = sa.select(Unit.id, Unit.short_name).where(Unit.id.in_(missing))
        known.update(session.execute(rows).tuples().all())
    return {unit_id: known[unit_id] for unit_id in wanted if unit_id in known}


def holders_of_posts(
    session: Session, post_ids: Iterable[int], on: date | None = None
) -> dict[int, list[Person]]:
    """Who holds each post on a day, today by default; for each post those with it as main first."""
    day, wanted = on or today(), set(post_ids)
    rows = (
        sa.select(PostHolding.post_id, Person)
        .join(Person, Person.id == PostHolding.person_id)
        .where(
            PostHolding.post_id.in_(wanted),
            PostHolding.valid_from <= day,
            sa.or_(PostHolding.valid_to.is_(None), PostHolding.valid_to >= day),
            Person.is_active.is_(True),
        )
        .order_by(PostHolding.is_main.desc(), PostHolding.id)
    )
    found: dict[int, list[Person]] = {post_id: [] for post_id in wanted}
    for post_id, person in session.execute(rows):
        if person not in found[post_id]:
            found[post_id].append(person)
    return found


def holders(session: Session, post_id: int) -> list[Person]:
    """Who holds the post today, without those it is delegated to."""
    return holders_of_posts(session, [post_id])[post_id]


def post_label(session: Session, post_ids: Iterable[int]) -> dict[int, str]:
    """“Trần Văn Mẫu, Trưởng phòng Kinh tế” by post id, in one query; a page asks for each once.

    A post that nobody holds shows its name alone.
    """
    wanted = {post_id for post_id in post_ids if post_id}
    known: dict[int, str] = remembered(session, post_label, dict)
    if missing := wanted - known.keys():
        for held in _held_posts(session, Post.id.in_(missing)):
            known[held.post_id] = held.label
    return {post_id: known[post_id] for post_id in wanted if post_id in known}


@dataclass(slots=True)
class _HeldPost:
    """A post with the names of those who hold it, the one with it as main post first."""

    post_id: int
    unit_id: int
    name: str
    unit: str
    holders: dict[int, str]

    @property
    def label(self) -> str:
        holding = " và ".join(self.holders.values())
        return f"{holding}, {self.name}" if holding else self.name


def _held_posts(
    session: Session, *conditions: sa.ColumnElement[bool], on: date | None = None
) -> list[_HeldPost]:
    """Posts by unit and rank with who holds them on a day, in one query without entities."""
    day = on or today()
    holding = sa.and_(
        PostHolding.post_id == Post.id,
        PostHolding.valid_from <= day,
        sa.or_(PostHolding.valid_to.is_(None), PostHolding.valid_to >= day),
    )
    rows = (
        sa.select(
            Post.id, Post.unit_id, Post.title, Unit.short_name, Unit.kind,
            Person.id, Person.full_name,
        )
        .join(Unit, Unit.id == Post.unit_id)
        .outerjoin(PostHolding, holding)
        .outerjoin(Person, (Person.id == PostHolding.person_id) & Person.is_active.is_(True))
        .where(*conditions)
        .order_by(
            Unit.position, Unit.id, Post.rank, Post.id, PostHolding.is_main.desc(), PostHolding.id
        )
    )  # fmt: skip
    found: dict[int, _HeldPost] = {}
    for post_id, unit_id, title, unit, kind, person_id, name in session.execute(rows):
        if post_id not in found:
            leads = kind is UnitKind.LEADERSHIP
            full = post_name(title, unit, leads_organ=leads)
            found[post_id] = _HeldPost(post_id, unit_id, full, unit, {})
        if person_id is not None:
            found[post_id].holders.setdefault(person_id, name)
    return list(found.values())


def head_post(session: Session, unit_id: int) -> Post | None:
    """The post that leads the unit today: the head's, else a deputy's; held ones before vacant."""
    posts = [post for post in posts_of_unit(session, unit_id) if post.is_head]
    held = holders_of_posts(session, [post.id for post in posts])
    return min(posts, key=lambda p: (not held[p.id], p.rank, p.id), default=None)


def posts_of_unit(session: Session, unit_id: int, on: date | None = None) -> list[Post]:
    """The unit's posts in force on a day, today by default, heads first."""
    rows = _posts_on(on or today()).where(Post.unit_id == unit_id)
    return list(session.scalars(rows.order_by(Post.is_head.desc(), Post.rank, Post.id)))


def posts_with_role(session: Session, role: Role, unit_id: int | None = None) -> list[Post]:
    """Posts in force today that carry a role, in one unit or anywhere, by rank."""
    rows = _posts_on(today()).where(
        Post.id.in_(sa.select(PostRole.post_id).where(PostRole.role == role))
    )
    if unit_id is not None:
        rows = rows.where(Post.unit_id == unit_id)
    return list(session.scalars(rows.order_by(Post.rank, Post.id)))


def _posts_on(day: date) -> sa.Select[tuple[Post]]:
    return sa.select(Post).where(_in_force(day))


def _in_force(day: date) -> sa.ColumnElement[bool]:
    return sa.and_(Post.valid_from <= day, sa.or_(Post.valid_to.is_(None), Post.valid_to >= day))


@dataclass(frozen=True, slots=True)
class PersonChoice:
    """A post with its holder, as a picker offers it."""

    post_id: int
    unit_id: int
    label: str
    unit: str


def people_choices(
    session: Session,
    *,
    unit_id: int | None = None,
    role: Role | None = None,
    leadership: bool = True,
) -> list[PersonChoice]:
    """Held posts to choose from, by unit and rank; `leadership=False` leaves the leaders out."""
    day = today()
    conditions = [_in_force(day)]
    if unit_id is not None:
        conditions.append(Post.unit_id == unit_id)
    if role is not None:
        with_role = sa.select(PostRole.post_id).where(PostRole.role == role)
        conditions.append(Post.id.in_(with_role))
    if not leadership:
        conditions.append(Unit.kind != UnitKind.LEADERSHIP)
    return [
        PersonChoice(held.post_id, held.unit_id, held.label, held.unit)
        for held in _held_posts(session, *conditions, on=day)
        if held.holders
    ]


def people(
    session: Session, *, text: str = "", unit_id: int | None = None, active: bool | None = True
) -> list[Person]:
    """People by given name. `text` looks in names without marks and in logins."""
    rows = (
        sa.select(Person).where(Person.is_machine.is_(False)).order_by(Person.sort_name, Person.id)
    )
    if active is not None:
        rows = rows.where(Person.is_active.is_(active))
    if text.strip():
        rows = rows.where(
            sa.or_(
                Person.folded_name.contains(fold_name(text), autoescape=True),
                Person.login.contains(text.strip().lower(), autoescape=True),
            )
        )
    if unit_id is not None:
        day = today()
        in_unit = (
            sa.select(PostHolding.person_id)
            .join(Post, Post.id == PostHolding.post_id)
            .where(
                Post.unit_id == unit_id,
                PostHolding.valid_from <= day,
                sa.or_(PostHolding.valid_to.is_(None), PostHolding.valid_to >= day),
            )
        )
        rows = rows.where(Person.id.in_(in_unit))
    return list(session.scalars(rows))
