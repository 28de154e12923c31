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
    mine = Dossier.handler_post_id.in_(sorted(actor.post_ids))
    parts = [sa.and_(mine, Dossier.status.in_(RUNNING))]
    if actor.may(RECEIVE):
        parts.append(Dossier.status == DossierStatus.DONE)
    # One after the other, each from its own index: joined by OR they are looked for everywhere.
    some = sa.union_all(*(sa.select(Dossier.status, Dossier.due_at).where(part) for part in parts))
    waiting = some.subquery()
    late = sa.and_(waiting.c.status.in_(RUNNING), waiting.c.due_at < now())
    return sa.select(sa.func.count(), sa.func.count().filter(late)).select_from(waiting)
