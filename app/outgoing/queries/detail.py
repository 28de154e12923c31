"""Everything the page of one document shows, by a constant number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.audit import read_lately
from app.errors import NotFound
from app.files.models import StoredFile
from app.files.queries import get_file
from app.incoming.models import IncomingDocument
from app.incoming.queries import visible_incoming
from app.links import Linked, linked_to
from app.notifications.models import Notification
from app.notifications.queries import visible_notifications
from app.organisation.models import IssuingBody, Person, Post
from app.organisation.queries import post_label, unit_label
from app.outgoing.models import (
    CertifiedCopy,
    Delivery,
    DraftComment,
    DraftVersion,
    Medium,
    OpinionRequest,
    OutgoingDocument,
    OutgoingJob,
    PaperStage,
    Recipient,
    ReviewStep,
    Stage,
    WorkState,
)
from app.outgoing.queries.documents import KIND, get_by_token, visible_outgoing
from app.registers.queries import type_labels
from app.security import ORGAN, Access, Actor
from app.tasks.custody import CustodyLine, Stay, chain, current, unopened

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document with all that its page shows."""

    document: OutgoingDocument
    type_label: str
    body: IssuingBody
    unit: str
    versions: tuple[DraftVersion, ...]  # newest first
    comments: tuple[DraftComment, ...]
    steps: tuple[ReviewStep, ...]
    opinions: tuple[OpinionRequest, ...]
    recipients: tuple[Recipient, ...]
    stages: tuple[PaperStage, ...]  # those that count, newest first
    jobs: tuple[OutgoingJob, ...]  # the newest of each kind that is not done
    copies: tuple[CertifiedCopy, ...]
    files: dict[int, StoredFile]
    answered: IncomingDocument | None
    links: tuple[Linked, ...]
    custody: CustodyLine | None
    chain: tuple[Stay, ...]
    posts: dict[int, str]
    units: dict[int, str]
    people: dict[int, str]

    @property
    def newest(self) -> DraftVersion | None:
        return self.versions[0] if self.versions else None

    @property
    def open_step(self) -> ReviewStep | None:
        return next((step for step in self.steps if step.decided_at is None), None)

    @property
    def signed_elsewhere(self) -> PaperStage | None:
        """The personal signature that was brought from another tool; None for the server's."""
        signed = (stage for stage in self.stages if stage.stage is Stage.SIGNED)
        return next((stage for stage in signed if "certificate" in stage.detail), None)

    @property
    def page(self) -> StoredFile | None:
        """The PDF to show: the newest stage, else of the newest version; never an older one."""
        if self.stages:
            return self.files.get(self.stages[0].file_id)
        if self.newest is None or self.newest.pdf_file_id is None:
            return None
        return self.files.get(self.newest.pdf_file_id)


def load_document(session: Session, actor: Actor, token: str) -> DocumentView:
    """The page of a document; for who only received it, what went out. Raises NotFound."""
    document = get_by_token(session, actor, token)
    view = _whole(session, actor, document)
    return _as_received(view) if only_received(session, actor, document.id) else view


def only_received(session: Session, actor: Actor, document_id: int) -> bool:
    """Whether the actor may see the document for no other reason than that it was sent to them."""
    if ORGAN in actor.terms:
        return False
    rows = sa.select(Access.reason).where(
        Access.kind == KIND, Access.thing_id == document_id, Access.term.in_(sorted(actor.terms))
    )
    return set(session.scalars(rows)) == {"recipient"}


def _as_received(view: DocumentView) -> DocumentView:
    """Without drafts and how they came about: the sealed bytes; of paper the version agreed to."""
    document = view.document
    paper = document.medium is Medium.PAPER
    return replace(
        view,
        versions=tuple(v for v in view.versions if paper and v.no == document.approved_no),
        comments=(),
        steps=(),
        opinions=(),
        stages=tuple(s for s in view.stages if s.stage in (Stage.SEALED, Stage.SCANNED))[:1],
        jobs=(),
        copies=(),
        chain=(),
    )


def opening_is_news(session: Session, actor: Actor, token: str) -> bool:
    """Whether this look has to be written down, or marks something as seen or received.

    Raises NotFound.
    """
    led = sa.select(Post.unit_id).where(Post.id.in_(sorted(actor.post_ids)), Post.is_head)
    receives = sa.select(Recipient.id).where(
        Recipient.document_id == OutgoingDocument.id,
        Recipient.delivery == Delivery.DELIVERED,
        Recipient.unit_id.in_(led),
    )
    unread = visible_notifications(actor).where(
        Notification.read_at.is_(None),
        Notification.kind == KIND,
        Notification.thing_id == OutgoingDocument.id,
    )
    news = sa.or_(
        ~read_lately(actor, KIND, OutgoingDocument.id, "read").exists(),
        unopened(actor, KIND, OutgoingDocument.id).exists(),
        unread.exists(),
        receives.exists(),
    )
    rows = visible_outgoing(actor).where(OutgoingDocument.token == token)
    found = session.scalar(rows.with_only_columns(news))
    if found is None:
        raise NotFound(f"outgoing document {token}")
    return bool(found)


def _whole(session: Session, actor: Actor, document: OutgoingDocument) -> DocumentView:
    """All that there is of a document."""
    id_ = document.id
    versions = _all(session, DraftVersion, id_, DraftVersion.no.desc())
    steps = _all(session, ReviewStep, id_, ReviewStep.id)
    opinions = _all(session, OpinionRequest, id_, OpinionRequest.id)
    comments = _all(session, DraftComment, id_, DraftComment.id)
    stages = [
        stage
        for stage in _all(session, PaperStage, id_, PaperStage.id.desc())
        if stage.dropped_at is None
    ]
    copies = sa.select(CertifiedCopy).filter_by(kind=KIND, thing_id=id_).order_by(CertifiedCopy.id)
    return DocumentView(
        document=document,
        type_label=type_labels(session).get(document.document_type, ""),
        body=session.get_one(IssuingBody, document.issuing_body_id),
        unit=unit_label(session, [document.drafting_unit_id]).get(document.drafting_unit_id, ""),
        versions=tuple(versions),
        comments=tuple(comments),
        steps=tuple(steps),
        opinions=tuple(opinions),
        recipients=tuple(_all(session, Recipient, id_, Recipient.position)),
        stages=tuple(stages),
        jobs=tuple(_unfinished(session, id_)),
        copies=tuple(session.scalars(copies)),
        files=_files(session, versions, stages),
        answered=_answered(session, actor, document),
        links=tuple(linked_to(session, actor, KIND, id_)),
        custody=current(session, KIND, [id_]).get(id_),
        chain=tuple(chain(session, KIND, id_)),
        posts=post_label(session, _posts(document, versions, steps, opinions, comments)),
        units=unit_label(session, [one.unit_id for one in opinions]),
        people=_people(session, document, steps),
    )


def _all(session: Session, table: type[T], document_id: int, order: Any) -> Sequence[T]:
    rows = sa.select(table).filter_by(document_id=document_id)
    return session.scalars(rows.order_by(order)).all()


def _unfinished(session: Session, document_id: int) -> list[OutgoingJob]:
    """The newest job of each kind, unless it is done."""
    rows = sa.select(OutgoingJob).filter_by(document_id=document_id).order_by(OutgoingJob.id)
    newest = {job.kind: job for job in session.scalars(rows)}
    return [job for job in newest.values() if job.state is not WorkState.DONE]


def _files(
    session: Session, versions: Sequence[DraftVersion], stages: Sequence[PaperStage]
) -> dict[int, StoredFile]:
    wanted = {one.file_id for one in versions} | {one.pdf_file_id for one in versions}
    wanted |= {stage.file_id for stage in stages}
    rows = sa.select(StoredFile).where(StoredFile.id.in_([id_ for id_ in wanted if id_]))
    return {file.id: file for file in session.scalars(rows)}


def _answered(
    session: Session, actor: Actor, document: OutgoingDocument
) -> IncomingDocument | None:
    """The letter it answers, if the actor may see that."""
    if document.answers_incoming_id is None:
        return None
    rows = visible_incoming(actor).where(IncomingDocument.id == document.answers_incoming_id)
    return session.scalar(rows)


def _posts(
    document: OutgoingDocument,
    versions: Sequence[DraftVersion],
    steps: Sequence[ReviewStep],
    opinions: Sequence[OpinionRequest],
    comments: Sequence[DraftComment],
) -> set[int]:
    named: set[int | None] = {
        document.drafter_post_id, document.signer_post_id, document.locked_by_post_id,
    }  # fmt: skip
    named |= {one.author_post_id for one in versions} | {one.by_post_id for one in comments}
    for step in steps:
        named |= {step.post_id, step.by_post_id}
    for request in opinions:
        named |= {request.asked_by_post_id, request.answered_by_post_id}
    return {post_id for post_id in named if post_id}


def _people(
    session: Session, document: OutgoingDocument, steps: Sequence[ReviewStep]
) -> dict[int, str]:
    """Names of those who decided, of those acted for, of who has the draft out."""
    named = {document.locked_by_person_id}
    for step in steps:
        named |= {step.by_person_id, step.on_behalf_of}
    rows = sa.select(Person.id, Person.full_name).where(Person.id.in_([n for n in named if n]))
    return dict(session.execute(rows).tuples().all())


def file_for(session: Session, actor: Actor, token: str) -> tuple[OutgoingDocument, StoredFile]:
    """A file of a document the actor may see, by its token. Raises NotFound."""
    file = get_file(session, token)
    if file.kind != KIND or file.thing_id is None:
        raise NotFound(f"file {token} belongs to no outgoing document")
    document = session.get(OutgoingDocument, file.thing_id)
    if document is None:
        raise NotFound(f"file {token} belongs to no outgoing document")
    document = get_by_token(session, actor, document.token)
    if only_received(session, actor, document.id):
        page = load_document(session, actor, document.token).page
        if page is None or page.id != file.id:
            raise NotFound(f"file {token} is not what went out")
    return document, file
