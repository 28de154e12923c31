"""The clock of a dossier: the limit of its version, the stages of its steps, its own copy of the
end for lists and reports."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from app.clock import now
from app.errors import NotFound
from app.notifications.models import Notification
from app.notifications.services import notify
from app.procedures.house import house
from app.procedures.models import PAUSED, Dossier, DossierStep, ProcedureVersion
from app.security import Actor
from app.worktime import queries as worktime
from app.worktime import services as clocks
from app.worktime.calendar import Unit
from app.worktime.hooks import (
    ClockMoved,
    ClocksMoving,
    ClockWarned,
    clock_moved,
    clock_warned,
    clocks_moving,
)
from app.worktime.models import DeadlineClock
from app.worktime.rules import Rule

KIND, INTAKE = "dossier", "intake"
WARN_FROM = 80  # percent of the limit
TOLD_FOR = timedelta(days=1)  # of one correction whoever has dossiers hears once


def subscribe() -> None:
    """Let a corrected calendar move the ends of dossiers, and a warning reach whoever has one."""
    clocks_moving.subscribe(read_ahead)
    clock_moved.subscribe(follow_calendar)
    clock_warned.subscribe(warn)


def calendar_id(session: Session) -> int | None:
    """The counter's calendar; None (the organ's) where there is none of its name."""
    name = house().calendar
    found = (one.id for one in worktime.all_calendars(session) if one.name == name)
    return next(found, None)


def start(session: Session, actor: Actor, dossier: Dossier, version: ProcedureVersion) -> None:
    """Count the limit of the version from the receipt on, the stages within it."""
    order = clocks.ClockOrder(
        KIND,
        dossier.id,
        version.rule,
        dossier.received_at,
        calendar_id=calendar_id(session),
        may_restart=version.may_restart,
        most_extensions=version.most_extensions,
        most_extension_amount=version.most_extension_amount,
        stages=[(step.name, step.hundredths) for step in timed(dossier)],
    )
    clock = clocks.start_clock(session, actor, order)
    dossier.original_due_at = clock.original_due_at
    follow(dossier, clock)


def start_intake(session: Session, actor: Actor, dossier: Dossier) -> None:
    """The limit within which the office says what is missing, before acceptance."""
    rule = Rule.of(house().intake_notice_days, Unit.WORKING_DAY)
    order = clocks.ClockOrder(
        KIND, dossier.id, rule, dossier.received_at, name=INTAKE, calendar_id=calendar_id(session)
    )
    clocks.start_clock(session, actor, order)


def finish_intake(session: Session, actor: Actor, dossier: Dossier) -> None:
    """What is missing was said, or the dossier was accepted."""
    clock = worktime.find_clock(session, KIND, dossier.id, INTAKE)
    if clock is not None:
        clocks.finish_clock(session, actor, clock)


def timed(dossier: Dossier) -> list[DossierStep]:
    """The steps that have a share of the limit, in order: they are the stages of the clock."""
    return [step for step in dossier.steps if step.hundredths > 0]


def follow(dossier: Dossier, clock: DeadlineClock) -> None:
    """Copy the ends that the clock has now."""
    dossier.due_at = clock.due_at
    if not clock.stages:
        return
    for step, stage in zip(timed(dossier), clock.stages, strict=False):
        step.due_at = stage.due_at


def of(session: Session, dossier: Dossier) -> DeadlineClock | None:
    """The clock, locked for a change; None for a dossier whose end was imported."""
    try:
        return worktime.get_clock(session, KIND, dossier.id)
    except NotFound:
        return None


def pause(
    session: Session, actor: Actor, dossier: Dossier, *, reason: str, document: str = ""
) -> None:
    """Stop the clock, unless it stands already."""
    clock = of(session, dossier)
    if clock is not None and clock.open_pause is None:
        clocks.pause_clock(session, actor, clock, reason=reason, document=document)
        follow(dossier, clock)


def resume(session: Session, actor: Actor, dossier: Dossier, *, restart: bool = False) -> None:
    """Let it go on. Raises RuleViolated when it is to begin anew and the version says nothing."""
    clock = of(session, dossier)
    if clock is not None and clock.open_pause is not None:
        clocks.resume_clock(session, actor, clock, restart=restart)
        follow(dossier, clock)


def finish_step(session: Session, actor: Actor, dossier: Dossier, step: DossierStep) -> None:
    """A stage is done; its unused time flows on."""
    clock = of(session, dossier)
    if clock is not None and step in timed(dossier):
        clocks.finish_stage(session, actor, clock, position=timed(dossier).index(step) + 1)


def finish(session: Session, actor: Actor, dossier: Dossier) -> None:
    """The result is there, or there will be none. A paused clock keeps no end."""
    clock = of(session, dossier)
    if clock is not None:
        if clock.open_pause is not None:
            clocks.resume_clock(session, actor, clock)
        clocks.finish_clock(session, actor, clock)
        follow(dossier, clock)
    finish_intake(session, actor, dossier)


def read_ahead(session: Session, moving: ClocksMoving) -> None:
    """The dossiers of many clocks with their steps, in two queries."""
    ids = [one.thing_id for one in moving.clocks if one.kind == KIND and not one.name]
    if ids:
        rows = sa.select(Dossier).where(Dossier.id.in_(ids)).options(selectinload(Dossier.steps))
        moving.kept.extend(session.scalars(rows))


def follow_calendar(session: Session, moved: ClockMoved) -> None:
    """A corrected calendar moved the end: the dossier's dates follow, the trace is the clock's.

    Whoever has dossiers is told once a correction, not once a dossier: a day off moves thousands.
    """
    if moved.clock.kind != KIND or moved.clock.name:
        return
    dossier = session.get(Dossier, moved.clock.thing_id)
    if dossier is None or not dossier.is_open or dossier.status in PAUSED:
        return
    follow(dossier, moved.clock)
    post_id, text = dossier.handler_post_id, f"Lịch làm việc thay đổi: {moved.why}."[:500]
    told: set[tuple[int, str]] = session.info.setdefault("dossier.due_moved", set())
    if post_id is None or (post_id, text) in told:
        return
    told.add((post_id, text))
    earlier = sa.select(Notification.id).where(
        Notification.post_id == post_id,
        Notification.event == "dossier.due_moved",
        Notification.text == text,
        Notification.created_at > now() - TOLD_FOR,
    )
    if session.scalar(earlier.limit(1)) is None:
        title = f"Hẹn trả của hồ sơ chuyển theo lịch làm việc mới, từ {dossier.shown_code}"
        _tell(session, dossier, "dossier.due_moved", title, text)


def warn(session: Session, warned: ClockWarned) -> None:
    """Most of the limit is used up, or all of it."""
    if warned.clock.kind != KIND or warned.clock.name or warned.percent < WARN_FROM:
        return
    dossier = session.get(Dossier, warned.clock.thing_id)
    if dossier is None or not dossier.is_open or dossier.finished_at is not None:
        return
    late = dossier.due_at is not None and now() >= dossier.due_at
    said = "Quá hạn" if late else f"Đã dùng {warned.percent}% thời hạn"
    _tell(session, dossier, "dossier.warned", f"{said}: {dossier.shown_code}", "")


def _tell(session: Session, dossier: Dossier, event: str, title: str, text: str) -> None:
    post, unit = dossier.handler_post_id, dossier.unit_id
    notify(
        session,
        event=event,
        kind=KIND,
        thing_id=dossier.id,
        title=title,
        text=text,
        post_ids=[post] if post else [],
        unit_ids=[unit] if unit and not post else [],
    )
