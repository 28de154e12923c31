"""The days of a limit as a small picture: weeks as rows, one square a day. Values, no drawing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from app.clock import VIETNAM, local
from app.worktime.calendar import Calendar, Unit
from app.worktime.course import due_of, used_of
from app.worktime.explaining import amount_words, day_words
from app.worktime.rules import BY_CALENDAR, Course

SQUARE, ROW_LABEL, HEAD = 34, 44, 18  # sizes in pixels
WEEK = timedelta(days=7)
MOST_WEEKS, KEPT_AT_EACH_END = 8, 3
HEADS = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")


@dataclass(frozen=True, slots=True)
class Square:
    """One day. `role`: out, received, counted, free, paused or due; `words` say it aloud."""

    x: int
    y: int
    day: date
    role: str
    mark: str
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """A week, or a gap of weeks that is only told."""

    y: int
    label: str
    squares: tuple[Square, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """All that the template draws; `label` is the picture in words."""

    width: int
    height: int
    heads: tuple[tuple[int, str], ...]
    rows: tuple[Row, ...]
    label: str
    paused: bool  # whether the legend explains pauses
    received: bool  # whether the legend explains the day of reception


def draw(calendar: Calendar, course: Course, at: datetime) -> Picture:
    """The weeks from the start to the end; while a pause lasts, to the present day `at`."""
    due = due_of(calendar, course)
    first = local(course.started_at).date()
    last = max(local(due or at).date(), first)
    weeks = _weeks(first, last)
    rows, y = [], HEAD
    for monday, gap in weeks:
        if gap:
            rows.append(Row(y, f"… {gap} tuần …", ()))
        else:
            days = [monday + timedelta(days=n) for n in range(7)]
            squares = [_square(calendar, course, day, due, last, y) for day in days]
            rows.append(Row(y, f"{monday:%d/%m}", tuple(squares)))
        y += SQUARE
    roles = [square.role for row in rows for square in row.squares]
    return Picture(
        width=ROW_LABEL + 7 * SQUARE,
        height=y,
        heads=tuple((ROW_LABEL + n * SQUARE + SQUARE // 2, head) for n, head in enumerate(HEADS)),
        rows=tuple(rows),
        label=_label(calendar, first, last, due),
        paused="paused" in roles,
        received="received" in roles,
    )


def _weeks(first: date, last: date) -> list[tuple[date, int]]:
    """Mondays to draw, and after the first ones the number of weeks left out."""
    monday = first - timedelta(days=first.weekday())
    count = (last - monday).days // 7 + 1
    mondays = [(monday + n * WEEK, 0) for n in range(count)]
    if count <= MOST_WEEKS:
        return mondays
    gap = (mondays[KEPT_AT_EACH_END][0], count - 2 * KEPT_AT_EACH_END)
    return [*mondays[:KEPT_AT_EACH_END], gap, *mondays[-KEPT_AT_EACH_END:]]


def _square(
    calendar: Calendar, course: Course, day: date, due: datetime | None, last: date, y: int
) -> Square:
    first = local(course.started_at).date()
    role, mark = _role(calendar, course, day, (first, last), due)
    return Square(
        x=ROW_LABEL + day.weekday() * SQUARE,
        y=y,
        day=day,
        role=role,
        mark=mark,
        words=f"{day_words(day)}: {_words(calendar, day, role, mark)}",
    )


def _role(
    calendar: Calendar,
    course: Course,
    day: date,
    span: tuple[date, date],
    due: datetime | None,
) -> tuple[str, str]:
    """What the day is to the limit, and the number in its square: what is used at its end."""
    first, last = span
    if not first <= day <= last:
        return "out", ""
    used, before = _used(calendar, course, day), _used(calendar, course, day - timedelta(days=1))
    mark = used if used != before else ""
    if due is not None and day == last:
        return "due", mark
    if day == first:
        return "received", mark
    if mark:
        return "counted", mark
    return ("paused" if _is_paused(calendar, course, day) else "free"), ""


def _used(calendar: Calendar, course: Course, day: date) -> str:
    """“2”, “2,5”: the units used by the end of a day."""
    if course.rule is None:
        return str(max(calendar.working_days_between(local(course.started_at).date(), day), 0))
    midnight = datetime.combine(day + timedelta(days=1), time.min, VIETNAM)
    used, _ = used_of(calendar, course, midnight)
    return amount_words(round(used, 1))


def _is_paused(calendar: Calendar, course: Course, day: date) -> bool:
    """A day that would count, had the limit not been stopped."""
    by_calendar = course.rule is not None and course.rule.unit in BY_CALENDAR
    if not by_calendar and not calendar.is_working_day(day):
        return False
    return any(
        local(pause.at).date() <= day and (pause.until is None or day <= local(pause.until).date())
        for pause in course.pauses
    )


def _words(calendar: Calendar, day: date, role: str, mark: str) -> str:
    if role == "free":
        return "không tính, " + (
            calendar.why_free(day) if not calendar.is_working_day(day) else "trước khi tính"
        )
    names = {
        "out": "ngoài thời hạn",
        "received": "bắt đầu",
        "counted": "được tính",
        "paused": "tạm dừng",
        "due": "hết hạn",
    }
    return names[role] + (f", đến cuối ngày đã dùng {mark}" if mark else "")


def _label(calendar: Calendar, first: date, last: date, due: datetime | None) -> str:
    """“Các ngày từ thứ Hai 23/11 đến …: hết hạn …, 3 ngày nghỉ ở giữa”."""
    free = [
        first + timedelta(days=n)
        for n in range(1, (last - first).days)
        if not calendar.is_working_day(first + timedelta(days=n))
    ]
    end = "ngày hết hạn" if due is not None else "hôm nay, thời hạn đang tạm dừng"
    text = f"Các ngày từ {day_words(first)} đến {day_words(last)}, {end}"
    return f"{text}; ở giữa có {len(free)} ngày nghỉ" if free else text


def unit_legend(course: Course) -> str:
    """What the numbers in the squares are."""
    if course.rule is None:
        return "số ngày làm việc đã qua"
    if course.rule.unit is Unit.WORKING_HOUR:
        return "số giờ đã dùng"
    return "số ngày đã dùng"
