"""A letter was secret: no word of it stays in the entries made from it. Who is busy when stays."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit, outbox
from app.incoming.models import IncomingDocument
from app.schedules.models import ScheduleEntry, WeekVersion
from app.schedules.queries import KIND
from app.schedules.services.keeping import touch
from app.security import SYSTEM
from app.tasks.services import PURGED, forget_thing

SOURCES = ("incoming", "task")
WORDS = {"title": PURGED, "place": "", "preparation": "", "others": "", "note": "",
         "change_note": ""}  # fmt: skip
IN_SHEETS = {"source_kind": "", "source_id": None, "source_url": "", "source_title": ""}


def forget_entries_of(session: Session, kind: str, thing_id: int) -> int:
    """Blank the words of entries made from a purged letter or task, also in the weeks that were
    published, and of the tasks that came of their conclusions. Repeating it is harmless.

    Returns how many entries there are.
    """
    if kind == "incoming":
        letter = session.get(IncomingDocument, thing_id)
        if letter is None or letter.purged_at is None:  # an enclosure was purged, not the letter
            return 0
    rows = sa.select(ScheduleEntry).filter_by(source_kind=kind, source_id=thing_id)
    found = session.scalars(rows.order_by(ScheduleEntry.id).with_for_update()).all()
    for entry in (one for one in found if one.title != PURGED):
        _blank(session, entry)
    _blank_sheets(session, {entry.id for entry in found})
    return len(found)


def _blank(session: Session, entry: ScheduleEntry) -> None:
    for name, value in WORDS.items():
        setattr(entry, name, value)
    entry.folded = entry.conclusion = ""
    entry.return_reason = None
    for change in entry.changes:
        change.reason = ""
        change.before, change.after = _without_words(change.before), _without_words(change.after)
    touch(entry)  # calendars outside take it anew
    forget_thing(session, SYSTEM, KIND, entry.id)
    audit.record(session, SYSTEM, "schedule_entry.purged", entry.id)
    outbox.publish(session, outbox.ThingPurged(kind=KIND, thing_id=entry.id))
    outbox.changed(session, KIND, entry.id)


def _without_words(values: dict[str, Any]) -> dict[str, Any]:
    return {**values, **{name: word for name, word in WORDS.items() if name in values}}


def _blank_sheets(session: Session, ids: set[int]) -> None:
    """The rows of published weeks that showed an entry; it may have stood in another week before,
    so all are looked through: a few versions for each week of the years. Masked rows say nothing.
    """
    if not ids:
        return
    for version in session.scalars(sa.select(WeekVersion)):
        shown = [row["entry_id"] in ids and not row["masked"] for row in version.rows]
        if any(shown):
            version.rows = [
                row | WORDS | IN_SHEETS if is_shown else row
                for row, is_shown in zip(version.rows, shown, strict=True)
            ]
