"""What a mail says: no more than the notices in the product say. No database, no network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from app.addresses import is_address
from app.clock import VIETNAM
from app.errors import ProgrammingFault
from config.settings import MailSettings, Settings

TEMPLATES = Environment(
    loader=PackageLoader("app.notifications"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Post:
    """How this installation sends: server, the name in the From line, the address for links."""

    server: MailSettings
    product: str
    organ: str
    public_url: str


@dataclass(frozen=True, slots=True)
class Line:
    """One notice: title, sentence, and the path where the product shows the thing."""

    title: str
    text: str
    path: str


@dataclass(frozen=True, slots=True)
class Content:
    """What one person is told: about one urgent notice, or the digest of `day`."""

    name: str
    address: str
    message_id: str
    made_at: datetime
    lines: Sequence[Line]
    reminders: Sequence[Line] = ()
    more: int = 0  # notices that the product shows and the mail does not
    day: date | None = None


_post: Post | None = None


def configure(settings: Settings) -> None:
    """Take the installation's settings. Without a mail server nothing is ever mailed."""
    global _post
    _post = None
    if settings.mail is not None:
        _post = Post(settings.mail, settings.product_name, settings.organ_name, settings.public_url)


def configured() -> Post | None:
    """How to send, or None: notices stay in the product."""
    return _post


def new_message_id(key: str) -> str:
    """The Message-ID of a mail, kept with its row: a mail sent twice is recognised by it.

    `key` is unguessable and of letters, digits, - and _ only.
    """
    if _post is None:
        raise ProgrammingFault("no mail server is configured")
    return f"<{key}@{_post.server.sender.rpartition('@')[2]}>"


def compose(post: Post, content: Content) -> EmailMessage:
    """The mail as text and as simple HTML.

    Raises ValueError for an address that is none: one wrong row must not hold up the others.
    """
    if not is_address(content.address):
        raise ValueError(f"“{content.address}” không phải là địa chỉ thư.")
    message = EmailMessage(policy=SMTP)
    message["Subject"] = " ".join(_subject(post, content).split())
    message["From"] = Address(post.product, addr_spec=post.server.sender)
    message["To"] = Address(content.name, addr_spec=content.address)
    message["Date"] = format_datetime(content.made_at.astimezone(VIETNAM))
    message["Message-ID"] = content.message_id
    message["Auto-Submitted"] = "auto-generated"
    values = {"post": post, "content": content}
    text = TEMPLATES.get_template("notifications/mail/notice.txt").render(values)
    page = TEMPLATES.get_template("notifications/mail/notice.html").render(values)
    message.set_content(text)
    message.add_alternative(page, subtype="html")
    return message


def _subject(post: Post, content: Content) -> str:
    if content.day is None:
        return f"[{post.product}] {content.lines[0].title}"
    parts = [
        (len(content.reminders), "nhắc việc"),
        (len(content.lines) + content.more, "thông báo"),
    ]
    told = ", ".join(f"{number} {what}" for number, what in parts if number)
    return f"[{post.product}] Tóm tắt ngày {content.day:%d/%m/%Y}: {told}"
