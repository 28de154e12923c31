"""Cases as lists outside the room show them. They are not searched: their things are."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.escalation.models import CASE_LABELS, EscalationCase
from app.escalation.policies import policy
from app.escalation.queries import KIND, visible_cases
from app.kinds import Card, Kind
from app.security import Actor

BASE = "/goi-theo-cap"


def cards(session: Session, actor: Actor, ids: Sequence[int]) -> list[Card]:
    """Cards of the cases that the actor may see: one query."""
    return [
        Card(
            kind=KIND,
            id=one.id,
            title=one.title,
            subtitle=policy(one.policy, one.policy_from).label,
            url=f"{BASE}/{one.token}",
            state=CASE_LABELS[one.state],
        )
        for one in session.scalars(visible_cases(actor).where(EscalationCase.id.in_(ids)))
    ]


kind = Kind(name=KIND, label="Cuộc gọi theo cấp", icon="phone", cards=cards)
