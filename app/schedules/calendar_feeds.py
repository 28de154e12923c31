"""Schedules as iCalendar (RFC 5545), as calendar programs subscribe to them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone

from app.schedules.models import EntryState
from app.schedules.queries import SheetRow

ZONE = "Asia/Ho_Chi_Minh"
REFRESH = timedelta(minutes=30)


def calendar_of(rows: Iterable[SheetRow], *, name: str) -> bytes:
    """The rows as one calendar in UTF-8 with CRLF, folded at 75 octets.

    An entry keeps its UID (a UUID) for ever; a change raises SEQUENCE; what was called off stays
    with STATUS:CANCELLED, so that programs take it out.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Cong Vu//Lich cong tac//VI")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", ZONE)
    calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    calendar.add_component(Timezone.from_tzid(ZONE))
    for row in rows:
        calendar.add_component(event_of(row))
    made: bytes = calendar.to_ical()
    return made


def event_of(row: SheetRow) -> Event:
    """One entry; a masked one says when somebody is busy and nothing else."""
    zone = ZoneInfo(ZONE)
    event = Event()
    event.add("uid", row.uid)
    event.add("dtstamp", row.modified_at)
    event.add("last-modified", row.modified_at)
    event.add("sequence", row.sequence)
    if row.all_day:
        event.add("dtstart", row.day)
        event.add("dtend", row.ends_at.astimezone(zone).date() + timedelta(days=1))
    else:
        event.add("dtstart", row.starts_at.astimezone(zone))
        event.add("dtend", row.ends_at.astimezone(zone))
    event.add("summary", row.title)
    event.add("status", "CANCELLED" if row.is_off else status_of(row))
    if row.place:
        event.add("location", row.place)
    if text := description_of(row):
        event.add("description", text)
    return event


def status_of(row: SheetRow) -> str:
    """What is not published yet may still move."""
    shown = row.state in (EntryState.PUBLISHED, EntryState.DONE)
    return "CONFIRMED" if shown else "TENTATIVE"


def description_of(row: SheetRow) -> str:
    """Chair, people and preparation in lines."""
    people = "; ".join([*row.participants, *([row.others] if row.others else [])])
    parts = (
        ("Chủ trì", "" if row.masked else row.chair),
        ("Thành phần", people),
        ("Chuẩn bị", ", ".join(filter(None, (row.preparing_unit, row.preparation)))),
        ("Xe", ", ".join(row.vehicles)),
        ("Ghi chú", row.note),
        ("Thay đổi", row.change_note),
    )
    return "\n".join(f"{label}: {text}" for label, text in parts if text)
