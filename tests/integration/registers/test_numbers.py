"""Numbers: gapless, never doubled, by year of Vietnam, on both databases."""

from __future__ import annotations

import threading
import time
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import clock
from app.db import reading, transaction
from app.errors import InvalidInput, NotFound, PermissionDenied, RuleViolated
from app.registers import catalogue, queries, services
from app.registers.hooks import EntryVoided, entry_voided
from app.registers.models import (
    Direction,
    DocumentType,
    EntryState,
    NumberSeries,
    RegisterEntry,
)
from app.security import SYSTEM
from tests.factories import Office

WRITERS, ACTS = 32, 5


@pytest.fixture
def series_id(office: Office) -> int:
    with transaction() as session:
        series = services.create_series(
            session,
            office.chief,
            name="Sổ văn bản đến",
            direction=Direction.INCOMING,
            issuing_body_id=None,
        )
        return series.id


def take(series_id: int, thing_id: int, on: date | None = None) -> RegisterEntry:
    with transaction() as session:
        return services.allocate(
            session, SYSTEM, series_id=series_id, kind="test", thing_id=thing_id, on=on
        )


def test_32_writers_get_consecutive_numbers_and_nobody_waits_long(series_id: int) -> None:
    waits: list[float] = []
    faults: list[BaseException] = []
    ready = threading.Barrier(WRITERS)

    def write(writer: int) -> None:
        try:
            ready.wait()
            for act in range(ACTS):
                started = time.perf_counter()
                take(series_id, writer * ACTS + act)
                waits.append(time.perf_counter() - started)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    with reading() as session:
        numbers = session.scalars(
            sa.select(RegisterEntry.number).order_by(RegisterEntry.number)
        ).all()
        found = queries.proof(session, series_id, clock.today().year)
    assert numbers == list(range(1, WRITERS * ACTS + 1))
    assert found.missing == ()
    assert max(waits) < 5  # the benchmark measures; here only starvation must show


def test_an_act_that_fails_after_taking_a_number_gives_it_back(series_id: int) -> None:
    take(series_id, 1)
    with pytest.raises(RuleViolated), transaction() as session:
        services.allocate(session, SYSTEM, series_id=series_id, kind="test", thing_id=2)
        raise RuleViolated("Không ghi được.")

    assert take(series_id, 3).number == 2


def test_the_book_restarts_at_midnight_in_vietnam(series_id: int) -> None:
    with clock.frozen(datetime(2026, 12, 31, 16, 59, 59, tzinfo=UTC)):  # 23:59:59 in Vietnam
        last = take(series_id, 1)
    with clock.frozen(datetime(2026, 12, 31, 17, 0, 0, tzinfo=UTC)):  # 00:00:00 on 1 January
        first = take(series_id, 2)

    assert (last.year, last.number, last.entered_on) == (2026, 1, date(2026, 12, 31))
    assert (first.year, first.number, first.entered_on) == (2027, 1, date(2027, 1, 1))


def test_a_continuous_series_goes_on_over_the_new_year(office: Office) -> None:
    with transaction() as session:
        series = services.create_series(
            session,
            office.chief,
            name="Sổ bì đích danh",
            direction=Direction.INCOMING,
            issuing_body_id=None,
            year_reset=False,
        )
    assert take(series.id, 1, date(2026, 12, 31)).number == 1
    assert take(series.id, 2, date(2027, 1, 1)).number == 2


def test_a_thing_has_one_number_of_a_series(series_id: int) -> None:
    take(series_id, 1)
    with pytest.raises(sa.exc.IntegrityError):
        take(series_id, 1)
    assert take(series_id, 2).number == 2


def test_a_book_starts_where_the_paper_book_ended(series_id: int, office: Office) -> None:
    with transaction() as session:
        services.start_series_at(
            session,
            office.clerk,
            series_id=series_id,
            year=2026,
            number=2185,
            reason="Tiếp sổ giấy từ 16/11",
            on=date(2026, 11, 16),
        )
    assert take(series_id, 1, date(2026, 11, 16)).number == 2185
    with reading() as session:
        found = queries.proof(session, series_id, 2026)
    assert (found.start, found.last, found.missing) == (2185, 2185, ())
    assert found.start_reason == "Tiếp sổ giấy từ 16/11"
    assert found.sentence == "2185…2185 đủ."


@pytest.mark.parametrize(("number", "reason"), [(0, "x"), (5, "  ")])
def test_a_start_needs_a_number_and_a_reason(
    series_id: int, office: Office, number: int, reason: str
) -> None:
    with pytest.raises((RuleViolated, InvalidInput)), transaction() as session:
        services.start_series_at(
            session, office.clerk, series_id=series_id, year=2026, number=number, reason=reason
        )


def test_a_book_that_has_given_numbers_keeps_its_start(series_id: int, office: Office) -> None:
    take(series_id, 1)
    with pytest.raises(RuleViolated), transaction() as session:
        services.start_series_at(
            session,
            office.clerk,
            series_id=series_id,
            year=clock.today().year,
            number=100,
            reason="muộn",
        )


def test_a_voided_number_stays_in_the_book_and_is_not_given_again(
    series_id: int, office: Office
) -> None:
    heard: list[EntryVoided] = []
    entry_voided.subscribe(lambda _session, event: heard.append(event))
    entry = take(series_id, 1)
    with transaction() as session:
        services.void_entry(session, office.clerk, entry_id=entry.id, reason="Ghi nhầm sổ")

    assert take(series_id, 1).number == 2  # the thing may have a new number
    assert [event.thing_id for event in heard] == [1]
    with reading() as session:
        row = session.get_one(RegisterEntry, entry.id)
        found = queries.proof(session, series_id, entry.year)
    assert (row.state, row.label) == (EntryState.VOIDED, "1")
    assert found.sentence == "1…2 đủ; hủy: 1 (Ghi nhầm sổ)."


def test_voiding_twice_or_without_a_reason_is_refused(series_id: int, office: Office) -> None:
    entry = take(series_id, 1)
    with pytest.raises(RuleViolated), transaction() as session:
        services.void_entry(session, office.clerk, entry_id=entry.id, reason=" ")
    with transaction() as session:
        services.void_entry(session, office.clerk, entry_id=entry.id, reason="nhầm")
    with pytest.raises(RuleViolated), transaction() as session:
        services.void_entry(session, office.clerk, entry_id=entry.id, reason="nhầm")


def insert(series_id: int, office: Office, after: int, thing_id: int, reason: str) -> RegisterEntry:
    with transaction() as session:
        return services.insert_late(
            session,
            office.clerk,
            series_id=series_id,
            year=clock.today().year,
            after_number=after,
            kind="test",
            thing_id=thing_id,
            reason=reason,
        )


def test_late_letters_are_inserted_as_15a_15b_and_named_by_the_proof(
    series_id: int, office: Office
) -> None:
    for thing_id in range(15):
        take(series_id, thing_id)

    labels = [insert(series_id, office, 15, 100 + n, "Đến muộn").label for n in range(2)]

    assert labels == ["15a", "15b"]
    assert take(series_id, 99).label == "16"
    with reading() as session:
        found = queries.proof(session, series_id, clock.today().year)
    assert found.sentence == "1…16 đủ; chèn: 15a (Đến muộn), 15b (Đến muộn)."


def test_nothing_is_inserted_after_a_number_not_yet_given(series_id: int, office: Office) -> None:
    take(series_id, 1)
    with pytest.raises(RuleViolated):
        insert(series_id, office, 2, 5, "x")
    with pytest.raises(RuleViolated):
        insert(series_id, office, 1, 5, "")


def test_a_number_removed_behind_our_back_is_named_as_missing(series_id: int) -> None:
    entries = [take(series_id, thing_id) for thing_id in range(3)]
    with transaction() as session:
        session.execute(sa.delete(RegisterEntry).where(RegisterEntry.id == entries[1].id))

    with reading() as session:
        found = queries.proof(session, series_id, entries[0].year)
    assert found.missing == (2,)
    assert "THIẾU: 2" in found.sentence


def test_a_body_takes_from_its_own_book_before_the_shared_one(
    series_id: int, office: Office
) -> None:
    with transaction() as session:
        own = services.create_series(
            session,
            office.chief,
            name="Sổ văn bản đến của HĐND",
            direction=Direction.INCOMING,
            issuing_body_id=office.council_id,
        )
    with reading() as session:
        for_council = queries.series_for(session, Direction.INCOMING, office.council_id)
        for_committee = queries.series_for(session, Direction.INCOMING, office.committee_id)
        with pytest.raises(NotFound):
            queries.series_for(session, Direction.OUTGOING, office.council_id)
    assert (for_council.id, for_committee.id) == (own.id, series_id)


def test_a_closed_series_gives_no_number(series_id: int, office: Office) -> None:
    with transaction() as session:
        services.close_series(session, office.admin, series_id=series_id)
    with pytest.raises(RuleViolated):
        take(series_id, 1)


def test_a_specialist_opens_no_book_and_voids_no_number(series_id: int, office: Office) -> None:
    entry = take(series_id, 1)
    with pytest.raises(PermissionDenied), transaction() as session:
        services.void_entry(session, office.specialist, entry_id=entry.id, reason="x")
    with pytest.raises(PermissionDenied), transaction() as session:
        services.create_series(
            session, office.specialist, name="x", direction=Direction.INCOMING,
            issuing_body_id=None,
        )  # fmt: skip


def test_two_books_do_not_have_one_name(series_id: int, office: Office) -> None:
    with pytest.raises(InvalidInput), transaction() as session:
        services.create_series(
            session, office.chief, name="Sổ văn bản đến", direction=Direction.OUTGOING,
            issuing_body_id=None,
        )  # fmt: skip


def test_the_books_page_counts_used_voided_and_late(series_id: int, office: Office) -> None:
    first = take(series_id, 1)
    take(series_id, 2)
    insert(series_id, office, 2, 3, "muộn")
    with transaction() as session:
        services.void_entry(session, office.clerk, entry_id=first.id, reason="x")

    with reading() as session:
        [book] = queries.books(session)
    assert (book.used, book.voided, book.late, book.last_number) == (2, 1, 1, 2)


def test_the_29_types_of_the_decree_and_their_abbreviations_are_loaded(session: Session) -> None:
    rows = catalogue.read_document_types()
    assert services.load_document_types(session, rows) == len(rows)
    session.flush()
    services.load_document_types(session, rows)  # once more changes nothing
    session.flush()

    types = {row.code: row for row in queries.document_types(session, date(2026, 11, 18))}
    administrative = [
        row
        for row in types.values()
        if row.family == "administrative" and not row.code.startswith("copy_")
    ]
    assert len(administrative) == 29
    assert sum(1 for row in administrative if row.abbreviation) == 27
    assert types["rule"].abbreviation == "QyĐ"
    assert types["programme"].abbreviation == "CTr"
    assert session.scalar(sa.select(sa.func.count()).select_from(DocumentType)) == len(rows)


def test_series_survive_in_the_database(series_id: int) -> None:
    with reading() as session:
        assert session.get_one(NumberSeries, series_id).name == "Sổ văn bản đến"
