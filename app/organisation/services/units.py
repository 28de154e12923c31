"""Units and posts: made, changed, ended, succeeded."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit
from app.errors import InvalidInput, RuleViolated
from app.organisation import queries
from app.organisation.models import (
    Post,
    PostHolding,
    PostRole,
    SuccessionRelation,
    Unit,
    UnitKind,
    UnitSuccession,
)
from app.organisation.names import fold_name
from app.organisation.permissions import MANAGE
from app.organisation.services.people import check_version
from app.security import Actor, Role, authorize


def create_unit(
    session: Session,
    actor: Actor,
    *,
    name: str,
    short_name: str,
    code: str,
    kind: UnitKind,
    parent_id: int | None,
    position: int,
    valid_from: date,
) -> Unit:
    """Add a unit to the tree.

    Raises:
        InvalidInput: a unit of that name or code is in force then.
    """
    actor = authorize(actor, MANAGE)
    unit = Unit(kind=kind, parent_id=parent_id, position=position, valid_from=valid_from)
    unit.name, unit.short_name, unit.code = name.strip(), short_name.strip(), code.strip()
    _check_unit(session, unit)
    session.add(unit)
    session.flush()
    audit.record(session, actor, "unit.created", unit.id)
    return unit


def edit_unit(
    session: Session,
    actor: Actor,
    *,
    unit_id: int,
    name: str,
    short_name: str,
    code: str,
    kind: UnitKind,
    parent_id: int | None,
    position: int,
    valid_from: date,
    version: int | None = None,
) -> Unit:
    """Correct a unit. A real renaming ends it and begins a successor instead: old papers keep
    the old name.

    Raises:
        InvalidInput: the name is taken, or the parent stands below the unit.
        EditConflict: somebody else changed the unit meanwhile.
    """
    actor = authorize(actor, MANAGE)
    unit = queries.get_unit(session, unit_id)
    check_version(unit, version)
    if parent_id is not None and parent_id in queries.units_under(session, unit.id):
        raise InvalidInput("Đơn vị không thể thuộc chính nó hoặc đơn vị cấp dưới.", "parent_id")
    with session.no_autoflush:
        unit.name, unit.short_name, unit.code = name.strip(), short_name.strip(), code.strip()
        unit.kind, unit.parent_id, unit.position = kind, parent_id, position
        unit.valid_from = valid_from
        _check_unit(session, unit)
    audit.record(session, actor, "unit.edited", unit.id)
    return unit


def end_unit(
    session: Session,
    actor: Actor,
    *,
    unit_id: int,
    valid_to: date,
    relation: SuccessionRelation,
    successor_ids: Collection[int],
) -> None:
    """End a unit after a day, with its posts, and name who takes over from the next day.

    The heads of the successors then see what the unit was sent. Units below it stay; they are
    to be moved or ended themselves.

    Raises:
        InvalidInput: the day lies before its beginning, or it would succeed itself.
        RuleViolated: units below it are still in force after that day.
    """
    actor = authorize(actor, MANAGE)
    unit = queries.get_unit(session, unit_id)
    if valid_to < unit.valid_from:
        raise InvalidInput("Ngày kết thúc trước ngày đơn vị có hiệu lực.", "valid_to")
    if unit.id in successor_ids:
        raise InvalidInput("Đơn vị không thể kế thừa chính nó.", "successor_ids")
    _refuse_units_below(session, unit, valid_to)
    unit.valid_to = valid_to
    for successor_id in successor_ids:
        queries.get_unit(session, successor_id)
        session.add(
            UnitSuccession(
                from_unit_id=unit.id, to_unit_id=successor_id, relation=relation, on=valid_to
            )
        )
    for post in session.scalars(sa.select(Post).where(Post.unit_id == unit.id)):
        _end_post(session, post, valid_to)
    audit.record(
        session, actor, "unit.ended", unit.id, relation=relation.value, to=list(successor_ids)
    )


def _refuse_units_below(session: Session, unit: Unit, valid_to: date) -> None:
    below = [
        child.short_name
        for child in session.scalars(sa.select(Unit).where(Unit.parent_id == unit.id))
        if child.valid_to is None or child.valid_to > valid_to
    ]
    if below:
        raise RuleViolated(f"Còn đơn vị cấp dưới đang hoạt động: {', '.join(below)}.")


def create_post(
    session: Session,
    actor: Actor,
    *,
    title: str,
    unit_id: int,
    roles: Iterable[Role],
    is_head: bool,
    rank: int,
    valid_from: date,
) -> Post:
    """Add a post to a unit."""
    actor = authorize(actor, MANAGE)
    queries.get_unit(session, unit_id)
    post = Post(unit_id=unit_id, is_head=is_head, rank=rank, valid_from=valid_from)
    post.title = title.strip()
    post.role_rows = [PostRole(role=role) for role in _allowed(roles)]
    session.add(post)
    session.flush()
    audit.record(session, actor, "post.created", post.id, roles=_codes(post))
    return post


def edit_post(
    session: Session,
    actor: Actor,
    *,
    post_id: int,
    title: str,
    unit_id: int,
    roles: Iterable[Role],
    is_head: bool,
    rank: int,
    valid_from: date,
    version: int | None = None,
) -> Post:
    """Change a post; its holders' rights follow at their next click.

    Raises:
        RuleViolated: a post cannot be moved to another unit once somebody has held it.
        EditConflict: somebody else changed the post meanwhile.
    """
    actor = authorize(actor, MANAGE)
    post = queries.get_post(session, post_id)
    check_version(post, version)
    held = session.scalar(sa.select(PostHolding.id).where(PostHolding.post_id == post.id).limit(1))
    if unit_id != post.unit_id and held is not None:
        raise RuleViolated("Chức vụ đã có người giữ thì không chuyển đơn vị. Hãy lập chức vụ mới.")
    wanted = _allowed(roles)
    post.title, post.unit_id, post.is_head, post.rank = title.strip(), unit_id, is_head, rank
    post.valid_from = valid_from
    kept = [row for row in post.role_rows if row.role in wanted]
    post.role_rows = kept + [PostRole(role=role) for role in wanted - post.roles]
    session.flush()
    audit.record(session, actor, "post.edited", post.id, roles=_codes(post))
    return post


def end_post(session: Session, actor: Actor, *, post_id: int, valid_to: date) -> None:
    """End a post and the holdings of it after a day.

    Raises:
        InvalidInput: the day lies before its beginning.
    """
    actor = authorize(actor, MANAGE)
    post = queries.get_post(session, post_id)
    if valid_to < post.valid_from:
        raise InvalidInput("Ngày kết thúc trước ngày chức vụ có hiệu lực.", "valid_to")
    _end_post(session, post, valid_to)
    audit.record(session, actor, "post.ended", post.id)


def _end_post(session: Session, post: Post, valid_to: date) -> None:
    if post.valid_to is None or post.valid_to > valid_to:
        post.valid_to = max(valid_to, post.valid_from)
    for holding in session.scalars(sa.select(PostHolding).where(PostHolding.post_id == post.id)):
        if holding.valid_to is None or holding.valid_to > valid_to:
            holding.valid_to = max(valid_to, holding.valid_from)


def _allowed(roles: Iterable[Role]) -> set[Role]:
    wanted = set(roles)
    if Role.ADMINISTRATOR in wanted and len(wanted) > 1:
        raise InvalidInput(
            "Vai trò Quản trị đứng riêng: người quản trị không đọc nội dung văn bản.", "roles"
        )
    return wanted


def _codes(post: Post) -> list[str]:
    return sorted(role.value for role in post.roles)


def _check_unit(session: Session, unit: Unit) -> None:
    """Names and codes are unique among the units in force from the unit's first day on."""
    if not (unit.name and unit.short_name and unit.code):
        raise InvalidInput("Đơn vị cần tên, tên ngắn và mã.", "name")
    if unit.parent_id is not None:
        queries.get_unit(session, unit.parent_id)
    for other in session.scalars(sa.select(Unit)):
        if other.id == unit.id or (other.valid_to and other.valid_to < unit.valid_from):
            continue
        if fold_name(other.name) == fold_name(unit.name):
            raise InvalidInput(f"Đã có đơn vị “{other.name}”.", "name")
        if other.code == unit.code:
            raise InvalidInput(f"Mã {unit.code} đã dùng cho “{other.name}”.", "code")
