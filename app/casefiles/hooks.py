"""What upper rooms do in the same commit when documents are filed or work changes hands."""

from __future__ import annotations

from dataclasses import dataclass

from app.hooks import Hook
from app.security import Actor


@dataclass(frozen=True, slots=True)
class DocumentFiled:
    """A thing was put into a case file."""

    actor: Actor
    case_file_id: int
    kind: str
    thing_id: int


@dataclass(frozen=True, slots=True)
class WorkHandedOver:
    """All that waits at `from_post_id` goes to `to_post_id`: each room moves the rows it owns."""

    actor: Actor
    from_post_id: int
    to_post_id: int


document_filed: Hook[DocumentFiled] = Hook("document_filed")
work_handed_over: Hook[WorkHandedOver] = Hook("work_handed_over")
