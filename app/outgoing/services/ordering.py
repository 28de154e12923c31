"""Which comes first for a body: the number or the leader's signature (domain.md 1.8)."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit
from app.clock import now
from app.outgoing import permissions
from app.outgoing.models import SigningOrder
from app.outgoing.services.authority import get_body
from app.security import Actor, authorize


def numbers_first(session: Session, issuing_body_id: int) -> bool:
    """Whether the number comes first; a body that nobody has decided on signs first."""
    order = session.get(SigningOrder, issuing_body_id)
    return order is not None and order.number_first


def all_orders(session: Session) -> dict[int, bool]:
    """By body, for those that were decided on."""
    return {
        row.issuing_body_id: row.number_first for row in session.scalars(sa.select(SigningOrder))
    }


def set_order(
    session: Session, actor: Actor, *, issuing_body_id: int, number_first: bool
) -> SigningOrder:
    """Decide it for drafts begun from now on; those on their way keep theirs. Raises NotFound."""
    actor = authorize(actor, permissions.CONFIGURE)
    get_body(session, issuing_body_id)
    order = session.get(SigningOrder, issuing_body_id) or SigningOrder(
        issuing_body_id=issuing_body_id
    )
    order.number_first, order.set_by, order.set_at = number_first, actor.person_id, now()
    session.add(order)
    session.flush()
    audit.record(session, actor, "outgoing_order.set", issuing_body_id, number_first=number_first)
    return order
