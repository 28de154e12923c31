"""Registering: numbers, doubles, files without a scan, corrections."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from app import clock
from app.audit import AuditLog
from app.db import reading, transaction
from app.errors import EditConflict, InvalidInput, PermissionDenied, RuleViolated
from app.incoming import queries, services
from app.incoming.events import LetterRegistered
from app.incoming.models import (
    DueSource,
    IncomingDocument,
    IncomingStatus,
    IntakeItem,
    IntakeState,
    LetterFile,
    LetterFileRole,
)
from app.organisation.models import Organ
from app.outbox import OutboxEvent
from app.registers import services as registers
from app.registers.models import RegisterEntry
from app.registers.queries import proof
from tests.factories import Office
from tests.integration.incoming.conftest import Desk, send


def letter_of(letter_id: int) -> IncomingDocument:
    with reading() as session:
        return session.get_one(IncomingDocument, letter_id)


def test_a_registered_letter_has_its_number_day_and_organ(office: Office, desk: Desk) -> None:
    with clock.frozen(datetime(2026, 11, 18, 0, 42, tzinfo=UTC)):
        letter = letter_of(desk.register(signer_name="Nguyễn Mẫu"))

    assert (letter.arrival_number, letter.arrival_label, letter.arrival_year) == (1, "1", 2026)
    assert letter.arrival_date == date(2026, 11, 18)
    assert letter.status is IncomingStatus.REGISTERED
    assert letter.full_code == "145/SNV-TCCB"
    with reading() as session:
        assert session.get_one(Organ, letter.organ_id).name == "Sở Nội vụ"
        [item] = session.scalars(sa.select(IntakeItem))
        assert item.state is IntakeState.REGISTERED
        events = session.scalars(sa.select(OutboxEvent.name)).all()
        assert LetterRegistered.name in events
        acts = session.scalars(sa.select(AuditLog.action)).all()
        assert "incoming.registered" in acts


def test_an_organ_that_is_not_known_is_made_on_the_fly(desk: Desk) -> None:
    letter = letter_of(desk.register(organ_name="Công ty  Cổ phần Mẫu"))

    assert letter.organ_name == "Công ty Cổ phần Mẫu"
    with reading() as session:
        assert session.get_one(Organ, letter.organ_id).name == "Công ty Cổ phần Mẫu"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("subject_summary", "  "),
        ("organ_name", ""),
        ("issuing_body_id", 9999),
        ("document_type", "nothing"),
        ("issued_date", date(2999, 1, 1)),
        ("urgency", 9),
        ("copies", 0),
        ("due_at", datetime(2026, 12, 1, tzinfo=UTC)),
    ],
)
def test_a_wrong_value_is_refused_and_burns_no_number(
    office: Office, desk: Desk, field: str, value: object
) -> None:
    taken = desk.read(b"1")
    with pytest.raises(InvalidInput) as refused, transaction() as session:
        services.register_letter(
            session, office.clerk, letter_id=taken.letter_id or 0, data=desk.data(**{field: value})
        )

    assert refused.value.field == field
    assert letter_of(desk.register(b"2")).arrival_number == 1


def test_only_clerks_register(office: Office, desk: Desk) -> None:
    taken = desk.read(b"1")
    for actor in (office.leader, office.chief):
        with pytest.raises(PermissionDenied), transaction() as session:
            services.register_letter(
                session, actor, letter_id=taken.letter_id or 0, data=desk.data()
            )


def test_a_file_still_in_quarantine_keeps_its_letter_from_being_registered(
    office: Office, desk: Desk
) -> None:
    taken = send(office.clerk, b"%PDF-1.7 unread")
    with pytest.raises(RuleViolated), transaction() as session:
        services.register_letter(
            session, office.clerk, letter_id=taken.letter_id or 0, data=desk.data()
        )


def test_two_clerks_with_one_form_open_do_not_both_register(office: Office, desk: Desk) -> None:
    taken = desk.read(b"1")
    letter_id = taken.letter_id or 0
    version = letter_of(letter_id).version
    with transaction() as session:
        services.register_letter(
            session, office.clerk, letter_id=letter_id, data=desk.data(), version=version
        )
    with pytest.raises((EditConflict, RuleViolated)), transaction() as session:
        services.register_letter(
            session, office.clerk2, letter_id=letter_id, data=desk.data(), version=version
        )


def test_32_threads_register_without_gap_or_double(office: Office, desk: Desk, books: int) -> None:
    ids: list[int] = []
    for _ in range(32 * 2):
        with transaction() as session:
            ids.append(services.new_paper_letter(session, office.clerk).id)
    faults: list[BaseException] = []

    def register(mine: list[int]) -> None:
        try:
            for letter_id in mine:
                with transaction() as session:
                    data = desk.data(code_number=str(letter_id))
                    services.register_letter(session, office.clerk, letter_id=letter_id, data=data)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=register, args=(ids[at::32],)) for at in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    with reading() as session:
        numbers = session.scalars(sa.select(IncomingDocument.arrival_number)).all()
        assert sorted(number or 0 for number in numbers) == list(range(1, 65))
        assert proof(session, books, clock.today().year).missing == ()


def test_the_same_letter_again_has_three_answers(office: Office, desk: Desk) -> None:
    first = desk.register(b"1")
    again = desk.read(b"2").letter_id or 0
    with pytest.raises(services.SameLetter) as found, transaction() as session:
        services.register_letter(session, office.clerk, letter_id=again, data=desk.data())
    assert found.value.ids == [first]

    with transaction() as session:  # attach it to the registered one, without a new number
        services.attach_draft(session, office.clerk, draft_id=again, letter_id=first)
    with reading() as session:
        files = session.scalars(sa.select(LetterFile).order_by(LetterFile.position)).all()
        assert [(file.letter_id, file.role) for file in files] == [
            (first, LetterFileRole.MAIN), (first, LetterFileRole.ATTACHMENT),
        ]  # fmt: skip
        assert session.get(IncomingDocument, again) is None
        assert session.scalar(sa.select(sa.func.count()).select_from(RegisterEntry)) == 1

    third = desk.read(b"3").letter_id or 0
    with transaction() as session:  # or register it with a reason
        letter = services.register_letter(
            session, office.clerk, letter_id=third, data=desk.data(),
            duplicate_reason="Bản chính bằng giấy",
        )  # fmt: skip
    assert letter.arrival_number == 2
    assert "Bản chính bằng giấy" in letter.note

    fourth = desk.read(b"4").letter_id or 0
    with transaction() as session:  # or reject it
        services.reject_letter(session, office.clerk, letter_id=fourth, reason="Gửi trùng")
    with reading() as session:
        assert session.get(IncomingDocument, fourth) is None


@pytest.mark.parametrize(
    "different", [{"code_number": "146"}, {"organ_name": "Sở Tài chính"}, {"code_number": ""}]
)
def test_another_number_or_organ_is_another_letter(
    desk: Desk, different: dict[str, object]
) -> None:
    desk.register(b"1", **different) if different == {"code_number": ""} else desk.register(b"1")

    assert letter_of(desk.register(b"2", **different)).arrival_number == 2


def test_a_letter_without_a_scan_is_registered_and_the_scan_attached_later(
    office: Office, desk: Desk
) -> None:
    with transaction() as session:
        draft = services.new_paper_letter(session, office.clerk)
    with transaction() as session:
        services.register_letter(
            session, office.clerk, letter_id=draft.id, data=desk.data(envelope_only=True)
        )
    scan = desk.read(b"scan", "một", "hai")
    with transaction() as session:
        services.attach_scan(session, office.clerk, letter_id=draft.id, intake_id=scan.intake_id)

    letter = letter_of(draft.id)
    assert (letter.arrival_number, letter.page_count) == (1, 2)
    assert letter.main_file_id is not None
    with reading() as session:
        assert session.get_one(IntakeItem, scan.intake_id).state is IntakeState.REGISTERED
        assert session.get(IncomingDocument, scan.letter_id) is None


def test_a_poor_scan_is_replaced_with_a_reason_and_stays(office: Office, desk: Desk) -> None:
    letter_id = desk.register(b"poor")
    better = desk.read(b"better", "rõ hơn")
    with pytest.raises(RuleViolated), transaction() as session:
        services.replace_scan(
            session, office.clerk, letter_id=letter_id, intake_id=better.intake_id, reason=""
        )
    with transaction() as session:
        services.replace_scan(
            session, office.clerk, letter_id=letter_id, intake_id=better.intake_id,
            reason="Bản quét mờ",
        )  # fmt: skip

    with reading() as session:
        letter = session.get_one(IncomingDocument, letter_id)
        view = queries.load_letter(session, office.clerk, letter.token)
    assert [(file.placed.role, file.placed.reason) for file in view.files] == [
        (LetterFileRole.MAIN, None), (LetterFileRole.REPLACED, "Bản quét mờ"),
    ]  # fmt: skip
    assert view.main is not None
    assert view.main.intake.id == better.intake_id


def test_a_correction_keeps_number_and_book_and_needs_a_reason(office: Office, desk: Desk) -> None:
    letter_id = desk.register()
    data = replace(services.data_of(letter_of(letter_id)), subject_summary="Về việc khác")
    with pytest.raises(InvalidInput), transaction() as session:
        services.correct_letter(session, office.clerk, letter_id=letter_id, data=data, reason=" ")
    with transaction() as session:
        services.correct_letter(
            session, office.clerk, letter_id=letter_id, data=data, reason="Ghi nhầm"
        )
    with pytest.raises(RuleViolated), transaction() as session:
        services.correct_letter(
            session, office.clerk, letter_id=letter_id, reason="Nhầm sổ",
            data=replace(data, issuing_body_id=office.council_id),
        )  # fmt: skip

    letter = letter_of(letter_id)
    assert (letter.subject_summary, letter.arrival_number) == ("Về việc khác", 1)
    with reading() as session:
        [act] = session.scalars(sa.select(AuditLog).where(AuditLog.action == "incoming.corrected"))
    assert act.detail == {"fields": ["subject_summary"]}  # names only, never content


def test_a_voided_number_sends_the_letter_back_to_registration(office: Office, desk: Desk) -> None:
    letter_id = desk.register()
    entry_id = letter_of(letter_id).register_entry_id or 0
    with transaction() as session:
        registers.void_entry(session, office.clerk, entry_id=entry_id, reason="Nhầm sổ")
    letter = letter_of(letter_id)
    assert (letter.status, letter.arrival_number) == (IncomingStatus.RECEIVED, None)

    with transaction() as session:
        again = services.register_letter(
            session, office.clerk, letter_id=letter_id, data=desk.data()
        )
    assert again.arrival_number == 2


def test_a_late_letter_is_inserted_after_a_number(office: Office, desk: Desk) -> None:
    desk.register(b"1")
    late = desk.read(b"2").letter_id or 0
    with transaction() as session:
        letter = services.register_letter(
            session, office.clerk, letter_id=late, data=desk.data(code_number="7"),
            late_after=1, late_reason="Bưu điện chuyển chậm",
        )  # fmt: skip

    assert (letter.arrival_label, letter.arrival_number) == ("1a", 1)


def test_a_letter_without_a_date_has_no_deadline(desk: Desk) -> None:
    letter = letter_of(desk.register())

    assert (letter.due_at, letter.due_source) == (None, DueSource.NONE)
    with reading() as session:
        overdue = queries.LetterFilter(due="overdue")
        page = queries.page_of_letters(session, desk.office.clerk, overdue)
    assert page.total == 0
