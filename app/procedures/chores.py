"""What happens by itself: yesterday's unfinished work of the fast lane goes the ordinary way."""

from __future__ import annotations

import sqlalchemy as sa

from app.clock import today
from app.db import reading, transaction
from app.procedures.models import Dossier, DossierStatus
from app.procedures.services import fast_to_ordinary


def keep_up() -> None:
    """Asked every few minutes by the relay; it writes only when there is something to do."""
    day = today()
    left = sa.select(Dossier.id).where(
        Dossier.is_fast, Dossier.received_on < day, Dossier.status == DossierStatus.PROCESSING
    )
    with reading() as session:
        if session.scalar(left.limit(1)) is None:
            return
    with transaction("procedures.fast_to_ordinary") as session:
        fast_to_ordinary(session, before=day)
