"""What belongs to a result: files from the specialist, and the document that it became."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app import kinds, links
from app.errors import InvalidInput
from app.files.models import FileRole
from app.files.services import record_file
from app.files.store import StoredBlob
from app.links import Relation
from app.security import Actor
from app.tasks.models import Task

KIND = "task"
DOCUMENTS = ("incoming", "outgoing")  # kinds by name: their rooms stand above this one


@dataclass(frozen=True, slots=True)
class ResultFile:
    """A file whose bytes lie in the store."""

    name: str
    media_type: str
    blob: StoredBlob


def attach(session: Session, actor: Actor, task: Task, files: Sequence[ResultFile]) -> None:
    """Keep files with a task; files of an earlier result stay beside them."""
    for file in files:
        record_file(
            session,
            actor,
            file.blob,
            name=file.name[:255],
            media_type=file.media_type,
            role=FileRole.ATTACHMENT,
            kind=KIND,
            thing_id=task.id,
        )


def link_document(session: Session, actor: Actor, task: Task, number: str) -> None:
    """Link the document of a number (“128/UBND-KT”) that the actor may see; none when empty.

    Raises InvalidInput when there is no such document, or more than one.
    """
    if not number.strip():
        return
    found = kinds.find(session, actor, number, DOCUMENTS)
    if not found:
        raise InvalidInput(
            f"Không có văn bản số “{number.strip()}” mà đồng chí được xem.", "document"
        )
    if len(found) > 1:
        titles = "; ".join(card.title for card in found[:3])
        raise InvalidInput(f"Có nhiều văn bản mang số này ({titles}). Hãy ghi đủ số và ký hiệu.",
                           "document")  # fmt: skip
    links.connect(session, actor, (KIND, task.id), Relation.REFERS_TO, (found[0].kind, found[0].id))
