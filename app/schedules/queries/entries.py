"""Which entries an actor may see, and single ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from app.errors import NotFound
from app.schedules.models import (
    InvitationAnswer,
    ScheduleChange,
    ScheduleEntry,
    ScheduleParticipant,
    ScheduleSeries,
)
from app.security import Actor, visible

KIND = "schedule_entry"
Entries = sa.Select[tuple[ScheduleEntry]]


def visible_entries(actor: Actor) -> Entries:
    """The entries that one of the actor's terms opens; published ones are open to everybody here
    unless they are private."""
    return visible(sa.select(ScheduleEntry), ScheduleEntry.id, KIND, actor)


def with_all(rows: Entries) -> Entries:
    """With participants and bookings: two more queries, however many rows."""
    return rows.options(
        selectinload(ScheduleEntry.participants), selectinload(ScheduleEntry.bookings)
    )


def get_entry(session: Session, actor: Actor, token: str) -> ScheduleEntry:
    """Raises NotFound, also for an entry the actor may only see as “Bận”."""
    rows = with_all(visible_entries(actor)).where(ScheduleEntry.token == token)
    found = session.scalar(rows)
    if found is None:
        raise NotFound(f"schedule entry {token}")
    return found


def entry_by_id(
    session: Session, actor: Actor, entry_id: int, *, lock: bool = False
) -> ScheduleEntry:
    """The entry, locked if asked. Raises NotFound."""
    rows = visible_entries(actor).where(ScheduleEntry.id == entry_id)
    if lock:
        rows = rows.with_for_update(of=ScheduleEntry).execution_options(populate_existing=True)
    found = session.scalar(rows)
    if found is None:
        raise NotFound(f"schedule entry {entry_id}")
    return found


def entries_of(session: Session, actor: Actor, kind: str, thing_id: int) -> Sequence[ScheduleEntry]:
    """The entries that come from a letter or a task, the newest first; called off ones too."""
    rows = with_all(visible_entries(actor)).where(
        ScheduleEntry.source_kind == kind, ScheduleEntry.source_id == thing_id
    )
    return session.scalars(rows.order_by(ScheduleEntry.id.desc())).all()


def changes_of(session: Session, entry_id: int) -> Sequence[ScheduleChange]:
    """What happened to an entry after its publication, the newest first."""
    rows = sa.select(ScheduleChange).where(ScheduleChange.entry_id == entry_id)
    return session.scalars(rows.order_by(ScheduleChange.id.desc())).all()


def answer_of(session: Session, kind: str, thing_id: int) -> InvitationAnswer | None:
    """The answer to an invitation that counts: the last."""
    rows = sa.select(InvitationAnswer).where(
        InvitationAnswer.kind == kind, InvitationAnswer.thing_id == thing_id
    )
    return session.scalar(rows.order_by(InvitationAnswer.id.desc()).limit(1))


def of_days(rows: Entries, first: date, last: date) -> Entries:
    """Those that begin on the days from `first` to `last`."""
    return rows.where(ScheduleEntry.day.between(first, last))


def of_posts(rows: Entries, post_ids: Sequence[int], unit_ids: Sequence[int] = ()) -> Entries:
    """Those that the posts chair or take part in, or whose units do."""
    taking = sa.select(ScheduleParticipant.entry_id).where(
        sa.or_(ScheduleParticipant.post_id.in_(post_ids), ScheduleParticipant.unit_id.in_(unit_ids))
    )
    return rows.where(
        sa.or_(ScheduleEntry.chair_post_id.in_(post_ids), ScheduleEntry.id.in_(taking))
    )


def shown_to_all() -> sa.ColumnElement[bool]:
    """Published at some time, so that its place in the week is known here, if only as “Bận”.

    The state is not asked: what was published stays so, is done or called off. An index of states
    would lead a database to most of ten years instead of to the days of one week.
    """
    return ScheduleEntry.published_at.is_not(None)


def first_of_series(session: Session, series_id: int) -> str:
    """The token of the first occurrence of a series."""
    rows = sa.select(ScheduleEntry.token).where(ScheduleEntry.series_id == series_id)
    return session.scalars(rows.order_by(ScheduleEntry.day).limit(1)).one()


def series_of(session: Session, entry: ScheduleEntry) -> ScheduleSeries | None:
    """The rule by which an entry came; None for one that comes once."""
    return session.get(ScheduleSeries, entry.series_id) if entry.series_id else None
