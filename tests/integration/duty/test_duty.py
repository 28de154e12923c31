"""The roster says who is called; log and handover stand for ever; the morning's report is one."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
import sqlalchemy as sa
from flask import Flask

from app import clock
from app.db import reading, transaction
from app.duty import chores, services
from app.duty.forms import parse_lines
from app.duty.models import DutyHandover, DutyLog, DutyReport
from app.duty.queries import choices, get_handover, report_of
from app.errors import InvalidInput, PermissionDenied, RuleViolated
from app.escalation.policies import Who
from app.escalation.queries import Place, callees
from app.files.store import current_store
from app.notifications.models import Notification
from app.operations.models import Incident, IncidentState
from app.security import SYSTEM, Actor
from tests.factories import Office
from tests.integration.duty.conftest import SEVEN, hour, plan
from tests.integration.operations.conftest import event, incidents, source_of_events, tell


def test_the_roster_decides_who_of_the_desk_is_called(office: Office, second: Actor) -> None:
    plan(office, second.person_id, 0, 12)

    with reading() as session:
        now, later = (callees(session, Who.DUTY, Place(), hour(n)) for n in (1, 13))

    assert second.person_id in [one.person_id for one in now]
    assert office.duty.person_id in [one.person_id for one in later]  # nobody planned: the desk


def test_a_shift_is_refused_that_cannot_be(office: Office, second: Actor) -> None:
    plan(office, second.person_id, 0, 12)

    for begins, ends, person_id in (
        (5, 4, office.duty.person_id),
        (0, 25, office.duty.person_id),
        (11, 13, second.person_id),
        (1, 2, office.head.person_id),
    ):
        with pytest.raises(InvalidInput):
            plan(office, person_id, begins, ends)
    with transaction() as session, pytest.raises(PermissionDenied):
        services.add_shifts(session, office.head, [])
    plan(office, second.person_id, 12, 24)


def test_many_shifts_are_typed_as_an_office_types_them(office: Office, second: Actor) -> None:
    with reading() as session:
        people = choices(session)
    lines = parse_lines(
        f"24/11/2026 07:00-19:00 {second.name}\n\n24/11/2026; 19h-7h; trucban", people
    )

    assert [(line.starts_at, line.ends_at) for line in lines] == [
        (hour(24), hour(36)),
        (hour(36), hour(48)),
    ]
    for wrong in ("mai", "31/02/2026 07:00-19:00 trucban", "24/11/2026 07:00-19:00 khong.co"):
        with pytest.raises(InvalidInput, match="Dòng 2"):
            parse_lines(f"24/11/2026 07:00-19:00 trucban\n{wrong}", people)


def test_the_log_cannot_be_changed(office: Office) -> None:
    with transaction() as session:
        line = services.write_log(session, office.duty, "  Nhận tin báo cháy, đã chuyển 114. ")

    for statement in (sa.update(DutyLog).values(text="x"), sa.delete(DutyLog)):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), transaction() as session:
            session.execute(statement)
    with reading() as session:
        assert session.get_one(DutyLog, line.id).text == "Nhận tin báo cháy, đã chuyển 114."


def test_both_sign_a_handover_with_what_is_open(office: Office, second: Actor) -> None:
    tell(source_of_events(office), event("e1"), event("e2", title="Đèn hỏng"), at=SEVEN)
    first, over = incidents()
    with transaction() as session:
        incident = session.get_one(Incident, over.id)
        incident.state, incident.closed_at = IncidentState.RESOLVED, SEVEN
    with transaction() as session:
        note = services.hand_over(session, office.duty, "Trời mưa, cần theo dõi ngập.")
    assert note.items == [{"kind": "incident", "id": first.id}]
    with transaction() as session, pytest.raises(RuleViolated):  # one at a time
        services.hand_over(session, second, "Lần nữa")
    with transaction() as session, pytest.raises(RuleViolated):
        services.take_over(session, office.duty, note.token)

    with transaction() as session:
        services.take_over(session, second, note.token, "Đã rõ")

    with reading() as session:
        taken = get_handover(session, note.token)
        assert (taken.taken_by_person_id, taken.remark) == (second.person_id, "Đã rõ")
    with transaction() as session, pytest.raises(RuleViolated):
        services.take_over(session, second, note.token)
    with transaction() as session:
        services.hand_over(session, second, "Ca sau")


def test_of_many_that_take_a_shift_over_one_does(office: Office, second: Actor) -> None:
    with transaction() as session:
        token = services.hand_over(session, office.duty, "Bình thường").token
    barrier, refused = Barrier(6), list[Exception]()

    def take() -> None:
        barrier.wait()
        try:
            with transaction() as session:
                services.take_over(session, second, token)
        except RuleViolated as error:
            refused.append(error)

    threads = [Thread(target=take) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert len(refused) == 5
    with reading() as session:
        assert session.scalars(sa.select(DutyHandover.taken_at)).one() is not None


def test_the_report_counts_what_happened_in_the_24_hours_before_seven(office: Office) -> None:
    source = source_of_events(office)
    with clock.frozen(hour(-30)):
        tell(source, event("old", title="Cây đổ hôm kia"), at=hour(-30))
    with clock.frozen(hour(-2)):
        tell(source, event("new", title="Cây đổ trong đêm"), event("false"), at=hour(-2))
    _old, new, mistaken = incidents()
    with transaction() as session:
        wrong = session.get_one(Incident, mistaken.id)
        wrong.state, wrong.closed_at = IncidentState.FALSE_ALARM, hour(-1)
        session.get_one(Incident, new.id).injured = 2

    with reading() as session:
        report = report_of(session, SYSTEM, clock.today())

    assert [one.title for one in report.still_open] == ["Cây đổ hôm kia"]
    assert len(report.incidents) == 2
    assert (report.false_alarms, report.injured, list(report.by_domain.values())) == (1, 2, [1])


def test_the_report_is_printed_and_kept_once_a_day_from_seven_on(
    app: Flask, office: Office, second: Actor
) -> None:
    plan(office, second.person_id, -12, 0)
    with transaction() as session:
        services.write_log(session, office.duty, "Ghi lúc bảy giờ, thuộc ngày sau")
    with clock.frozen(hour(-0.5)):
        assert not chores.report_is_due()

    made = []
    with app.app_context():
        for _ in range(2):
            made.append(chores.make_report(current_store(), "UBND phường Thử"))

    assert made == [True, False]
    with reading() as session:
        report = session.scalars(sa.select(DutyReport)).one()
        heard = set(session.scalars(sa.select(Notification.post_id)))
    assert report.day == clock.today()
    assert {office.leader.post_id, office.chief.post_id, office.duty.post_id} <= heard
