"""A calendar file (RFC 5545) from outside: its events of the next year, read in the sandbox."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from app.clock import VIETNAM, now
from app.errors import InvalidInput
from ocr import sandbox
from ocr.errors import FileRefused
from ocr.types import Limits

LARGEST = 2 * 1024 * 1024
MOST = 500
BEFORE, AFTER = timedelta(days=7), timedelta(days=366)
USUAL = timedelta(hours=1)  # of an event without an end (RFC 5545 leaves it to the program)
LIMITS = Limits(wall_s=30, cpu_s=30, memory_mb=1536, file_mb=16, answer_bytes=4 * 1024 * 1024)
READ = "app.schedules.reading_ics:read_file"
NO_CALENDAR = "Tệp không phải là lịch iCalendar (.ics)."


def read_apart(content: bytes) -> list[dict[str, Any]]:
    """The events as JSON values: uid, title, starts_at, ends_at (ISO 8601, with zone), place, note,
    all_day, cancelled; those of a week ago until a year ahead, occurrences by themselves.

    Raises InvalidInput: too large, no calendar, or too many events.
    """
    if len(content) > LARGEST:
        raise InvalidInput("Tệp lịch lớn hơn 2 MB.", "file")
    with tempfile.NamedTemporaryFile(prefix="calendar-") as kept:
        kept.write(content)
        kept.flush()
        try:
            found: list[dict[str, Any]] | None = sandbox.run(
                READ, {"path": kept.name, "at": now().isoformat()}, LIMITS
            )
        except FileRefused:
            raise InvalidInput(NO_CALENDAR, "file") from None
    if found is None:
        raise InvalidInput(NO_CALENDAR, "file")
    if not found:
        raise InvalidInput("Tệp không có lịch nào từ tuần trước đến một năm tới.", "file")
    if len(found) > MOST:
        raise InvalidInput(f"Tệp có {len(found)} lịch; mỗi lần nhập nhiều nhất {MOST}.", "file")
    return found


def read_file(path: str, at: str) -> list[dict[str, Any]] | None:
    """The child's part; None for what is no calendar."""
    import recurring_ical_events
    from icalendar import Calendar

    moment = datetime.fromisoformat(at)
    try:
        calendar = Calendar.from_ical(Path(path).read_bytes())
        query = recurring_ical_events.of(calendar, components=["VEVENT"], skip_bad_series=True)
        events = query.between(moment - BEFORE, moment + AFTER)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        return None
    return rows_of(events[: MOST + 1])


def rows_of(events: Sequence[Any]) -> list[dict[str, Any]]:
    """Occurrences of one event have names of their own, the same at every reading."""
    often = Counter(str(event.get("uid", "")) for event in events)
    rows = []
    for event in events:
        start = event["dtstart"].dt
        begins, ends = span_of(start, event["dtend"].dt if "dtend" in event else None)
        uid = str(event.get("uid", "")) or f"{begins:%Y%m%dT%H%M}-{event.get('summary', '')}"
        comes_again = often[uid] > 1 or "rrule" in event or "recurrence-id" in event
        rows.append(
            {
                "uid": (f"{uid}/{begins:%Y%m%d}" if comes_again else uid)[-200:],
                "title": str(event.get("summary", ""))[:500],
                "starts_at": begins.isoformat(),
                "ends_at": ends.isoformat(),
                "place": str(event.get("location", ""))[:300],
                "note": str(event.get("description", ""))[:500],
                "all_day": not isinstance(start, datetime),
                "cancelled": str(event.get("status", "")).upper() == "CANCELLED",
            }
        )
    return sorted(rows, key=lambda row: str(row["starts_at"]))


def span_of(start: date | datetime, end: date | datetime | None) -> tuple[datetime, datetime]:
    """Begin and end with a zone; whole days end a minute before midnight here."""
    if not isinstance(start, datetime):
        last = end - timedelta(days=1) if isinstance(end, date) and end > start else start
        return (
            datetime.combine(start, time(0, 0), VIETNAM),
            datetime.combine(last, time(23, 59), VIETNAM),
        )
    begins = start if start.tzinfo else start.replace(tzinfo=VIETNAM)
    if not isinstance(end, datetime):
        return begins, begins + USUAL
    ends = end if end.tzinfo else end.replace(tzinfo=VIETNAM)
    return begins, ends if ends > begins else begins + USUAL
