"""The line of the health page about the mailbox."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.clock import local
from app.exchange.models import Mailbox
from app.web.health import HealthLine
from config.settings import MailboxSettings


def line(session: Session, box: MailboxSettings | None) -> HealthLine:
    """Whether a mailbox is set up, and how the last look into it went."""
    label = "Hộp thư đến"
    if box is None:
        return HealthLine(label, "ok", "Chưa cài hộp thư: văn bản không được lấy từ thư điện tử.")
    row = session.get(Mailbox, box.name)
    if row is None or row.polled_at is None:
        return HealthLine(label, "warn", f"{box.name}: chưa lấy thư lần nào.")
    if row.error:
        return HealthLine(label, "warn", f"{box.name}: {row.error}")
    return HealthLine(
        label, "ok", f"{box.name}: lấy thư lần cuối {local(row.polled_at):%H:%M %d/%m/%Y}."
    )
