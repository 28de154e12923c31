"""Whether a look at a file or a hand-over leaves anything to write; asked by reading first, so that
most looks never wait for a writer."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit
from app.notifications.models import Notification
from app.notifications.queries import visible_notifications
from app.security import Actor


def look_is_news(session: Session, actor: Actor, kind: str, thing_id: int) -> bool:
    """True while the trail lacks this look, or a notice about the thing is unread."""
    unread = visible_notifications(actor).where(
        Notification.read_at.is_(None),
        Notification.kind == kind,
        Notification.thing_id == thing_id,
    )
    unwritten = ~audit.read_lately(actor, kind, thing_id, "read").exists()
    return bool(session.scalar(sa.select(sa.or_(unwritten, unread.exists()))))
