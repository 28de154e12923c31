"""The calendar as rows: loading dated data, correcting days, and what follows for deadlines."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
import yaml
from flask import Flask
from sqlalchemy.orm import Session

from app.audit import AuditLog
from app.clock import VIETNAM
from app.db import transaction
from app.errors import InvalidInput, NotFound, PermissionDenied
from app.security import SYSTEM
from app.worktime import queries, services
from app.worktime.calendar import Unit
from app.worktime.commands import DATA
from app.worktime.explaining import due_after
from app.worktime.models import CalendarDay, CalendarShift, DayKind
from tests.factories import Office

HALF = [(450, 690)]


@pytest.fixture
def data() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return found


@pytest.fixture
def loaded(office: Office, session: Session, data: dict[str, Any]) -> Session:
    """The calendar, loaded in an open transaction; the office is committed before it begins."""
    services.load(session, SYSTEM, data)
    session.flush()
    return session


def local(day: int, hour: int, minute: int = 0, *, month: int = 11, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=VIETNAM)


def test_without_data_there_is_a_plain_working_week(session: Session) -> None:
    calendar = queries.load_calendar(session)
    assert calendar.is_working_day(date(2026, 11, 23))
    assert not calendar.is_working_day(date(2026, 11, 22))


def test_loading_twice_adds_nothing_and_keeps_corrections(
    loaded: Session, data: dict[str, Any]
) -> None:
    before = counts(loaded)
    row = loaded.scalars(sa.select(CalendarDay).filter_by(day=date(2026, 11, 24))).one()
    row.label = "Ngày Văn hóa, sửa theo thông báo"
    services.load(loaded, SYSTEM, data)
    loaded.flush()
    assert counts(loaded) == before
    assert row.label == "Ngày Văn hóa, sửa theo thông báo"


def counts(session: Session) -> tuple[int, ...]:
    tables = (CalendarDay, CalendarShift)
    return tuple(session.scalar(sa.select(sa.func.count()).select_from(t)) or 0 for t in tables)


def test_a_limit_over_the_day_of_culture_says_so(loaded: Session) -> None:
    calendar = queries.load_calendar(loaded)
    due = due_after(calendar, local(20, 9), 3, Unit.WORKING_DAY)
    assert due.at == local(26, 17)
    assert "24/11 nghỉ Ngày Văn hóa Việt Nam" in due.explanation


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2025, 11, 24), True),  # the holiday is there from 2026 on
        (date(2026, 11, 24), False),
        (date(2026, 2, 16), False),  # Tết 2026
        (date(2027, 2, 10), False),  # substitute for Tết 2027
        (date(2026, 4, 27), False),  # Giỗ Tổ on a Sunday moves to Monday
        (date(2026, 8, 22), True),  # a Saturday worked in exchange
        (date(2026, 8, 31), False),
    ],
)
def test_holidays_substitutes_and_swapped_days_are_data(
    loaded: Session, day: date, works: bool
) -> None:
    assert queries.load_calendar(loaded).is_working_day(day) is works


def test_a_half_day_ends_at_its_own_hour(loaded: Session, office: Office) -> None:
    services.set_day(
        loaded, office.chief, day=date(2026, 12, 31), kind=DayKind.HALF,
        label="Làm buổi sáng", shifts=HALF,
    )  # fmt: skip
    calendar = queries.load_calendar(loaded)
    due = due_after(calendar, local(30, 9, month=12), 1, Unit.WORKING_DAY)
    assert due.at == local(31, 11, 30, month=12)


def test_setting_a_day_again_corrects_it(loaded: Session, office: Office) -> None:
    for label in ("Mất điện", "Bão số 5"):
        services.set_day(
            loaded, office.admin, day=date(2026, 11, 23), kind=DayKind.CLOSURE, label=label
        )
    [row] = loaded.scalars(sa.select(CalendarDay).filter_by(day=date(2026, 11, 23)))
    assert (row.label, row.shifts) == ("Bão số 5", [])
    assert not queries.load_calendar(loaded).is_working_day(date(2026, 11, 23))


def test_a_day_can_be_as_its_weekday_again(loaded: Session, office: Office) -> None:
    row = loaded.scalars(sa.select(CalendarDay).filter_by(day=date(2026, 11, 24))).one()
    services.unset_day(loaded, office.admin, day_id=row.id)
    loaded.flush()
    assert queries.load_calendar(loaded).is_working_day(date(2026, 11, 24))
    acts = set(loaded.scalars(sa.select(AuditLog.action)))
    assert {"worktime.loaded", "worktime.day_unset"} <= acts
    with pytest.raises(NotFound):
        services.unset_day(loaded, office.admin, day_id=row.id)


def test_closed_days_have_no_hours(loaded: Session, office: Office) -> None:
    row = services.set_day(
        loaded, office.chief, day=date(2026, 12, 1), kind=DayKind.HOLIDAY, label="Nghỉ", shifts=HALF
    )
    assert row.shifts == []


@pytest.mark.parametrize("who", ["clerk", "leader", "head", "specialist", "one_stop", "duty"])
def test_only_the_administrator_and_the_chief_of_office_keep_the_calendar(
    loaded: Session, office: Office, who: str
) -> None:
    with pytest.raises(PermissionDenied):
        services.set_day(
            loaded, getattr(office, who), day=date(2026, 12, 1), kind=DayKind.HOLIDAY, label="Nghỉ"
        )


@pytest.mark.parametrize(
    ("label", "kind", "shifts"),
    [
        (" ", DayKind.HOLIDAY, []),
        ("Làm bù", DayKind.SWAPPED, []),
        ("Làm bù", DayKind.SWAPPED, [(450, 690), (600, 720)]),
        ("Làm bù", DayKind.HALF, [(690, 450)]),
    ],
)
def test_a_day_without_name_or_with_impossible_hours_is_refused(
    loaded: Session, office: Office, label: str, kind: DayKind, shifts: list[tuple[int, int]]
) -> None:
    with pytest.raises(InvalidInput):
        services.set_day(
            loaded, office.admin, day=date(2026, 12, 1), kind=kind, label=label, shifts=shifts
        )


def test_the_command_loads_the_calendar_that_comes_with_the_program(app: Flask) -> None:
    answer = app.test_cli_runner().invoke(args=["worktime", "load"])
    assert answer.exit_code == 0, answer.output
    with transaction() as session:
        assert not queries.load_calendar(session).is_working_day(date(2026, 11, 24))
