"""The whole intake ledger as a list: every file that ever came, by what became of it."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.incoming.models import OPEN_INTAKE, IncomingDocument, IntakeItem, IntakeSource, IntakeState
from app.incoming.permissions import REGISTER
from app.incoming.queries.ledger import day_span
from app.incoming.queries.letters import KIND, visible_incoming
from app.security import Actor, authorize
from app.tasks.models import Custody

NUMBERED_ROWS = 10_000


class Fate(enum.Enum):
    """The tabs of the ledger, with the states each shows."""

    WAITING = "dang-cho"
    REGISTERED = "da-vao-so"
    REJECTED = "khong-nhan"
    DUPLICATE = "trung"
    ALL = "tat-ca"


FATE_LABELS = {
    Fate.WAITING: "Đang chờ",
    Fate.REGISTERED: "Đã vào sổ",
    Fate.REJECTED: "Không nhận",
    Fate.DUPLICATE: "Trùng",
    Fate.ALL: "Tất cả",
}
FATE_STATES: dict[Fate, frozenset[IntakeState]] = {
    Fate.WAITING: OPEN_INTAKE,
    Fate.REGISTERED: frozenset({IntakeState.REGISTERED}),
    Fate.REJECTED: frozenset({IntakeState.REJECTED}),
    Fate.DUPLICATE: frozenset({IntakeState.DUPLICATE}),
    Fate.ALL: frozenset(IntakeState),
}


@dataclass(frozen=True, slots=True)
class ArrivalFilter:
    """What the ledger is narrowed to. Empty values mean everything."""

    fate: Fate = Fate.WAITING
    text: str = ""  # in the file's name
    source: IntakeSource | None = None
    day: date | None = None  # of arrival, in Vietnam


@dataclass(frozen=True, slots=True)
class ArrivalPage:
    """One page of the ledger, newest first, with the numbers of its tabs."""

    items: Sequence[IntakeItem]
    number: int
    size: int
    counts: dict[Fate, int] = field(default_factory=dict)
    total: int = 0

    @property
    def pages(self) -> int:
        return max(1, -(-min(self.total, NUMBERED_ROWS) // self.size))


def page_of_arrivals(
    session: Session, actor: Actor, wanted: ArrivalFilter, *, page: int = 1, size: int = 20
) -> ArrivalPage:
    """A page of the ledger: two queries. Raises PermissionDenied for those who do not register."""
    authorize(actor, REGISTER)
    rows = _narrowed(sa.select(IntakeItem), wanted)
    grouped = rows.with_only_columns(IntakeItem.state, sa.func.count()).group_by(IntakeItem.state)
    by_state = dict(session.execute(grouped).tuples().all())
    counts = {
        fate: sum(by_state.get(state, 0) for state in states)
        for fate, states in FATE_STATES.items()
    }
    total = counts[wanted.fate]
    number = min(max(page, 1), max(1, -(-min(total, NUMBERED_ROWS) // size)))
    if wanted.fate is not Fate.ALL:
        rows = rows.where(IntakeItem.state.in_(FATE_STATES[wanted.fate]))
    shown = rows.order_by(IntakeItem.id.desc()).limit(size).offset((number - 1) * size)
    return ArrivalPage(session.scalars(shown).all(), number, size, counts, total)


def _narrowed(
    rows: sa.Select[tuple[IntakeItem]], wanted: ArrivalFilter
) -> sa.Select[tuple[IntakeItem]]:
    if wanted.source is not None:
        rows = rows.where(IntakeItem.source == wanted.source)
    if wanted.day is not None:
        start, end = day_span(wanted.day)
        rows = rows.where(IntakeItem.received_at >= start, IntakeItem.received_at < end)
    if wanted.text:
        rows = rows.where(IntakeItem.file_name.icontains(wanted.text, autoescape=True))
    return rows


def letters_of(
    session: Session, actor: Actor, items: Iterable[IntakeItem]
) -> dict[int, IncomingDocument]:
    """The letters of files by the file's id; of a double, the letter of its first copy."""
    found = list(items)
    first_ids = {item.duplicate_of_id for item in found if item.duplicate_of_id}
    firsts = sa.select(IntakeItem.id, IntakeItem.letter_id).where(IntakeItem.id.in_(first_ids))
    letter_of_first = dict(session.execute(firsts).tuples().all())
    wanted = {
        item.id: item.letter_id or letter_of_first.get(item.duplicate_of_id or 0) for item in found
    }
    rows = visible_incoming(actor).where(IncomingDocument.id.in_([i for i in wanted.values() if i]))
    letters = {letter.id: letter for letter in session.scalars(rows)}
    return {item_id: letters[i] for item_id, i in wanted.items() if i in letters}


def unopened_by(session: Session, actor: Actor, letter_ids: Sequence[int]) -> set[int]:
    """Letters that lie with the actor, or the unit they head, and have not been opened there."""
    units = [int(term[5:]) for term in actor.terms if term.startswith("unit:")]
    with_me = sa.or_(
        Custody.post_id.in_(sorted(actor.post_ids)),
        sa.and_(Custody.post_id.is_(None), Custody.unit_id.in_(units)),
    )
    rows = sa.select(Custody.thing_id).where(
        Custody.kind == KIND,
        Custody.thing_id.in_(letter_ids),
        Custody.until.is_(None),
        Custody.opened_at.is_(None),
        with_me,
    )
    return set(session.scalars(rows))


def waiting_drafts(
    session: Session, actor: Actor, *, limit: int = 50
) -> list[tuple[IncomingDocument, IntakeItem]]:
    """Drafts of one stored file: scans that may be attached to a registered letter, newest first.

    Raises PermissionDenied for those who do not register.
    """
    authorize(actor, REGISTER)
    free = (IntakeState.STORED, IntakeState.WAITING, IntakeState.READING, IntakeState.READ,
            IntakeState.REVIEW)  # fmt: skip
    rows = (
        sa.select(IncomingDocument, IntakeItem)
        .join(IntakeItem, IntakeItem.letter_id == IncomingDocument.id)
        .where(
            IncomingDocument.register_entry_id.is_(None),
            IntakeItem.state.in_(free),
            IntakeItem.file_id.is_not(None),
        )
        .order_by(IntakeItem.id.desc())
        .limit(limit)
    )
    return list(session.execute(rows).tuples())
