"""What is wrong with an observation before it is stored: pure, one pass over a batch."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import itemgetter
from unicodedata import normalize

from app.feeds.processors import Fate, Item, Outcome
from app.sensors.models.words import Quality

EARLIEST_YEAR = 2000
AHEAD = timedelta(minutes=10)
"""So far a clock may be ahead of ours."""
LATE_AT_LEAST = timedelta(minutes=10)
LATE_INTERVALS = 3
ACCEPTED = Outcome(Fate.ACCEPTED)
DUPLICATE = Outcome(Fate.DUPLICATE)


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """A stream as a batch needs it."""

    id: int
    key: str
    thing_id: int
    interval: timedelta
    lowest: float | None
    highest: float | None
    stuck_after: int | None
    is_active: bool
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest good reading of a stream."""

    at: datetime
    value: float
    quality: int
    received_at: datetime
    same_count: int


@dataclass(frozen=True, slots=True)
class Marked:
    """A reading to be stored. `newer`: nothing of its stream from that moment on is known."""

    stream: int
    at: datetime
    value: float
    quality: Quality
    newer: bool


@dataclass(slots=True)
class Judged:
    """The batch: outcomes in the order of the items, readings by time, newest ones that changed."""

    outcomes: list[Outcome]
    readings: list[Marked] = field(default_factory=list)
    newest: dict[int, Newest] = field(default_factory=dict)


def refusal(item: Item, key: str, stream: StreamInfo | None, value: float | None) -> str | None:
    """Why the item can be no reading at all, as a sentence for the dead letters. `key`, `stream`
    and `value` are what was read from it."""
    if stream is None:
        return f"Không có luồng đo “{key}”."
    if not stream.is_active:
        return f"Luồng đo “{stream.key}” đã ngừng."
    if value is None:
        return "Giá trị đo không phải là số."
    if item.at is None:
        return "Thiếu thời điểm đo."
    if item.at.year < EARLIEST_YEAR:
        return "Thời điểm đo không hợp lệ."
    if item.at - item.received_at > AHEAD:
        return "Thời điểm đo sau thời điểm nhận quá 10 phút."
    return None


def stream_key(item: Item) -> str:
    """What the sender calls the stream."""
    return normalize("NFC", str(item.fields.get("stream") or "").strip())


def judge(
    items: Sequence[Item],
    streams: Mapping[str, StreamInfo],
    newest: Mapping[int, Newest],
    stored: frozenset[tuple[int, datetime]] = frozenset(),
) -> Judged:
    """Refuse, find duplicates, mark. `stored` are those of the moments that are there already."""
    result = Judged([ACCEPTED] * len(items))
    seen = set(stored)
    good: list[tuple[datetime, int, StreamInfo, float]] = []
    for no, item in enumerate(items):
        key, value = stream_key(item), _number(item.fields.get("value"))
        stream = streams.get(key)
        reason = refusal(item, key, stream, value)
        if reason is not None or stream is None or value is None or item.at is None:
            result.outcomes[no] = Outcome(Fate.REFUSED, reason or "")
            continue
        moment = (stream.id, item.at)
        if moment in seen:
            result.outcomes[no] = DUPLICATE
            continue
        seen.add(moment)
        good.append((item.at, no, stream, value))
    for at, no, stream, value in sorted(good, key=itemgetter(0, 1)):
        before = result.newest.get(stream.id) or newest.get(stream.id)
        mark, after = _mark(stream, before, at, value, items[no].received_at)
        result.readings.append(Marked(stream.id, at, value, mark, after is not None))
        if after is not None:
            result.newest[stream.id] = after
    return result


def _mark(
    stream: StreamInfo, before: Newest | None, at: datetime, value: float, received: datetime
) -> tuple[Quality, Newest | None]:
    """The marks of a value and the newest one after it; None where it is not to be the newest."""
    mark = Quality.GOOD
    if received - at > max(LATE_AT_LEAST, LATE_INTERVALS * stream.interval):
        mark |= Quality.LATE
    if _impossible(stream, value):
        return mark | Quality.IMPOSSIBLE, None
    if before is not None and at <= before.at:
        return mark | Quality.OUT_OF_ORDER, None
    same = before.same_count + 1 if before is not None and before.value == value else 1
    if stream.stuck_after is not None and same >= stream.stuck_after:
        mark |= Quality.STUCK
    return mark, Newest(at, value, mark.value, received, same)


def _impossible(stream: StreamInfo, value: float) -> bool:
    return (stream.lowest is not None and value < stream.lowest) or (
        stream.highest is not None and value > stream.highest
    )


def _number(given: object) -> float | None:
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        return None
    try:
        number = float(given)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
