"""What can be done with incidents."""

from app.operations.services.answering import (
    Dispatch,
    Facts,
    dispatch,
    edit,
    give_task,
    judge,
    link_letter,
    look_back,
    move,
    write_note,
)
from app.operations.services.merging import merge, part, say_apart
from app.operations.services.raising import Report, raise_all

__all__ = [
    "Dispatch",
    "Facts",
    "Report",
    "dispatch",
    "edit",
    "give_task",
    "judge",
    "link_letter",
    "look_back",
    "merge",
    "move",
    "part",
    "raise_all",
    "say_apart",
    "write_note",
]
