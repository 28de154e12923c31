"""Devices push what they measured or saw: `POST /api/v1/feeds/<source>`. See docs/feeds.md."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from app.clock import now
from app.db import reading
from app.errors import Busy
from app.feeds import devices, entry, queries
from app.feeds.preparing import Arrived
from app.feeds.services.taking import Taken
from app.feeds.words import FaultKind
from app.web.gate import MACHINE, needs
from app.web.shell import settings

bp = Blueprint("api_feeds", __name__, url_prefix="/api/v1/feeds")

LARGEST_BODY = 1024 * 1024
STATUS = {FaultKind.HELD: 202, FaultKind.FAILED: 202, FaultKind.UNREADABLE: 422}


@bp.post("/<token>")
@needs(MACHINE)
def push(token: str) -> ResponseReturnValue:
    """Take one batch of at most 500 items and 1 MB, signed by a device of the source.

    200 when it was taken (refused items are named), 202 when it was kept for later, 401 for a
    wrong signature, 413 when it is too large, 422 when it cannot be read, 503 when nothing was
    kept. The same request again changes nothing and is answered as before.
    """
    if (request.content_length or 0) > LARGEST_BODY:
        abort(413)  # before anything is read
    body, received = request.stream.read(LARGEST_BODY + 1), now()
    if len(body) > LARGEST_BODY:
        abort(413)
    timestamp = request.headers.get("X-Timestamp", "")
    signature = request.headers.get("X-Signature", "").removeprefix("sha256=")
    key = request.headers.get("X-Device", "")
    sent = devices.sent_at(timestamp)
    with reading() as session:
        found = queries.source_of_device(session, token, key)
    secret = devices.device_secret(settings().secret_key, key)
    # An unknown device costs the same work as a wrong signature, and is told the same.
    is_signed = devices.is_signed(secret, timestamp, body, signature)
    if not is_signed or found is None or sent is None:
        abort(401)
    source, device_id = found
    if not source.is_active:
        abort(403)
    arrived = Arrived(
        body, received, device_id, request_key(key, timestamp, body), held_because(sent, received)
    )
    try:
        return answer(entry.arrive(source, arrived))
    except SQLAlchemyError as error:
        raise Busy(f"batch of source {source.id}") from error


def request_key(key: str, timestamp: str, body: bytes) -> str:
    """The same for each repetition of a request, and for nothing else."""
    return hashlib.sha256(f"{key}.{timestamp}.".encode() + body).hexdigest()


def held_because(sent: datetime, received: datetime) -> str:
    """A sentence when the device's clock cannot be trusted."""
    return devices.CLOCK_WRONG if devices.is_skewed(sent, received) else ""


def answer(taken: Taken) -> tuple[dict[str, Any], int]:
    """What the sender is told."""
    status = 200 if taken.fault is None else STATUS[taken.fault]
    told: dict[str, Any] = {
        "accepted": taken.accepted,
        "duplicate": taken.duplicate,
        "refused": taken.refused,
        "reasons": [asdict(one) for one in taken.reasons],
        "repeated": taken.repeated,
    }
    return told | ({"message": taken.problem} if taken.problem else {}), status


@bp.after_request
def never_cached(response: Response) -> Response:
    """No proxy may answer in our place."""
    response.headers["Cache-Control"] = "no-store"
    return response
