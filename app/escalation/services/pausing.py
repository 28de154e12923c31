"""Maintenance: for a while nobody is called."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit
from app.clock import now, today
from app.errors import InvalidInput, NotFound
from app.escalation import permissions
from app.escalation.models import EscalationCase, EscalationPause
from app.escalation.policies import policies
from app.security import Actor, authorize

LONGEST = timedelta(days=7)


def pause(
    session: Session,
    actor: Actor,
    *,
    policy: str | None,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
) -> EscalationPause:
    """Put off the levels that fall into a time. Raises InvalidInput for a time that is none."""
    acting = authorize(actor, permissions.HANDLE)
    if policy is not None and policy not in policies(today()):
        raise InvalidInput("Hãy chọn trong danh sách.", "policy")
    if ends_at <= starts_at or ends_at <= now():
        raise InvalidInput("Lúc kết thúc phải sau lúc bắt đầu và chưa qua.", "ends_at")
    if ends_at - starts_at > LONGEST:
        raise InvalidInput("Mỗi lần tạm dừng dài nhất 7 ngày.", "ends_at")
    row = EscalationPause(
        policy=policy,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason.strip(),
        made_by_post_id=acting.post_id,
    )
    session.add(row)
    session.flush()
    audit.record(session, acting, "escalation_pause.set", row.id)
    return row


def end_pause(session: Session, actor: Actor, pause_id: int) -> None:
    """Call again from now on; one that has not begun goes. Raises NotFound."""
    acting = authorize(actor, permissions.HANDLE)
    row = session.get(EscalationPause, pause_id, with_for_update=True)
    if row is None or row.ends_at <= now():
        raise NotFound(f"pause {pause_id}")
    at, until = now(), row.ends_at
    if row.starts_at >= at:
        session.delete(row)
    else:
        row.ends_at = at
    session.execute(  # what it put off is due; another pause that holds puts it off again
        sa.update(EscalationCase)
        .where(EscalationCase.ended_at.is_(None), EscalationCase.next_at == until)
        .values(next_at=at)
    )
    audit.record(session, acting, "escalation_pause.ended", pause_id)
