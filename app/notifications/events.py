"""What this room publishes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.outbox import Event


@dataclass(frozen=True)
class NoticeGiven(Event):
    """A notice was left for a post; open pages of its holders show it, mail follows if set up."""

    name: ClassVar[str] = "notification.given"
    notification_id: int


@dataclass(frozen=True)
class MailReady(Event):
    """A mail to one person may be sent now."""

    name: ClassVar[str] = "mail.ready"
    mail_id: int
