"""Letters as the actor may see them: one, a page of a list, the numbers of the tabs."""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import now
from app.errors import NotFound
from app.incoming.models import CLOSED, IncomingDocument, IncomingStatus
from app.incoming.permissions import REGISTER
from app.organisation.models import OrganAlias
from app.organisation.names import fold_name
from app.security import FEW, ORGAN, Actor, count_opened, visible
from app.tasks import opening

KIND = "incoming"
NUMBERED_ROWS = 10_000
"""Up to here pages have numbers; beyond it a list goes on by keyset."""
SPARSE = 1_000
"""Up to so many letters of a tab are collected first and sorted then."""

S = IncomingStatus
OPEN = frozenset(IncomingStatus) - CLOSED
UNFINISHED = frozenset(IncomingStatus) - {S.DONE, S.FILED}
FLASH = 3
Letters = sa.Select[tuple[IncomingDocument]]


class Tab(enum.Enum):
    """The tabs of the list, with the statuses each shows."""

    TO_REGISTER = "cho-vao-so"
    TO_SUBMIT = "cho-trinh"
    PASSED_ON = "da-chuyen"
    SENT_BACK = "tra-lai"
    ALL = "tat-ca"


TAB_LABELS = {
    Tab.TO_REGISTER: "Chờ vào sổ",
    Tab.TO_SUBMIT: "Chờ trình",
    Tab.PASSED_ON: "Đã chuyển",
    Tab.SENT_BACK: "Trả lại",
    Tab.ALL: "Tất cả",
}
TAB_STATUSES: dict[Tab, frozenset[IncomingStatus]] = {
    Tab.TO_REGISTER: frozenset({S.RECEIVED}),
    Tab.TO_SUBMIT: frozenset({S.REGISTERED, S.REOPENED}),
    Tab.PASSED_ON: frozenset(
        {
            S.SUBMITTED, S.DIRECTED, S.ASSIGNED, S.IN_PROGRESS, S.FOR_INFORMATION, S.DONE, S.FILED,
        }
    ),
    Tab.SENT_BACK: frozenset({S.RETURNED_TO_SENDER, S.FORWARDED, S.RECALLED_BY_SENDER}),
    Tab.ALL: frozenset(IncomingStatus),
}  # fmt: skip
NOT_PASSED_ON = frozenset(IncomingStatus) - TAB_STATUSES[Tab.PASSED_ON]


def visible_incoming(actor: Actor, *, few: bool = False) -> Letters:
    """Every list, count, search and export starts here, so none leaks another unit's letters.

    What is not registered obliges nobody and is seen by those who register only. `few`: see
    `security.visible`.
    """
    rows = visible(sa.select(IncomingDocument), IncomingDocument.id, KIND, actor, few=few)
    if not actor.may(REGISTER):
        rows = rows.where(IncomingDocument.status != S.RECEIVED)
    return rows


def get_letter(session: Session, actor: Actor, letter_id: int) -> IncomingDocument:
    """Raises NotFound for a letter that is not there or not the actor's to see."""
    letter = session.scalar(visible_incoming(actor).where(IncomingDocument.id == letter_id))
    if letter is None:
        raise NotFound(f"incoming document {letter_id}")
    return letter


def get_letter_by_token(session: Session, actor: Actor, token: str) -> IncomingDocument:
    """The letter of an address. Raises NotFound."""
    letter = session.scalar(visible_incoming(actor).where(IncomingDocument.token == token))
    if letter is None:
        raise NotFound(f"incoming document {token}")
    return letter


def opening_is_news(session: Session, actor: Actor, token: str) -> bool:
    """Whether this look at a letter has to be written down or marks something as seen.

    Raises NotFound.
    """
    unwritten = opening.unwritten(actor, KIND, IncomingDocument.id)
    unseen = opening.news(actor, KIND, IncomingDocument.id)
    registered = IncomingDocument.register_entry_id.is_not(None)
    rows = visible_incoming(actor).where(IncomingDocument.token == token)
    found = session.scalar(rows.with_only_columns(sa.or_(unwritten, sa.and_(registered, unseen))))
    if found is None:
        raise NotFound(f"incoming document {token}")
    return bool(found)


@dataclass(frozen=True, slots=True)
class LetterFilter:
    """What a list is narrowed to. Empty values mean everything."""

    tab: Tab = Tab.ALL
    text: str = ""  # in summary, code, organ, arrival number; marks may be left out
    urgency: int | None = None
    document_type: str | None = None
    organ_ids: frozenset[int] = frozenset()
    issuing_body_id: int | None = None
    arrived_from: date | None = None
    arrived_to: date | None = None
    due: str = ""  # "overdue", "today", "soon" (three days), "none"
    submitted_to_post_ids: frozenset[int] = frozenset()
    statuses: frozenset[IncomingStatus] = frozenset()


@dataclass(frozen=True, slots=True)
class LetterPage:
    """One page of letters. `total` counts to `NUMBERED_ROWS`; beyond it `next_id` goes on."""

    letters: Sequence[IncomingDocument]
    total: int
    number: int
    size: int
    next_id: int | None = None
    counts: dict[Tab, int] = field(default_factory=dict)

    @property
    def pages(self) -> int:
        return max(1, -(-min(self.total, NUMBERED_ROWS) // self.size))


def page_of_letters(
    session: Session,
    actor: Actor,
    wanted: LetterFilter,
    *,
    page: int = 1,
    size: int = 50,
    before_id: int | None = None,
) -> LetterPage:
    """A page of the list, newest first, with the numbers of all tabs: at most four queries.

    `before_id` continues after the last numbered page (keyset).
    """
    opened = _opened(session, actor)
    narrowed = _narrow(visible_incoming(actor, few=opened is not None and opened <= FEW), wanted)
    if wanted == LetterFilter(tab=wanted.tab):
        counts = _all_counts(session, actor, opened)
    else:
        counts = _tab_counts(session, narrowed, whole_rows=bool(wanted.text))
    waits = Tab.TO_SUBMIT if wanted.submitted_to_post_ids else wanted.tab  # the urgent ones first
    total = counts[wanted.tab]
    rows = _of_tab(narrowed, wanted.tab).order_by(*_order(waits, sparse=total <= SPARSE))
    if before_id is not None:
        rows = rows.where(IncomingDocument.id < before_id).order_by(None)
        rows = rows.order_by(IncomingDocument.id.desc())
    else:
        rows = rows.offset((max(page, 1) - 1) * size)
    letters = session.scalars(rows.limit(size)).all() if total else []
    last = before_id is not None or page * size >= NUMBERED_ROWS
    return LetterPage(
        letters=letters,
        total=total,
        number=max(page, 1),
        size=size,
        next_id=letters[-1].id if last and len(letters) == size else None,
        counts=counts,
    )


def tab_counts(session: Session, actor: Actor) -> dict[Tab, int]:
    """How many letters each tab holds: two queries, three for those who see a part."""
    return _all_counts(session, actor, _opened(session, actor))


def _opened(session: Session, actor: Actor) -> int | None:
    """How many letters the actor has a right to; None for the whole organ's."""
    return None if ORGAN in actor.terms else count_opened(session, KIND, actor)


def _all_counts(session: Session, actor: Actor, opened: int | None) -> dict[Tab, int]:
    """The tabs of an unnarrowed list.

    Finished letters are by far the most: they are not counted, but what is left of all
    rights after the others have been counted, so that not every letter has to be looked at.
    """
    if opened is None:
        opened = session.scalar(sa.select(sa.func.count()).select_from(IncomingDocument)) or 0
    rows = visible(sa.select(IncomingDocument), IncomingDocument.id, KIND, actor)
    counts = _tab_counts(session, rows.where(IncomingDocument.status.in_(UNFINISHED)))
    counts[Tab.PASSED_ON] += opened - counts[Tab.ALL]
    counts[Tab.ALL] = opened
    if not actor.may(REGISTER):
        counts[Tab.ALL] -= counts[Tab.TO_REGISTER]
        counts[Tab.TO_REGISTER] = 0
    return counts


def _tab_counts(session: Session, rows: Letters, *, whole_rows: bool = False) -> dict[Tab, int]:
    """`whole_rows`: the condition reads more than an index holds, so SQLite had better go along
    the table than along the index of statuses and jump into the table for each."""
    status = IncomingDocument.status
    by = status.concat(sa.literal_column("''")) if whole_rows else status
    inner = rows.with_only_columns(sa.type_coerce(by, status.type), sa.func.count()).group_by(by)
    by_status = dict(session.execute(inner.order_by(None)).tuples().all())
    return {
        tab: sum(by_status.get(status, 0) for status in statuses)
        for tab, statuses in TAB_STATUSES.items()
    }


def _of_tab(rows: Letters, tab: Tab) -> Letters:
    if tab is Tab.ALL:
        return rows
    if tab is Tab.PASSED_ON:  # nearly all: SQLite goes down the ids, not through every status
        return rows.where(IncomingDocument.status.not_in(NOT_PASSED_ON))
    return rows.where(IncomingDocument.status.in_(TAB_STATUSES[tab]))


def _order(tab: Tab, *, sparse: bool = False) -> tuple[sa.ColumnElement[object], ...]:
    """What waits for the clerk: urgent ones first, then as they came; all else newest first.

    `sparse`: so few match that whoever went down the ids to find them would pass nearly all. The
    sum keeps a planner that does not know it from doing so.
    """
    id_ = IncomingDocument.id
    if tab in (Tab.TO_REGISTER, Tab.TO_SUBMIT):
        return (IncomingDocument.urgency.desc(), id_)  # type: ignore[return-value]
    return ((id_ + 0).desc() if sparse else id_.desc(),)  # type: ignore[return-value]


def _narrow(rows: Letters, wanted: LetterFilter) -> Letters:
    letter = IncomingDocument
    bounds: list[tuple[object, Callable[[], sa.ColumnElement[bool]]]] = [
        (wanted.urgency, lambda: letter.urgency == wanted.urgency),
        (wanted.document_type, lambda: letter.document_type == wanted.document_type),
        (wanted.issuing_body_id, lambda: letter.issuing_body_id == wanted.issuing_body_id),
        (wanted.arrived_from, lambda: letter.arrival_date >= wanted.arrived_from),
        (wanted.arrived_to, lambda: letter.arrival_date <= wanted.arrived_to),
    ]  # fmt: skip
    for value, condition in bounds:
        if value is not None:
            rows = rows.where(condition())
    if wanted.submitted_to_post_ids:
        rows = rows.where(letter.submitted_to_post_id.in_(sorted(wanted.submitted_to_post_ids)))
    if wanted.organ_ids:
        rows = rows.where(letter.organ_id.in_(wanted.organ_ids))
    if wanted.statuses:
        rows = rows.where(letter.status.in_(wanted.statuses))
    if wanted.due:
        rows = rows.where(_due(wanted.due, now()))
    for word in wanted.text.split():
        rows = rows.where(_holds(word))
    return rows


def _due(which: str, moment: datetime) -> sa.ColumnElement[bool]:
    due, still = IncomingDocument.due_at, IncomingDocument.status.in_(OPEN)
    if which == "overdue":
        return sa.and_(due < moment, still)
    if which == "none":
        return due.is_(None)
    days = 1 if which == "today" else 3
    return sa.and_(due >= moment, due < moment + timedelta(days=days), still)


def _holds(word: str) -> sa.ColumnElement[bool]:
    """A number is looked for from its first digit on: 12 is not in 2012."""
    letter, wanted = IncomingDocument, fold_name(word)
    if not wanted:
        return sa.true()
    known = sa.select(OrganAlias.organ_id).where(OrganAlias.folded.contains(wanted))
    return sa.or_(
        letter.folded.contains(f" {wanted}" if wanted[0].isdigit() else wanted),
        letter.arrival_label == word,
        letter.organ_id.in_(known),
    )


def same_letter(
    session: Session,
    *,
    code_number: str,
    code_notation: str,
    issued_date: date | None,
    except_id: int | None = None,
) -> Sequence[IncomingDocument]:
    """Registered letters of any organ with the same number, symbol and date.

    A letter without a number is compared with none: many have none.
    """
    if not code_number:
        return []
    rows = sa.select(IncomingDocument).where(
        IncomingDocument.code_number == code_number,
        IncomingDocument.code_notation == code_notation,
        IncomingDocument.issued_date == issued_date,
        IncomingDocument.register_entry_id.is_not(None),
    )
    if except_id is not None:
        rows = rows.where(IncomingDocument.id != except_id)
    return session.scalars(rows.order_by(IncomingDocument.id)).all()


def next_letter(session: Session, actor: Actor, letter: IncomingDocument) -> str | None:
    """Token of the letter to open next in the same tab, after this one was dealt with."""
    tab = next(t for t in Tab if letter.status in TAB_STATUSES[t])
    rows = _of_tab(visible_incoming(actor), tab).where(IncomingDocument.id != letter.id)
    after = rows.where(IncomingDocument.id > letter.id).order_by(IncomingDocument.id).limit(1)
    found = session.scalar(after) or session.scalar(rows.order_by(*_order(tab)).limit(1))
    return None if found is None else found.token


def next_to_register(session: Session, actor: Actor, after_id: int = 0) -> str | None:
    """Token of the next letter that waits for registration, the most urgent first."""
    rows = _of_tab(visible_incoming(actor), Tab.TO_REGISTER)
    found = session.scalar(
        rows.where(IncomingDocument.id != after_id).order_by(*_order(Tab.TO_REGISTER)).limit(1)
    )
    return None if found is None else found.token


def counted_waiting(actor: Actor) -> sa.Select[tuple[int, int]]:
    """How many letters wait for this actor, and how many of them are Hỏa tốc.

    For those who register: to be registered or submitted. For the others: submitted to a post of
    theirs.
    """
    mine = sa.and_(
        IncomingDocument.status == S.SUBMITTED,
        IncomingDocument.submitted_to_post_id.in_(sorted(actor.post_ids)),
    )
    if actor.may(REGISTER):
        waiting = IncomingDocument.status.in_([S.RECEIVED, S.REGISTERED, S.REOPENED])
        mine = sa.or_(mine, waiting)
    flash = sa.func.count().filter(IncomingDocument.urgency >= FLASH)
    return visible_incoming(actor).where(mine).with_only_columns(sa.func.count(), flash)


def _submitted_to(actor: Actor) -> Letters:
    return visible_incoming(actor).where(
        IncomingDocument.status == S.SUBMITTED,
        IncomingDocument.submitted_to_post_id.in_(sorted(actor.post_ids)),
    )


def submitted_to(session: Session, actor: Actor) -> tuple[int, bool]:
    """How many letters wait for a directive of the actor, and whether one is Hỏa tốc."""
    row = session.execute(
        _submitted_to(actor).with_only_columns(
            sa.func.count(), sa.func.coalesce(sa.func.max(IncomingDocument.urgency), 0)
        )
    ).one()
    return int(row[0]), int(row[1]) >= FLASH


def waiting_letters(session: Session, actor: Actor, *, limit: int) -> Sequence[IncomingDocument]:
    """What waits for a directive of the actor: the most urgent first, then the oldest."""
    rows = _submitted_to(actor).order_by(IncomingDocument.urgency.desc(), IncomingDocument.id)
    return session.scalars(rows.limit(limit)).all()


def next_waiting(session: Session, actor: Actor) -> str | None:
    """Token of the letter a leader deals with next; None if none waits."""
    return next((letter.token for letter in waiting_letters(session, actor, limit=1)), None)
