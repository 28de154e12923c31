"""Read one mail as it lies in the mailbox. Called in the sandbox as "…read:read_file"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from email import message_from_binary_file
from email.message import EmailMessage, Message
from email.policy import default
from email.utils import parseaddr
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from ocr.errors import FileRefused

MOST_PARTS = 50
BODY_LETTERS = 20_000
_ID = re.compile(r"<[^<>\s]{1,290}>")


def read_file(path: str, limit: int) -> dict[str, Any]:
    """What a mail says, as JSON values; its attachments are left in the working folder.

    Raises FileRefused when it is no mail or one attachment is larger than `limit` bytes.
    """
    with Path(path).open("rb") as source:
        message = message_from_binary_file(source, policy=default)
    if not message.keys():
        raise FileRefused("broken", "mail:header")
    name, address = parseaddr(_header(message, "From"))
    report = _report(message)
    return {
        "message_id": _header(message, "Message-ID")[:300],
        "sender": address[:200],
        "sender_name": name[:200],
        "subject": _header(message, "Subject")[:500],
        "body": _body(message)[:BODY_LETTERS],
        "report": report,
        "parts": [] if report else _parts(message, limit),
    }


def _clean(text: str) -> str:
    """NFC, without control characters but line ends and tabs."""
    kept = (c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return unicodedata.normalize("NFC", "".join(kept))


def _header(message: Message, name: str) -> str:
    """A header as one line; one that cannot be decoded is empty."""
    try:
        return " ".join(_clean(str(message.get(name, ""))).split())
    except (ValueError, IndexError, TypeError, AttributeError):  # what the parser trips over
        return ""


def _bytes(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    if isinstance(content, bytes):
        return content
    inner = part.get_payload()  # an attached mail
    first = inner[0] if isinstance(inner, list) and inner else None
    return first.as_bytes() if isinstance(first, Message) else b""


def _parts(message: EmailMessage, limit: int) -> list[dict[str, str]]:
    """The attachments, written to the working folder. Pictures of a signature are none."""
    found: list[dict[str, str]] = []
    for part in _attached(message):
        if len(found) == MOST_PARTS:
            raise FileRefused("too_many", "mail:parts")
        content = _bytes(part)
        if len(content) > limit:
            raise FileRefused("too_big", "mail:part")
        path = f"part-{len(found)}"
        Path(path).write_bytes(content)
        found.append({"name": _file_name(part, len(found)), "path": path})
    return found


def _attached(message: Message) -> Iterator[Message]:
    """Parts with a file name. What only the HTML shows (with a Content-ID, inline) stays out."""
    if message.get_content_type() == "message/rfc822" and message.get_filename():
        yield message
    elif message.is_multipart() and message.get_content_type() != "message/rfc822":
        for inner in message.get_payload():
            if isinstance(inner, Message):
                yield from _attached(inner)
    elif message.get_filename() and not _shown_inside(message):
        yield message


def _shown_inside(part: Message) -> bool:
    return bool(
        part.get_content_maintype() == "image"
        and part.get("Content-ID")
        and part.get_content_disposition() != "attachment"
    )


def _file_name(part: Message, number: int) -> str:
    return _clean(part.get_filename() or "").strip()[:255] or f"tep-{number + 1}"


def _body(message: EmailMessage) -> str:
    """The plain text, else the words of the HTML."""
    part = message.get_body(("plain", "html"))
    if part is None:
        return ""
    content = _bytes(part)
    try:
        text = content.decode(part.get_content_charset() or "utf-8", "replace")
    except LookupError:  # a charset that nobody knows
        text = content.decode("utf-8", "replace")
    if part.get_content_subtype() == "html":
        words = _Words()
        words.feed(text)
        text = "".join(words.found)
    lines = [" ".join(line.split()) for line in _clean(text.replace("\r", "")).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Words(HTMLParser):
    """The text of a page, with its line ends."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("style", "script")
        if tag in ("br", "p", "div", "tr", "li"):
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("style", "script") and self._hidden > 0

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.found.append(data)


def _report(message: EmailMessage) -> dict[str, Any] | None:
    """What a delivery report (RFC 3464) says of which mail of ours; None for any other mail."""
    if message.get_content_type() != "multipart/report":
        return None
    failed, words, ids = False, "", []
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            fields = [one for one in part.get_payload() if isinstance(one, Message)]
            for one in fields:
                if str(one.get("Action", "")).strip().lower() == "failed":
                    failed = True
                    words = words or _header(one, "Diagnostic-Code") or _header(one, "Status")
        elif kind in ("message/rfc822", "text/rfc822-headers"):
            ids += _ID.findall(_returned_id(part))
    return {"failed": failed, "words": words[:300], "ids": ids[:5]}


def _returned_id(part: Message) -> str:
    inner = part.get_payload()
    if isinstance(inner, list):
        return "".join(_header(one, "Message-ID") for one in inner if isinstance(one, Message))
    text = _clean(_bytes(part).decode("ascii", "replace"))
    found = re.search(r"^Message-ID:\s*(\S+)", text, re.IGNORECASE | re.MULTILINE)
    return found[1] if found else ""
