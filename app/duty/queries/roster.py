"""The roster of a week, and who can be put on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from app.clock import VIETNAM, local
from app.duty.models import DutyShift
from app.duty.queries.desk import Change, shifts_between
from app.errors import NotFound
from app.organisation import queries as organisation
from app.security import Role


@dataclass(frozen=True, slots=True)
class Choice:
    """A person with a post of the duty desk."""

    person_id: int
    post_id: int
    name: str
    login: str


def week_of(session: Session, monday: date) -> list[tuple[date, list[Change]]]:
    """Seven days with the shifts that begin on each."""
    start = datetime.combine(monday, time(), VIETNAM)
    found = shifts_between(session, start, start + timedelta(days=7))
    days = [monday + timedelta(days=number) for number in range(7)]
    return [
        (day, [one for one in found if local(one.shift.starts_at).date() == day]) for day in days
    ]


def choices(session: Session) -> list[Choice]:
    """Who holds a post of the duty desk today."""
    posts = organisation.posts_with_role(session, Role.DUTY_OFFICER)
    held = organisation.holders_of_posts(session, [post.id for post in posts])
    found: dict[int, Choice] = {}
    for post in posts:
        for person in held[post.id]:
            found.setdefault(person.id, Choice(person.id, post.id, person.full_name, person.login))
    return list(found.values())


def get_shift(session: Session, shift_id: int) -> DutyShift:
    """Raises NotFound."""
    found = session.get(DutyShift, shift_id)
    if found is None:
        raise NotFound(f"shift {shift_id}")
    return found
