"""An issued document goes to its recipients by mail.

SMTP has no transaction with our database: dying between the server's answer and our commit sends
the mail again, with the same Message-ID, by which receiving systems know it for the same.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit, outbox
from app.addresses import is_address
from app.clock import VIETNAM, now
from app.errors import RuleViolated
from app.exchange import permissions
from app.exchange.mail.events import MailQueued
from app.exchange.models import MailSending, SendingState
from app.exchange.services import sending as exchange
from app.exchange.services.sending import NO_FILE, TAKEN_BACK, newest_file
from app.files.store import FileStore
from app.notifications import mail
from app.notifications.mail import Post
from app.outgoing.models import Channel, Delivery, OutgoingDocument, OutgoingStatus, Recipient
from app.outgoing.queries.documents import get_document
from app.outgoing.services import note_delivery
from app.registers.queries import type_labels
from app.security import SYSTEM, Actor, authorize

NO_SERVER = "Chưa cài máy chủ gửi thư điện tử."
WAIT = "wait"
NO_ADDRESS = "Nơi nhận không có địa chỉ thư điện tử đúng."
TEXT = """Kính gửi: {to}

{organ} gửi {label} {code}{day}: {subject}.

Văn bản có chữ ký số ở tệp đính kèm. Thư này được gửi tự động.
"""


@dataclass(frozen=True, slots=True)
class Ready:
    """All that a mail says, read from the database; the file's bytes come after."""

    message_id: str
    name: str
    address: str
    subject: str
    text: str
    file: Path
    file_name: str
    date: str


def queue(session: Session, document_id: int) -> int:
    """Let a document go to each of its recipients by mail, once. Returns how many wait now.

    A recipient that cannot be reached is marked failed, with the reason. Called again when the
    scan of a paper document has come, it lets go what waited for it.
    """
    rows = sa.select(Recipient).filter_by(document_id=document_id, channel=Channel.EMAIL)
    mine = session.scalars(sa.select(MailSending).filter_by(document_id=document_id))
    known = {row.recipient_id: row for row in mine}
    waiting = 0
    for one in session.scalars(rows.order_by(Recipient.position)).all():
        row = known.get(one.id)
        if one.delivery is not Delivery.WAITING or (row is not None and row.reason != NO_FILE):
            continue
        if row is None:
            row = _add(session, one)
        if mail.configured() is None or not is_address(one.email):
            note(session, row.id, NO_SERVER if mail.configured() is None else NO_ADDRESS)
            continue
        outbox.publish(session, MailQueued(sending_id=row.id))
        waiting += 1
    return waiting


def _add(session: Session, one: Recipient) -> MailSending:
    row = MailSending(
        document_id=one.document_id,
        recipient_id=one.id,
        message_id=mail.new_message_id(secrets.token_urlsafe(18)),
    )
    session.add(row)
    session.flush()
    return row


def await_file(session: Session, sending_id: int) -> None:
    """The document has no file yet: the mail waits for its scan."""
    row = session.get_one(MailSending, sending_id, with_for_update=True)
    if newest_file(session, row.document_id) is not None:  # it has just come
        outbox.publish(session, MailQueued(sending_id=row.id))
    elif row.state is SendingState.QUEUED and row.reason != NO_FILE:
        row.reason = NO_FILE
        one = session.get_one(Recipient, row.recipient_id)
        exchange.await_file(session, [one])


def send_again(session: Session, actor: Actor, *, sending_id: int) -> MailSending:
    """A person has a mail sent once more that was refused or came back, to the address as it is
    now. It is a new mail with a Message-ID of its own: late reports speak of the old one.

    Raises RuleViolated for any other mail, or a document that was recalled.
    """
    actor = authorize(actor, permissions.HANDLE)
    row = session.get_one(MailSending, sending_id, with_for_update=True)
    document = get_document(session, actor, row.document_id)
    if row.state not in (SendingState.REFUSED, SendingState.BOUNCED):
        raise RuleViolated("Thư này không bị từ chối hay trả lại, không gửi lại.")
    if document.status is OutgoingStatus.RECALLED:
        raise RuleViolated(TAKEN_BACK)
    row.state, row.reason, row.settled_at, row.made_at = SendingState.QUEUED, "", None, now()
    row.message_id = mail.new_message_id(secrets.token_urlsafe(18))
    audit.record(session, actor, "mail_sending.again", row.id)
    _deliver(session, row.document_id, row.recipient_id, Delivery.WAITING, "Đang gửi lại.")
    outbox.publish(session, MailQueued(sending_id=row.id))
    return row


def prepare(session: Session, store: FileStore, post: Post, sending_id: int) -> Ready | str | None:
    """What is to be sent; a sentence why nothing may be (`WAIT`: not yet); None when it was
    dealt with."""
    row = session.get_one(MailSending, sending_id)
    if row.state is not SendingState.QUEUED:
        return None
    document = session.get_one(OutgoingDocument, row.document_id)
    if document.status is OutgoingStatus.RECALLED:
        return TAKEN_BACK
    file = newest_file(session, document.id)
    if file is None:
        return WAIT
    recipient = session.get_one(Recipient, row.recipient_id)
    label = type_labels(session).get(document.document_type, "Văn bản")
    day = f" ngày {document.issued_date:%d/%m/%Y}" if document.issued_date else ""
    words = {"label": label, "code": document.full_code, "subject": document.subject_summary}
    return Ready(
        message_id=row.message_id,
        name=recipient.name,
        address=recipient.email,
        subject="{label} {code}: {subject}".format(**words),
        text=TEXT.format(to=recipient.name, organ=post.organ, day=day, **words),
        file=store.path(file.sha256),
        file_name=file.name,
        date=format_datetime(row.made_at.astimezone(VIETNAM)),
    )


def compose(post: Post, ready: Ready) -> EmailMessage:
    """The mail with the document. Raises ValueError for a name or address that no header holds."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = " ".join(ready.subject.split())[:400]
    message["From"] = Address(post.organ, addr_spec=post.server.sender)
    message["To"] = Address(" ".join(ready.name.split()), addr_spec=ready.address)
    message["Date"] = ready.date
    message["Message-ID"] = ready.message_id
    message.set_content(ready.text)
    message.add_attachment(
        ready.file.read_bytes(), maintype="application", subtype="pdf", filename=ready.file_name
    )
    return message


def note(session: Session, sending_id: int, refused: str = "") -> None:
    """The server took it, or never will. Repeating it changes nothing."""
    row = session.get_one(MailSending, sending_id, with_for_update=True)
    if row.state is not SendingState.QUEUED:
        return
    row.state = SendingState.REFUSED if refused else SendingState.ACCEPTED
    row.reason, row.settled_at = refused[:500], now()
    audit.record(session, SYSTEM, "mail_sending.noted", row.id, state=row.state.value)
    delivery = Delivery.FAILED if refused else Delivery.SENT
    words = refused or "Máy chủ thư đã nhận."
    _deliver(session, row.document_id, row.recipient_id, delivery, words)


def _deliver(
    session: Session, document_id: int, recipient_id: int, delivery: Delivery, detail: str
) -> None:
    note_delivery(
        session, SYSTEM, document_id=document_id, recipient_id=recipient_id, delivery=delivery,
        detail=detail,
    )  # fmt: skip
