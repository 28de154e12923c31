"""What can be done with incidents."""

from app.operations.services.answering import (
    Dispatch,
    Facts,
    Photo,
    dispatch,
    edit,
    give_task,
    judge,
    look_back,
    move,
    write_note,
)
from app.operations.services.merging import merge, part, say_apart
from app.operations.services.raising import Report, raise_all

__all__ = [
    "Dispatch",
    "Facts",
    "Photo",
    "Report",
    "dispatch",
    "edit",
    "give_task",
    "judge",
    "look_back",
    "merge",
    "move",
    "part",
    "raise_all",
    "say_apart",
    "write_note",
]
