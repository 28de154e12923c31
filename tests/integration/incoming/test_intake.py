"""The ledger: every file that comes in has a row, from its first byte to its end."""

from __future__ import annotations

import io

import docx
import pytest
import sqlalchemy as sa
from flask import Flask

from app import clock
from app.db import reading, transaction
from app.errors import PermissionDenied, RuleViolated
from app.files.models import Blob, StoredFile
from app.files.store import current_store
from app.incoming import entry, queries, services
from app.incoming.models import (
    IncomingDocument,
    IntakeItem,
    IntakeSource,
    IntakeState,
    LetterFile,
    LetterFileRole,
)
from app.incoming.quarantine import current_quarantine
from app.incoming.services import jobs
from app.incoming.services.intake import tidy_name
from app.web.shell import settings
from tests.factories import Office
from tests.integration.incoming.conftest import LIMIT, PDF, Desk, claim, finish, reading_of, send
from workflows import reading as readings
from workflows.runtime import Runtime


def item_of(taken: entry.Taken) -> IntakeItem:
    with reading() as session:
        return session.get_one(IntakeItem, taken.intake_id)


def test_a_file_lies_in_quarantine_until_page_one_is_judged(office: Office) -> None:
    taken = send(office.clerk, PDF, "Công văn.pdf")

    item = item_of(taken)
    assert (item.state, item.file_name, item.size) == (
        IntakeState.QUARANTINED, "Công văn.pdf", len(PDF),
    )  # fmt: skip
    assert item.arrived_at is not None
    assert current_quarantine().path(taken.intake_id).read_bytes() == PDF
    assert list(current_store().all()) == []
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(StoredFile)) == 0


def test_a_read_file_is_stored_and_its_letter_is_prefilled(office: Office, desk: Desk) -> None:
    taken = desk.read(b"1", "Kính gửi", "trang hai", subject_summary="Về việc họp", urgency="flash")

    item = item_of(taken)
    assert (item.state, item.pages) == (IntakeState.READ, 2)
    assert not list(current_quarantine().ids())
    with reading() as session:
        letter = session.get_one(IncomingDocument, taken.letter_id)
        assert (letter.subject_summary, letter.urgency) == ("Về việc họp", 3)
        assert item.file_id is not None
        assert queries.page_texts(session, [item.file_id]) == {
            item.file_id: ["Kính gửi", "trang hai"]
        }
        words = queries.words_of_page(session, item.file_id, 1)
    assert words[0] == {"text": "Kính", "box": [0.1, 0.1, 0.2, 0.12], "confidence": 95.0}


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "empty"), (b"#!/bin/sh\nrm -rf /", "not_a_document")],
)
def test_what_is_no_document_stays_in_the_ledger_with_a_sentence(
    office: Office, content: bytes, code: str
) -> None:
    taken = send(office.clerk, content, "a.pdf")

    item = item_of(taken)
    assert (item.state, item.reject_code) == (IntakeState.REJECTED, code)
    assert taken.sentence == item.reject_reason
    assert not list(current_quarantine().ids())
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(IncomingDocument)) == 0


def test_a_file_over_the_limit_is_refused_with_a_sentence(office: Office) -> None:
    taken = send(office.clerk, PDF + b"x" * LIMIT)

    assert item_of(taken).reject_code == "too_big"
    assert "1 MB" in (taken.sentence or "")
    assert not list(current_quarantine().ids())


def test_office_files_are_kept_once_a_worker_has_seen_no_mark_in_them(
    app: Flask, office: Office
) -> None:
    document, out = docx.Document(), io.BytesIO()
    document.add_paragraph("Phụ lục về bảo vệ bí mật nhà nước")
    document.save(out)
    taken = send(office.clerk, out.getvalue(), "Phụ lục.docx")

    assert taken.state is IntakeState.QUARANTINED  # nobody waited for the look into it
    assert readings.run_next(Runtime(settings(app), current_store(), current_quarantine()))

    assert item_of(taken).state is IntakeState.REVIEW
    with reading() as session:
        file = session.get_one(StoredFile, item_of(taken).file_id)
        assert file.media_type.endswith("wordprocessingml.document")
        assert current_store().exists(file.sha256)
        assert jobs.waiting_jobs(session) == []


def test_the_same_bytes_twice_are_said_and_not_stored_twice(office: Office, desk: Desk) -> None:
    first = desk.read(b"same")
    second = send(office.clerk, PDF + b"same", "lần hai.pdf")

    item = item_of(second)
    assert (item.state, item.duplicate_of_id) == (IntakeState.DUPLICATE, first.intake_id)
    assert "đã có" in (second.sentence or "")
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Blob)) == 1
        assert session.scalar(sa.select(sa.func.count()).select_from(IncomingDocument)) == 1


def test_the_same_bytes_still_in_quarantine_are_double_as_well(office: Office) -> None:
    first = send(office.clerk, PDF + b"same")
    second = send(office.clerk, PDF + b"same")

    assert item_of(second).duplicate_of_id == first.intake_id


def test_a_double_may_be_kept_with_a_reason(office: Office, desk: Desk) -> None:
    desk.read(b"same")
    second = send(office.clerk, PDF + b"same")
    with pytest.raises(RuleViolated), transaction() as session:
        services.keep_duplicate(session, office.clerk, intake_id=second.intake_id, reason=" ")
    with transaction() as session:
        letter = services.keep_duplicate(
            session, office.clerk, intake_id=second.intake_id, reason="Gửi cho hai nơi"
        )

    finish(claim(), reading_of("Kính gửi"))
    with reading() as session:
        assert session.get_one(IncomingDocument, letter.id).main_file_id is not None
        assert session.scalar(sa.select(sa.func.count()).select_from(Blob)) == 1
    assert item_of(second).state is IntakeState.READ


def test_only_clerks_receive(office: Office) -> None:
    with pytest.raises(PermissionDenied):
        send(office.specialist, PDF)
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(IntakeItem)) == 0


def test_a_rejected_draft_keeps_its_row_and_reason(office: Office, desk: Desk) -> None:
    taken = desk.read(b"1")
    assert taken.letter_id is not None
    with transaction() as session:
        services.reject_letter(
            session, office.clerk, letter_id=taken.letter_id, reason="Gửi nhầm nơi"
        )

    item = item_of(taken)
    assert (item.state, item.reject_reason) == (IntakeState.REJECTED, "Gửi nhầm nơi")
    with reading() as session:
        assert session.get(IncomingDocument, taken.letter_id) is None


def test_a_rejected_file_may_come_again(office: Office, desk: Desk) -> None:
    taken = desk.read(b"1")
    assert taken.letter_id is not None
    with transaction() as session:
        services.reject_letter(session, office.clerk, letter_id=taken.letter_id, reason="nhầm")

    again = send(office.clerk, PDF + b"1")

    assert again.state is IntakeState.QUARANTINED


def test_an_upload_that_broke_off_is_given_up_with_a_sentence(office: Office) -> None:
    with transaction() as session:
        arrival = services.Arrival("a.pdf", IntakeSource.UPLOAD)
        item = services.receive(session, office.clerk, arrival)
    current_quarantine().receive(item.id, io.BytesIO(PDF), limit=LIMIT)
    assert entry.recover() == 0  # it may still be coming

    with clock.frozen(clock.now() + entry.UNFINISHED_AFTER * 2):
        assert entry.recover() == 1

    with reading() as session:
        row = session.get_one(IntakeItem, item.id)
        assert (row.state, row.reject_code) == (IntakeState.REJECTED, "unfinished")
    assert not list(current_quarantine().ids())


def test_files_sent_to_one_letter_are_its_attachments(office: Office) -> None:
    first = send(office.clerk, PDF + b"1")
    second = send(office.clerk, PDF + b"2", letter_id=first.letter_id)

    assert second.letter_id == first.letter_id
    with reading() as session:
        roles = session.scalars(sa.select(LetterFile.role).order_by(LetterFile.position)).all()
    assert roles == [LetterFileRole.MAIN, LetterFileRole.ATTACHMENT]


def test_the_main_file_that_is_rejected_leaves_its_place_to_the_next(office: Office) -> None:
    first = send(office.clerk, PDF + b"1")
    second = send(office.clerk, PDF + b"2", letter_id=first.letter_id)
    with transaction() as session:
        services.reject_intake(session, office.clerk, intake_id=first.intake_id, code="broken")

    with reading() as session:
        [file] = session.scalars(sa.select(LetterFile))
        assert (file.intake_id, file.role) == (second.intake_id, LetterFileRole.MAIN)


@pytest.mark.parametrize(
    ("name", "tidy"),
    [
        ("C:\\scan\\a.pdf", "a.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\x00\n.pdf", "a.pdf"),
        ("", "tep"),
        ("ă" * 300 + ".pdf", "ă" * 251 + ".pdf"),
    ],
)
def test_file_names_are_tidied(name: str, tidy: str) -> None:
    assert tidy_name(name) == tidy


def test_the_day_balances_and_names_what_waits(office: Office, desk: Desk) -> None:
    desk.register(b"registered")
    desk.read(b"waiting")
    send(office.clerk, b"", "rỗng.pdf")
    send(office.clerk, PDF + b"waiting", "trùng.pdf")

    with reading() as session:
        day = queries.day_end(session, office.clerk, clock.today())
        with pytest.raises(PermissionDenied):
            queries.day_end(session, office.specialist, clock.today())
    [line] = day.lines
    assert (line.arrived, line.registered, line.waiting, line.rejected, line.duplicate) == (
        4, 1, 1, 1, 1,
    )  # fmt: skip
    assert day.balanced
    assert (day.letters_registered, day.paper_only) == (1, 0)
    assert [item.file_name for item in day.rejected] == ["rỗng.pdf", "trùng.pdf"]
