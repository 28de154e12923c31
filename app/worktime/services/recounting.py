"""What follows a correction of the calendar: every open clock is counted anew, with a trace.

The correction is a row with a cursor. The relay works it off in small steps, so that nobody waits
for it; whoever is stopped in between, the next one goes on behind the cursor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import outbox
from app.clock import now
from app.db import reading, transaction
from app.outbox import ThingProgressed
from app.security import Actor
from app.worktime import hooks, queries
from app.worktime.calendar import Calendar
from app.worktime.course import WARNING_PERCENTS, due_of, share_moment
from app.worktime.hooks import ClockMoved, ClocksMoving, ClockWarned
from app.worktime.models import CalendarCorrection, ClockMove, CorrectionState, DeadlineClock
from app.worktime.services.clocks import settle

READ_AT_ONCE, WRITE_AT_ONCE, WARN_AT_ONCE = 500, 50, 50
KIND = "calendar_correction"


def ask_for_recount(
    session: Session, actor: Actor, *, calendar_id: int, what: str
) -> CalendarCorrection:
    """Note that a calendar was changed: clocks that follow it are counted anew, soon."""
    open_clocks = (
        sa.select(sa.func.count())
        .select_from(DeadlineClock)
        .where(
            DeadlineClock.finished_at.is_(None),
            DeadlineClock.calendar_id.in_(queries.family(session, calendar_id)),
        )
    )
    row = CalendarCorrection(
        calendar_id=calendar_id,
        what=what[:500],
        by_person_id=actor.person_id,
        total=session.scalar(open_clocks) or 0,
        after_clock_id=0,
        looked_at=0,
        moved=0,
        state=CorrectionState.WAITING,
    )
    session.add(row)
    session.flush()
    return row


def recount_waiting() -> int:
    """Work off all corrections that wait, the oldest first. Returns how many ends moved."""
    moved = 0
    while (batch := _next_batch()) is not None:
        for start in range(0, len(batch.moves), WRITE_AT_ONCE):
            with transaction("worktime.recount") as session:
                some = batch.moves[start : start + WRITE_AT_ONCE]
                moved += _apply(session, batch, some)
        with transaction("worktime.recount_cursor") as session:
            _go_on(session, batch)
    return moved


def warn_due() -> int:
    """Tell the rooms of clocks of which a share is used. Returns how many were told."""
    told = 0
    while True:
        with reading() as session:
            waiting = session.scalar(_to_warn().limit(1)) is not None
        if not waiting:
            return told
        with transaction("worktime.warn") as session:
            told += _warn_some(session)


@dataclass(frozen=True, slots=True)
class _Batch:
    """Clocks behind the cursor; `moves` are the ids of those whose end is another now."""

    correction_id: int
    after_id: int
    last_id: int
    size: int
    moves: Sequence[int]


def _next_batch() -> _Batch | None:
    """Count the next clocks outside any writing transaction."""
    with reading() as session:
        row = session.scalar(
            sa.select(CalendarCorrection)
            .where(CalendarCorrection.state != CorrectionState.DONE)
            .order_by(CalendarCorrection.id)
            .limit(1)
        )
        if row is None:
            return None
        calendars = {one: queries.load_calendar(session, one) for one in _family(session, row)}
        clocks = session.scalars(
            sa.select(DeadlineClock)
            .where(
                DeadlineClock.finished_at.is_(None),
                DeadlineClock.calendar_id.in_(calendars),
                DeadlineClock.id > row.after_clock_id,
            )
            .order_by(DeadlineClock.id)
            .limit(READ_AT_ONCE)
        ).all()
        moves = [one.id for one in clocks if _is_stale(calendars[one.calendar_id], one)]
        last_id = clocks[-1].id if len(clocks) == READ_AT_ONCE else 0
        return _Batch(row.id, row.after_clock_id, last_id, len(clocks), moves)


def _is_stale(calendar: Calendar, clock: DeadlineClock) -> bool:
    return due_of(calendar, clock.course) != clock.due_at


def _family(session: Session, row: CalendarCorrection) -> list[int]:
    return queries.family(session, row.calendar_id)


def _apply(session: Session, batch: _Batch, ids: Sequence[int]) -> int:
    """Write the new ends with their trace; a clock changed meanwhile is counted as it is now."""
    row = session.get_one(CalendarCorrection, batch.correction_id)
    calendars: dict[int, Calendar] = {}
    clocks = session.scalars(
        sa.select(DeadlineClock)
        .where(DeadlineClock.id.in_(ids), DeadlineClock.finished_at.is_(None))
        .order_by(DeadlineClock.id)
        .with_for_update()
    ).all()
    moving = ClocksMoving(tuple(clocks))
    hooks.clocks_moving(session, moving)
    moved = 0
    with session.no_autoflush:  # one flush for all: each by itself takes most of the time
        for clock in moving.clocks:
            if clock.calendar_id not in calendars:
                calendars[clock.calendar_id] = queries.load_calendar(session, clock.calendar_id)
            moved += _move(session, calendars[clock.calendar_id], row, clock)
    row.moved += moved
    session.flush()
    return moved


def _move(
    session: Session, calendar: Calendar, row: CalendarCorrection, clock: DeadlineClock
) -> bool:
    before: datetime | None = clock.due_at
    settle(calendar, clock)
    if clock.due_at == before:
        return False
    session.add(
        ClockMove(
            correction_id=row.id, clock_id=clock.id, from_due_at=before, to_due_at=clock.due_at
        )
    )
    hooks.clock_moved(session, ClockMoved(clock, before, clock.due_at, row.what))
    return True


def _go_on(session: Session, batch: _Batch) -> None:
    """Set the cursor behind the batch, unless another relay did; pages see the progress."""
    row = session.get_one(CalendarCorrection, batch.correction_id, with_for_update=True)
    if row.after_clock_id != batch.after_id or row.state is CorrectionState.DONE:
        return
    row.looked_at += batch.size
    row.total = max(row.total, row.looked_at)
    row.after_clock_id = batch.last_id or row.after_clock_id
    row.state = CorrectionState.RUNNING if batch.last_id else CorrectionState.DONE
    if row.state is CorrectionState.DONE:
        row.total, row.done_at = row.looked_at, now()
    outbox.publish(session, ThingProgressed(KIND, row.id, row.looked_at, row.total))


def _to_warn() -> sa.Select[tuple[DeadlineClock]]:
    return (
        sa.select(DeadlineClock)
        .where(DeadlineClock.finished_at.is_(None), DeadlineClock.warn_at <= now())
        .order_by(DeadlineClock.warn_at, DeadlineClock.id)
    )


def _warn_some(session: Session) -> int:
    told = 0
    for clock in session.scalars(_to_warn().limit(WARN_AT_ONCE).with_for_update(skip_locked=True)):
        calendar = queries.load_calendar(session, clock.calendar_id)
        clock.warned_percent = _reached_percent(calendar, clock)
        settle(calendar, clock)
        hooks.clock_warned(session, ClockWarned(clock, clock.warned_percent))
        told += 1
    return told


def _reached_percent(calendar: Calendar, clock: DeadlineClock) -> int:
    """The highest share that is used by now: after a long stop of the relay only that is told."""
    reached = [
        percent
        for percent in WARNING_PERCENTS
        if (moment := share_moment(calendar, clock.course, percent)) is not None and moment <= now()
    ]
    return max(reached, default=WARNING_PERCENTS[0])
