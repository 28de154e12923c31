"""The consumer “mail”: takes what is ready to the mail server. Only the relay runs it."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.orm import Session

from app import kinds, outbox
from app.clock import now
from app.db import reading, transaction
from app.errors import NotFound
from app.notifications import mail, queries
from app.notifications.events import MailReady
from app.notifications.mail import Content, Line, Post
from app.notifications.models import Notification, OutgoingMail
from app.notifications.smtp import Connection, Later, Refused
from app.organisation import queries as organisation
from app.outbox import Claimed, Outcome
from app.security import Actor

log = logging.getLogger(__name__)

MOST_LINES = 50  # of each part of a digest
LIST_PATH = "/thong-bao"
NO_ADDRESS = "Người nhận không còn làm việc hoặc không có địa chỉ thư."


class MailConsumer:
    """Sends each mail once; again, with the same Message-ID, only if we died before noting it."""

    name = "mail"
    lease = timedelta(minutes=10)

    def __init__(self) -> None:
        outbox.subscribe(self.name, MailReady.name)

    def handle(self, deliveries: Sequence[Claimed]) -> Outcome:
        """Send a batch over one connection; what half the lease is too short for waits."""
        post = mail.configured()
        if post is None:
            return Outcome(failed=[(one, "no mail server is configured") for one in deliveries])
        outcome = Outcome()
        ends = time.monotonic() + self.lease.total_seconds() / 2
        away = ""
        with Connection(post.server) as connection:
            for delivery in deliveries:
                if away or time.monotonic() > ends:
                    outcome.failed.append((delivery, away or "the mail server is slow"))
                    continue
                try:
                    send(post, connection, delivery.payload["mail_id"])
                except Later as error:
                    outcome.failed.append((delivery, str(error)))
                except OSError as error:  # also what smtplib raises: the server is away
                    away = f"{type(error).__name__}: {error}"
                    log.warning("mail server: %s", type(error).__name__)
                    outcome.failed.append((delivery, away))
                else:
                    outcome.done.append(delivery)
        return outcome


def send(post: Post, connection: Connection, mail_id: int) -> None:
    """Send one mail and note it; one that cannot be sent is noted with the reason.

    Raises Later when it cannot be sent now, OSError when the server is away.
    """
    with reading() as session:
        content = content_of(session, mail_id)
    if content is None:
        return
    reason = content if isinstance(content, str) else ""
    if isinstance(content, Content):
        try:
            connection.send(mail.compose(post, content))
        except (Refused, ValueError) as error:  # an address that is none, or unknown there
            reason = str(error)
    with transaction("mail.sent") as session:
        row = session.get_one(OutgoingMail, mail_id)
        row.not_sent = reason[:300]
        row.sent_at = None if reason else now()


def content_of(session: Session, mail_id: int) -> Content | str | None:
    """What a mail says now; a sentence why there is nothing to send; None if it was dealt with."""
    row = session.get(OutgoingMail, mail_id)
    if row is None or row.sent_at or row.not_sent:
        return None
    try:
        actor = organisation.actor_for(session, row.person_id)
    except NotFound:
        return NO_ADDRESS
    address = organisation.get_person(session, row.person_id).email.strip()
    if not address:
        return NO_ADDRESS
    reminders, notices, more = _told(session, actor, row)
    if not notices and not reminders:
        return queries.NOTHING if row.digest_on else queries.GONE
    paths = _paths(session, actor, [*reminders, *notices])
    return Content(
        name=actor.name,
        address=address,
        message_id=row.message_id,
        made_at=row.made_at,
        lines=[_line(notice, paths) for notice in notices],
        reminders=[_line(notice, paths) for notice in reminders],
        more=more,
        day=row.digest_on,
    )


def _told(
    session: Session, actor: Actor, row: OutgoingMail
) -> tuple[Sequence[Notification], Sequence[Notification], int]:
    """Reminders, notices, and how many notices more there are than a mail holds."""
    if row.digest_on is None:
        notice = session.get(Notification, row.notification_id or 0)
        return [], [notice] if notice else [], 0
    found = [
        queries.unread_between(
            session, actor, row.since, row.made_at, reminders=reminders, limit=MOST_LINES
        )
        for reminders in (True, False)
    ]
    [(reminders, _), (notices, _)] = found
    return reminders, notices, sum(count - len(shown) for shown, count in found)


def _paths(
    session: Session, actor: Actor, notices: Sequence[Notification]
) -> dict[tuple[str, int], str]:
    """Where the product shows what the notices are about, of what the person may see."""
    things = [(notice.kind, notice.thing_id) for notice in notices]
    return {(card.kind, card.id): card.url for card in kinds.cards(session, actor, things)}


def _line(notice: Notification, paths: dict[tuple[str, int], str]) -> Line:
    return Line(notice.title, notice.text, paths.get((notice.kind, notice.thing_id), LIST_PATH))
