"""Running a limit over a calendar: when it ends, how much is used, how it stands.

Time is measured in the limit's own unit as exact fractions: a working day is one, however long,
and half of its shifts is one half. So a pause of no length changes nothing, and what was used
before a pause is used for good.
"""

from __future__ import annotations

import enum
import math
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from app.clock import VIETNAM, local
from app.worktime.calendar import Calendar, Unit, at_minute
from app.worktime.rules import BY_CALENDAR, Course, Rule, StartRule

DAY, HOUR, INSTANT = timedelta(days=1), timedelta(hours=1), timedelta(microseconds=1)
ZERO = Fraction(0)
WARNING_PERCENTS = (50, 80, 100)


class Standing(enum.Enum):
    """How a limit stands, in the words of the reports (sớm, đúng hạn, trễ; trong hạn, quá hạn)."""

    WITHIN = "within"
    PAUSED = "paused"
    OVERDUE = "overdue"
    EARLY = "early"
    ON_TIME = "on_time"
    LATE = "late"


MET = frozenset({Standing.EARLY, Standing.ON_TIME})


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch in which the limit runs; `end` None: until it is used up."""

    begin: datetime
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """The stretches since the limit (last) began, and how many units they have to hold."""

    segments: tuple[Segment, ...]
    total: Fraction
    began_with: datetime  # the reception, or the last restart


def due_of(calendar: Calendar, course: Course) -> datetime | None:
    """The moment the limit ends; None while a pause lasts, as nobody can know."""
    if course.rule is None:
        return course.fixed_at
    run = run_of(calendar, course)
    *before, last = run.segments
    if last.end is not None:
        return None
    used = sum((spent(calendar, course.rule.unit, one.begin, one.end) for one in before), ZERO)
    return _end(calendar, course.rule, last.begin, run.total - used)


def share_moment(calendar: Calendar, course: Course, percent: int) -> datetime | None:
    """When so much of the limit is used; None while a pause before that moment lasts."""
    if percent >= 100:
        return due_of(calendar, course)
    if course.rule is None:
        return _share_of_fixed(calendar, course, percent)
    reached = _reached(calendar, course.rule, run_of(calendar, course), Fraction(percent, 100))
    return _not_after(reached, due_of(calendar, course))


def stage_ends(
    calendar: Calendar, course: Course, amounts: Iterable[Fraction]
) -> list[datetime | None]:
    """When each stage has to be done, the last with the whole.

    Amounts are in the limit's unit. A stage ends when the limit has spent its own amount and those
    before it: what one stage did not need flows on to the next, and a pause moves all of them.

    Raises:
        ValueError: the stages need more than the limit, or the end was set by a person.
    """
    parts = list(amounts)
    if course.rule is None:
        raise ValueError("only a counted limit has stages")
    run = run_of(calendar, course)
    if sum(parts, ZERO) > run.total or any(part <= 0 for part in parts):
        raise ValueError("the stages do not fit into the limit")
    due, ends, until = due_of(calendar, course), [], ZERO
    for part in parts:
        until += part
        reached = _reached(calendar, course.rule, run, until / run.total)
        ends.append(due if until == run.total else _not_after(reached, due))
    return ends


def used_of(calendar: Calendar, course: Course, at: datetime) -> tuple[Fraction, Fraction]:
    """How many units are used at a moment, and how many there are; for pages and pauses."""
    if course.rule is None:
        raise ValueError("a fixed end has no units")
    run = run_of(calendar, course)
    used = ZERO
    for segment in run.segments:
        end = at if segment.end is None else min(segment.end, at)
        used += spent(calendar, course.rule.unit, segment.begin, end)
    return min(used, run.total), run.total


def standing_of(calendar: Calendar, course: Course, at: datetime) -> Standing:
    """How the limit stands at a moment. The moment of the result decides, not of its pick-up."""
    due = due_of(calendar, course)
    return standing(due, course.finished_at, at)


def standing(due: datetime | None, finished_at: datetime | None, at: datetime) -> Standing:
    """The same for a known end; `due` None means that it is paused."""
    if finished_at is not None:
        if due is None or local(finished_at).date() < local(due).date():
            return Standing.EARLY
        return Standing.ON_TIME if finished_at <= due else Standing.LATE
    if due is None:
        return Standing.PAUSED
    return Standing.OVERDUE if at > due else Standing.WITHIN


def run_of(calendar: Calendar, course: Course) -> Run:
    """The stretches in which the limit runs, pauses taken out. A pause after the end does not
    bring it back: what is overdue stays so."""
    rule = course.rule
    if rule is None:
        raise ValueError("a fixed end does not run")
    extra = sum(extension.amount for extension in course.extensions)
    began_with = course.started_at
    begin, total = count_from(calendar, rule, began_with), _total(rule, extra, began_with)
    segments: list[Segment] = []
    left = total
    for pause in course.pauses:
        if pause.at >= _end(calendar, rule, begin, left):
            break
        segments.append(Segment(begin, max(begin, pause.at)))
        left -= spent(calendar, rule.unit, begin, pause.at)
        if pause.until is None:
            return Run(tuple(segments), total, began_with)
        begin = max(begin, pause.until)
        if pause.restart:
            began_with = pause.until
            begin, total = count_from(calendar, rule, began_with), _total(rule, extra, began_with)
            segments, left = [], total
    return Run((*segments, Segment(begin)), total, began_with)


def count_from(calendar: Calendar, rule: Rule, received: datetime) -> datetime:
    """The moment from which a limit is counted that was received at a moment."""
    day = local(received).date()
    if rule.unit in BY_CALENDAR:
        return at_minute(day + DAY, 0)
    if rule.unit is Unit.WORKING_HOUR:
        return next(calendar.shifts_from(received))[0]
    if rule.start is StartRule.FROM_RECEPTION and counts_today(calendar, rule, received):
        return calendar.start_of_day(day)
    return calendar.start_of_day(calendar.next_working_day(day))


def counts_today(calendar: Calendar, rule: Rule, received: datetime) -> bool:
    """Whether the day of reception is the first day of a limit that runs from reception: a working
    day, not after the end of its work, not after the cut-off."""
    day = local(received).date()
    if not calendar.is_working_day(day) or received > calendar.end_of_day(day):
        return False
    return rule.cutoff is None or received <= at_minute(day, rule.cutoff)


def last_day(calendar_time_end: datetime) -> date:
    """The day that a limit in calendar time ends with: midnight belongs to the day before."""
    return local(calendar_time_end - INSTANT).date()


def _total(rule: Rule, extra: int, received: datetime) -> Fraction:
    """The limit in units of measure: days for all that is counted by the calendar."""
    amount = rule.amount + extra
    if rule.unit is Unit.WEEK:
        return Fraction(7 * amount)
    if rule.unit is Unit.MONTH:
        day = local(received).date()
        return Fraction((add_months(day, amount) - day).days)
    return Fraction(amount)


def add_months(day: date, months: int) -> date:
    """The corresponding day; the month's last one where it has no such day (article 148.3)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _reached(calendar: Calendar, rule: Rule, run: Run, share: Fraction) -> datetime | None:
    """The exact moment at which a share of the limit is used."""
    left = run.total * share
    for segment in run.segments:
        if segment.end is None:
            return _after(calendar, rule.unit, segment.begin, left)
        used = spent(calendar, rule.unit, segment.begin, segment.end)
        if used >= left:
            return _after(calendar, rule.unit, segment.begin, left)
        left -= used
    return None


def _not_after(moment: datetime | None, due: datetime | None) -> datetime | None:
    """The moment, or the end where the office closes before the day that the law counts does."""
    return moment if moment is None or due is None else min(moment, due)


def _end(calendar: Calendar, rule: Rule, begin: datetime, left: Fraction) -> datetime:
    """Where a limit ends of which so much is left; nothing is, when it was paused on its last day.

    Hours end to the minute, days with their work; a free last day moves on (article 148.5).
    """
    exact = _after(calendar, rule.unit, begin, max(left, ZERO))
    if rule.unit is Unit.WORKING_HOUR:
        return exact
    day = last_day(exact) if rule.unit in BY_CALENDAR else local(exact).date()
    return calendar.end_of_day(
        day if calendar.is_working_day(day) else calendar.next_working_day(day)
    )


def spent(calendar: Calendar, unit: Unit, begin: datetime, end: datetime | None) -> Fraction:
    """How many units lie between two moments; zero when the end is not later."""
    if end is None or end <= begin:
        return ZERO
    if unit in BY_CALENDAR:
        return Fraction((end - begin) // INSTANT, DAY // INSTANT)
    if unit is Unit.WORKING_HOUR:
        return _ratio(calendar.working_time_between(begin, end), HOUR)
    first, last = local(begin).date(), local(end).date()
    if first == last:
        return _part_of_day(calendar, first, begin, end)
    whole = calendar.working_days_between(first, last - DAY)
    return (
        _part_of_day(calendar, first, begin, end) + whole + _part_of_day(calendar, last, begin, end)
    )


def _part_of_day(calendar: Calendar, day: date, begin: datetime, end: datetime) -> Fraction:
    """How much of a day's work lies between two moments: a share of one."""
    if not calendar.is_working_day(day):
        return ZERO
    start, stop = calendar.start_of_day(day), calendar.end_of_day(day)
    if begin <= start and stop <= end:
        return Fraction(1)
    if begin >= stop or end <= start:
        return ZERO
    worked = calendar.working_time_between(max(begin, start), min(end, stop))
    return _ratio(worked, _length(calendar, day))


def _length(calendar: Calendar, day: date) -> timedelta:
    return timedelta(minutes=sum(stop - start for start, stop in calendar.shifts_on(day)))


def _after(calendar: Calendar, unit: Unit, begin: datetime, amount: Fraction) -> datetime:
    """The moment at which so many units have passed since `begin`, rounded up to an instant."""
    if unit in BY_CALENDAR:
        return begin + _times(DAY, amount)
    if unit is Unit.WORKING_HOUR:
        return _work_after(calendar, begin, _times(HOUR, amount))
    day = local(begin).date()
    here = _part_of_day(calendar, day, begin, calendar.end_of_day(day))
    if amount > here or not calendar.is_working_day(day):
        amount -= here
        day = calendar.next_working_day(day)
        whole = max(math.ceil(amount) - 1, 0)  # whole days need no fractions
        for _ in range(whole):
            day = calendar.next_working_day(day)
        amount -= whole
        begin = calendar.start_of_day(day)
    first = max(begin, calendar.start_of_day(day))
    return _work_after(calendar, first, _times(_length(calendar, day), amount))


def _work_after(calendar: Calendar, begin: datetime, amount: timedelta) -> datetime:
    if not amount:
        return begin
    for start, stop in calendar.shifts_from(begin):
        if amount <= stop - start:
            return start + amount
        amount -= stop - start
    raise ValueError(f"no working time after {begin}")


def _share_of_fixed(calendar: Calendar, course: Course, percent: int) -> datetime | None:
    if course.fixed_at is None:
        return None
    whole = calendar.working_time_between(course.started_at, course.fixed_at)
    if not whole:
        return course.fixed_at
    return _work_after(calendar, course.started_at, whole * percent / 100).astimezone(VIETNAM)


def _ratio(part: timedelta, whole: timedelta) -> Fraction:
    return Fraction(part // INSTANT, whole // INSTANT)


def _times(whole: timedelta, share: Fraction) -> timedelta:
    return timedelta(microseconds=math.ceil(share * (whole // INSTANT)))
