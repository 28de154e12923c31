"""Codes and numbers: no gap, no double, whatever happens at once."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa

from app.clock import frozen
from app.db import reading, transaction
from app.errors import InvalidInput
from app.procedures import services
from app.procedures.models import BookEntry, Dossier
from tests.integration.procedures.conftest import COPY, MONDAY, Counter, act

WRITERS, ACTS = 32, 2


def at_once(work: object, acts: int = ACTS) -> list[BaseException]:
    """Let 32 threads do it at the same time; what went wrong."""
    faults: list[BaseException] = []
    ready = threading.Barrier(WRITERS)

    def write() -> None:
        try:
            ready.wait()
            for _ in range(acts):
                work()  # type: ignore[operator]
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=write) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return faults


def test_32_writers_get_codes_and_book_numbers_without_gap_or_double(counter: Counter) -> None:
    reception = counter.reception(COPY, pages=2, copies=1)
    values = {"document": "Bằng tốt nghiệp"}

    with frozen(MONDAY):
        faults = at_once(
            lambda: act(
                services.finish_fast, counter.office.one_stop, reception=reception, values=values
            )
        )

    assert faults == []
    with reading() as session:
        serials = session.scalars(sa.select(Dossier.serial).order_by(Dossier.serial)).all()
        codes = session.scalars(sa.select(Dossier.code).order_by(Dossier.code)).all()
        numbers = session.scalars(sa.select(BookEntry.number).order_by(BookEntry.number)).all()
    assert serials == numbers == list(range(1, WRITERS * ACTS + 1))
    assert (codes[0], codes[-1]) == ("H42.16-261123-0001", "H42.16-261123-0064")


def test_32_counters_receive_at_once_without_gap_or_double(counter: Counter) -> None:
    reception = counter.reception()

    with frozen(MONDAY):
        faults = at_once(
            lambda: act(services.receive, counter.office.one_stop, reception=reception), acts=1
        )

    assert faults == []
    with reading() as session:
        rows = session.execute(sa.select(Dossier.serial, Dossier.code).order_by(Dossier.serial))
        received = rows.tuples().all()
    assert received == [(number, f"H42.16-261123-{number:04d}") for number in range(1, WRITERS + 1)]


@pytest.mark.usefixtures("monday")
def test_a_reception_that_fails_gives_its_number_back(counter: Counter) -> None:
    class Broken(Exception):
        pass

    reception = counter.reception()
    with pytest.raises(Broken), transaction() as session:
        services.receive(session, counter.office.one_stop, reception=reception)
        raise Broken

    assert counter.receive().code == "H42.16-261123-0001"


@pytest.mark.usefixtures("monday")
def test_a_dossier_of_the_province_is_opened_once_and_gets_no_second_code(
    counter: Counter,
) -> None:
    dossier = counter.receive(external_code=" h42.16-261122-0007 ")

    assert (dossier.code, dossier.serial) == (None, None)
    assert dossier.shown_code == "H42.16-261122-0007"
    with pytest.raises(InvalidInput, match="đã có ở đây"):
        counter.receive(external_code="H42.16-261122-0007")
