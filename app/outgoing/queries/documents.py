"""Documents as the actor may see them: one, a page of a list, the numbers of the tabs."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import VIETNAM
from app.errors import NotFound
from app.outgoing.models import (
    GONE_OUT,
    IN_REVIEW,
    Decision,
    Desk,
    DraftVersion,
    OutgoingDocument,
    OutgoingStatus,
    ReviewStep,
)
from app.outgoing.permissions import CHECK_FORM, ISSUE
from app.security import FEW, ORGAN, Actor, count_opened, visible

KIND = "outgoing"
NUMBERED_ROWS = 10_000
FLASH = 3
S = OutgoingStatus
Documents = sa.Select[tuple[OutgoingDocument]]


class Tab(enum.Enum):
    """The tabs of the list, with the statuses each shows."""

    DRAFTS = "du-thao"
    IN_REVIEW = "dang-duyet"
    TO_ISSUE = "cho-phat-hanh"
    ISSUED = "da-phat-hanh"
    ALL = "tat-ca"


TAB_LABELS = {
    Tab.DRAFTS: "Dự thảo",
    Tab.IN_REVIEW: "Đang duyệt",
    Tab.TO_ISSUE: "Chờ phát hành",
    Tab.ISSUED: "Đã phát hành",
    Tab.ALL: "Tất cả",
}
TAB_STATUSES: dict[Tab, frozenset[OutgoingStatus]] = {
    Tab.DRAFTS: frozenset({S.DRAFT}),
    Tab.IN_REVIEW: IN_REVIEW,
    Tab.TO_ISSUE: frozenset({S.APPROVED, S.SIGNED, S.NUMBERED, S.SEALED}),
    Tab.ISSUED: GONE_OUT,
    Tab.ALL: frozenset(OutgoingStatus),
}
UNFINISHED = frozenset(OutgoingStatus) - GONE_OUT


def visible_outgoing(actor: Actor, *, few: bool = False) -> Documents:
    """Every list, count, search and export starts here."""
    return visible(sa.select(OutgoingDocument), OutgoingDocument.id, KIND, actor, few=few)


def get_document(session: Session, actor: Actor, document_id: int) -> OutgoingDocument:
    """Raises NotFound for a document that is not there or not the actor's to see."""
    found = session.scalar(visible_outgoing(actor).where(OutgoingDocument.id == document_id))
    if found is None:
        raise NotFound(f"outgoing document {document_id}")
    return found


def get_by_token(session: Session, actor: Actor, token: str) -> OutgoingDocument:
    """The document of an address. Raises NotFound."""
    found = session.scalar(visible_outgoing(actor).where(OutgoingDocument.token == token))
    if found is None:
        raise NotFound(f"outgoing document {token}")
    return found


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What a list is narrowed to. Empty values mean everything."""

    tab: Tab = Tab.ALL
    text: str = ""  # in summary, notation, number, signer
    urgency: int | None = None
    document_type: str | None = None
    issuing_body_id: int | None = None
    unit_id: int | None = None
    since: date | None = None  # of issuing
    until: date | None = None


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """One page of documents. `total` counts all; past `NUMBERED_ROWS` `next_id` goes on."""

    documents: Sequence[OutgoingDocument]
    total: int
    number: int
    size: int
    next_id: int | None = None
    counts: dict[Tab, int] = field(default_factory=dict)

    @property
    def pages(self) -> int:
        return max(1, -(-min(self.total, NUMBERED_ROWS) // self.size))


def page_of_documents(
    session: Session,
    actor: Actor,
    wanted: Narrowing,
    *,
    page: int = 1,
    size: int = 50,
    before_id: int | None = None,
) -> DocumentPage:
    """A page of the list, newest first, with the numbers of all tabs: at most four queries."""
    opened = _opened(session, actor)
    narrowed = _narrow(visible_outgoing(actor, few=opened is not None and opened <= FEW), wanted)
    if wanted == Narrowing(tab=wanted.tab):
        counts = _all_counts(session, actor, opened)
    else:
        counts = _tab_counts(session, narrowed)
    rows = _of_tab(narrowed, wanted.tab)
    if before_id is not None:
        rows = rows.where(OutgoingDocument.id < before_id).order_by(OutgoingDocument.id.desc())
    else:
        rows = rows.order_by(*_order(wanted.tab)).offset((max(page, 1) - 1) * size)
    found = session.scalars(rows.limit(size)).all()
    last = before_id is not None or page * size >= NUMBERED_ROWS
    return DocumentPage(
        documents=found,
        total=counts[wanted.tab],
        number=max(page, 1),
        size=size,
        next_id=found[-1].id if last and len(found) == size else None,
        counts=counts,
    )


def _opened(session: Session, actor: Actor) -> int | None:
    """How many documents the actor has a right to; None for the whole organ's."""
    return None if ORGAN in actor.terms else count_opened(session, KIND, actor)


def _all_counts(session: Session, actor: Actor, opened: int | None) -> dict[Tab, int]:
    """The tabs of an unnarrowed list; issued ones, by far the most, are what is left of all."""
    if opened is None:
        return _tab_counts(session, visible_outgoing(actor))
    rows = visible(sa.select(OutgoingDocument), OutgoingDocument.id, KIND, actor)
    counts = _tab_counts(session, rows.where(OutgoingDocument.status.in_(UNFINISHED)))
    counts[Tab.ISSUED] += opened - counts[Tab.ALL]
    counts[Tab.ALL] = opened
    return counts


def _tab_counts(session: Session, rows: Documents) -> dict[Tab, int]:
    inner = rows.with_only_columns(OutgoingDocument.status, sa.func.count()).group_by(
        OutgoingDocument.status
    )
    by_status = dict(session.execute(inner.order_by(None)).tuples().all())
    return {
        tab: sum(by_status.get(status, 0) for status in statuses)
        for tab, statuses in TAB_STATUSES.items()
    }


def _of_tab(rows: Documents, tab: Tab) -> Documents:
    if tab is Tab.ALL:
        return rows
    if tab is Tab.ISSUED:  # nearly all: SQLite goes down the ids, not through every status
        return rows.where(OutgoingDocument.status.not_in(UNFINISHED))
    return rows.where(OutgoingDocument.status.in_(TAB_STATUSES[tab]))


def _order(tab: Tab) -> tuple[sa.ColumnElement[object], ...]:
    """What waits to be issued: urgent ones first, then as they came; all else newest first."""
    if tab is Tab.TO_ISSUE:
        return (OutgoingDocument.urgency.desc(), OutgoingDocument.id)  # type: ignore[return-value]
    return (OutgoingDocument.id.desc(),)  # type: ignore[return-value]


def _narrow(rows: Documents, wanted: Narrowing) -> Documents:
    document = OutgoingDocument
    if wanted.urgency is not None:
        rows = rows.where(document.urgency == wanted.urgency)
    if wanted.document_type is not None:
        rows = rows.where(document.document_type == wanted.document_type)
    if wanted.issuing_body_id is not None:
        rows = rows.where(document.issuing_body_id == wanted.issuing_body_id)
    if wanted.unit_id is not None:
        rows = rows.where(document.drafting_unit_id == wanted.unit_id)
    if wanted.since is not None:
        rows = rows.where(document.issued_at >= start_of(wanted.since))
    if wanted.until is not None:
        rows = rows.where(document.issued_date <= wanted.until)
    for word in wanted.text.split():
        rows = rows.where(
            sa.or_(
                document.subject_summary.icontains(word, autoescape=True),
                document.code_notation.icontains(word, autoescape=True),
                document.code_label == word,
                document.signer_name.icontains(word, autoescape=True),
            )
        )
    return rows


def start_of(day: date) -> datetime:
    """The first moment of a day in Vietnam."""
    return datetime.combine(day, time.min, VIETNAM)


def waiting_steps(actor: Actor) -> sa.Select[tuple[ReviewStep]]:
    """The steps this actor may decide on now: those at their posts, and the office's."""
    mine: sa.ColumnElement[bool] = ReviewStep.post_id.in_(sorted(actor.post_ids))
    if actor.may(CHECK_FORM):
        anybody = sa.and_(ReviewStep.desk == Desk.OFFICE, ReviewStep.post_id.is_(None))
        mine = sa.or_(mine, anybody)
    return sa.select(ReviewStep).where(ReviewStep.decision == Decision.WAITING, mine)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A document that waits for the actor's decision, and the step it waits at."""

    document: OutgoingDocument
    step: ReviewStep


def waiting_for(session: Session, actor: Actor, *, limit: int = 50) -> list[Waiting]:
    """What waits for the actor: urgent ones first, then the longest waiting."""
    rows = _in_order(actor).with_only_columns(OutgoingDocument, ReviewStep).limit(limit)
    return [Waiting(document, step) for document, step in session.execute(rows).tuples()]


def waiting_tokens(session: Session, actor: Actor) -> list[str]:
    """The tokens of all that waits for the actor, in the order of the approval list."""
    return list(session.scalars(_in_order(actor).with_only_columns(OutgoingDocument.token)))


def _in_order(actor: Actor) -> sa.Select[tuple[ReviewStep]]:
    """The actor's steps with their documents; nobody decides on what they wrote."""
    document = OutgoingDocument
    return (
        waiting_steps(actor)
        .join(document, document.id == ReviewStep.document_id)
        .where(
            sa.or_(
                document.drafter_person_id.is_(None),
                document.drafter_person_id != (actor.person_id or 0),
            )
        )
        .order_by(document.urgency.desc(), ReviewStep.arrived_at, ReviewStep.id)
    )


def newest_numbers(session: Session, document_ids: Sequence[int]) -> dict[int, int]:
    """The number of the newest version of each document that has one."""
    rows = sa.select(DraftVersion.document_id, sa.func.max(DraftVersion.no)).where(
        DraftVersion.document_id.in_(document_ids)
    )
    return dict(session.execute(rows.group_by(DraftVersion.document_id)).tuples().all())


def counted_waiting(actor: Actor) -> sa.Select[tuple[int, int]]:
    """How many wait for the actor, and how many of them are Hỏa tốc; for clerks also what is to
    be issued."""
    flash = sa.func.count().filter(OutgoingDocument.urgency >= FLASH)
    steps = (
        waiting_steps(actor)
        .join(OutgoingDocument, OutgoingDocument.id == ReviewStep.document_id)
        .with_only_columns(
            sa.func.count().label("number"), flash.label("red"), maintain_column_froms=True
        )
    )
    if not actor.may(ISSUE):
        return steps
    to_issue = sa.select(sa.func.count(), flash).where(
        OutgoingDocument.status.in_(TAB_STATUSES[Tab.TO_ISSUE])
    )
    both = sa.union_all(steps, to_issue).subquery()
    number, red = sa.func.sum(both.c.number), sa.func.sum(both.c.red)
    return sa.select(sa.cast(number, sa.Integer), sa.cast(red, sa.Integer))
