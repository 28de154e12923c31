"""Ordinary reminders: one daily digest, never an interruption."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from app.clock import local
from app.notifications.services import notify
from app.tasks import queries
from app.tasks.models import Task
from app.tasks.services.making import KIND
from app.worktime.calendar import Calendar
from app.worktime.queries import load_calendar

DAYS_BEFORE = (3, 1, 0)  # working days: T-3, T-1, T
WEEKLY = 5  # working days between reminders of what is overdue


def remind(session: Session, on: date, *, limit: int = 500) -> int:
    """Leave the day's reminders in its digest. Repeating it leaves nothing twice."""
    calendar = load_calendar(session)
    if not calendar.is_working_day(on):
        return 0
    tasks = queries.open_tasks_due_before(session, calendar, on, limit=limit)
    left = 0
    for task in tasks:
        sentence = reminder(calendar, task.due_at, on)
        if sentence is not None:
            left += _leave(session, task, sentence, on)
    return left


def reminder(calendar: Calendar, due_at: datetime | None, on: date) -> str | None:
    """What to say of a deadline on a day, or None on days without a reminder."""
    if due_at is None:
        return None
    days = calendar.working_days_between(on, local(due_at).date())
    if days in DAYS_BEFORE:
        return f"Còn {days} ngày làm việc" if days else "Hết hạn hôm nay"
    if days < 0 and -days % WEEKLY == 1:
        return f"Quá hạn {-days} ngày làm việc"
    return None


def _leave(session: Session, task: Task, sentence: str, on: date) -> int:
    return notify(
        session,
        event="task.reminder",
        kind=KIND,
        thing_id=task.id,
        title=f"{sentence}: {task.title}",
        post_ids=[task.lead_post_id] if task.lead_post_id else [],
        unit_ids=[task.lead_unit_id] if task.lead_unit_id and not task.lead_post_id else [],
        digest_on=on,
    )
