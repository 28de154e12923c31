"""Organ codes: ours, and whether two codes name one organ."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import today
from app.organisation.models import Organ, OrganCode


def own_codes(session: Session) -> set[str]:
    """Every code that is or was ours: peers use old ones for years."""
    rows = sa.select(OrganCode.value).join(Organ, Organ.id == OrganCode.organ_id)
    return set(session.scalars(rows.where(Organ.is_own)))


def current_codes(session: Session, organ_ids: Iterable[int]) -> dict[int, str]:
    """The code in force of each organ that has one; the newest where there are several."""
    day = today()
    rows = (
        sa.select(OrganCode.organ_id, OrganCode.value)
        .where(
            OrganCode.organ_id.in_(list(organ_ids)),
            OrganCode.valid_from <= day,
            sa.or_(OrganCode.valid_to.is_(None), OrganCode.valid_to >= day),
        )
        .order_by(OrganCode.valid_from, OrganCode.id)
    )
    return dict(session.execute(rows).tuples().all())


def organ_of_code(session: Session, code: str) -> int | None:
    """The organ that has or had a code; a merged one gives the organ it is now."""
    rows = (
        sa.select(Organ.id, Organ.merged_into_id)
        .join(OrganCode, OrganCode.organ_id == Organ.id)
        .where(OrganCode.value == code)
        .order_by(OrganCode.valid_from.desc(), OrganCode.id.desc())
    )
    found = session.execute(rows.limit(1)).tuples().first()
    return None if found is None else found[1] or found[0]


def same_organ(session: Session, one: str, other: str) -> bool:
    """Whether two codes are the same, or an old and a new one of the same organ."""
    if one.strip().upper() == other.strip().upper():
        return bool(one.strip())
    organ = organ_of_code(session, one)
    return organ is not None and organ == organ_of_code(session, other)
