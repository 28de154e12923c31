"""The week of the office: merging, approval, publication, and what is over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit, outbox
from app.clock import now
from app.errors import InvalidInput, RuleViolated
from app.notifications.services import notify
from app.schedules.models import (
    WAITING,
    EntryState,
    ScheduleEntry,
    WeekSheet,
    WeekState,
    WeekVersion,
)
from app.schedules.permissions import APPROVE, MERGE, PUBLISH
from app.schedules.queries import KIND, entry_by_id, versions_of
from app.schedules.queries.entries import of_days, shown_to_all, with_all
from app.schedules.queries.rows import rows_of
from app.schedules.services import keeping
from app.schedules.times import day_bounds, monday_of, week_number
from app.security import Actor, authorize

S = EntryState
SHEET = "week_sheet"


def merge_entries(
    session: Session, actor: Actor, *, entry_ids: Sequence[int]
) -> list[ScheduleEntry]:
    """The office takes registered entries into the week. Raises RuleViolated for others."""
    actor = authorize(actor, MERGE)
    merged = []
    for entry_id in sorted(set(entry_ids)):
        entry = entry_by_id(session, actor, entry_id, lock=True)
        if entry.state is S.APPROVED:
            continue
        entry.become(S.APPROVED)
        audit.record(session, actor, "schedule_entry.merged", entry.id)
        outbox.changed(session, KIND, entry.id)
        merged.append(entry)
    return merged


def set_cutoff(session: Session, actor: Actor, *, monday: date, at: datetime) -> WeekSheet:
    """Set the end of registration of a week that is not published.

    Raises InvalidInput for a moment after the week, RuleViolated once the week is published.
    """
    actor = authorize(actor, MERGE)
    if at >= day_bounds(monday, monday + timedelta(days=6))[1]:
        raise InvalidInput("Hạn đăng ký phải trước khi tuần kết thúc.", "at")
    sheet = keeping.week_sheet(session, monday)
    if sheet.state is WeekState.PUBLISHED:
        raise RuleViolated("Lịch tuần này đã ban hành.")
    sheet.cutoff_at = at
    audit.record(session, actor, "week_sheet.cutoff_set", sheet.id)
    return sheet


def approve_week(session: Session, actor: Actor, *, monday: date) -> WeekSheet:
    """Approve the merged week, before its publication.

    Raises RuleViolated while registered entries are not merged, or when there is nothing.
    """
    actor = authorize(actor, APPROVE)
    sheet = keeping.week_sheet(session, monday)
    if sheet.state is WeekState.PUBLISHED:
        raise RuleViolated("Lịch tuần này đã ban hành.")
    counted = dict(
        session.execute(
            sa.select(ScheduleEntry.state, sa.func.count())
            .where(ScheduleEntry.state.in_(WAITING), *_of_week(monday))
            .group_by(ScheduleEntry.state)
        )
        .tuples()
        .all()
    )
    if left := counted.get(S.REGISTERED, 0):
        raise RuleViolated(f"Còn {left} lịch đăng ký chưa tổng hợp.")
    if not counted.get(S.APPROVED, 0):
        raise RuleViolated("Tuần này chưa có lịch nào được tổng hợp.")
    sheet.state, sheet.approved_at = WeekState.APPROVED, now()
    sheet.approved_by_post_id = actor.post_id
    audit.record(session, actor, "week_sheet.approved", sheet.id)
    return sheet


def publish_week(session: Session, actor: Actor, *, monday: date, note: str = "") -> WeekVersion:
    """Publish an approved week, or a published one anew with its changes: the next version.

    A version keeps its rows for ever; private entries stand in it as “Bận”.

    Raises RuleViolated when the week is not approved.
    """
    actor = authorize(actor, PUBLISH)
    sheet = keeping.week_sheet(session, monday)
    if sheet.state is WeekState.OPEN:
        raise RuleViolated("Lịch tuần chưa được duyệt.")
    merged = session.scalars(
        sa.select(ScheduleEntry).where(ScheduleEntry.state == S.APPROVED, *_of_week(monday))
    ).all()
    for entry in merged:
        entry.become(S.PUBLISHED)
        entry.published_at = now()
        keeping.open_to(session, entry)
        outbox.changed(session, KIND, entry.id)
    sheet.state, sheet.published_at = WeekState.PUBLISHED, now()
    sheet.note = note.strip()[:1000]
    version = _keep_version(session, actor, sheet)
    _tell(session, actor, sheet, merged)
    audit.record(session, actor, "week_sheet.published", sheet.id, number=version.number)
    outbox.changed(session, SHEET, sheet.id)
    return version


def _keep_version(session: Session, actor: Actor, sheet: WeekSheet) -> WeekVersion:
    session.flush()
    first = sheet.monday
    rows = with_all(sa.select(ScheduleEntry).where(shown_to_all()))
    rows = of_days(rows, first, first + timedelta(days=6))
    entries = session.scalars(rows.order_by(ScheduleEntry.starts_at, ScheduleEntry.id)).all()
    numbers = [version.number for version in versions_of(session, first)]
    version = WeekVersion(
        week_id=sheet.id,
        number=max(numbers, default=0) + 1,
        rows=[row.as_json() for row in rows_of(session, None, entries)],
        note=sheet.note,
        published_at=now(),
        published_by_post_id=actor.post_id,
    )
    session.add(version)
    session.flush()
    return version


def _tell(
    session: Session, actor: Actor, sheet: WeekSheet, entries: Sequence[ScheduleEntry]
) -> None:
    """One notice for each who stands in the week, not one an entry."""
    posts = {entry.chair_post_id for entry in entries}
    units = {entry.preparing_unit_id for entry in entries}
    for entry in entries:
        posts.update(p.post_id for p in entry.participants)
        units.update(p.unit_id for p in entry.participants)
    notify(
        session,
        event="schedule.published",
        kind=SHEET,
        thing_id=sheet.id,
        title=f"Lịch công tác tuần {week_number(sheet.monday)[1]} đã ban hành",
        post_ids=sorted(p for p in posts if p and p not in actor.post_ids),
        unit_ids=sorted(u for u in units if u),
    )


def _of_week(monday: date) -> tuple[sa.ColumnElement[bool], ...]:
    first = monday_of(monday)
    return (ScheduleEntry.day.between(first, first + timedelta(days=6)),)


def finish_past(session: Session, *, limit: int = 500) -> int:
    """Mark published entries that are over as done. Returns how many."""
    rows = (
        sa.select(ScheduleEntry)
        .where(ScheduleEntry.state == S.PUBLISHED, ScheduleEntry.ends_at < now())
        .order_by(ScheduleEntry.ends_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = session.scalars(rows).all()
    for entry in found:
        entry.become(S.DONE)
        outbox.changed(session, KIND, entry.id)
    return len(found)
