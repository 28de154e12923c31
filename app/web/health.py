"""How the installation is doing: lines that rooms add, the outbox with its dead letters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit, outbox
from app.clock import now
from app.outbox import OutboxDelivery
from app.security import Actor, Permission, Role, authorize, everywhere

WATCH_HEALTH = Permission(
    "system:health", "Xem tình trạng hệ thống, gửi lại sự kiện", everywhere(Role.ADMINISTRATOR)
)
LATE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class HealthLine:
    """One part of the system: what it is, how it is (ok, warn, late), and a sentence."""

    label: str
    tone: str
    text: str


@dataclass(frozen=True, slots=True)
class ConsumerHealth:
    """One consumer of the outbox: what waits, since when, what is dead."""

    name: str
    waiting: int
    oldest: datetime | None
    failing: int
    dead: int

    @property
    def tone(self) -> str:
        if self.dead or (self.oldest is not None and now() - self.oldest > LATE):
            return "late"
        return "warn" if self.failing else "ok"


_lines: dict[str, Callable[[Session], HealthLine]] = {}


def register(key: str, line: Callable[[Session], HealthLine]) -> None:
    """Let a room say how its part is doing. `line` runs in a reading block and is quick."""
    _lines[key] = line


def lines(session: Session) -> list[HealthLine]:
    return [line(session) for line in _lines.values()] + [_audit_line(session)]


def consumers(session: Session) -> list[ConsumerHealth]:
    """All consumers with open or dead deliveries, one grouped query."""
    row = OutboxDelivery
    is_open = sa.and_(row.done_at.is_(None), row.dead_at.is_(None))
    grouped = (
        sa.select(
            row.consumer,
            sa.func.count().filter(is_open),
            sa.func.min(row.due_at).filter(is_open, row.due_at <= now()),
            sa.func.count().filter(is_open, row.last_error.is_not(None)),
            sa.func.count().filter(row.dead_at.is_not(None)),
        )
        .where(row.done_at.is_(None))
        .group_by(row.consumer)
    )
    return [ConsumerHealth(*values) for values in session.execute(grouped)]


def troubled(session: Session, *, limit: int = 100) -> list[OutboxDelivery]:
    """Deliveries that failed at least once and are not done, dead ones first."""
    rows = (
        sa.select(OutboxDelivery)
        .where(OutboxDelivery.done_at.is_(None), OutboxDelivery.last_error.is_not(None))
        .order_by(OutboxDelivery.dead_at.is_(None), OutboxDelivery.id)
        .limit(limit)
    )
    return list(session.scalars(rows))


def replay(session: Session, actor: Actor, *, delivery_ids: list[int]) -> int:
    """Try failed deliveries again now. Returns how many.

    Raises:
        PermissionDenied: the actor lacks `system:health`.
    """
    actor = authorize(actor, WATCH_HEALTH)
    count = outbox.replay(session, delivery_ids)
    audit.record(session, actor, "outbox.replayed", None, deliveries=delivery_ids[:100])
    return count


def _audit_line(session: Session) -> HealthLine:
    rows = session.scalar(sa.select(sa.func.count()).select_from(audit.AuditLog)) or 0
    sealed = session.scalar(sa.select(sa.func.max(audit.AuditSeal.position))) or 0
    waiting = rows - sealed
    text = f"{sealed} dòng đã niêm phong, {waiting} dòng đang chờ."
    return HealthLine("Nhật ký hệ thống", "warn" if waiting > 1000 else "ok", text)
