"""A deadline in one Vietnamese paragraph, as an officer would tell it to a citizen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction

from app.clock import local
from app.worktime.calendar import WEEKDAYS, Calendar, Unit, at_minute
from app.worktime.course import (
    DAY,
    INSTANT,
    ZERO,
    count_from,
    counts_today,
    due_of,
    last_day,
    run_of,
    spent,
    used_of,
)
from app.worktime.rules import BY_CALENDAR, UNIT_WORDS, Course, Pause, Rule, StartRule

NAMED_DAYS = 4  # so many days off are named; of more only the number


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline with its reason: one Vietnamese paragraph."""

    at: datetime
    explanation: str


def due_after(calendar: Calendar, start: datetime, amount: int, unit: Unit) -> Due:
    """The end of the usual limit of so much that begins at `start`.

    Working days are counted from the next working day and end with its work; working hours run
    from the moment itself; calendar days, weeks and months leave out the first day, and a free
    last day moves to the end of the next working day (Civil Code 2015, articles 147 and 148).

    Raises:
        ValueError: `amount` is not positive.
    """
    course = Course.counted(start, amount, unit)
    at = due_of(calendar, course)
    if at is None:
        raise ValueError("a course without a pause has an end")
    return Due(at, explain(calendar, course))


def explain(calendar: Calendar, course: Course, *, began: str = "Giao") -> str:
    """Why the limit ends when it does: from reception to end, what was left out, what moved it.

    `began` is the word for the start of an end that a person set: “Giao”, “Vào sổ”.
    """
    if course.rule is None:
        return _explain_fixed(calendar, course, began)
    due = due_of(calendar, course)
    parts = [_counting(calendar, course, course.rule, due)]
    parts += [_paused(calendar, course, pause) for pause in course.pauses]
    parts += [_extended(course.rule, one.amount, one.reason) for one in course.extensions]
    if due is None:
        return f"{'; '.join(parts)}; hạn sẽ tính lại khi tiếp tục."
    if course.rule.unit in BY_CALENDAR:
        parts += _moved(calendar, course, due)
    return f"{'; '.join(parts)}; hết hạn {moment_words(due)}."


def explain_stage(name: str, due: datetime | None) -> str:
    """One line for a stage within a limit."""
    when = "tính lại khi tiếp tục" if due is None else f"xong trước {moment_words(due)}"
    return f"Bước “{name}”: {when}."


def _counting(calendar: Calendar, course: Course, rule: Rule, due: datetime | None) -> str:
    """“Nhận …; 4 ngày làm việc tính từ thứ Tư 25/11 (không tính …)”."""
    start = course.started_at
    text = f"Nhận {moment_words(start)}; {rule.words}"
    if rule.unit in BY_CALENDAR:
        last = _plain_last_day(calendar, course.plain)
        return f"{text}, không tính ngày đầu, đến {day_words(last)}"
    end = local(due or course.pauses[-1].at).date()
    free = because(calendar, local(start).date(), end)
    if rule.unit is Unit.WORKING_HOUR:
        return text + free
    first = local(count_from(calendar, rule, start)).date()
    return f"{text} tính từ {day_words(first)}{_late_reason(calendar, rule, start)}{free}"


def _late_reason(calendar: Calendar, rule: Rule, start: datetime) -> str:
    """Why a same-day limit does not begin on the day itself."""
    if rule.start is not StartRule.FROM_RECEPTION or counts_today(calendar, rule, start):
        return ""
    day = local(start).date()
    if rule.cutoff is not None and start > at_minute(day, rule.cutoff):
        return f" vì nhận sau {rule.cutoff // 60:02d}:{rule.cutoff % 60:02d}"
    return " vì nhận ngoài giờ làm việc"


def _paused(calendar: Calendar, course: Course, pause: Pause) -> str:
    """“tạm dừng từ … đến … (vì sao), đã dùng …, còn …”."""
    before = replace(course, pauses=tuple(one for one in course.pauses if one.at < pause.at))
    used, total = used_of(calendar, before, pause.at)
    due, unit = due_of(calendar, before), _measured(course.rule)
    why = ", ".join(word for word in (pause.reason, pause.document) if word)
    text = f"tạm dừng từ {moment_words(pause.at)}"
    if pause.until is not None:
        text += f" đến {moment_words(pause.until)}"
    text += f" ({why})" if why else ""
    if due is not None and pause.at >= due:
        return f"{text}, sau khi đã hết hạn nên không kéo dài thêm"
    left = f"đã dùng {amount_words(used)} {unit}, còn {amount_words(total - used)} {unit}"
    return f"{text}, {left}" + (", sau đó tính lại từ đầu" if pause.restart else "")


def _extended(rule: Rule, amount: int, reason: str) -> str:
    why = f" ({reason})" if reason else ""
    return f"gia hạn thêm {amount} {UNIT_WORDS[rule.unit]}{why}"


def _moved(calendar: Calendar, course: Course, due: datetime) -> list[str]:
    """That a free last day moved the end."""
    last, day = _plain_last_day(calendar, course), local(due).date()
    if last == day:
        return []
    return [f"{calendar.why_free(last)} nên chuyển sang {day_words(day)}"]


def _plain_last_day(calendar: Calendar, course: Course) -> date:
    """The last day of a limit in calendar time, before it is moved off a free day."""
    run = run_of(calendar, course)
    *before, last = run.segments
    used = sum((spent(calendar, Unit.CALENDAR_DAY, one.begin, one.end) for one in before), ZERO)
    left = max(run.total - used, ZERO) * (DAY // INSTANT)
    return last_day(last.begin + timedelta(microseconds=int(left)))


def _explain_fixed(calendar: Calendar, course: Course, began: str) -> str:
    """A person set the end: what lies between, in working time."""
    start, due = course.started_at, course.fixed_at or course.started_at
    first, last = local(start).date(), local(due).date()
    days = calendar.working_days_between(first, last)
    free = because(calendar, first, last)
    if days:
        span = f"có {days} ngày làm việc kể từ hôm sau{free}"
    else:
        span = f"có {calendar.describe(calendar.working_time_between(start, due))}{free}"
    text = f"{began} {moment_words(start)}; {span}; hạn ấn định {moment_words(due)}"
    if not calendar.is_working_day(last):
        text += f" (lưu ý: {calendar.why_free(last)})"
    return f"{text}."


def because(calendar: Calendar, after: date, before: date) -> str:
    """“ (không tính 24/11 nghỉ Ngày Văn hóa Việt Nam, 2 ngày cuối tuần)”, or nothing."""
    days = [after + timedelta(days=n) for n in range(1, (before - after).days)]
    free = [day for day in days if not calendar.is_working_day(day)]
    named = _named(calendar, [day for day in free if day in calendar.special])
    only_received = sum(calendar.only_receives(day) for day in free)
    weekends = sum(day not in calendar.special for day in free) - only_received
    reasons = [*named]
    reasons += [f"{only_received} ngày chỉ tiếp nhận"] if only_received else []
    reasons += [f"{weekends} ngày cuối tuần"] if weekends else []
    worked = [
        f"kể cả {day:%d/%m} {calendar.special[day].label}"
        for day in days
        if day in calendar.special and day.weekday() > 4 and calendar.is_working_day(day)
    ]
    texts = [f"không tính {', '.join(reasons)}"] if reasons else []
    return f" ({'; '.join(texts + worked)})" if texts or worked else ""


def _named(calendar: Calendar, days: Sequence[date]) -> list[str]:
    """Days off by name; the same name on days in a row once, with first and last day."""
    runs: list[tuple[date, date, str]] = []
    for day in days:
        label = calendar.special[day].label
        if runs and runs[-1][2] == label and runs[-1][1] == day - timedelta(days=1):
            runs[-1] = (runs[-1][0], day, label)
        else:
            runs.append((day, day, label))
    if len(runs) > NAMED_DAYS:
        return [f"{len(days)} ngày nghỉ lễ, nghỉ bù"]
    return [
        f"{a:%d/%m} nghỉ {label}" if a == b else f"{a:%d/%m}–{b:%d/%m} nghỉ {label}"
        for a, b, label in runs
    ]


def _measured(rule: Rule | None) -> str:
    """The unit in which used time is told: weeks and months are told in days."""
    if rule is None or rule.unit in BY_CALENDAR:
        return UNIT_WORDS[Unit.CALENDAR_DAY]
    return UNIT_WORDS[rule.unit]


def amount_words(amount: Fraction) -> str:
    """“2”, “1,31”: at most two decimals, with a comma."""
    return f"{float(amount):.2f}".rstrip("0").rstrip(".").replace(".", ",")


def day_words(day: date) -> str:
    """“thứ Tư 25/11”."""
    return f"{WEEKDAYS[day.weekday()]} {day:%d/%m}"


def moment_words(moment: datetime) -> str:
    """“17:00 thứ Hai 30/11/2026”."""
    here = local(moment)
    return f"{here:%H:%M} {WEEKDAYS[here.weekday()]} {here:%d/%m/%Y}"
