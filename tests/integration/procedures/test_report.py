"""The report of a period on both databases: every dossier in its columns, every number with its
dossiers."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from app.clock import VIETNAM, frozen
from app.db import reading, transaction
from app.procedures import services
from app.procedures.models import Channel, Dossier, DossierStatus
from app.procedures.queries.report import COLUMNS, report, report_dossiers, total
from app.security import Actor
from tests.integration.procedures.conftest import BIRTH, MONDAY, Counter, act

S = DossierStatus
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
DUE = datetime(2026, 11, 20, 17, 0, tzinfo=VIETNAM)


def put(counter: Counter, status: DossierStatus, **values: object) -> None:
    """A dossier as a row: what a report counts is in the row alone."""
    dossier = counter.receive(received_at=MONDAY - timedelta(days=20))
    with transaction() as session:
        row = session.get_one(Dossier, dossier.id)
        row.status, row.due_at = status, DUE
        for name, value in values.items():
            setattr(row, name, value)


@pytest.mark.usefixtures("monday")
def test_each_dossier_stands_in_its_columns_and_each_number_has_its_dossiers(
    counter: Counter,
) -> None:
    before = {"received_on": date(2026, 10, 20)}
    put(counter, S.DELIVERED, finished_at=DUE - timedelta(days=1))  # early
    put(counter, S.DONE, finished_at=DUE - timedelta(hours=9, minutes=59))  # 7:01, the same day
    put(counter, S.DONE, finished_at=DUE + timedelta(minutes=1), channel=Channel.ONLINE)  # late
    put(counter, S.PROCESSING, due_at=MONDAY + timedelta(days=4), channel=Channel.POST)
    put(counter, S.PROCESSING, **before)  # overdue, carried over
    put(counter, S.SUPPLEMENT, due_at=None)
    put(counter, S.STOPPED, finished_at=DUE)
    put(counter, S.WITHDRAWN, finished_at=DUE)
    put(counter, S.WITHDRAWN, finished_at=MONDAY + timedelta(days=30), due_at=None)  # only later
    put(counter, S.DELIVERED, finished_at=datetime(2026, 10, 31, 23, 59, tzinfo=VIETNAM), **before)

    with frozen(MONDAY), reading() as session:
        [row] = report(session, counter.office.leader, FIRST, LAST)
        by_unit = report(session, counter.office.leader, FIRST, LAST, by="unit")
        behind = {
            name: len(report_dossiers(session, counter.office.leader, FIRST, LAST, column=name))
            for name in COLUMNS
        }
        nobody = report(session, counter.office.specialist2, FIRST, LAST)

    assert behind == {name: getattr(row, name) for name in COLUMNS}
    assert behind == {
        "carried": 1, "new_counter": 6, "new_online": 1, "new_post": 1,
        "early": 1, "on_time": 1, "late": 1, "within": 2, "overdue": 1, "suspended": 2,
        "given_back": 1,
    }  # fmt: skip
    outcomes = ("early", "on_time", "late", "within", "overdue", "suspended", "given_back")
    assert row.carried + row.taken_in == 9 == sum(behind[name] for name in outcomes)
    assert [one.key for one in by_unit] == [counter.office.economy]
    assert total(by_unit).settled == row.settled == 3
    assert nobody == []


@pytest.mark.usefixtures("monday")
def test_a_report_reaches_as_far_as_the_role(counter: Counter) -> None:
    office = counter.office
    mine, other = counter.receive(), counter.receive(BIRTH)
    with transaction() as session:
        session.get_one(Dossier, other.id).received_by_post_id = None

    def taken_in(actor: Actor) -> int:
        with reading() as session:
            return sum(row.taken_in for row in report(session, actor, FIRST, LAST))

    act(services.assign, office.head, dossier_id=mine.id, post_id=office.specialist.post_id)
    assert taken_in(office.leader) == 2
    assert taken_in(office.one_stop) == 1
    assert taken_in(office.specialist) == 1
    assert taken_in(office.head) == 2
    assert taken_in(office.specialist2) == 0
