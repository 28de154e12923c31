"""A round of polling: those that are due are looked at, side by side, and what is new is taken."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jmespath

from app.clock import now
from app.db import reading, transaction
from app.errors import InvalidInput
from app.feeds import entry
from app.feeds.fetching import FetchFailed, fetch
from app.feeds.preparing import Arrived, SourceInfo, read_apart, split_records
from app.feeds.services import polling
from app.feeds.services.polling import PollClaim
from app.feeds.words import Format

log = logging.getLogger(__name__)

SIDE_BY_SIDE = 4
BROKEN = "Lỗi của hệ thống khi lấy dữ liệu về."


def poll_due() -> bool:
    """Look at the sources that are due. Returns whether any source is polled at all."""
    with reading() as session:
        if not polling.is_polling(session):
            return False
    with transaction("feeds.claim_polls") as session:
        claims = polling.claim_due(session)
    if claims:
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            list(pool.map(poll_one, claims))
    return True


def poll_one(claim: PollClaim) -> None:
    """One source: fetch, take, and say where it stands. A crash is repaired by the next lease."""
    try:
        found = fetch(claim.source.address, claim.seen, _params(claim))
        cursor = claim.cursor
        if found.content is not None:
            behind = take(claim.source, found.content)
            cursor = max(behind, claim.cursor, key=order_of)
    except (FetchFailed, InvalidInput) as error:
        sentence = error.sentence if isinstance(error, FetchFailed) else error.user_message
        with transaction("feeds.poll_failed") as session:
            polling.fail(session, claim, sentence)
    except Exception:
        log.exception("polling source %s broke down", claim.source.id)
        with transaction("feeds.poll_failed") as session:
            polling.fail(session, claim, BROKEN)
    else:
        with transaction("feeds.polled") as session:
            polling.succeed(session, claim, found.seen, cursor)


def take(source: SourceInfo, content: bytes) -> str:
    """Take all that came, in batches; the same entries as last time are duplicates.

    Returns the cursor behind it, as the source's settings say. Raises InvalidInput for content
    that cannot be read: it is kept as a fault too, with its bytes.
    """
    received = now()
    try:
        found = read_apart(source.format, content, source.settings)
    except InvalidInput:
        entry.arrive(source, Arrived(content, received))
        raise
    for batch in split_records(list(found.records)):
        entry.arrive(source, Arrived(batch, received, format=Format.JSON))
    return cursor_behind(source, found.records)


def cursor_behind(source: SourceInfo, records: tuple[dict[str, Any], ...]) -> str:
    """The largest value of `settings["cursor"]["from"]`; "" where the source has no cursor."""
    rule = source.settings.get("cursor")
    if not isinstance(rule, dict) or not records:
        return ""
    wanted = jmespath.compile(str(rule.get("from", "")))
    values = [wanted.search(record) for record in records]
    return max((str(value) for value in values if value is not None), key=order_of, default="")


def order_of(cursor: str) -> tuple[int, float, str]:
    """Numbers by their size, other words by their letters; nothing comes before all."""
    try:
        return (1, float(cursor), "")
    except ValueError:
        return (2 if cursor else 0, 0.0, cursor)


def _params(claim: PollClaim) -> dict[str, str] | None:
    rule = claim.source.settings.get("cursor")
    if not isinstance(rule, dict) or not claim.cursor or not rule.get("param"):
        return None
    return {str(rule["param"]): claim.cursor}
