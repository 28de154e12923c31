"""Levels are called in turn and once; only “Đã nhận” ends it; who acts for whom; pauses."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa

from app import clock, relay
from app.db import reading, transaction
from app.errors import NotFound, PermissionDenied, RuleViolated
from app.escalation import chores, handlers, queries, services
from app.escalation.models import (
    CallState,
    CaseState,
    Channel,
    EscalationCall,
    EscalationCase,
    EscalationLevel,
)
from app.escalation.policies import policy
from app.escalation.queries import Place
from app.incoming.models import IncomingDocument, IncomingStatus, Urgency
from app.notifications.models import Notification
from app.organisation.models import Delegation, DelegationState
from tests.factories import Office
from tests.integration.escalation.conftest import NIGHT, called, case_of, minutes, start
from tests.integration.incoming.conftest import Desk, books, desk

__all__ = ["books", "desk"]

SWEEPERS = 8


def test_each_level_is_called_in_its_turn_until_nobody_is_left(office: Office) -> None:
    case_id = start(office)
    assert called(case_id) == [(1, office.duty.person_id, "app")]

    turns = [(4, office.head), (16, office.chief), (26, office.leader)]
    for number, (minute, _who) in enumerate(turns, start=2):
        with clock.frozen(minutes(minute)):
            chores.run_due()
            assert len({no for no, *_ in called(case_id)}) == number - (minute == 4)
        with clock.frozen(minutes(minute + 1)):
            assert chores.run_due() is (number < 4)

    assert [(no, person) for no, person, channel in called(case_id) if channel == "app"] == [
        (1, office.duty.person_id),
        (2, office.head.person_id),
        (3, office.chief.person_id),
        (4, office.leader.person_id),
    ]
    assert case_of(case_id).state is CaseState.EXHAUSTED
    with reading() as session:
        notices = session.scalars(sa.select(Notification).order_by(Notification.id)).all()
        assert [notice.urgent for notice in notices] == [True] * 4


def test_a_level_fires_once_however_many_sweepers_run(office: Office) -> None:
    cases = [start(office, thing_id=number) for number in range(1, 4)]
    barrier, faults = Barrier(SWEEPERS), list[Exception]()

    def sweep() -> None:
        barrier.wait()
        try:
            chores.run_due()
        except Exception as error:
            faults.append(error)

    with clock.frozen(minutes(5)):
        threads = [Thread(target=sweep) for _ in range(SWEEPERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)

    assert faults == []
    for case_id in cases:
        assert called(case_id) == [
            (1, office.duty.person_id, "app"),
            (2, office.head.person_id, "app"),
            (2, office.head.person_id, "phone"),
        ]
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(EscalationLevel)) == 6


def test_many_that_start_about_one_thing_open_one_case(office: Office) -> None:
    barrier, faults = Barrier(SWEEPERS), list[Exception]()

    def begin() -> None:
        barrier.wait()
        try:
            start(office)
        except Exception as error:
            faults.append(error)

    threads = [Thread(target=begin) for _ in range(SWEEPERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert faults == []
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(EscalationCase)) == 1
        assert session.scalar(sa.select(sa.func.count()).select_from(EscalationCall)) == 1


def test_a_level_is_reached_only_when_somebody_who_was_called_says_so(office: Office) -> None:
    case_id = start(office)
    with transaction() as session, pytest.raises(NotFound):  # not called, may not even see it
        services.acknowledge(session, office.head, case_id)
    with transaction() as session, pytest.raises(RuleViolated):
        services.acknowledge(session, office.chief, case_id)
    with clock.frozen(minutes(5)):
        chores.run_due()
    with transaction() as session:
        services.acknowledge(session, office.head, case_id)

    with clock.frozen(minutes(600)):
        assert chores.run_due() is False
    case = case_of(case_id)
    assert (case.state, case.next_at) == (CaseState.ACKNOWLEDGED, None)
    with reading() as session:
        levels = session.scalars(sa.select(EscalationLevel).order_by(EscalationLevel.no)).all()
        assert [level.reached_by_person_id for level in levels] == [None, office.head.person_id]
    with transaction() as session, pytest.raises(RuleViolated):
        services.acknowledge(session, office.head, case_id)
    assert start(office) != case_id  # it happens again: a case of its own


def test_the_duty_officer_ticks_telephone_calls(office: Office) -> None:
    case_id = start(office)
    with clock.frozen(minutes(5)):
        chores.run_due()
    with reading() as session:
        rows = sa.select(EscalationCall.id).where(EscalationCall.channel == Channel.PHONE)
        call_id = session.scalars(rows).one()

    with transaction() as session, pytest.raises(PermissionDenied):
        services.tick_call(session, office.head, call_id, answered=True)
    with transaction() as session:
        services.tick_call(session, office.duty, call_id, answered=False, note="Không nghe máy")
    assert case_of(case_id).state is CaseState.RUNNING
    with transaction() as session:
        services.tick_call(session, office.duty, call_id, answered=True)

    with reading() as session:
        call = session.get_one(EscalationCall, call_id)
        assert (call.state, call.attempts) == (CallState.ACKNOWLEDGED, 2)
        assert call.level.reached_by_person_id == office.head.person_id
    assert case_of(case_id).state is CaseState.ACKNOWLEDGED


def lend(office: Office, since: datetime, until: datetime) -> None:
    with transaction() as session:
        session.add(
            Delegation(
                from_post_id=office.chief.post_id,
                from_person_id=office.chief.person_id,
                to_person_id=office.clerk.person_id,
                valid_from=since,
                valid_to=until,
                state=DelegationState.APPROVED,
            )
        )


def test_who_acts_for_a_post_is_called_in_its_place_at_that_hour(office: Office) -> None:
    lend(office, NIGHT, minutes(20))

    with reading() as session:
        rules = policy("incident", NIGHT.date())
        found = queries.simulate(session, rules, NIGHT, Place(unit_id=office.economy))
        later = queries.simulate(session, rules, minutes(20), Place())

    assert [one.at for one in found.levels] == [minutes(0), minutes(5), minutes(15), minutes(25)]
    names = [[person.person_id for person in one.callees] for one in found.levels]
    people = (office.duty, office.head, office.clerk, office.leader)
    assert names == [[who.person_id] for who in people]
    assert found.levels[2].callees[0].instead_of == office.chief.name
    assert [person.person_id for person in later.levels[2].callees] == [office.chief.person_id]
    assert later.levels[1].callees == ()  # no unit is known: nobody to call


def test_a_level_without_anybody_passes_on_at_once(office: Office) -> None:
    with transaction() as session:
        subject = services.Subject("matter", 9, "Sự cố SC-20270101-0009")
        case = services.start_escalation(session, office.duty, subject, "incident")
        assert case is not None
    with clock.frozen(minutes(5)):
        chores.run_due()

    assert {no for no, *_ in called(case.id)} == {1, 3}  # the second has no unit to call
    assert case_of(case.id).next_at == minutes(15)


def test_maintenance_puts_levels_off_and_the_simulation_says_so(office: Office) -> None:
    case_id = start(office)
    with transaction() as session:
        window = services.pause(
            session, office.duty, policy="incident", starts_at=NIGHT, ends_at=minutes(60),
            reason="Bảo trì",
        )  # fmt: skip
    with clock.frozen(minutes(5)):
        chores.run_due()
        with reading() as session:
            rules = policy("incident", NIGHT.date())
            found = queries.simulate(session, rules, minutes(5), Place(office.economy))
    assert case_of(case_id).next_at == minutes(60)
    assert [one.at for one in found.levels[:2]] == [minutes(60), minutes(65)]

    with clock.frozen(minutes(10)):
        with transaction() as session:
            services.end_pause(session, office.duty, window.id)
        chores.run_due()

    assert {no for no, *_ in called(case_id)} == {1, 2}


def test_working_time_alone_counts_where_the_policy_says_so(office: Office) -> None:
    with reading() as session:  # Friday 16:50: ten minutes today, the rest from Monday 07:30
        friday = datetime(2026, 11, 20, 16, 50, tzinfo=clock.VIETNAM)
        rules = replace(policy("incident_task", friday.date()), working=True)
        found = queries.simulate(session, rules, friday, Place(office.economy))

    monday = datetime(2026, 11, 23, 7, 30, tzinfo=clock.VIETNAM)
    assert [one.at for one in found.levels] == [
        friday + timedelta(minutes=5),
        monday + timedelta(minutes=5),
        monday + timedelta(minutes=20),
        monday + timedelta(minutes=35),
    ]


def test_a_flash_letter_calls_people_out_of_hours_only_and_a_directive_ends_it(
    office: Office, desk: Desk
) -> None:
    with clock.frozen(datetime(2027, 1, 4, 9, 0, tzinfo=clock.VIETNAM)):  # a Monday
        desk.register(b"in hours", urgency=Urgency.FLASH, code_number="1")
        assert relay.deliver_once(handlers.letters()) == 1
    desk.register(b"less urgent", urgency=Urgency.VERY_URGENT, code_number="2")
    letter_id = desk.register(b"flash", urgency=Urgency.FLASH, code_number="3")
    assert relay.deliver_once(handlers.letters()) == 2

    with reading() as session:
        case = session.scalars(sa.select(EscalationCase)).one()
    assert (case.kind, case.thing_id) == ("incoming", letter_id)
    assert case.title == "Hỏa tốc: văn bản đến số 3"
    assert called(case.id) == [(1, office.duty.person_id, "app")]
    with transaction() as session:
        session.get_one(IncomingDocument, letter_id).become(IncomingStatus.DIRECTED)
    with clock.frozen(minutes(30)):
        chores.run_due()
    assert (case_of(case.id).state, len(called(case.id))) == (CaseState.STOPPED, 1)
