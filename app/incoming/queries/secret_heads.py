"""Titles that make a paper secret."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.incoming.models import SecretHead


def all_secret_heads(session: Session) -> Sequence[SecretHead]:
    """Those out of force too, the newest of a title first."""
    rows = sa.select(SecretHead).order_by(SecretHead.title, SecretHead.valid_from.desc())
    return session.scalars(rows).all()


def get_secret_head(session: Session, head_id: int) -> SecretHead:
    """Raises NotFound."""
    found = session.get(SecretHead, head_id)
    if found is None:
        raise NotFound(f"secret head {head_id}")
    return found


def secret_heads_on(session: Session, day: date) -> tuple[str, ...]:
    """The titles that hold a letter on a day."""
    return tuple(head.title for head in all_secret_heads(session) if head.counts_on(day))
