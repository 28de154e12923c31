"""What the register book, the follow-up book and the handling slip say."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from app import clock
from app.db import reading, transaction
from app.errors import PermissionDenied
from app.incoming import queries, services
from app.incoming.models import IncomingDocument
from app.registers import services as registers
from app.tasks.models import Outcome, Task
from app.tasks.parties import Party
from app.tasks.services import handling
from app.tasks.services.directives import DirectiveOrder
from app.web.shell import Count, counts
from tests.factories import Office
from tests.integration.incoming.conftest import Desk

NOON = datetime(2026, 11, 18, 3, tzinfo=UTC)


def directed(office: Office, desk: Desk) -> int:
    """A letter that the leader gave to the economy unit, with culture to help."""
    letter_id = desk.register()
    with transaction() as session:
        services.submit_letter(
            session, office.clerk, letter_id=letter_id, to_post_id=office.leader.post_id or 0
        )
    order = DirectiveOrder(
        Outcome.ASSIGN, "Nghiên cứu, trả lời", lead=Party(office.economy),
        coordinators=[Party(office.culture)], due_at=datetime(2026, 11, 25, 10, tzinfo=UTC),
    )  # fmt: skip
    with transaction() as session:
        services.direct_letter(session, office.leader, letter_id=letter_id, order=order)
    return letter_id


def test_the_book_has_its_ten_columns(office: Office, desk: Desk, books: int) -> None:
    with clock.frozen(NOON):
        directed(office, desk)
    with reading() as session:
        [row] = queries.book_rows(session, office.clerk, series_id=books, year=2026)

    assert row == (
        date(2026, 11, 18), "1", "Sở Nội vụ", "145/SNV-TCCB", date(2026, 11, 16),
        "Công văn. Về việc rà soát vị trí việc làm", "Phòng Kinh tế, Hạ tầng và Đô thị",
        date(2026, 11, 18), "", "",
    )  # fmt: skip


def test_voided_and_inserted_numbers_stand_in_the_book(
    office: Office, desk: Desk, books: int
) -> None:
    first = desk.register(b"1")
    with reading() as session:
        entry_id = session.get_one(IncomingDocument, first).register_entry_id or 0
    with transaction() as session:
        registers.void_entry(session, office.clerk, entry_id=entry_id, reason="Nhầm")
    desk.register(b"2", code_number="2")
    late = desk.read(b"3").letter_id or 0
    with transaction() as session:
        services.register_letter(
            session, office.clerk, letter_id=late, data=desk.data(code_number="3"),
            late_after=1, late_reason="Đến muộn",
        )  # fmt: skip
    year = clock.today().year
    with reading() as session:
        rows = queries.book_rows(session, office.clerk, series_id=books, year=year)
        part = queries.book_rows(session, office.clerk, series_id=books, year=year, first=2)
    assert [(row[1], row[9]) for row in rows] == [
        ("1", "Hủy số: Nhầm"), ("1a", "Chèn số: Đến muộn"), ("2", ""),
    ]  # fmt: skip
    assert [row[1] for row in part] == ["2"]


def test_only_those_who_keep_the_books_export_them(office: Office, books: int) -> None:
    with reading() as session, pytest.raises(PermissionDenied):
        queries.book_rows(session, office.specialist, series_id=books, year=2026)


def test_the_follow_up_book_says_who_until_when_and_with_what(
    office: Office, desk: Desk, books: int
) -> None:
    with clock.frozen(NOON):
        directed(office, desk)
    with reading() as session:
        [row] = queries.follow_up_rows(session, office.clerk, series_id=books, year=2026)

    assert row[:4] == (
        "1", "Công văn 145/SNV-TCCB, ngày 16/11/2026, Sở Nội vụ", "Phòng Kinh tế",
        date(2026, 11, 25),
    )  # fmt: skip
    assert row[4] == "0% – Đã giao"


def test_the_handling_slip_tells_the_three_blocks(office: Office, desk: Desk) -> None:
    letter_id = directed(office, desk)
    with reading() as session:
        task_id = session.scalars(sa.select(Task.id)).one()
    with transaction() as session:
        handling.assign_specialist(
            session, office.head, task_id=task_id, post_id=office.specialist.post_id or 0
        )
        handling.submit_completion(
            session, office.specialist, task_id=task_id, product="12/BC-UBND"
        )
    with reading() as session:
        slip = queries.handling_slip(session, office.leader, letter_id)

    assert [(line.role, line.text) for line in slip.leaders] == [
        ("", "Nghiên cứu, trả lời"), ("Chủ trì", ""), ("Phối hợp", ""),
    ]  # fmt: skip
    assert "Đỗ Mẫu Phong" in slip.units[0].text
    assert slip.handlers[0].text == "12/BC-UBND"
    assert slip.organ == "Sở Nội vụ"


def test_the_date_in_the_text_is_proposed_and_the_unit_gets_a_day_less(
    office: Office, desk: Desk
) -> None:
    with clock.frozen(NOON), reading() as session:
        friday = queries.due_in_text(session, "2026-11-27")
        sunday = queries.due_in_text(session, "2026-11-29")
        assert queries.due_in_text(session, "khi nào xong") is None
        assert friday is not None
        assert sunday is not None
        letter = IncomingDocument(sender_due_at=friday.at)
        unit = queries.due_for_unit(session, letter)
        without = IncomingDocument(sender_due_at=None)
        assert queries.due_for_unit(session, without) is None
    assert unit is not None
    assert friday.at.date() == sunday.at.date() == date(2026, 11, 27)
    assert "ngày nghỉ" in sunday.why
    assert unit.at.date() == date(2026, 11, 26)


def test_each_sees_how_much_waits_for_them(office: Office, desk: Desk) -> None:
    desk.read(b"draft")
    letter_id = desk.register(b"1", urgency=3)
    with reading() as session:
        assert counts(session, office.clerk)["incoming"] == Count(2, urgent=True)
        assert counts(session, office.leader)["incoming"] == Count(0)
    with transaction() as session:
        services.submit_letter(
            session, office.clerk, letter_id=letter_id, to_post_id=office.leader.post_id or 0
        )
    with reading() as session:
        assert counts(session, office.clerk)["incoming"] == Count(1)
        assert counts(session, office.leader)["incoming"] == Count(1, urgent=True)
        assert counts(session, office.vice_leader)["incoming"] == Count(0)
