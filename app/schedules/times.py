"""Days and weeks on Vietnamese clocks. Weeks are those of ISO 8601: they begin on Monday."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from app.clock import VIETNAM, local

DAY_NAMES = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")
QUARTER = timedelta(minutes=15)
FIRST, LAST = date(2000, 1, 3), date(2999, 12, 23)  # Mondays; beyond them days have no names
CUTOFF = time(15, 0)  # of the Friday before: the usual end of registration


def monday_of(day: date) -> date:
    """The Monday of the week of a day."""
    return day - timedelta(days=day.weekday())


def week_days(monday: date) -> list[date]:
    """The seven days of a week."""
    return [monday + timedelta(days=n) for n in range(7)]


def week_number(monday: date) -> tuple[int, int]:
    """ISO year and week: 28/12/2026 is week 53 of 2026, 04/01/2027 week 1 of 2027."""
    found = monday.isocalendar()
    return found.year, found.week


def moment(day: date, at: time) -> datetime:
    """The moment at which Vietnamese clocks show a time on a day, in UTC."""
    return datetime.combine(day, at, VIETNAM).astimezone(UTC)


def local_time(at: datetime) -> time:
    """What Vietnamese clocks show."""
    return local(at).time()


def usual_cutoff(monday: date) -> datetime:
    """Friday 15:00 of the week before."""
    return moment(monday - timedelta(days=3), CUTOFF)


def day_bounds(first: date, last: date) -> tuple[datetime, datetime]:
    """From the first moment of the first day to the first moment after the last."""
    return moment(first, time()), moment(last + timedelta(days=1), time())


def short_day(day: date) -> str:
    """“thứ Tư 25/11”, inside a sentence."""
    name = DAY_NAMES[day.weekday()]
    return f"{name[0].lower()}{name[1:]} {day:%d/%m}"


def span(starts_at: datetime, ends_at: datetime) -> str:
    """“08:00–10:00, thứ Tư 25/11”."""
    begins, ends = local(starts_at), local(ends_at)
    return f"{begins:%H:%M}–{ends:%H:%M}, {short_day(begins.date())}"


def quarters(starts_at: datetime, ends_at: datetime) -> tuple[datetime, datetime]:
    """The span widened to whole quarters of an hour: what a booking takes."""
    begins = starts_at.replace(minute=starts_at.minute // 15 * 15, second=0, microsecond=0)
    whole = ends_at.replace(minute=ends_at.minute // 15 * 15, second=0, microsecond=0)
    return begins, whole if whole == ends_at else whole + QUARTER
