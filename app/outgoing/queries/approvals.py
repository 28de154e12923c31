"""What somebody who decides has to know of each document that waits: read in one go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import now
from app.files.models import StoredFile
from app.outgoing.models import DraftComment, DraftVersion, OpinionRequest, ReviewStep
from app.outgoing.queries.documents import waiting_for
from app.security import Actor

T = TypeVar("T", OpinionRequest, DraftComment, ReviewStep)


@dataclass(frozen=True, slots=True)
class Brief:
    """The newest version of a document in short. `page` is the token of its PDF.

    `errors` and `remarks` of the form check; None until it has run. `said` are comments of those
    who agreed before, with their posts.
    """

    no: int = 0
    text: str = ""
    page: str | None = None
    errors: int | None = None
    remarks: int | None = None
    asked: int = 0
    answered: int = 0
    against: int = 0
    overdue: int = 0
    open_comments: int = 0
    said: tuple[tuple[int, str], ...] = field(default_factory=tuple)


def briefs(session: Session, document_ids: Sequence[int]) -> dict[int, Brief]:
    """By document; four queries whatever their number."""
    found = {id_: Brief() for id_ in document_ids}
    found.update(_newest(session, document_ids))
    for request in _all(session, OpinionRequest, document_ids):
        found[request.document_id] = _with_opinion(found[request.document_id], request, now())
    for remark in _all(session, DraftComment, document_ids):
        if remark.resolved_at is None:
            one = found[remark.document_id]
            found[remark.document_id] = replace(one, open_comments=one.open_comments + 1)
    for step in _all(session, ReviewStep, document_ids):
        if step.comment and step.by_post_id and step.returned_to is None:
            one = found[step.document_id]
            found[step.document_id] = replace(
                one, said=(*one.said, (step.by_post_id, step.comment))
            )
    return found


def _newest(session: Session, document_ids: Sequence[int]) -> dict[int, Brief]:
    newest = (
        sa.select(sa.func.max(DraftVersion.id))
        .where(DraftVersion.document_id.in_(document_ids))
        .group_by(DraftVersion.document_id)
    )
    rows = (
        sa.select(DraftVersion, StoredFile.token)
        .outerjoin(StoredFile, StoredFile.id == DraftVersion.pdf_file_id)
        .where(DraftVersion.id.in_(newest))
    )
    made = {}
    for version, page in session.execute(rows).tuples():
        errors = remarks = None
        if version.findings is not None:
            errors = sum(one.get("severity") == "error" for one in version.findings)
            remarks = len(version.findings) - errors
        made[version.document_id] = Brief(
            no=version.no, text=version.text, page=page, errors=errors, remarks=remarks
        )
    return made


def _all(session: Session, table: type[T], document_ids: Sequence[int]) -> Sequence[T]:
    rows = sa.select(table).where(table.document_id.in_(document_ids)).order_by(table.id)
    return session.scalars(rows).all()


def _with_opinion(brief: Brief, request: OpinionRequest, at: datetime) -> Brief:
    if request.answered_at is None:
        late = int(request.due_at < at)
        return replace(brief, asked=brief.asked + 1, overdue=brief.overdue + late)
    return replace(
        brief,
        asked=brief.asked + 1,
        answered=brief.answered + 1,
        against=brief.against + int(request.agrees is False),
    )


@dataclass(frozen=True, slots=True)
class Turn:
    """Where a document stands among those that wait for the actor; tokens of its neighbours."""

    number: int
    total: int
    previous: str | None
    next: str | None


def turn_of(session: Session, actor: Actor, document_id: int) -> Turn | None:
    """The document's place in the approval list; None when it does not wait there."""
    rows = [row.document for row in waiting_for(session, actor)]
    at = next((n for n, one in enumerate(rows) if one.id == document_id), None)
    if at is None:
        return None
    return Turn(
        number=at + 1,
        total=len(rows),
        previous=rows[at - 1].token if at else None,
        next=rows[at + 1].token if at + 1 < len(rows) else None,
    )


def next_waiting(session: Session, actor: Actor, token: str | None) -> str | None:
    """What to decide on next: the document of `token` if it still waits, else the first; None when
    all is done."""
    tokens = [row.document.token for row in waiting_for(session, actor)]
    return token if token in tokens else next(iter(tokens), None)
