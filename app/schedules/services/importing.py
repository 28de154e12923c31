"""Entries of a calendar file, taken in as drafts of whoever brings them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit
from app.errors import PermissionDenied
from app.schedules.models import EntryState, ScheduleEntry
from app.schedules.permissions import REGISTER
from app.schedules.services import keeping
from app.schedules.services.entries import call_off
from app.schedules.services.keeping import EntryData
from app.security import Actor, authorize

MOST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedEntry:
    """One event of a calendar file; moments are aware."""

    uid: str
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str = ""
    note: str = ""
    all_day: bool = False
    cancelled: bool = False


@dataclass(slots=True)
class Imported:
    """What became of the events of a file."""

    made: int = 0
    changed: int = 0
    cancelled: int = 0
    same: int = 0


def import_entries(session: Session, actor: Actor, *, rows: Sequence[ImportedEntry]) -> Imported:
    """Take events in as drafts of the actor's post; the same file twice changes nothing.

    An event that was registered meanwhile is left as it is. Raises InvalidInput for an event
    that cannot be an entry; nothing is kept then.
    """
    actor = authorize(actor, REGISTER)
    if actor.post_id is None:
        raise PermissionDenied("an import needs a post")
    known = {
        entry.external_uid: entry
        for entry in session.scalars(
            sa.select(ScheduleEntry).where(
                ScheduleEntry.made_by_post_id == actor.post_id,
                ScheduleEntry.external_uid.in_([row.uid for row in rows]),
            )
        )
    }
    result = Imported()
    for row in rows[:MOST]:
        entry = known.get(row.uid)
        if entry is None and not row.cancelled:
            known[row.uid] = keeping.make(session, actor, _data(actor, row), EntryState.DRAFT)
            result.made += 1
        elif entry is None or entry.state is not EntryState.DRAFT:
            result.same += 1
        elif row.cancelled:
            call_off(session, actor, entry, "")
            result.cancelled += 1
        else:
            before = keeping.facts(entry)
            keeping.write(entry, _data(actor, row))
            moved = keeping.facts(entry) != before
            result.changed, result.same = result.changed + moved, result.same + (not moved)
    audit.record(session, actor, "schedule_entry.imported", None, made=result.made)
    return result


def _data(actor: Actor, row: ImportedEntry) -> EntryData:
    return EntryData(
        title=row.title.strip() or "(Không có tiêu đề)",
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        all_day=row.all_day,
        chair_post_id=actor.post_id,
        place=row.place,
        note=row.note,
        external_uid=row.uid[:200],
    )
