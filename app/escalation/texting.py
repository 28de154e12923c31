"""Text messages through the HTTP gateway of an operator or a modem in the network.

No database. The gateway takes a POST of JSON `{"to", "text", "id"}` with a bearer token and answers
2xx; `{"state": "delivered"}` says that the telephone has it already. `id` is the same at a repeat,
so that a gateway may refuse a second one (409).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import httpx

from config.settings import Settings, SmsSettings

SECONDS = 10.0
LONGEST = 300  # letters: a few messages of 70 with marks
NO_NUMBER = "Chưa có số điện thoại di động."


class Refused(Exception):
    """The gateway will never take it: a wrong number."""


class Later(Exception):
    """The gateway is away or busy."""


@dataclass(frozen=True, slots=True)
class Gateway:
    """How this installation sends, and the address for links."""

    sms: SmsSettings
    public_url: str


_gateway: Gateway | None = None


def configure(settings: Settings) -> None:
    """Take the installation's settings. Without a gateway nobody gets text messages."""
    global _gateway
    _gateway = Gateway(settings.sms, settings.public_url) if settings.sms else None


def configured() -> Gateway | None:
    """How to send, or None."""
    return _gateway


def mobile(phone: str) -> str:
    """The number as +84…; empty for one that is no Vietnamese mobile number."""
    digits = re.sub(r"[\s.\-()]", "", phone)
    found = re.fullmatch(r"(?:\+?84|0)([35789]\d{8})", digits)
    return f"+84{found[1]}" if found else ""


def can_reach(phone: str) -> bool:
    return _gateway is not None and bool(mobile(phone))


def send(gateway: Gateway, *, to: str, text: str, key: str) -> bool:
    """Hand one message over. Returns whether the telephone has it already.

    Raises Refused, Later.
    """
    message = {"to": mobile(to), "text": text[:LONGEST], "id": key}
    headers = {"Authorization": f"Bearer {gateway.sms.token}"}
    try:
        answer = httpx.post(
            gateway.sms.url, json=message, headers=headers, timeout=SECONDS, trust_env=False
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Later(f"{type(error).__name__}") from error
    if answer.status_code == httpx.codes.CONFLICT:  # it has the message from before
        return False
    if answer.status_code in (httpx.codes.BAD_REQUEST, httpx.codes.UNPROCESSABLE_ENTITY):
        raise Refused("Cổng tin nhắn không nhận số này.")
    if not answer.is_success:
        raise Later(f"HTTP {answer.status_code}")
    try:
        said = answer.json()
    except ValueError:
        return False
    return isinstance(said, dict) and said.get("state") == "delivered"
