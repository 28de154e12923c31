"""The week: its rows by day and part of the day, its sheet and the versions of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import today
from app.organisation.names import fold_name
from app.organisation.queries import post_label, posts_with_role
from app.schedules.models import (
    WAITING,
    Booking,
    EntryKind,
    EntryState,
    ScheduleChange,
    ScheduleEntry,
    Shift,
    Visibility,
    WeekSheet,
    WeekVersion,
)
from app.schedules.permissions import MERGE
from app.schedules.queries.entries import (
    KIND,
    Entries,
    of_days,
    of_posts,
    shown_to_all,
    visible_entries,
    with_all,
)
from app.schedules.queries.rows import SheetRow, rows_of
from app.schedules.times import DAY_NAMES, monday_of, week_days, week_number
from app.security import Actor, Role, visible


@dataclass(frozen=True, slots=True)
class DayRows:
    """A day of the week with its rows; `duty` are the leaders on duty."""

    day: date
    label: str
    rows: tuple[SheetRow, ...]
    duty: tuple[SheetRow, ...]

    def of(self, shift: Shift) -> list[SheetRow]:
        """The rows that begin in a part of the day."""
        return [row for row in self.rows if row.shift is shift]

    @property
    def shifts(self) -> list[tuple[Shift, list[SheetRow]]]:
        """Morning and afternoon always, the evening when there is something."""
        parts = [(shift, self.of(shift)) for shift in Shift]
        return [part for part in parts if part[0] is not Shift.EVENING or part[1]]


@dataclass(frozen=True, slots=True)
class WeekPage:
    """What the page of a week shows."""

    monday: date
    sheet: WeekSheet | None
    rows: tuple[SheetRow, ...]
    people: list[tuple[int, str]] = field(default_factory=list)  # the leaders, for colours
    waiting: int = 0  # registered, not yet merged; of those the actor may see

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def previous(self) -> date:
        return self.monday - timedelta(days=7)

    @property
    def next(self) -> date:
        return self.monday + timedelta(days=7)

    @property
    def week(self) -> int:
        return week_number(self.monday)[1]

    @property
    def iso_year(self) -> int:
        return week_number(self.monday)[0]

    @property
    def title(self) -> str:
        """“LỊCH CÔNG TÁC TUẦN 48 (từ ngày 23/11 đến 29/11/2026)”."""
        first, last = self.monday, self.sunday
        begins = f"{first:%d/%m}" if first.year == last.year else f"{first:%d/%m/%Y}"
        return f"LỊCH CÔNG TÁC TUẦN {self.week} (từ ngày {begins} đến {last:%d/%m/%Y})"

    @property
    def days(self) -> list[DayRows]:
        """Monday to Saturday; Sunday only when something is on."""
        found = []
        for number, day in enumerate(week_days(self.monday)):
            rows = [row for row in self.rows if row.day == day]
            if number == 6 and not rows:
                continue
            duty = tuple(row for row in rows if row.kind is EntryKind.DUTY)
            work = tuple(row for row in rows if row.kind is EntryKind.WORK)
            found.append(DayRows(day, DAY_NAMES[number], work, duty))
        return found


def week_page(
    session: Session,
    actor: Actor,
    monday: date,
    *,
    post_id: int | None = None,
    unit_id: int | None = None,
    text: str = "",
    waiting: bool = False,
) -> WeekPage:
    """The published rows of a week; with `waiting` also those not published yet that the actor
    may see. `post_id` and `unit_id` keep the rows of somebody, `text` those with these words."""
    monday = monday_of(monday)
    rows = of_days(_known(actor, waiting=waiting), monday, monday + timedelta(days=6))
    if post_id is not None or unit_id is not None:
        rows = of_posts(rows, [post_id] if post_id else [], [unit_id] if unit_id else [])
    shown = _rows(session, actor, rows)
    if words := fold_name(text).split():
        # what is masked must not be found by its words
        matching = _matching(session, [row.entry_id for row in shown if not row.masked], words)
        shown = [row for row in shown if row.entry_id in matching]
    return WeekPage(
        monday=monday,
        sheet=sheet_of(session, monday),
        rows=tuple(shown),
        people=leaders(session),
        waiting=_count_waiting(session, actor, monday),
    )


def public_week(session: Session, monday: date) -> WeekPage:
    """What the public pages show of a week: published entries that are open to everybody."""
    monday = monday_of(monday)
    rows = sa.select(ScheduleEntry).where(
        shown_to_all(), ScheduleEntry.visibility == Visibility.PUBLIC
    )
    found = of_days(with_all(rows), monday, monday + timedelta(days=6))
    entries = session.scalars(found.order_by(ScheduleEntry.starts_at, ScheduleEntry.id)).all()
    return WeekPage(monday, sheet_of(session, monday), tuple(rows_of(session, None, entries)))


def rows_between(
    session: Session,
    actor: Actor,
    first: date,
    last: date,
    *,
    post_ids: Sequence[int] | None = None,
    resource_id: int | None = None,
    waiting: bool = False,
) -> list[SheetRow]:
    """The rows of some days in order: for the calendar grid, a morning, a feed."""
    rows = of_days(_known(actor, waiting=waiting), first, last)
    if post_ids is not None:
        rows = of_posts(rows, post_ids)
    if resource_id is not None:
        booked = sa.select(Booking.entry_id).where(Booking.resource_id == resource_id)
        rows = rows.where(ScheduleEntry.id.in_(booked))
    return _rows(session, actor, rows)


def my_day(session: Session, actor: Actor, day: date) -> list[SheetRow]:
    """What the actor's posts have on a day, also what is not published yet."""
    posts = sorted(actor.post_ids)
    rows = of_posts(of_days(_known(actor, waiting=True), day, day), posts, _headed(actor))
    return [row for row in _rows(session, actor, rows) if not row.masked]


def _headed(actor: Actor) -> list[int]:
    """The units whose heads the actor's posts are: what a unit is asked to attend is theirs."""
    own = {f"unit:{unit_id}" for unit_id in actor.unit_ids} & actor.terms
    return sorted(int(term.removeprefix("unit:")) for term in own)


def _known(actor: Actor, *, waiting: bool) -> Entries:
    rows = sa.select(ScheduleEntry)
    if not waiting:
        return rows.where(shown_to_all())
    seen = visible(sa.select(ScheduleEntry.id), ScheduleEntry.id, KIND, actor)
    # a draft is its maker's until it is registered; the office need not read it
    registered = sa.and_(
        ScheduleEntry.id.in_(seen),
        sa.or_(
            ScheduleEntry.state.in_(WAITING),
            sa.and_(
                ScheduleEntry.state == EntryState.DRAFT,
                ScheduleEntry.made_by_post_id.in_(sorted(actor.post_ids)),
            ),
        ),
    )
    return rows.where(sa.or_(shown_to_all(), registered))


def _rows(session: Session, actor: Actor, rows: Entries) -> list[SheetRow]:
    entries = session.scalars(with_all(rows).order_by(ScheduleEntry.starts_at, ScheduleEntry.id))
    return rows_of(session, actor, entries.all())


def _matching(session: Session, ids: Sequence[int], words: Sequence[str]) -> set[int]:
    rows = sa.select(ScheduleEntry.id).where(ScheduleEntry.id.in_(ids))
    for word in words:
        rows = rows.where(ScheduleEntry.folded.contains(word, autoescape=True))
    return set(session.scalars(rows))


def leaders(session: Session) -> list[tuple[int, str]]:
    """The leaders' posts with their holders, by rank."""
    posts = [post.id for post in posts_with_role(session, Role.LEADER)]
    names = post_label(session, posts)
    return [(post_id, names.get(post_id, "")) for post_id in posts]


def sheet_of(session: Session, monday: date) -> WeekSheet | None:
    """The sheet of a week, if anybody has registered for it or set its cut-off."""
    return session.scalar(sa.select(WeekSheet).where(WeekSheet.monday == monday_of(monday)))


def versions_of(session: Session, monday: date) -> Sequence[WeekVersion]:
    """The published versions of a week, the newest first."""
    rows = sa.select(WeekVersion).join(WeekSheet, WeekSheet.id == WeekVersion.week_id)
    rows = rows.where(WeekSheet.monday == monday_of(monday))
    return session.scalars(rows.order_by(WeekVersion.number.desc())).all()


def version_rows(version: WeekVersion) -> list[SheetRow]:
    """The rows as they were published."""
    return [SheetRow.from_json(values) for values in version.rows]


def waiting_entries(session: Session, actor: Actor, monday: date) -> list[SheetRow]:
    """What the office has still to merge or publish in a week."""
    rows = visible_entries(actor).where(ScheduleEntry.state.in_(WAITING))
    return _rows(session, actor, of_days(rows, monday, monday + timedelta(days=6)))


def _count_waiting(session: Session, actor: Actor, monday: date) -> int:
    rows = visible_entries(actor).where(ScheduleEntry.state.in_(WAITING))
    rows = of_days(rows, monday, monday + timedelta(days=6))
    counted = rows.with_only_columns(sa.func.count()).order_by(None)
    return session.scalar(counted) or 0


def counted_waiting(actor: Actor) -> sa.Select[tuple[int, int]]:
    """For the left bar of the office: entries registered and not merged, this week and later."""
    rows = sa.select(sa.func.count(), sa.literal(0)).where(
        ScheduleEntry.state == EntryState.REGISTERED, ScheduleEntry.day >= monday_of(today())
    )
    return rows if actor.may(MERGE) else rows.where(sa.false())


def changes_between(
    session: Session, actor: Actor, since: datetime
) -> list[tuple[ScheduleChange, SheetRow]]:
    """Changes since a moment of entries the actor may read, the newest first."""
    rows = sa.select(ScheduleChange).where(ScheduleChange.at >= since)
    changes = session.scalars(rows.order_by(ScheduleChange.id.desc()).limit(200)).all()
    if not changes:
        return []
    ids = {change.entry_id for change in changes}
    entries = with_all(visible_entries(actor)).where(ScheduleEntry.id.in_(ids))
    shown = {row.entry_id: row for row in _rows(session, actor, entries)}
    return [(change, shown[change.entry_id]) for change in changes if change.entry_id in shown]
