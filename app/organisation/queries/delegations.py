"""Delegations: all of them for the office, one's own for everybody."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from app.clock import now
from app.organisation.models import Delegation, DelegationState
from app.organisation.permissions import APPROVE_DELEGATION
from app.security import Actor


def delegations(session: Session, *, open_only: bool = False, limit: int = 200) -> list[Delegation]:
    """The newest delegations; `open_only`: proposed, or in force now or later."""
    rows = _with_people().order_by(Delegation.id.desc()).limit(limit)
    if open_only:
        states = (DelegationState.PROPOSED, DelegationState.APPROVED)
        rows = rows.where(Delegation.state.in_(states), Delegation.valid_to > now())
    return list(session.scalars(rows))


def delegations_of(session: Session, person_id: int, *, limit: int = 100) -> list[Delegation]:
    """Delegations from or to a person, the newest first."""
    rows = _with_people().where(
        sa.or_(Delegation.from_person_id == person_id, Delegation.to_person_id == person_id)
    )
    return list(session.scalars(rows.order_by(Delegation.id.desc()).limit(limit)))


def counted_delegations(actor: Actor) -> sa.Select[tuple[int, int]] | None:
    """How many wait for a leader's decision, never red; nothing to do for the others."""
    if not actor.may(APPROVE_DELEGATION):
        return None
    return sa.select(sa.func.count(), sa.literal_column("0", sa.Integer)).where(
        Delegation.state == DelegationState.PROPOSED, Delegation.valid_to > now()
    )


def _with_people() -> sa.Select[tuple[Delegation]]:
    return sa.select(Delegation).options(
        joinedload(Delegation.from_post),
        joinedload(Delegation.from_person),
        joinedload(Delegation.to_person),
    )
