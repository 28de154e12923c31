"""What somebody who decides has to know of each document that waits: read in one go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import now
from app.files.models import StoredFile
from app.outgoing.models import DraftComment, DraftVersion, OpinionRequest, ReviewStep
from app.outgoing.queries.documents import waiting_tokens
from app.security import Actor

READ_HERE = 6000  # characters that can be read in the list itself; the page is one tap away


@dataclass(slots=True)
class Brief:
    """The newest version of a document in short. `page` is the token of its PDF.

    `text` is its beginning, `more` whether there is more. `errors` and `remarks` of the form check;
    None until it has run. `said` are comments of those who agreed before, with their posts.
    """

    no: int = 0
    text: str = ""
    more: bool = False
    page: str | None = None
    errors: int | None = None
    remarks: int | None = None
    asked: int = 0
    answered: int = 0
    against: int = 0
    overdue: int = 0
    open_comments: int = 0
    said: list[tuple[int, str]] = field(default_factory=list)


def briefs(session: Session, document_ids: Sequence[int]) -> dict[int, Brief]:
    """By document; four queries whatever their number."""
    found = {id_: Brief() for id_ in document_ids}
    _newest(session, found)
    _opinions(session, found)
    _remarks(session, found)
    _said(session, found)
    return found


def _newest(session: Session, found: dict[int, Brief]) -> None:
    newest = sa.select(sa.func.max(DraftVersion.id)).where(DraftVersion.document_id.in_(found))
    rows = (
        sa.select(
            DraftVersion.document_id,
            DraftVersion.no,
            sa.func.substr(DraftVersion.text, 1, READ_HERE + 1),
            DraftVersion.findings,
            StoredFile.token,
        )
        .outerjoin(StoredFile, StoredFile.id == DraftVersion.pdf_file_id)
        .where(DraftVersion.id.in_(newest.group_by(DraftVersion.document_id)))
    )
    for document_id, no, text, findings, page in session.execute(rows).tuples():
        brief = found[document_id]
        brief.no, brief.page = no, page
        brief.text, brief.more = text[:READ_HERE], len(text) > READ_HERE
        if findings is not None:
            brief.errors = sum(one.get("severity") == "error" for one in findings)
            brief.remarks = len(findings) - brief.errors


def _opinions(session: Session, found: dict[int, Brief]) -> None:
    one = OpinionRequest
    rows = sa.select(one.document_id, one.answered_at, one.agrees, one.due_at)
    at = now()
    for document_id, answered_at, agrees, due_at in session.execute(
        rows.where(one.document_id.in_(found))
    ).tuples():
        brief = found[document_id]
        brief.asked += 1
        if answered_at is None:
            brief.overdue += int(due_at < at)
        else:
            brief.answered += 1
            brief.against += int(agrees is False)


def _remarks(session: Session, found: dict[int, Brief]) -> None:
    rows = (
        sa.select(DraftComment.document_id, sa.func.count())
        .where(DraftComment.document_id.in_(found), DraftComment.resolved_at.is_(None))
        .group_by(DraftComment.document_id)
    )
    for document_id, count in session.execute(rows).tuples():
        found[document_id].open_comments = count


def _said(session: Session, found: dict[int, Brief]) -> None:
    step = ReviewStep
    rows = sa.select(step.document_id, step.by_post_id, step.comment).where(
        step.document_id.in_(found), step.by_post_id.is_not(None), step.comment != "",
        step.returned_to.is_(None),
    )  # fmt: skip
    for document_id, post_id, words in session.execute(rows.order_by(step.id)).tuples():
        if post_id is not None:
            found[document_id].said.append((post_id, words))


@dataclass(frozen=True, slots=True)
class Turn:
    """Where a document stands among those that wait for the actor; tokens of its neighbours."""

    number: int
    total: int
    previous: str | None
    next: str | None


def turn_of(session: Session, actor: Actor, token: str) -> Turn | None:
    """The document's place in the approval list; None when it does not wait there."""
    tokens = waiting_tokens(session, actor)
    if token not in tokens:
        return None
    at = tokens.index(token)
    return Turn(
        number=at + 1,
        total=len(tokens),
        previous=tokens[at - 1] if at else None,
        next=tokens[at + 1] if at + 1 < len(tokens) else None,
    )


def next_waiting(session: Session, actor: Actor, token: str | None) -> str | None:
    """What to decide on next: the document of `token` if it still waits, else the first; None when
    all is done."""
    tokens = waiting_tokens(session, actor)
    return token if token in tokens else next(iter(tokens), None)
