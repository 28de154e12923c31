"""A server reports what became of a mail of ours: matched by its Message-ID, or by nothing."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import now
from app.exchange.models import MailSending, SendingState
from app.outgoing.models import Delivery
from app.outgoing.services import note_delivery
from app.security import SYSTEM

UNKNOWN = "Báo trả lại không khớp thư nào đã gửi từ hệ thống."
DELAYED = "Máy chủ báo thư chưa đến, còn gửi lại."


def note(session: Session, report: dict[str, Any]) -> str:
    """Write a report down at the sending it speaks of. Returns the sentence for its own row."""
    rows = sa.select(MailSending).where(MailSending.message_id.in_(report["ids"]))
    row = session.scalar(rows.with_for_update())
    if row is None:
        return UNKNOWN
    if not report["failed"]:
        return DELAYED
    if row.state is not SendingState.BOUNCED:
        row.state, row.settled_at = SendingState.BOUNCED, now()
        row.reason = report["words"] or "Máy chủ nơi nhận trả lại thư."
        note_delivery(
            session, SYSTEM, document_id=row.document_id, recipient_id=row.recipient_id,
            delivery=Delivery.RETURNED, detail=row.reason,
        )  # fmt: skip
    return row.reason
