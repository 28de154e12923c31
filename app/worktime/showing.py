"""Why a deadline is when it is, for the pages of all rooms: paragraph, picture, what moved it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.clock import now
from app.worktime import queries
from app.worktime.calendar import Calendar
from app.worktime.course import due_of, standing_of
from app.worktime.explaining import explain, explain_stage, moment_words
from app.worktime.models import DeadlineClock
from app.worktime.picture import Picture, draw, unit_legend
from app.worktime.rules import Course


@dataclass(frozen=True, slots=True)
class Why:
    """One deadline explained. `moved` are sentences on corrections of the calendar."""

    due_at: datetime | None
    standing: str
    text: str
    picture: Picture
    legend: str
    stages: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()


def why(calendar: Calendar, course: Course, *, began: str = "Giao") -> Why:
    """A limit, or an end that a person set, as a value for the macro `why_due`."""
    return Why(
        due_at=due_of(calendar, course),
        standing=standing_of(calendar, course, now()).value,
        text=explain(calendar, course, began=began),
        picture=draw(calendar, course, now()),
        legend=unit_legend(course),
    )


def why_of(
    session: Session,
    kind: str,
    thing_id: int,
    *,
    started_at: datetime,
    due_at: datetime | None,
    finished_at: datetime | None = None,
    began: str = "Giao",
) -> Why | None:
    """The deadline of a thing: by its clock when the limit is counted and still decides (or is
    paused), else as the end that a person set; None without any."""
    clock = queries.find_clock(session, kind, thing_id)
    if clock is not None and (clock.due_at is None or clock.due_at == due_at):
        return why_clock(session, clock)
    if due_at is None:
        return None
    course = Course.fixed(started_at, due_at, finished_at)
    return why(queries.load_calendar(session), course, began=began)


def why_clock(session: Session, clock: DeadlineClock) -> Why:
    """A counted limit with its stages and all that moved it."""
    shown = why(queries.load_calendar(session, clock.calendar_id), clock.course)
    moved = tuple(
        f"Lịch làm việc đổi ({what}) nên hạn chuyển từ {_when(move.from_due_at)} "
        f"sang {_when(move.to_due_at)}."
        for move, what in queries.moves_of(session, clock.id)
    )
    return Why(
        due_at=shown.due_at,
        standing=shown.standing,
        text=shown.text,
        picture=shown.picture,
        legend=shown.legend,
        stages=tuple(explain_stage(one.name, one.due_at) for one in clock.stages),
        moved=moved,
    )


def _when(moment: datetime | None) -> str:
    return moment_words(moment) if moment is not None else "chưa rõ (đang tạm dừng)"
