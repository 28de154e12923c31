"""From a person to an actor: posts and delegations in force now, and the terms they give."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from app.clock import now, today
from app.db import UtcDateTime
from app.errors import NotFound
from app.organisation.models import (
    Delegation,
    DelegationState,
    Person,
    Post,
    PostHolding,
    Unit,
    UnitSuccession,
)
from app.security import DUTY, ONE_STOP, ORGAN, PUBLIC, Actor, Holding, Role, post_term, unit_term

DAY = sa.bindparam("day", type_=sa.Date)
SEES_ALL = frozenset({Role.LEADER, Role.CLERK, Role.CHIEF_OF_OFFICE})
SEES_INCIDENTS = frozenset({Role.LEADER, Role.DUTY_OFFICER, Role.CHIEF_OF_OFFICE})


def actor_for(session: Session, person_id: int, post_id: int | None = None) -> Actor:
    """The person as an actor today, in `post_id` if they hold it, else in their main post.

    Raises:
        NotFound: there is no such active person.
    """
    person = session.get(Person, person_id)
    if person is None or not person.is_active:
        raise NotFound(f"person {person_id}")
    holdings = holdings_of(session, person)
    actor = Actor(
        person_id=person.id,
        holding=holdings[0] if holdings else None,
        holdings=holdings,
        terms=frozenset[str]().union(*(holding.terms for holding in holdings)),
        name=person.full_name,
    )
    return actor if post_id is None else actor.in_post(post_id)


def holdings_of(session: Session, person: Person) -> tuple[Holding, ...]:
    """The posts of a person today, the main one first, then the posts delegated to them now.

    A post that is both held and delegated counts as held.
    """
    at = {"person_id": person.id, "day": today(), "moment": now()}
    held = session.scalars(_posts_held(), at).unique().all()
    lent = session.execute(_posts_lent(), at).tuples().all()
    found: dict[int, Holding] = {}
    for post in held:
        found.setdefault(post.id, _holding(post))
    for delegation, post, name in lent:
        acting = replace(
            _holding(post),
            label=f"{name}, {post.label}",
            roles=post.roles - {Role.ADMINISTRATOR},
            on_behalf_of=delegation.from_person_id,
        )
        found.setdefault(post.id, acting)
    heads = [post for post in [*held, *(row[1] for row in lent)] if post.is_head]
    return tuple(_with_terms(session, found, {post.id: post.unit_id for post in heads}))


@cache
def _posts_held() -> sa.Select[tuple[Post]]:
    """Of `person_id` on `day`, the main one first. Asked for by every page, so built once."""
    return (
        sa.select(Post)
        .join(PostHolding, PostHolding.post_id == Post.id)
        .where(
            PostHolding.person_id == sa.bindparam("person_id", type_=sa.Integer),
            *_valid(PostHolding, DAY),
            *_valid(Post, DAY),
        )
        .order_by(PostHolding.is_main.desc(), Post.rank, PostHolding.id)
        .options(joinedload(Post.role_rows))
    )


@cache
def _posts_lent() -> sa.Select[tuple[Delegation, Post, str]]:
    """What others delegated to `person_id`, at `moment` of `day`, with their names."""
    moment = sa.bindparam("moment", type_=UtcDateTime)
    return (
        sa.select(Delegation, Post, Person.full_name)
        .join(Post, Post.id == Delegation.from_post_id)
        .join(Person, Person.id == Delegation.from_person_id)
        .where(
            Delegation.to_person_id == sa.bindparam("person_id", type_=sa.Integer),
            Delegation.state == DelegationState.APPROVED,
            Delegation.valid_from <= moment,
            Delegation.valid_to > moment,
            *_valid(Post, DAY),
        )
        .order_by(Delegation.valid_from, Delegation.id)
    )


def actor_for_post(session: Session, post_id: int, *, person_id: int, name: str) -> Actor:
    """A machine client acting in a post; `person_id` is the person row that stands for it.

    Raises:
        NotFound: the post does not exist or has ended.
    """
    post = session.get(Post, post_id)
    if post is None or not post.is_valid(today()):
        raise NotFound(f"post {post_id}")
    heads = {post.id: post.unit_id} if post.is_head else {}
    [holding] = _with_terms(session, {post.id: _holding(post)}, heads)
    return Actor(
        person_id=person_id,
        holding=holding,
        holdings=(holding,),
        terms=holding.terms,
        name=name,
    )


def _holding(post: Post) -> Holding:
    return Holding(
        post_id=post.id,
        unit_id=post.unit_id,
        roles=post.roles,
        label=post.label,
        unit_label=post.unit.short_name,
    )


def _with_terms(
    session: Session, found: dict[int, Holding], head_units: dict[int, int]
) -> Iterable[Holding]:
    reach = reach_of(session, head_units.values())
    for holding in found.values():
        if not holding.roles - {Role.ADMINISTRATOR}:
            yield holding  # administrators see no content
            continue
        terms = {PUBLIC, post_term(holding.post_id)}
        if holding.roles & SEES_ALL:
            terms.add(ORGAN)
        if Role.ONE_STOP_OFFICER in holding.roles:
            terms.add(ONE_STOP)
        if holding.roles & SEES_INCIDENTS:
            terms.add(DUTY)
        if holding.post_id in head_units:
            terms.update(unit_term(unit) for unit in reach[head_units[holding.post_id]])
        yield replace(holding, terms=frozenset(terms))


def reach_of(session: Session, unit_ids: Iterable[int]) -> dict[int, set[int]]:
    """Each unit with those below it and all predecessors of these, in one query."""
    wanted = set(unit_ids)
    if not wanted:
        return {}
    edges = (
        sa.select(Unit.parent_id.label("upper"), Unit.id.label("lower"))
        .where(Unit.parent_id.is_not(None))
        .union_all(sa.select(UnitSuccession.to_unit_id.label("upper"), UnitSuccession.from_unit_id))
        .subquery()
    )
    reach = (
        sa.select(Unit.id.label("start"), Unit.id.label("unit_id"))
        .where(Unit.id.in_(wanted))
        .cte("reach", recursive=True)
    )
    reach = reach.union(
        sa.select(reach.c.start, edges.c.lower).join(edges, edges.c.upper == reach.c.unit_id)
    )
    found: dict[int, set[int]] = {unit_id: {unit_id} for unit_id in wanted}
    for start, unit_id in session.execute(sa.select(reach.c.start, reach.c.unit_id)):
        found[start].add(unit_id)
    return found


def _valid(
    table: type[PostHolding] | type[Post], day: sa.ColumnElement[date]
) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        table.valid_from <= day,
        sa.or_(table.valid_to.is_(None), table.valid_to >= day),
    )
