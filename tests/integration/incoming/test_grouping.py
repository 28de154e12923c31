"""One main file and any number of attachments: put together, taken apart, ordered, cut."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.db import reading, transaction
from app.errors import RuleViolated
from app.files.models import FileRole, StoredFile
from app.incoming import queries, services
from app.incoming.models import IncomingDocument, IntakeItem, IntakeState, LetterFileRole
from tests.factories import Office
from tests.integration.incoming.conftest import Desk, send


def roles(office: Office, letter_id: int) -> list[tuple[int, LetterFileRole]]:
    with reading() as session:
        letter = session.get_one(IncomingDocument, letter_id)
        view = queries.load_letter(session, office.clerk, letter.token)
    return [(file.intake.id, file.placed.role) for file in view.files]


MAIN, ATTACHMENT = LetterFileRole.MAIN, LetterFileRole.ATTACHMENT


def test_files_dropped_together_become_one_letter(office: Office, desk: Desk) -> None:
    taken = [desk.read(b"%d" % number) for number in range(3)]
    with transaction() as session:
        letter = services.group_letters(
            session, office.clerk, letter_ids=[one.letter_id or 0 for one in taken]
        )

    assert roles(office, letter.id) == [
        (taken[0].intake_id, MAIN),
        (taken[1].intake_id, ATTACHMENT),
        (taken[2].intake_id, ATTACHMENT),
    ]
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(IncomingDocument)) == 1
        files = session.scalars(sa.select(StoredFile).order_by(StoredFile.id)).all()
        kinds = [file.role for file in files if file.role is not FileRole.SEARCHABLE]
        assert kinds == [FileRole.MAIN, FileRole.ATTACHMENT, FileRole.ATTACHMENT]
        assert {file.thing_id for file in files} == {letter.id}


def test_files_still_being_read_may_be_grouped(office: Office) -> None:
    first, second = send(office.clerk, b"%PDF-1"), send(office.clerk, b"%PDF-2")
    with transaction() as session:
        letter = services.group_letters(
            session, office.clerk, letter_ids=[first.letter_id or 0, second.letter_id or 0]
        )
    assert [role for _, role in roles(office, letter.id)] == [MAIN, ATTACHMENT]


def test_a_group_is_split_again_until_it_is_registered(office: Office, desk: Desk) -> None:
    first, second = desk.read(b"1"), desk.read(b"2")
    with transaction() as session:
        letter = services.group_letters(
            session, office.clerk, letter_ids=[first.letter_id or 0, second.letter_id or 0]
        )
    with transaction() as session:
        alone = services.separate_file(session, office.clerk, intake_id=first.intake_id)

    assert roles(office, letter.id) == [(second.intake_id, MAIN)]
    assert roles(office, alone.id) == [(first.intake_id, MAIN)]
    with pytest.raises(RuleViolated), transaction() as session:  # it has one file only now
        services.separate_file(session, office.clerk, intake_id=first.intake_id)


def test_a_registered_letter_is_neither_grouped_nor_split(office: Office, desk: Desk) -> None:
    registered = desk.register(b"1")
    draft = desk.read(b"2").letter_id or 0
    with pytest.raises(RuleViolated), transaction() as session:
        services.group_letters(session, office.clerk, letter_ids=[draft, registered])
    with pytest.raises(RuleViolated), transaction() as session:
        services.group_letters(session, office.clerk, letter_ids=[registered, draft])


def test_the_first_in_the_new_order_becomes_main(office: Office, desk: Desk) -> None:
    first, second = desk.read(b"1"), desk.read(b"2")
    with transaction() as session:
        letter = services.group_letters(
            session, office.clerk, letter_ids=[first.letter_id or 0, second.letter_id or 0]
        )
    with transaction() as session:
        services.order_files(
            session, office.clerk, letter_id=letter.id,
            intake_ids=[second.intake_id, first.intake_id],
        )  # fmt: skip

    assert roles(office, letter.id) == [(second.intake_id, MAIN), (first.intake_id, ATTACHMENT)]
    with pytest.raises(RuleViolated), transaction() as session:
        services.order_files(
            session, office.clerk, letter_id=letter.id, intake_ids=[second.intake_id]
        )


def test_a_scan_that_was_cut_stays_in_the_ledger_but_is_no_letter(
    office: Office, desk: Desk
) -> None:
    taken = desk.read(b"two letters", "một", "hai")
    with transaction() as session:
        services.settle_split(session, office.clerk, intake_id=taken.intake_id, parts=2)

    with reading() as session:
        item = session.get_one(IntakeItem, taken.intake_id)
        assert (item.state, item.reject_code) == (IntakeState.REJECTED, "split")
        assert item.file_id is not None
        assert session.get(IncomingDocument, taken.letter_id) is None
        assert queries.attention(session, office.clerk) == []
