"""Reads of schedules. Other rooms import these names from here."""

from app.schedules.queries.busy import Busy, Clash, busy, clashes, deputies, free_slots
from app.schedules.queries.entries import (
    KIND,
    answer_of,
    changes_of,
    entries_of,
    entry_by_id,
    get_entry,
    visible_entries,
)
from app.schedules.queries.feeds import feed_for, feed_rows, feeds_of
from app.schedules.queries.invitations import InvitationHint, invitation_hint
from app.schedules.queries.resources import (
    Taken,
    bookings_of,
    free_resources,
    get_resource,
    resources,
    taken_week,
)
from app.schedules.queries.rows import SheetRow
from app.schedules.queries.weeks import (
    DayRows,
    WeekPage,
    changes_between,
    counted_waiting,
    leaders,
    my_day,
    public_week,
    rows_between,
    sheet_of,
    version_rows,
    versions_of,
    waiting_entries,
    week_page,
)

__all__ = [
    "KIND",
    "Busy",
    "Clash",
    "DayRows",
    "InvitationHint",
    "SheetRow",
    "Taken",
    "WeekPage",
    "answer_of",
    "bookings_of",
    "busy",
    "changes_between",
    "changes_of",
    "clashes",
    "counted_waiting",
    "deputies",
    "entries_of",
    "entry_by_id",
    "feed_for",
    "feed_rows",
    "feeds_of",
    "free_resources",
    "free_slots",
    "get_entry",
    "get_resource",
    "invitation_hint",
    "leaders",
    "my_day",
    "public_week",
    "resources",
    "rows_between",
    "sheet_of",
    "taken_week",
    "version_rows",
    "versions_of",
    "visible_entries",
    "waiting_entries",
    "week_page",
]
