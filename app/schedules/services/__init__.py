"""Acts on schedules. Other rooms import these names from here."""

from app.schedules.services.booking import Booked, save_resource
from app.schedules.services.conclusions import ConclusionItem, take_conclusions
from app.schedules.services.entries import (
    cancel_entry,
    edit_entry,
    register_entry,
    return_entry,
    submit_entry,
    substitute,
)
from app.schedules.services.feeds import make_feed, note_feed_used, revoke_feed
from app.schedules.services.importing import Imported, ImportedEntry, import_entries
from app.schedules.services.invitations import Invitation, answer_invitation
from app.schedules.services.keeping import EntryData
from app.schedules.services.series import (
    Recurrence,
    cancel_series,
    occurrences,
    register_series,
)
from app.schedules.services.weeks import (
    approve_week,
    finish_past,
    merge_entries,
    publish_week,
    set_cutoff,
)

__all__ = [
    "Booked",
    "ConclusionItem",
    "EntryData",
    "Imported",
    "ImportedEntry",
    "Invitation",
    "Recurrence",
    "answer_invitation",
    "approve_week",
    "cancel_entry",
    "cancel_series",
    "edit_entry",
    "finish_past",
    "import_entries",
    "make_feed",
    "merge_entries",
    "note_feed_used",
    "occurrences",
    "publish_week",
    "register_entry",
    "register_series",
    "return_entry",
    "revoke_feed",
    "save_resource",
    "set_cutoff",
    "submit_entry",
    "substitute",
    "take_conclusions",
]
