"""Whom a level calls at a moment: posts, their holders, and who acts for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import local
from app.escalation import hooks
from app.escalation.policies import Who
from app.organisation import queries as organisation
from app.organisation.models import Delegation, DelegationState, Person, Post, PostRole
from app.schedules.models import EntryKind, EntryState, ScheduleEntry
from app.security import Role

ROLE_OF = {Who.CHIEF_OF_OFFICE: Role.CHIEF_OF_OFFICE, Who.LEADER: Role.LEADER}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a matter lies: the unit that answers and the post that was given it, if any."""

    unit_id: int | None = None
    post_id: int | None = None


@dataclass(frozen=True, slots=True)
class Callee:
    """One person to call. `instead_of` names the holder who delegated the post to them."""

    person_id: int
    post_id: int
    name: str
    post: str
    phone: str
    email: str
    instead_of: str = ""


def callees(session: Session, who: Who, place: Place, at: datetime) -> list[Callee]:
    """Whom to call, each once. Empty where the post is vacant or there is none."""
    posts = _posts(session, who, place, at)
    holders = organisation.holders_of_posts(session, [post.id for post in posts], _day(at))
    deputies = _deputies(session, [post.id for post in posts], at)
    found: dict[int, Callee] = {}
    for post in posts:
        names = " và ".join(person.full_name for person in holders[post.id])
        for person in deputies.get(post.id) or holders[post.id]:
            instead = names if post.id in deputies else ""
            found.setdefault(
                person.id,
                Callee(
                    person.id, post.id, person.full_name, post.label, person.phone, person.email,
                    instead,
                ),
            )  # fmt: skip
    return list(found.values())


def _posts(session: Session, who: Who, place: Place, at: datetime) -> list[Post]:
    if who is Who.ASSIGNEE:
        return _by_ids(session, [place.post_id] if place.post_id else [])
    if who is Who.HEAD:
        return _head(session, place.unit_id, _day(at))
    if who is Who.DUTY:
        return _on_duty(session, at)
    if who is Who.LEADER and (on_duty := _leaders_on_duty(session, at)):
        return on_duty
    return _first_held(session, _with_role(session, ROLE_OF[who], _day(at)), _day(at))


def _by_ids(session: Session, post_ids: Iterable[int]) -> list[Post]:
    rows = sa.select(Post).where(Post.id.in_(sorted(set(post_ids))))
    return list(session.scalars(rows.order_by(Post.rank, Post.id)))


def _head(session: Session, unit_id: int | None, day: date) -> list[Post]:
    if unit_id is None:
        return []
    posts = organisation.posts_of_unit(session, unit_id, day)
    return _first_held(session, [post for post in posts if post.is_head], day)


def _on_duty(session: Session, at: datetime) -> list[Post]:
    """Those of the roster; without one all posts of the duty desk."""
    for finder in hooks.on_duty:
        if found := finder(session, at):
            return _by_ids(session, found)
    return _with_role(session, Role.DUTY_OFFICER, _day(at))


def _leaders_on_duty(session: Session, at: datetime) -> list[Post]:
    """The leaders whose published day of duty it is."""
    rows = sa.select(ScheduleEntry.chair_post_id).where(
        ScheduleEntry.kind == EntryKind.DUTY,
        ScheduleEntry.state == EntryState.PUBLISHED,
        ScheduleEntry.starts_at <= at,
        ScheduleEntry.ends_at > at,
        ScheduleEntry.chair_post_id.is_not(None),
    )
    return _by_ids(session, [post_id for post_id in session.scalars(rows) if post_id])


def _with_role(session: Session, role: Role, day: date) -> list[Post]:
    rows = sa.select(Post).where(
        Post.id.in_(sa.select(PostRole.post_id).where(PostRole.role == role)),
        Post.valid_from <= day,
        sa.or_(Post.valid_to.is_(None), Post.valid_to >= day),
    )
    return list(session.scalars(rows.order_by(Post.rank, Post.id)))


def _first_held(session: Session, posts: list[Post], day: date) -> list[Post]:
    """The highest of the posts that somebody holds: a vacant head's deputy."""
    held = organisation.holders_of_posts(session, [post.id for post in posts], day)
    ranked = sorted(posts, key=lambda post: (post.rank, post.id))
    return [post for post in ranked if held[post.id]][:1]


def _deputies(session: Session, post_ids: list[int], at: datetime) -> dict[int, list[Person]]:
    """Who acts for each post by an approved delegation at the moment."""
    rows = (
        sa.select(Delegation.from_post_id, Person)
        .join(Person, Person.id == Delegation.to_person_id)
        .where(
            Delegation.from_post_id.in_(post_ids),
            Delegation.state == DelegationState.APPROVED,
            Delegation.valid_from <= at,
            Delegation.valid_to > at,
            Person.is_active.is_(True),
        )
        .order_by(Delegation.id)
    )
    found: dict[int, list[Person]] = {}
    for post_id, person in session.execute(rows):
        found.setdefault(post_id, []).append(person)
    return found


def _day(at: datetime) -> date:
    return local(at).date()
