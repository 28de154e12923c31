"""The clock of a thing: started, paused, resumed, extended, finished.

Permission is the caller's: the room whose thing it is. All take the present moment from the clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy.orm import Session

from app import audit
from app.clock import now
from app.errors import InvalidInput, NotFound, RuleViolated
from app.security import Actor
from app.worktime import queries
from app.worktime.calendar import Calendar
from app.worktime.course import WARNING_PERCENTS, due_of, share_moment, stage_ends
from app.worktime.models import ClockExtension, ClockPause, ClockStage, DeadlineClock
from app.worktime.rules import Course, Rule


@dataclass(frozen=True, slots=True)
class ClockOrder:
    """What a room asks for. `stages`: names with hundredths of the rule's unit, in order.

    `may_restart`: the version of the rule counts anew from a complete dossier. An extension is at
    most `most_extension_amount` (None: as long as the limit), at most `most_extensions` times.
    """

    kind: str
    thing_id: int
    rule: Rule
    started_at: datetime
    name: str = ""
    calendar_id: int | None = None
    may_restart: bool = False
    most_extensions: int = 1
    most_extension_amount: int | None = None
    stages: Sequence[tuple[str, int]] = ()


def start_clock(session: Session, actor: Actor, order: ClockOrder) -> DeadlineClock:
    """Start the clock of a thing by the organ's calendar, or by the one named.

    Raises:
        NotFound: there is no calendar.
        RuleViolated: the thing has such a clock already, or the stages need more than the whole.
    """
    if queries.find_clock(session, order.kind, order.thing_id, order.name) is not None:
        raise RuleViolated("Thời hạn này đã được tính.")
    calendar_id = order.calendar_id or _default_id(session)
    calendar = queries.load_calendar(session, calendar_id)
    due = due_of(calendar, Course(order.started_at, order.rule))
    if due is None:
        raise RuleViolated("Không tính được thời hạn.")
    clock = DeadlineClock(
        kind=order.kind,
        thing_id=order.thing_id,
        name=order.name,
        calendar_id=calendar_id,
        started_at=order.started_at,
        amount=order.rule.amount,
        unit=order.rule.unit,
        start_rule=order.rule.start,
        cutoff_minute=order.rule.cutoff,
        may_restart=order.may_restart,
        most_extensions=order.most_extensions,
        most_extension_amount=order.most_extension_amount,
        original_due_at=due,
        warned_percent=0,
    )
    clock.stages = [
        ClockStage(position=position, name=name, hundredths=hundredths)
        for position, (name, hundredths) in enumerate(order.stages, start=1)
    ]
    settle(calendar, clock)
    session.add(clock)
    session.flush()
    audit.record(session, actor, "clock.started", clock.id, of=clock.kind, thing=clock.thing_id)
    return clock


def pause_clock(
    session: Session, actor: Actor, clock: DeadlineClock, *, reason: str, document: str = ""
) -> ClockPause:
    """Stop the clock with a reason and the paper that says so. What is overdue stays overdue.

    Raises:
        InvalidInput: no reason.
        RuleViolated: it is paused or finished already.
    """
    _must_be_open(clock)
    if clock.open_pause is not None:
        raise RuleViolated("Thời hạn đang tạm dừng.")
    if not reason.strip():
        raise InvalidInput("Phải ghi lý do tạm dừng.", "reason")
    pause = ClockPause(
        at=max(now(), clock.started_at),
        reason=reason.strip(),
        document=document.strip(),
        by_post_id=actor.post_id,
    )
    clock.pauses.append(pause)
    _settled(session, clock)
    audit.record(session, actor, "clock.paused", clock.id, of=clock.kind, thing=clock.thing_id)
    return pause


def resume_clock(
    session: Session, actor: Actor, clock: DeadlineClock, *, restart: bool = False
) -> None:
    """Let the clock go on with what is left of the limit, or from the beginning.

    Raises:
        RuleViolated: it is not paused, or no rule lets it begin anew.
    """
    _must_be_open(clock)
    pause = clock.open_pause
    if pause is None:
        raise RuleViolated("Thời hạn không tạm dừng.")
    if restart and not clock.may_restart:
        raise RuleViolated("Quy định của thủ tục này không cho tính lại từ đầu.")
    pause.until, pause.restart = max(now(), pause.at), restart
    _settled(session, clock)
    audit.record(
        session, actor, "clock.resumed", clock.id, of=clock.kind, thing=clock.thing_id,
        restart=restart,
    )  # fmt: skip


def extend_clock(
    session: Session,
    actor: Actor,
    clock: DeadlineClock,
    *,
    amount: int,
    reason: str,
    document: str = "",
) -> ClockExtension:
    """Give more time, within the limits of the rule and before the end.

    Raises:
        InvalidInput: no reason, or more than may be given at once.
        RuleViolated: it is paused, finished or overdue, or was extended as often as it may be.
    """
    _must_be_open(clock)
    if clock.due_at is None:
        raise RuleViolated("Thời hạn đang tạm dừng, chưa cần gia hạn.")
    if now() > clock.due_at:
        raise RuleViolated("Đã quá hạn. Gia hạn phải làm trước khi hết hạn.")
    if len(clock.extensions) >= clock.most_extensions:
        raise RuleViolated(f"Chỉ được gia hạn {clock.most_extensions} lần.")
    most = clock.most_extension_amount or clock.amount
    if not 0 < amount <= most:
        raise InvalidInput(f"Mỗi lần gia hạn từ 1 đến {most}.", "amount")
    if not reason.strip():
        raise InvalidInput("Phải ghi lý do gia hạn.", "reason")
    extension = ClockExtension(
        at=now(),
        amount=amount,
        reason=reason.strip(),
        document=document.strip(),
        by_post_id=actor.post_id,
    )
    clock.extensions.append(extension)
    _settled(session, clock)
    audit.record(
        session, actor, "clock.extended", clock.id, of=clock.kind, thing=clock.thing_id,
        amount=amount,
    )  # fmt: skip
    return extension


def finish_clock(session: Session, actor: Actor, clock: DeadlineClock) -> None:
    """The result is there: this moment decides on time or late. Repeating it changes nothing."""
    if clock.finished_at is None:
        clock.finished_at = now()
        audit.record(
            session, actor, "clock.finished", clock.id, of=clock.kind, thing=clock.thing_id
        )


def reopen_clock(session: Session, actor: Actor, clock: DeadlineClock) -> None:
    """The result was not accepted: the clock runs as if it had never been finished."""
    if clock.finished_at is not None:
        clock.finished_at = None
        _settled(session, clock)
        audit.record(
            session, actor, "clock.reopened", clock.id, of=clock.kind, thing=clock.thing_id
        )


def finish_stage(session: Session, actor: Actor, clock: DeadlineClock, *, position: int) -> None:
    """A step is done; the time it did not need flows on to the next.

    Raises:
        NotFound: there is no such step.
    """
    stage = next((one for one in clock.stages if one.position == position), None)
    if stage is None:
        raise NotFound(f"stage {position} of clock {clock.id}")
    stage.finished_at = stage.finished_at or now()
    audit.record(session, actor, "clock.stage_finished", clock.id, stage=position)


def settle(calendar: Calendar, clock: DeadlineClock) -> None:
    """Count the end, the stages and the next warning anew; the original end stays.

    Raises:
        RuleViolated: the stages need more than the whole.
    """
    course = clock.course
    clock.due_at = due_of(calendar, course)
    if clock.stages:
        _settle_stages(calendar, clock, course)
    _warn_next(calendar, clock, course)


def _settle_stages(calendar: Calendar, clock: DeadlineClock, course: Course) -> None:
    parts = [Fraction(stage.hundredths, 100) for stage in clock.stages]
    try:
        ends = stage_ends(calendar, course, parts)
    except ValueError:
        raise RuleViolated("Các bước cần nhiều thời gian hơn thời hạn chung.") from None
    for stage, end in zip(clock.stages, ends, strict=True):
        stage.due_at = end


def _warn_next(calendar: Calendar, clock: DeadlineClock, course: Course) -> None:
    """When the next share is used. Shares that lie ahead again, as after an extension, are told
    again."""
    told, clock.warn_at = 0, None
    for percent in WARNING_PERCENTS:
        moment = share_moment(calendar, course, percent)
        if percent > clock.warned_percent or moment is None or moment > now():
            clock.warn_at = moment
            break
        told = percent
    clock.warned_percent = told


def _settled(session: Session, clock: DeadlineClock) -> None:
    settle(queries.load_calendar(session, clock.calendar_id), clock)
    session.flush()


def _must_be_open(clock: DeadlineClock) -> None:
    if clock.finished_at is not None:
        raise RuleViolated("Việc này đã xong, thời hạn không chạy nữa.")


def _default_id(session: Session) -> int:
    calendar = queries.default_calendar(session)
    if calendar is None:
        raise NotFound("there is no working calendar")
    return calendar.id
