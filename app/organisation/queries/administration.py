"""What the administration pages list beside the everyday queries."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from app.clock import today
from app.organisation.models import Post, PostHolding, PostRole, Unit, UnitSuccession
from app.organisation.queries.structure import holders_of_posts, unit_tree
from app.security import Role


def unit_options(session: Session) -> list[tuple[int, str]]:
    """Units in force for a select, indented by their depth."""
    return [(node.unit.id, "\u2003" * node.depth + node.unit.name) for node in unit_tree(session)]


def post_options(session: Session) -> list[tuple[int, str]]:
    """Posts in force for a select, with their holders, by unit and rank."""
    posts = [post for group in posts_by_unit(session).values() for post in group]
    held = holders_of_posts(session, [post.id for post in posts])
    return [
        (post.id, " · ".join([post.label, *(person.full_name for person in held[post.id])]))
        for post in posts
    ]


def posts_by_unit(session: Session, *, with_ended: bool = False) -> dict[int, list[Post]]:
    """All posts by unit, in the order of the units, in one query."""
    day = today()
    rows = sa.select(Post).join(Unit, Unit.id == Post.unit_id)
    if not with_ended:
        rows = rows.where(
            Post.valid_from <= day, sa.or_(Post.valid_to.is_(None), Post.valid_to >= day)
        )
    found: dict[int, list[Post]] = {}
    for post in session.scalars(rows.order_by(Unit.position, Unit.id, Post.rank, Post.id)):
        found.setdefault(post.unit_id, []).append(post)
    return found


def posts_of_people(session: Session, person_ids: list[int]) -> dict[int, list[Post]]:
    """The posts that each person holds today, the main one first, in one query."""
    day = today()
    rows = (
        sa.select(PostHolding.person_id, Post)
        .join(Post, Post.id == PostHolding.post_id)
        .where(
            PostHolding.person_id.in_(person_ids),
            PostHolding.valid_from <= day,
            sa.or_(PostHolding.valid_to.is_(None), PostHolding.valid_to >= day),
        )
        .order_by(PostHolding.is_main.desc(), PostHolding.id)
    )
    found: dict[int, list[Post]] = {person_id: [] for person_id in person_ids}
    for person_id, post in session.execute(rows):
        found[person_id].append(post)
    return found


def all_holdings(session: Session, person_id: int) -> list[PostHolding]:
    """Every post the person ever held, those in force first."""
    rows = (
        sa.select(PostHolding)
        .options(joinedload(PostHolding.post))
        .where(PostHolding.person_id == person_id)
        .order_by(
            PostHolding.valid_to.is_not(None),
            PostHolding.is_main.desc(),
            PostHolding.valid_from.desc(),
            PostHolding.id,
        )
    )
    return list(session.scalars(rows))


def successions_of(session: Session, unit_id: int) -> list[tuple[UnitSuccession, Unit, Unit]]:
    """Where a unit came from and where it went, each with both units."""
    before, after = sa.orm.aliased(Unit), sa.orm.aliased(Unit)
    rows = (
        sa.select(UnitSuccession, before, after)
        .join(before, before.id == UnitSuccession.from_unit_id)
        .join(after, after.id == UnitSuccession.to_unit_id)
        .where(sa.or_(UnitSuccession.from_unit_id == unit_id, UnitSuccession.to_unit_id == unit_id))
        .order_by(UnitSuccession.on, UnitSuccession.id)
    )
    return [(row, old, new) for row, old, new in session.execute(rows)]


def posts_by_role(session: Session) -> dict[Role, list[Post]]:
    """The posts in force that carry each role."""
    day = today()
    rows = (
        sa.select(PostRole.role, Post)
        .join(Post, Post.id == PostRole.post_id)
        .where(Post.valid_from <= day, sa.or_(Post.valid_to.is_(None), Post.valid_to >= day))
        .order_by(Post.rank, Post.id)
    )
    found: dict[Role, list[Post]] = {role: [] for role in Role}
    for role, post in session.execute(rows):
        found[role].append(post)
    return found
