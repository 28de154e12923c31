"""The number beside “Hồ sơ một cửa” in the left bar."""

from __future__ import annotations

import sqlalchemy as sa

from app.clock import now
from app.procedures.models import Dossier, DossierStatus
from app.procedures.models.words import RUNNING
from app.procedures.permissions import RECEIVE
from app.security import Actor


def counted_mine(actor: Actor) -> sa.Select[tuple[int, int]]:
    """How many dossiers wait for the actor, and how many of them are late: those they handle, and
    at the counter the results that wait to be handed over."""
    posts = sorted(actor.post_ids)
    handled = sa.and_(Dossier.handler_post_id.in_(posts), Dossier.status.in_(RUNNING))
    waiting = [handled]
    if actor.may(RECEIVE):
        waiting.append(Dossier.status == DossierStatus.DONE)
    late = sa.and_(Dossier.status.in_(RUNNING), Dossier.due_at < now())
    return sa.select(sa.func.count(), sa.func.count().filter(late)).where(sa.or_(*waiting))
