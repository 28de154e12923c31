"""Files from opening to closing; who sees them; what is in them."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.casefiles import queries, services
from app.casefiles.models import CaseDocument, CaseFile, CaseState, CatalogueState
from app.casefiles.queries import CaseTab, CaseWanted
from app.casefiles.services import EntryData
from app.casefiles.services.catalogue import BATCH
from app.casefiles.services.reminders import remind_of_transfers
from app.clock import frozen, now, today
from app.db import reading, transaction
from app.errors import InvalidInput, NotFound, PermissionDenied, RuleViolated
from app.incoming.models import IncomingDocument, IncomingStatus
from app.links import linked_to
from app.notifications.models import Notification
from app.security import Actor
from tests.factories import Office
from tests.integration.casefiles.conftest import (
    act,
    closed_file,
    count,
    look,
    make_letter,
    open_outside,
    put_in,
)


def titles_in(actor: Actor, case_file: CaseFile) -> list[str]:
    with reading() as session:
        contents = queries.contents_of(session, actor, case_file.id)
        return [content.facts.full_code for content in contents if content.facts]


def test_a_file_outside_the_catalogue_needs_its_reason(office: Office) -> None:
    with pytest.raises(InvalidInput):
        open_outside(office.specialist, outside_reason=" ")
    case_file = open_outside(office.specialist)

    assert (case_file.notation, case_file.retention_years) == ("01.PKT", 20)
    assert case_file.keeper_post_id == office.specialist.post_id


def test_a_file_is_seen_by_its_keeper_the_heads_of_the_unit_and_the_office(office: Office) -> None:
    case_file = open_outside(office.specialist)

    def sees(actor: Actor) -> bool:
        rows = queries.visible_casefiles(actor).where(CaseFile.id == case_file.id)
        return look(lambda session: session.scalar(rows)) is not None

    assert all(map(sees, [office.specialist, office.head, office.clerk, office.leader]))
    assert not any(map(sees, [office.specialist2, office.head2, office.one_stop, office.admin]))

    act(
        services.share, office.specialist, case_file_id=case_file.id,
        post_id=office.specialist2.post_id,
    )  # fmt: skip
    assert sees(office.specialist2)
    act(
        services.unshare, office.specialist, case_file_id=case_file.id,
        post_id=office.specialist2.post_id,
    )  # fmt: skip
    assert not sees(office.specialist2)
    with pytest.raises(NotFound):  # the keeper cannot be shut out
        act(
            services.unshare, office.head, case_file_id=case_file.id,
            post_id=office.specialist.post_id,
        )  # fmt: skip


def test_a_document_lies_in_many_files_without_copies(office: Office) -> None:
    letter_id = make_letter(office, 1, office.specialist)
    files = [open_outside(office.specialist, f"Việc {n}") for n in range(3)]
    for case_file in files:
        put_in(office.specialist, case_file, letter_id)
        put_in(office.specialist, case_file, letter_id)  # again changes nothing

    found = look(lambda s: queries.files_of_thing(s, office.specialist, "incoming", letter_id))
    links = look(lambda s: linked_to(s, office.specialist, "incoming", letter_id))

    assert [one.id for one in found] == [one.id for one in files]
    assert {(one.label, one.card.kind) for one in links} == {("Thuộc", "case_file")}
    assert count(CaseDocument) == 3
    assert count(IncomingDocument) == 1


def test_being_in_a_file_opens_no_document(office: Office) -> None:
    hidden = make_letter(office, 1, office.specialist)
    shared = make_letter(office, 2, office.specialist, office.specialist2)
    case_file = open_outside(office.specialist)
    put_in(office.specialist, case_file, hidden)
    put_in(office.specialist, case_file, shared)
    act(
        services.share, office.specialist, case_file_id=case_file.id,
        post_id=office.specialist2.post_id,
    )  # fmt: skip

    assert titles_in(office.specialist, case_file) == ["101/SXD-QH", "102/SXD-QH"]
    assert titles_in(office.specialist2, case_file) == ["102/SXD-QH"]


def test_what_one_may_not_see_one_cannot_file(office: Office) -> None:
    letter_id = make_letter(office, 1, office.specialist)
    case_file = open_outside(office.specialist2)

    with pytest.raises(NotFound):
        put_in(office.specialist2, case_file, letter_id)
    with pytest.raises(NotFound):  # nor into a file one does not see
        put_in(office.specialist, case_file, letter_id)


def test_a_file_shared_for_reading_is_not_to_be_changed(office: Office) -> None:
    letter_id = make_letter(office, 1, office.specialist2)
    case_file = open_outside(office.specialist)
    act(
        services.share, office.specialist, case_file_id=case_file.id,
        post_id=office.specialist2.post_id,
    )  # fmt: skip

    with pytest.raises(PermissionDenied):
        put_in(office.specialist2, case_file, letter_id)


def test_a_document_is_taken_out_with_a_trace(office: Office) -> None:
    letter_id = make_letter(office, 1, office.specialist)
    case_file = open_outside(office.specialist)
    row_id = put_in(office.specialist, case_file, letter_id)
    take_out = {"case_file_id": case_file.id, "document_id": row_id}

    with pytest.raises(InvalidInput):
        act(services.remove_document, office.specialist, **take_out, reason="")
    act(services.remove_document, office.specialist, **take_out, reason="Nhầm hồ sơ")

    assert titles_in(office.specialist, case_file) == []
    [(row, card)] = look(lambda s: queries.removed_from(s, office.specialist, case_file.id))
    assert (row.remove_reason, row.removed_by, card.id) == (
        "Nhầm hồ sơ", office.specialist.person_id, letter_id,
    )  # fmt: skip
    assert look(lambda s: linked_to(s, office.specialist, "incoming", letter_id)) == []
    put_in(office.specialist, case_file, letter_id)  # and may come back
    assert len(titles_in(office.specialist, case_file)) == 1


def test_a_closed_file_takes_nothing_and_knows_its_day(office: Office) -> None:
    letters = [make_letter(office, n, office.specialist) for n in (1, 2)]
    empty = open_outside(office.specialist, "Trống")
    with pytest.raises(RuleViolated):
        act(services.close_case_file, office.specialist, case_file_id=empty.id)
    case_file = closed_file(office, office.specialist, letters[0])

    assert case_file.state is CaseState.CLOSED
    assert case_file.transfer_on is not None
    assert case_file.transfer_on.year == today().year + 1
    with pytest.raises(RuleViolated):
        put_in(office.specialist, case_file, letters[1])
    act(
        services.reopen_case_file, office.specialist, case_file_id=case_file.id,
        reason="Còn văn bản",
    )  # fmt: skip
    put_in(office.specialist, case_file, letters[1])


def test_a_file_is_kept_back_two_years_at_most_and_with_consent(office: Office) -> None:
    case_file = closed_file(office, office.specialist, make_letter(office, 1, office.specialist))
    assert case_file.transfer_on is not None
    later = case_file.transfer_on + timedelta(days=300)
    wanted = {"case_file_id": case_file.id, "until": later}

    with pytest.raises(InvalidInput):
        act(services.keep_back, office.clerk, **wanted, consent="")
    with pytest.raises(PermissionDenied):
        act(services.keep_back, office.specialist, **wanted, consent="CV 12")
    too_late = case_file.transfer_on + timedelta(days=900)
    with pytest.raises(InvalidInput):
        act(
            services.keep_back, office.clerk, case_file_id=case_file.id, until=too_late,
            consent="CV 12",
        )  # fmt: skip
    assert act(services.keep_back, office.clerk, **wanted, consent="CV 12").due_on == later


def test_the_keeper_is_reminded_once_thirty_days_before(office: Office) -> None:
    case_file = closed_file(office, office.specialist, make_letter(office, 1, office.specialist))
    assert case_file.transfer_on is not None
    due = now() + (case_file.transfer_on - today())

    def reminders(days: int) -> int:
        with frozen(due - timedelta(days=days)), transaction() as session:
            return remind_of_transfers(session)

    assert [reminders(31), reminders(30), reminders(29)] == [0, 1, 0]
    rows = sa.select(Notification.post_id).where(Notification.event == "case_file.due")
    found = set(look(lambda session: session.scalars(rows).all()))
    assert found == {office.specialist.post_id, office.head.post_id}


def test_a_finished_letter_counts_as_filed_in_the_same_commit(office: Office) -> None:
    letter_id = make_letter(office, 1, office.specialist)
    with transaction() as session:
        session.get_one(IncomingDocument, letter_id).status = IncomingStatus.DONE
    put_in(office.specialist, open_outside(office.specialist), letter_id)

    letter = look(lambda session: session.get_one(IncomingDocument, letter_id))
    assert letter.status is IncomingStatus.FILED


def test_thirty_two_writers_put_one_document_in_once(app: Flask, office: Office) -> None:
    letter_id = make_letter(office, 1, office.specialist)
    case_file = open_outside(office.specialist)

    with ThreadPoolExecutor(32) as pool:
        ids = set(pool.map(lambda _n: put_in(office.specialist, case_file, letter_id), range(32)))

    assert len(ids) == 1
    assert count(CaseDocument, removed_at=None) == 1


def test_thirty_two_people_who_open_files_at_once_get_thirty_two_numbers(
    app: Flask, office: Office
) -> None:
    year = today().year
    act(services.start_catalogue, office.clerk, year=year)
    rows = [EntryData(office.economy, "Quy hoạch", 20, "case_work")]
    act(services.import_entries, office.clerk, year=year, rows=rows)
    act(services.submit_catalogue, office.clerk, year=year)
    act(services.approve_catalogue, office.leader, year=year)
    [entry] = look(lambda s: queries.entries_of(s, 1))

    def open_one(number: int) -> str:
        if number % 2:
            return open_outside(office.specialist, f"Việc {number}").notation
        made = act(services.open_case_file, office.head, entry_id=entry.id)
        return str(made.notation)

    with ThreadPoolExecutor(32) as pool:
        found = set(pool.map(open_one, range(32)))

    planned = {"01.PKT", *(f"01.PKT-{n}" for n in range(2, 17))}
    assert found == planned | {f"{n:02d}.PKT" for n in range(2, 18)}


def test_many_planned_files_are_taken_in_short_turns(office: Office) -> None:
    year = today().year
    act(services.start_catalogue, office.clerk, year=year)
    rows = [EntryData(office.economy, f"Việc thứ {n}", 20) for n in range(1100)]

    def take() -> float:
        longest = 0.0
        for at in range(0, len(rows), BATCH):
            started = time.thread_time()  # what the machine does besides is no fault of ours
            batch = rows[at : at + BATCH]
            act(services.import_entries, office.clerk, year=year, rows=batch)
            longest = max(longest, time.thread_time() - started)
        return longest

    assert take() < 1.0  # nobody else waits longer to write
    take()  # the same workbook once more adds nothing
    entries = look(lambda s: queries.entries_of(s, 1))
    assert [entries[0].notation, entries[-1].notation] == ["01.PKT", "999.PKT"]
    assert len(entries) == 1100


def test_the_catalogue_is_drafted_by_units_and_approved_by_the_head(office: Office) -> None:
    year = today().year
    act(services.start_catalogue, office.clerk, year=year)

    def plan(actor: Actor, unit_id: int, title: str) -> str:
        data = EntryData(unit_id, title, 20, "case_work", keeper_post_id=office.specialist.post_id)
        return str(act(services.save_entry, actor, year=year, data=data).notation)

    assert [plan(office.head, office.economy, f"Việc {n}") for n in (1, 2)] == ["01.PKT", "02.PKT"]
    with pytest.raises(PermissionDenied):
        plan(office.head, office.culture, "Việc của phòng khác")
    with pytest.raises(RuleViolated):  # nothing is opened from a draft
        [entry, _] = look(lambda s: queries.entries_of(s, 1))
        act(services.open_case_file, office.specialist, entry_id=entry.id)
    act(services.submit_catalogue, office.chief, year=year)
    with pytest.raises(RuleViolated):  # drafts are closed
        plan(office.head, office.economy, "Việc đến muộn")
    with pytest.raises(PermissionDenied):
        act(services.approve_catalogue, office.chief, year=year)
    act(services.return_catalogue, office.leader, year=year, reason="Thiếu hồ sơ nhân sự")
    act(services.submit_catalogue, office.chief, year=year)
    approved = act(services.approve_catalogue, office.leader, year=year)

    assert approved.state is CatalogueState.APPROVED
    opened = [act(services.open_case_file, office.specialist, entry_id=entry.id) for _ in range(2)]
    assert [one.notation for one in opened] == ["01.PKT", "01.PKT-2"]
    assert open_outside(office.specialist).notation == "03.PKT"


def test_tabs_are_counted_in_as_many_queries_as_ever(office: Office) -> None:
    for number in range(3):
        letter_id = make_letter(office, number, office.specialist)
        closed_file(office, office.specialist, letter_id)
    open_outside(office.specialist)

    with reading() as session:
        page = queries.page_of_case_files(session, office.specialist, CaseWanted())
        closed = queries.page_of_case_files(
            session, office.head, CaseWanted(tab=CaseTab.CLOSED, text="quy hoạch")
        )

    assert page.counts[CaseTab.MINE] == 1
    assert page.counts[CaseTab.CLOSED] == 3
    assert (closed.total, len(closed.files)) == (3, 3)
