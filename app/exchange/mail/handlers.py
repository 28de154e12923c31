"""What the relay does for mail: issued documents go out, secret ones are forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from app import db
from app.db import reading, transaction
from app.exchange.mail import sending, taking
from app.exchange.mail.events import MailQueued
from app.files.store import current_store
from app.notifications import mail
from app.notifications.smtp import Connection, Refused
from app.outbox import ThingPurged
from app.outgoing.events import DocumentIssued, ScanAttached
from app.relay import HandlerConsumer

CONSUMER = "exchange-mail"
TABLES = ("mail_arrival", "mail_part", "outbox_event")


def consumer() -> HandlerConsumer:
    """The consumer with all its events; a mail with a large file may take its time."""
    made = HandlerConsumer(CONSUMER, lease=timedelta(minutes=10))
    made.on(DocumentIssued.name, on_issued)
    made.on(ScanAttached.name, on_issued)
    made.on(MailQueued.name, on_queued)
    made.on(ThingPurged.name, on_purged)
    return made


def on_issued(payload: Mapping[str, Any]) -> None:
    """Queue a mail for each recipient that gets the document by mail."""
    with transaction("mail.queue") as session:
        sending.queue(session, int(payload["document_id"]))


def on_queued(payload: Mapping[str, Any]) -> None:
    """Hand one mail to the server and note its answer.

    Raises what the connection raises when the server is away or busy: the outbox tries again.
    """
    sending_id, post = int(payload["sending_id"]), mail.configured()
    if post is None:
        refused = sending.NO_SERVER
    else:
        with reading() as session:
            ready = sending.prepare(session, current_store(), post, sending_id)
        if ready is None:
            return
        if ready == sending.WAIT:
            with transaction("mail.await_file") as session:
                sending.await_file(session, sending_id)
            return
        refused = ready if isinstance(ready, str) else ""
        if isinstance(ready, sending.Ready):
            refused = _send(post, ready)
    with transaction("mail.noted") as session:
        sending.note(session, sending_id, refused)


def _send(post: mail.Post, ready: sending.Ready) -> str:
    try:
        message = sending.compose(post, ready)
    except ValueError as error:
        return str(error)
    try:
        with Connection(post.server) as connection:
            connection.send(message)
    except Refused as error:
        return str(error)
    return ""


def on_purged(payload: Mapping[str, Any]) -> None:
    """A file was purged as secret: so is what its mail said."""
    if payload["kind"] != "intake":
        return
    with transaction("mail.purge") as session:
        purged = taking.purge_mails_of(session, int(payload["thing_id"]))
    if purged:
        db.forget_deleted(TABLES)
