"""A reply went out: the letter it answers closes in the same commit, and so do its tasks."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app import audit, outbox
from app.incoming.models import CLOSED, IncomingDocument, IncomingStatus
from app.incoming.queries.letters import KIND
from app.security import Actor
from app.tasks import custody
from app.tasks.services.answering import finish_by_document


@dataclass(frozen=True, slots=True)
class Reply:
    """The document that answers: which letter, and what it is called in one line."""

    letter_id: int
    words: str


def close_by_reply(session: Session, actor: Actor, reply: Reply) -> IncomingDocument:
    """Close a letter because its reply was issued. A letter that is closed already stays so.

    The caller has authorized the issue. Raises RuleViolated for a letter without a number.
    """
    letter = session.get_one(IncomingDocument, reply.letter_id)
    letter.must_be_registered()
    if letter.status in CLOSED:
        return letter
    finish_by_document(session, actor, kind=KIND, thing_id=letter.id, words=reply.words)
    if letter.status not in CLOSED:
        letter.become(IncomingStatus.DONE)
    letter.closed_reason = f"Đã trả lời: {reply.words}"[:500]
    custody.close(session, KIND, letter.id)
    audit.record(session, actor, "incoming.answered", letter.id)
    outbox.changed(session, KIND, letter.id)
    return letter
