"""How devices prove who they are: HMAC-SHA256 over moment and body, with a key of their own.

The secret follows from the installation's key and the device's public one, so no secret lies in
the database; a revoked device's secret proves nothing any more.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

LARGEST_SKEW = timedelta(minutes=10)
CLOCK_WRONG = "Đồng hồ của thiết bị lệch quá 10 phút so với giờ hệ thống."


def device_secret(secret_key: str, device_key: str) -> str:
    """The secret of a device, 64 hexadecimal digits."""
    message = f"feeds.device:{device_key}".encode()
    return hmac.new(secret_key.encode(), message, hashlib.sha256).hexdigest()


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """What a device writes into `X-Signature`: hexadecimal HMAC-SHA256 of `timestamp.body`."""
    message = timestamp.encode() + b"." + body
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def is_signed(secret: str, timestamp: str, body: bytes, signature: str) -> bool:
    """Compared in constant time."""
    expected = sign(secret, timestamp, body).encode()
    return hmac.compare_digest(expected, signature.strip().lower().encode("utf-8", "replace"))


def sent_at(timestamp: str) -> datetime | None:
    """Seconds since 1970 as a moment; None for what is none."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 11):
        return None
    return datetime.fromtimestamp(int(timestamp), UTC)


def is_skewed(sent: datetime, received: datetime) -> bool:
    """Whether the device's clock is further from ours than values can be trusted."""
    return abs(received - sent) > LARGEST_SKEW
