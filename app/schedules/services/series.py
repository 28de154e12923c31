"""Entries that come again, in local time: each occurrence is an entry of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy.orm import Session

from app import audit
from app.clock import local, now
from app.errors import InvalidInput, NotFound
from app.schedules.models import EntryState, Frequency, ScheduleEntry, ScheduleSeries
from app.schedules.permissions import REGISTER
from app.schedules.queries import visible_entries
from app.schedules.services import keeping
from app.schedules.services.entries import call_off, place_in_week
from app.schedules.services.keeping import EntryData
from app.schedules.times import moment, monday_of
from app.security import Actor, authorize

MOST = 60


@dataclass(frozen=True, slots=True)
class Recurrence:
    """How an entry comes again. `weekdays` (0 Monday) are for WEEKLY; empty: that of the first.

    `skipped` are days of the rule on which it does not come.
    """

    frequency: Frequency
    last_on: date
    every: int = 1
    weekdays: Sequence[int] = ()
    skipped: frozenset[date] = frozenset()


def occurrences(first: date, rule: Recurrence) -> list[date]:
    """The days of a rule from its first day on. A month without the day is left out.

    Raises InvalidInput when there are none, or more than `MOST`.
    """
    if rule.every < 1 or not set(rule.weekdays) <= set(range(7)):
        raise InvalidInput("Chu kỳ lặp không hợp lệ.", "every")
    if rule.last_on < first:
        raise InvalidInput("Ngày lặp cuối phải sau ngày đầu.", "last_on")
    found = _weekly(first, rule) if rule.frequency is Frequency.WEEKLY else _monthly(first, rule)
    if len(found) > MOST:
        raise InvalidInput(f"Một lịch lặp nhiều nhất {MOST} lần. Hãy chọn ngày cuối sớm hơn.",
                           "last_on")  # fmt: skip
    days = [day for day in found if day not in rule.skipped]
    if not days:
        raise InvalidInput("Quy tắc lặp không có ngày nào.", "last_on")
    return days


def _weekly(first: date, rule: Recurrence) -> list[date]:
    weekdays = sorted(set(rule.weekdays) or {first.weekday()})
    week = monday_of(first)
    found: list[date] = []
    while week <= rule.last_on and len(found) <= MOST:
        days = [week + timedelta(days=n) for n in weekdays]
        found += [day for day in days if first <= day <= rule.last_on]
        week += timedelta(weeks=rule.every)
    return found


def _monthly(first: date, rule: Recurrence) -> list[date]:
    months = 0
    found: list[date] = []
    while len(found) <= MOST:
        year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
        months += rule.every
        if date(year, month + 1, 1) > rule.last_on:
            break
        try:
            day = date(year, month + 1, first.day)
        except ValueError:
            continue
        if day <= rule.last_on:
            found.append(day)
    return found


def register_series(
    session: Session, actor: Actor, data: EntryData, rule: Recurrence
) -> ScheduleSeries:
    """Register all occurrences; `data` is the first day's. One room that is taken on one day
    refuses the whole: the sentence names the day.

    Raises as `register_entry`, and InvalidInput for a rule without days.
    """
    actor = authorize(actor, REGISTER)
    keeping.check(data)
    begins = local(data.starts_at)
    days = occurrences(begins.date(), rule)
    series = ScheduleSeries(
        frequency=rule.frequency,
        every=rule.every,
        weekdays=sorted(set(rule.weekdays)),
        first_on=days[0],
        last_on=rule.last_on,
        starts=begins.time(),
        minutes=int((data.ends_at - data.starts_at).total_seconds() // 60),
        made_by_post_id=actor.post_id,
        made_at=now(),
    )
    session.add(series)
    session.flush()
    lasts = data.ends_at - data.starts_at
    for day in days:
        start = moment(day, begins.time())
        one = replace(data, starts_at=start, ends_at=start + lasts)
        entry = keeping.make(session, actor, one, EntryState.REGISTERED, series=(series.id, day))
        place_in_week(session, actor, entry)
    audit.record(session, actor, "schedule_series.made", series.id, count=len(days))
    return series


def cancel_series(
    session: Session, actor: Actor, *, series_id: int, from_day: date, reason: str = ""
) -> int:
    """Call off the occurrences from a day on that are not over. Returns how many.

    Raises NotFound when the actor may see none of it, PermissionDenied through the entries.
    """
    series = session.get(ScheduleSeries, series_id)
    rows = visible_entries(actor).where(
        ScheduleEntry.series_id == series_id,
        ScheduleEntry.day >= from_day,
        ScheduleEntry.state.not_in((EntryState.CANCELLED, EntryState.DONE)),
    )
    ordered = rows.order_by(ScheduleEntry.day).with_for_update(of=ScheduleEntry)
    found = session.scalars(ordered).all()
    if series is None or not found:
        raise NotFound(f"series {series_id} from {from_day}")
    for entry in found:
        keeping.must_be_theirs(actor, entry)
        call_off(session, authorize(actor, REGISTER), entry, reason)
    series.ended_at = now()
    audit.record(session, actor, "schedule_series.ended", series.id, count=len(found))
    return len(found)
