"""The clock of a thing as rows: pausing, extending, warning; what a corrected calendar moves."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, datetime

import pytest
import sqlalchemy as sa
import yaml
from flask import Flask
from sqlalchemy.orm import Session

from app.clock import VIETNAM, frozen
from app.db import reading, transaction
from app.errors import InvalidInput, RuleViolated
from app.security import SYSTEM
from app.worktime import hooks, queries, services
from app.worktime.calendar import Unit
from app.worktime.commands import DATA
from app.worktime.hooks import ClockMoved, ClockWarned
from app.worktime.models import (
    CalendarCorrection,
    ClockMove,
    ClockPause,
    CorrectionState,
    DayKind,
    DeadlineClock,
    WorkingCalendar,
)
from app.worktime.rules import Rule, StartRule
from app.worktime.services import ClockOrder, recounting
from tests.factories import Office

KIND = "example"


def local(day: int, hour: int, minute: int = 0, *, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=VIETNAM)


MONDAY = local(23, 16, 10)


@pytest.fixture
def calendars(app: Flask, office: Office) -> Office:
    """The office with its calendars, committed."""
    with transaction() as session:
        services.load(session, SYSTEM, yaml.safe_load(DATA.read_text(encoding="utf-8")))
    return office


def start(thing_id: int, amount: int = 3, unit: Unit = Unit.WORKING_DAY, **more: object) -> None:
    order = ClockOrder(KIND, thing_id, Rule.of(amount, unit), MONDAY, **more)  # type: ignore[arg-type]
    with frozen(MONDAY), transaction() as session:
        services.start_clock(session, SYSTEM, order)


def clock_of(thing_id: int) -> DeadlineClock:
    with reading() as session:
        found = queries.find_clock(session, KIND, thing_id)
    assert found is not None
    return found


@contextmanager
def acting(thing_id: int, at: datetime) -> Iterator[tuple[Session, DeadlineClock]]:
    with frozen(at), transaction() as session:
        yield session, queries.get_clock(session, KIND, thing_id)


def close_office(office: Office, day: date, label: str, calendar_id: int | None = None) -> None:
    with transaction() as session:
        services.set_day(
            session, office.chief, day=day, kind=DayKind.CLOSURE, label=label,
            calendar_id=calendar_id,
        )  # fmt: skip


def counter_id() -> int:
    with reading() as session:
        return session.scalars(sa.select(WorkingCalendar.id).filter_by(name="Quầy một cửa")).one()


def test_a_pause_keeps_what_was_used_and_the_first_end_stays_on_record(calendars: Office) -> None:
    start(1)
    assert clock_of(1).due_at == local(27, 17)
    with acting(1, local(25, 17)) as (session, clock):
        services.pause_clock(
            session, calendars.one_stop, clock, reason="Bổ sung giấy tờ", document="Phiếu số 12"
        )
        assert clock.due_at is None
    with acting(1, local(2, 7, 30, month=12)) as (session, clock):
        services.resume_clock(session, calendars.one_stop, clock)
    clock = clock_of(1)
    assert (clock.original_due_at, clock.due_at) == (local(27, 17), local(3, 17, month=12))


def test_a_restart_needs_a_rule_that_says_so(calendars: Office) -> None:
    for thing_id, may_restart in ((1, False), (2, True)):
        start(thing_id, may_restart=may_restart)
        with acting(thing_id, local(25, 17)) as (session, clock):
            services.pause_clock(session, SYSTEM, clock, reason="Bổ sung giấy tờ")
    with (
        pytest.raises(RuleViolated, match="không cho tính lại"),
        acting(1, local(30, 9)) as (session, clock),
    ):
        services.resume_clock(session, SYSTEM, clock, restart=True)
    with acting(2, local(30, 9)) as (session, clock):
        services.resume_clock(session, SYSTEM, clock, restart=True)
    assert clock_of(2).due_at == local(3, 17, month=12)


def test_more_time_is_given_once_in_bounds_and_before_the_end(calendars: Office) -> None:
    start(1)
    for at, amount, reason, wrong in (
        (local(26, 9), 4, "Hồ sơ phức tạp", InvalidInput),
        (local(26, 9), 2, " ", InvalidInput),
        (local(27, 17, 1), 2, "Hồ sơ phức tạp", RuleViolated),
    ):
        with pytest.raises(wrong), acting(1, at) as (session, clock):
            services.extend_clock(session, SYSTEM, clock, amount=amount, reason=reason)
    with acting(1, local(27, 17)) as (session, clock):
        services.extend_clock(session, SYSTEM, clock, amount=2, reason="Hồ sơ phức tạp")
    assert clock_of(1).due_at == local(1, 17, month=12)
    with (
        pytest.raises(RuleViolated, match="Chỉ được gia hạn 1 lần"),
        acting(1, local(30, 9)) as (session, clock),
    ):
        services.extend_clock(session, SYSTEM, clock, amount=1, reason="Hồ sơ phức tạp")


def test_what_is_finished_is_neither_paused_nor_extended(calendars: Office) -> None:
    start(1)
    with acting(1, local(26, 9)) as (session, clock):
        services.finish_clock(session, SYSTEM, clock)
        with pytest.raises(RuleViolated):
            services.pause_clock(session, SYSTEM, clock, reason="Bổ sung")
        services.reopen_clock(session, SYSTEM, clock)
        services.pause_clock(session, SYSTEM, clock, reason="Bổ sung")


def test_stages_share_the_limit_and_need_no_more_than_it(calendars: Office) -> None:
    stages = [("Tiếp nhận", 50), ("Thẩm định", 200), ("Ký, trả kết quả", 50)]
    start(1, stages=stages)
    ends = [stage.due_at for stage in clock_of(1).stages]
    assert ends == [local(25, 11, 15), local(27, 11, 15), local(27, 17)]
    with pytest.raises(RuleViolated, match="nhiều thời gian hơn"):
        start(2, stages=[*stages, ("Thêm", 1)])


def test_of_32_who_pause_at_once_one_does(calendars: Office) -> None:
    start(1)

    def pause(_: int) -> bool:
        try:
            with transaction() as session:
                clock = queries.get_clock(session, KIND, 1)
                services.pause_clock(session, SYSTEM, clock, reason="Bổ sung")
        except RuleViolated:
            return False
        return True

    with frozen(local(25, 9)), ThreadPoolExecutor(32) as pool:
        assert sum(pool.map(pause, range(32))) == 1
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(ClockPause)) == 1


def test_a_corrected_calendar_moves_open_clocks_and_says_why(
    calendars: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recounting, "READ_AT_ONCE", 2)  # several steps, so that the cursor counts
    for thing_id in range(1, 6):
        start(thing_id, calendar_id=counter_id() if thing_id == 5 else None)
    with acting(2, local(23, 16, 30)) as (session, clock):
        services.finish_clock(session, SYSTEM, clock)
    with acting(3, local(23, 16, 30)) as (session, clock):
        services.pause_clock(session, SYSTEM, clock, reason="Bổ sung")
    moved: list[ClockMoved] = []

    def note(_session: Session, happening: ClockMoved) -> None:
        moved.append(happening)

    hooks.clock_moved.subscribe(note)
    try:
        close_office(calendars, date(2026, 11, 26), "Bão số 12")
        assert clock_of(1).due_at == local(27, 17), "a page never waits for the recount"
        assert services.recount_waiting() == 3
        assert services.recount_waiting() == 0
    finally:
        hooks.clock_moved.unsubscribe(note)
    assert [one.clock.thing_id for one in moved] == [1, 4, 5]
    assert {one.why for one in moved} == {"26/11/2026: nghỉ riêng của cơ quan, Bão số 12"}
    assert clock_of(1).due_at == local(30, 17)
    assert clock_of(2).due_at == local(27, 17)
    assert clock_of(3).due_at is None
    with reading() as session:
        [row] = session.scalars(sa.select(CalendarCorrection))
        assert (row.state, row.looked_at, row.total, row.moved) == (CorrectionState.DONE, 4, 4, 3)
        [(trace, what)] = queries.moves_of(session, clock_of(1).id)
        assert (trace.from_due_at, trace.to_due_at) == (local(27, 17), local(30, 17))
        assert "Bão số 12" in what


def test_a_recount_that_was_stopped_goes_on_behind_its_cursor(
    calendars: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recounting, "READ_AT_ONCE", 1)
    for thing_id in (1, 2, 3):
        start(thing_id)
    close_office(calendars, date(2026, 11, 26), "Bão số 12")

    def power_cut(_session: Session, happening: ClockMoved) -> None:
        if happening.clock.thing_id == 2:
            raise ConnectionError("the process dies")

    hooks.clock_moved.subscribe(power_cut)
    try:
        with pytest.raises(ConnectionError):
            services.recount_waiting()
    finally:
        hooks.clock_moved.unsubscribe(power_cut)
    assert clock_of(2).due_at == local(27, 17)
    assert services.recount_waiting() == 2
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(ClockMove)) == 3


def test_a_closure_of_the_counter_moves_its_clocks_alone(calendars: Office) -> None:
    start(1)
    start(2, calendar_id=counter_id())
    close_office(calendars, date(2026, 11, 26), "Sửa quầy", calendar_id=counter_id())
    assert services.recount_waiting() == 1
    assert (clock_of(1).due_at, clock_of(2).due_at) == (local(27, 17), local(30, 17))


def test_saturday_mornings_take_dossiers_in_but_are_no_working_days(calendars: Office) -> None:
    with reading() as session:
        counter = queries.load_calendar(session, counter_id())
    saturday = date(2026, 11, 28)
    assert counter.only_receives(saturday)
    assert not counter.is_working_day(date(2026, 11, 24)), "the organ's holidays are inherited"
    order = ClockOrder(
        KIND, 1, Rule(1, Unit.WORKING_DAY, StartRule.FROM_RECEPTION, 15 * 60), local(28, 8),
        calendar_id=counter_id(),
    )  # fmt: skip
    with frozen(local(28, 8)), transaction() as session:
        services.start_clock(session, SYSTEM, order)
    assert clock_of(1).due_at == local(30, 17)


def test_a_new_week_holds_from_its_day_on(calendars: Office) -> None:
    with transaction() as session:
        calendar = queries.default_calendar(session)
        assert calendar is not None
        services.set_week(
            session, calendars.chief, calendar_id=calendar.id, valid_from=date(2026, 11, 26),
            hours={day: [(420, 690), (780, 990)] for day in range(5)},
        )  # fmt: skip
    start(1)
    with reading() as session:
        week = queries.load_calendar(session)
    assert week.end_of_day(date(2026, 11, 25)) == local(25, 17)
    assert week.end_of_day(date(2026, 11, 26)) == local(26, 16, 30)
    assert clock_of(1).due_at == local(27, 16, 30)


def test_each_share_is_told_once_and_again_after_an_extension(calendars: Office) -> None:
    told: list[int] = []

    def note(_session: Session, happening: ClockWarned) -> None:
        told.append(happening.percent)

    start(1)
    hooks.clock_warned.subscribe(note)
    try:
        for at in (
            local(25, 17),
            local(26, 11, 30),
            local(26, 14),
            local(27, 10, 30),
            local(27, 10, 45),
        ):
            with frozen(at):
                services.warn_due()
        assert told == [50, 80]
        with acting(1, local(27, 11)) as (session, clock):
            services.extend_clock(session, SYSTEM, clock, amount=3, reason="Hồ sơ phức tạp")
        for at in (local(27, 12), local(2, 17, month=12), local(3, 9, month=12)):
            with frozen(at):
                services.warn_due()
    finally:
        hooks.clock_warned.unsubscribe(note)
    assert told == [50, 80, 100]
