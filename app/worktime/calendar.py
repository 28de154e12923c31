"""The working calendar as a value: which days and hours are worked, and why others are not.

Pure: no database, no clock. Moments are aware; days and shifts are those of Vietnam.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property

from app.clock import VIETNAM, local

WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
LONGEST_SEARCH_DAYS = 3660
STANDARD_DAY = timedelta(hours=8)  # a working day in words, when lengths of days differ

Minutes = tuple[int, int]  # start and end of a shift, minutes after midnight


class Unit(enum.Enum):
    """What a limit is counted in."""

    WORKING_DAY = "working_day"
    WORKING_HOUR = "working_hour"
    CALENDAR_DAY = "calendar_day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class WeeklyShifts:
    """The ordinary week from a day on: shifts by weekday (0 is Monday)."""

    valid_from: date
    valid_to: date | None
    shifts: Mapping[int, tuple[Minutes, ...]]

    def holds(self, day: date) -> bool:
        """Whether the week is in force on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that differs: its shifts (none: closed) and what it is called."""

    label: str
    shifts: tuple[Minutes, ...]
    working: bool  # counted as a working day


@dataclass(frozen=True)
class Calendar:
    """Weeks and special days. A moment within a shift is working time, its end included.

    `receptions`: hours in which a counter takes dossiers in but nobody works on them.
    """

    weeks: tuple[WeeklyShifts, ...]
    special: Mapping[date, SpecialDay] = field(default_factory=dict)
    receptions: tuple[WeeklyShifts, ...] = ()

    @cached_property
    def _cache(self) -> dict[date, tuple[Minutes, ...]]:
        return {}

    def shifts_on(self, day: date) -> tuple[Minutes, ...]:
        """The shifts of a day, in order; empty when it is free."""
        found = self._cache.get(day)
        if found is None:
            special = self.special.get(day)
            found = special.shifts if special is not None else self._weekly(day)
            self._cache[day] = found
        return found

    def _weekly(self, day: date) -> tuple[Minutes, ...]:
        return _shifts_in(self.weeks, day)

    def reception_on(self, day: date) -> tuple[Minutes, ...]:
        """When a dossier can be handed in: the shifts, and hours of reception alone."""
        if day in self.special:
            return self.shifts_on(day)
        return tuple(sorted((*self.shifts_on(day), *_shifts_in(self.receptions, day))))

    def only_receives(self, day: date) -> bool:
        """A day on which the counter is open but which is no working day, as some Saturdays."""
        return not self.is_working_day(day) and bool(self.reception_on(day))

    def is_working_day(self, day: date) -> bool:
        return bool(self.shifts_on(day))

    def is_working(self, moment: datetime) -> bool:
        """Whether work goes on at the moment; the end of a shift still counts."""
        here = local(moment)
        return any(
            at_minute(here.date(), start) <= here <= at_minute(here.date(), end)
            for start, end in self.shifts_on(here.date())
        )

    def why_free(self, day: date) -> str:
        """“24/11 nghỉ Ngày Văn hóa Việt Nam”, “thứ Bảy 28/11”; for the explanation."""
        special = self.special.get(day)
        if special is not None:
            return f"{day:%d/%m} nghỉ {special.label}"
        if self.only_receives(day):
            return f"{WEEKDAYS[day.weekday()]} {day:%d/%m} chỉ tiếp nhận"
        return f"{WEEKDAYS[day.weekday()]} {day:%d/%m}"

    def next_working_day(self, day: date) -> date:
        """The first working day after `day`. Raises ValueError when there is none in ten years."""
        return self._step(day, 1)

    def previous_working_day(self, day: date) -> date:
        """The last working day before `day`."""
        return self._step(day, -1)

    def _step(self, day: date, direction: int) -> date:
        for distance in range(1, LONGEST_SEARCH_DAYS):
            candidate = day + timedelta(days=direction * distance)
            if self.is_working_day(candidate):
                return candidate
        raise ValueError(f"no working day near {day}")

    def start_of_day(self, day: date) -> datetime:
        """The beginning of work; midnight on a free day."""
        shifts = self.shifts_on(day)
        return at_minute(day, shifts[0][0] if shifts else 0)

    def end_of_day(self, day: date) -> datetime:
        """The end of work on a working day; the day's last minute on a free one."""
        shifts = self.shifts_on(day)
        return at_minute(day, shifts[-1][1] if shifts else 24 * 60 - 1)

    def shifts_from(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Shifts from a moment on; the first may have begun."""
        here = local(moment)
        for distance in range(LONGEST_SEARCH_DAYS):
            day = here.date() + timedelta(days=distance)
            for start, end in self.shifts_on(day):
                begin, finish = max(at_minute(day, start), here), at_minute(day, end)
                if begin < finish:
                    yield begin, finish
        raise ValueError(f"no working time after {moment}")

    def working_time_between(self, start: datetime, end: datetime) -> timedelta:
        """The working time from `start` to `end`; zero when `end` is not later."""
        total, here, there = timedelta(), local(start), local(end)
        day = here.date()
        while day <= there.date():
            for begin, finish in self.shifts_on(day):
                overlap = min(at_minute(day, finish), there) - max(at_minute(day, begin), here)
                total += max(overlap, timedelta())
            day += timedelta(days=1)
        return total

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and with `end`; negative when `end` is earlier."""
        if end < start:
            return -self.working_days_between(end, start)
        days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
        return sum(self.is_working_day(day) for day in days)

    def describe(self, length: timedelta) -> str:
        """“2 ngày 3 giờ làm việc”, with days of eight hours; minutes only under an hour."""
        days, rest = divmod(length, STANDARD_DAY)
        hours, rest = divmod(rest, timedelta(hours=1))
        minutes = rest // timedelta(minutes=1)
        parts = [f"{days} ngày"] if days else []
        parts += [f"{hours} giờ"] if hours else []
        if not parts:
            parts = [f"{minutes} phút"]
        return f"{' '.join(parts)} làm việc"


@dataclass(frozen=True, slots=True)
class DeadlineState:
    """How a deadline stands, for the badge: a state and a number of working days."""

    state: str  # none, later, soon, today, overdue, done, done_late
    days: int = 0


SOON_WORKING_DAYS = 2


def deadline_state(
    calendar: Calendar, due_at: datetime | None, done_at: datetime | None, at: datetime
) -> DeadlineState:
    """The state of a deadline at a moment. Without a date nothing is ever overdue."""
    if done_at is not None:
        if due_at is None or done_at <= due_at:
            return DeadlineState("done")
        late = calendar.working_days_between(local(due_at).date(), local(done_at).date())
        return DeadlineState("done_late", late)
    if due_at is None:
        return DeadlineState("none")
    days = calendar.working_days_between(local(at).date(), local(due_at).date())
    if at > due_at:
        return DeadlineState("overdue", max(-days, 0))
    if local(at).date() == local(due_at).date():
        return DeadlineState("today")
    return DeadlineState("soon" if days <= SOON_WORKING_DAYS else "later", days)


def _shifts_in(weeks: tuple[WeeklyShifts, ...], day: date) -> tuple[Minutes, ...]:
    """The shifts of a day in the first week that is in force."""
    week = next((week for week in weeks if week.holds(day)), None)
    return week.shifts.get(day.weekday(), ()) if week is not None else ()


def at_minute(day: date, minutes: int) -> datetime:
    """The moment so many minutes after midnight of a day in Vietnam."""
    return datetime.combine(day, time(minutes // 60, minutes % 60), VIETNAM)
