"""Rules as data: what is stored, read and checked into a `Definition`, and written again."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import time, timedelta
from typing import Any

from app.errors import InvalidInput
from app.sensors.models.words import RuleKind
from app.sensors.rules import LONGEST_SECONDS, Definition, Hours, Limit, Member

MOST_STREAMS = 400
MOST_TIMES = 100
WITH_LIMIT = (RuleKind.THRESHOLD, RuleKind.RATE, RuleKind.REPETITION)


def parse(kind: RuleKind, stored: Mapping[str, Any]) -> Definition:
    """Read a definition. Raises InvalidInput with the field and a sentence for the user."""
    streams = tuple(dict.fromkeys(_whole(s, "streams") for s in stored.get("streams", ())))
    members = tuple(
        Member(_whole(m.get("stream"), "members"), _read_limit(m))
        for m in stored.get("members", ())
    )
    if kind is RuleKind.COMBINATION:
        streams = tuple(dict.fromkeys(member.stream for member in members))
    if not streams or len(streams) > MOST_STREAMS:
        raise InvalidInput("Hãy chọn ít nhất một luồng đo.", "streams")
    definition = Definition(
        kind=kind,
        streams=streams,
        limit=_read_limit(stored) if kind in WITH_LIMIT else None,
        hold=_seconds(stored, "hold_seconds"),
        times=_whole(stored.get("times", 1), "times"),
        within=_seconds(stored, "within_seconds"),
        silence=_seconds(stored, "silence_seconds") or None,
        members=members,
        needed=_whole(stored.get("needed", len(members)), "needed"),
        hours=_read_hours(stored.get("hours")),
    )
    _check(definition)
    return definition


def dump(definition: Definition) -> dict[str, Any]:
    """As stored; `parse` gives the same definition again."""
    d = definition
    stored: dict[str, Any] = {
        "streams": list(d.streams),
        "hold_seconds": d.hold.total_seconds(),
        "times": d.times,
        "within_seconds": d.within.total_seconds(),
        "silence_seconds": d.silence.total_seconds() if d.silence else 0,
        "members": [{"stream": m.stream, **_limit_as_data(m.limit)} for m in d.members],
        "needed": d.needed,
    }
    if d.limit is not None:
        stored.update(_limit_as_data(d.limit))
    if d.hours is not None:
        stored["hours"] = {
            "weekdays": sorted(d.hours.weekdays),
            "start": d.hours.start.isoformat(),
            "until": d.hours.until.isoformat(),
        }
    return stored


def _check(d: Definition) -> None:
    if d.kind in (RuleKind.RATE, RuleKind.REPETITION) and not d.within:
        raise InvalidInput("Hãy nhập khoảng thời gian xét.", "within_seconds")
    if d.kind is RuleKind.REPETITION and not 2 <= d.times <= MOST_TIMES:
        raise InvalidInput("Số lần lặp từ 2 đến 100.", "times")
    if d.kind is RuleKind.COMBINATION:
        if len(d.streams) != len(d.members):
            raise InvalidInput("Mỗi luồng chỉ xuất hiện một lần trong kết hợp.", "members")
        if not 1 <= d.needed <= len(d.members):
            raise InvalidInput("Số luồng phải vượt ngưỡng không hợp lệ.", "needed")


def _read_limit(stored: Mapping[str, Any]) -> Limit:
    raise_at = _number(stored.get("raise_at"), "raise_at")
    given = stored.get("clear_at")
    clear_at = raise_at if given is None else _number(given, "clear_at")
    above = bool(stored.get("above", True))
    if (clear_at > raise_at) if above else (clear_at < raise_at):
        raise InvalidInput("Ngưỡng hết cảnh báo nằm sai phía của ngưỡng cảnh báo.", "clear_at")
    return Limit(raise_at, clear_at, above)


def _limit_as_data(limit: Limit) -> dict[str, Any]:
    return {"raise_at": limit.raise_at, "clear_at": limit.clear_at, "above": limit.above}


def _read_hours(stored: Mapping[str, Any] | None) -> Hours | None:
    if not stored:
        return None
    weekdays = frozenset(_whole(day, "hours") for day in stored.get("weekdays", range(7)))
    try:
        start, until = (time.fromisoformat(str(stored[key])) for key in ("start", "until"))
    except (KeyError, ValueError):
        raise InvalidInput("Khung giờ áp dụng không hợp lệ.", "hours") from None
    if not weekdays or not weekdays <= set(range(7)) or start == until:
        raise InvalidInput("Khung giờ áp dụng không hợp lệ.", "hours")
    return Hours(weekdays, start, until)


def _seconds(stored: Mapping[str, Any], name: str) -> timedelta:
    seconds = _number(stored.get(name) or 0, name)
    if not 0 <= seconds <= LONGEST_SECONDS:
        raise InvalidInput("Khoảng thời gian phải từ 0 đến 7 ngày.", name)
    return timedelta(seconds=seconds)


def _number(given: Any, name: str) -> float:
    try:
        number = float(given)
    except (TypeError, ValueError):
        number = math.nan
    if isinstance(given, bool) or not math.isfinite(number):
        raise InvalidInput("Hãy nhập một số.", name)
    return number


def _whole(given: Any, name: str) -> int:
    number = _number(given, name)
    if number != int(number):
        raise InvalidInput("Hãy nhập một số nguyên.", name)
    return int(number)
