"""The intake ledger: what waits, what is held, what the day brought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import VIETNAM, now
from app.errors import NotFound
from app.incoming.models import (
    OPEN_INTAKE,
    IncomingDocument,
    IntakeItem,
    IntakeState,
    JobKind,
    JobState,
    LetterFile,
    ReadingJob,
)
from app.incoming.permissions import RECONCILE, REGISTER
from app.security import Actor, authorize

IN_READING = OPEN_INTAKE - {IntakeState.READ}
"""States in which a page says how far the reading is, or why it failed."""
GONE = (IntakeState.REJECTED, IntakeState.DUPLICATE)


def get_intake(session: Session, intake_id: int) -> IntakeItem:
    """The row of an id, for services and workers. Raises NotFound."""
    item = session.get(IntakeItem, intake_id)
    if item is None:
        raise NotFound(f"intake {intake_id}")
    return item


def get_intake_by_token(session: Session, actor: Actor, token: str) -> IntakeItem:
    """A row for those who register. Raises PermissionDenied, NotFound."""
    authorize(actor, REGISTER)
    item = session.scalar(sa.select(IntakeItem).where(IntakeItem.token == token))
    if item is None:
        raise NotFound(f"intake {token}")
    return item


def held_items(session: Session, actor: Actor) -> Sequence[IntakeItem]:
    """What waits for “mật hay không”, oldest first. Only for those who register."""
    authorize(actor, REGISTER)
    return session.scalars(sa.select(IntakeItem).where(_held()).order_by(IntakeItem.id)).all()


def counted_held(actor: Actor) -> sa.Select[tuple[int, int]] | None:
    """How many files wait for “mật hay không”: red as soon as there is one."""
    if not actor.may(REGISTER):
        return None
    return sa.select(sa.func.count(), sa.func.count()).where(_held())


def _held() -> sa.ColumnElement[bool]:
    return sa.and_(IntakeItem.state == IntakeState.QUARANTINED, IntakeItem.held_reason.is_not(None))


def attention(session: Session, actor: Actor, *, limit: int = 20) -> Sequence[IntakeItem]:
    """Held files, and files of the last day that were rejected or found double, newest first."""
    authorize(actor, REGISTER)
    fresh = sa.and_(
        IntakeItem.state.in_(GONE),
        IntakeItem.settled_at > now() - timedelta(days=1),
        IntakeItem.reject_code.is_distinct_from("split"),
    )
    rows = sa.select(IntakeItem).where(sa.or_(_held(), fresh))
    return session.scalars(rows.order_by(IntakeItem.id.desc()).limit(limit)).all()


def same_bytes(session: Session, sha256: str, except_id: int) -> IntakeItem | None:
    """An earlier arrival of the same bytes that is kept or on its way."""
    return session.scalar(
        sa.select(IntakeItem)
        .where(
            IntakeItem.sha256 == sha256,
            IntakeItem.id != except_id,
            IntakeItem.state.not_in(GONE),
            IntakeItem.purged_at.is_(None),
            IntakeItem.arrived_at.is_not(None),
        )
        .order_by(IntakeItem.id)
        .limit(1)
    )


def of_source(session: Session, path: str) -> IntakeItem | None:
    """The newest row of a file in a watched folder."""
    rows = sa.select(IntakeItem).where(IntakeItem.source_path == path)
    return session.scalar(rows.order_by(IntakeItem.id.desc()).limit(1))


def items_of(session: Session, letter_ids: Sequence[int]) -> dict[int, list[IntakeItem]]:
    """The ledger rows behind letters, in the order of their files, one query."""
    found: dict[int, list[IntakeItem]] = {letter_id: [] for letter_id in letter_ids}
    rows = (
        sa.select(LetterFile.letter_id, IntakeItem)
        .join(IntakeItem, IntakeItem.id == LetterFile.intake_id)
        .where(LetterFile.letter_id.in_(letter_ids))
        .order_by(LetterFile.letter_id, LetterFile.position, LetterFile.id)
    )
    for letter_id, item in session.execute(rows):
        found[letter_id].append(item)
    return found


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the reading of a file is, for a list or a page."""

    intake_id: int
    state: IntakeState
    done: int
    total: int
    waiting_since: datetime | None  # queued, and no worker has taken it
    error: str | None


def progress(session: Session, intake_ids: Sequence[int]) -> dict[int, Progress]:
    """The newest reading of each file, one query."""
    if not intake_ids:
        return {}
    newest = (
        sa.select(sa.func.max(ReadingJob.id))
        .where(ReadingJob.intake_id.in_(intake_ids), ReadingJob.kind == JobKind.READ)
        .group_by(ReadingJob.intake_id)
    )
    rows = (
        sa.select(ReadingJob, IntakeItem.state)
        .join(IntakeItem, IntakeItem.id == ReadingJob.intake_id)
        .where(ReadingJob.id.in_(newest))
    )
    return {
        job.intake_id: Progress(
            job.intake_id,
            state,
            job.page_done,
            job.page_total,
            job.created_at if job.state is JobState.QUEUED else None,
            job.error,
        )
        for job, state in session.execute(rows)
    }


@dataclass(frozen=True, slots=True)
class DayLine:
    """One way in: how many files came and what has become of them."""

    source: str
    arrived: int
    registered: int
    waiting: int
    rejected: int
    duplicate: int
    purged: int

    @property
    def balanced(self) -> bool:
        """Every file that came is accounted for."""
        return self.arrived == self.registered + self.waiting + self.rejected + self.duplicate


@dataclass(frozen=True, slots=True)
class DayEnd:
    """The reconciliation of one day in Vietnam."""

    day: date
    lines: tuple[DayLine, ...]
    waiting: tuple[IntakeItem, ...]
    rejected: tuple[IntakeItem, ...]
    letters_registered: int
    paper_only: int

    @property
    def balanced(self) -> bool:
        return all(line.balanced for line in self.lines)


def day_end(session: Session, actor: Actor, day: date) -> DayEnd:
    """Arrived, registered, waiting, rejected: all files of a day, and the letters of its book."""
    authorize(actor, RECONCILE)
    start, end = day_span(day)
    items = session.scalars(
        sa.select(IntakeItem)
        .where(IntakeItem.received_at >= start, IntakeItem.received_at < end)
        .order_by(IntakeItem.id)
    ).all()
    lines = []
    for source in sorted({item.source for item in items}, key=lambda one: one.value):
        mine = [item for item in items if item.source is source]
        lines.append(_line(source.value, mine))
    registered = sa.select(sa.func.count()).select_from(IncomingDocument)
    registered = registered.where(IncomingDocument.arrival_date == day)
    without_file = registered.where(IncomingDocument.main_file_id.is_(None))
    return DayEnd(
        day=day,
        lines=tuple(lines),
        waiting=tuple(item for item in items if item.state in OPEN_INTAKE),
        rejected=tuple(item for item in items if item.state in GONE),
        letters_registered=session.scalar(registered) or 0,
        paper_only=session.scalar(without_file) or 0,
    )


def _line(source: str, items: list[IntakeItem]) -> DayLine:
    def count(*states: IntakeState) -> int:
        return sum(1 for item in items if item.state in states)

    return DayLine(
        source=source,
        arrived=len(items),
        registered=count(IntakeState.REGISTERED),
        waiting=count(*OPEN_INTAKE),
        rejected=count(IntakeState.REJECTED),
        duplicate=count(IntakeState.DUPLICATE),
        purged=sum(1 for item in items if item.purged_at is not None),
    )


def day_span(day: date) -> tuple[datetime, datetime]:
    """The moments between which a day lies in Vietnam."""
    start = datetime.combine(day, time.min, tzinfo=VIETNAM)
    return start, start + timedelta(days=1)


def sources_to_remove(session: Session) -> dict[int, str]:
    """Watched files of purged rows that may still be there."""
    rows = sa.select(IntakeItem.id, IntakeItem.source_path).where(
        IntakeItem.purged_at.is_not(None), IntakeItem.source_path.is_not(None)
    )
    return {intake_id: path for intake_id, path in session.execute(rows) if path}


def purged_since(session: Session, moment: datetime) -> int:
    """How many rows were purged since then."""
    rows = sa.select(sa.func.count()).select_from(IntakeItem)
    return session.scalar(rows.where(IntakeItem.purged_at > moment)) or 0


def leftover(session: Session, intake_ids: Sequence[int]) -> list[int]:
    """Those whose quarantine folder has no use: stored, rejected, double, purged or unknown."""
    needed = sa.select(IntakeItem.id).where(
        IntakeItem.id.in_(intake_ids),
        IntakeItem.state.in_([IntakeState.RECEIVED, IntakeState.QUARANTINED]),
        IntakeItem.file_id.is_(None),
    )
    kept = set(session.scalars(needed))
    return [intake_id for intake_id in intake_ids if intake_id not in kept]


def unfinished(session: Session, before: datetime) -> Sequence[IntakeItem]:
    """Rows whose first byte came before a moment and whose last byte never did."""
    rows = sa.select(IntakeItem).where(
        IntakeItem.state == IntakeState.RECEIVED, IntakeItem.received_at < before
    )
    return session.scalars(rows.order_by(IntakeItem.id)).all()


def unstored(session: Session, before: datetime) -> list[int]:
    """Files that arrived whole, are not read, and were not stored: their process died."""
    job = sa.select(ReadingJob.intake_id).where(ReadingJob.intake_id == IntakeItem.id)
    rows = sa.select(IntakeItem.id).where(
        IntakeItem.state == IntakeState.QUARANTINED,
        IntakeItem.held_reason.is_(None),
        IntakeItem.file_id.is_(None),
        IntakeItem.arrived_at < before,
        ~job.exists(),
    )
    return list(session.scalars(rows))
