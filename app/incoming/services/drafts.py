"""Letters before registration: which files they have. Shared by the other services."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import now
from app.errors import NotFound, RuleViolated
from app.incoming.models import (
    IncomingDocument,
    IncomingStatus,
    IntakeItem,
    LetterFile,
    LetterFileRole,
)
from app.incoming.queries.letters import KIND
from app.security import ORGAN, Access, grant


def new_draft(session: Session) -> IncomingDocument:
    """A letter without number or file, seen by those who register."""
    letter = IncomingDocument(status=IncomingStatus.RECEIVED, received_at=now())
    session.add(letter)
    session.flush()
    grant(session, KIND, letter.id, ORGAN, "received")
    return letter


def files_of_letter(session: Session, letter_id: int) -> Sequence[LetterFile]:
    """In their order, replaced scans last."""
    rows = sa.select(LetterFile).where(LetterFile.letter_id == letter_id)
    found = session.scalars(rows.order_by(LetterFile.position, LetterFile.id)).all()
    return sorted(found, key=lambda file: file.role is LetterFileRole.REPLACED)


def add_file(
    session: Session, letter: IncomingDocument, item: IntakeItem, role: LetterFileRole
) -> LetterFile:
    """Put an arrived file into a letter, after those it has."""
    position = len(files_of_letter(session, letter.id))
    file = LetterFile(
        letter_id=letter.id,
        intake_id=item.id,
        file_id=item.file_id,
        role=role,
        position=position,
    )
    item.letter_id = letter.id
    session.add(file)
    session.flush()
    if role is LetterFileRole.MAIN:
        letter.main_file_id = item.file_id
    return file


def file_of_intake(session: Session, intake_id: int) -> LetterFile:
    """Raises NotFound for a file that belongs to no letter."""
    file = session.scalar(sa.select(LetterFile).where(LetterFile.intake_id == intake_id))
    if file is None:
        raise NotFound(f"intake {intake_id} has no letter")
    return file


def take_out(session: Session, item: IntakeItem) -> IncomingDocument | None:
    """Take a file out of its draft; the first attachment becomes main, an empty draft goes.

    Returns the draft that is left, if one is.
    """
    if item.letter_id is None:
        return None
    letter = session.get_one(IncomingDocument, item.letter_id)
    session.execute(sa.delete(LetterFile).where(LetterFile.intake_id == item.id))
    item.letter_id = None
    session.flush()
    session.expire_all()
    left = files_of_letter(session, letter.id)
    if not left and not letter.registered:
        drop(session, letter)
        return None
    if left and all(file.role is not LetterFileRole.MAIN for file in left):
        order_files(session, letter, [file.intake_id for file in left])
    return letter


def drop(session: Session, letter: IncomingDocument) -> None:
    """Remove a draft that has no file. It never had a number, and nothing refers to it."""
    if letter.registered:
        raise RuleViolated("Văn bản đã vào sổ, không xóa được.")
    session.execute(sa.delete(Access).filter_by(kind=KIND, thing_id=letter.id))
    session.delete(letter)
    session.flush()


def order_files(session: Session, letter: IncomingDocument, intake_ids: Sequence[int]) -> None:
    """Give the files the order of `intake_ids`; the first becomes the main file."""
    files = {
        file.intake_id: file
        for file in files_of_letter(session, letter.id)
        if file.role is not LetterFileRole.REPLACED
    }
    if set(files) != set(intake_ids) or len(intake_ids) != len(files):
        raise RuleViolated("Danh sách tệp đã thay đổi. Hãy tải lại trang rồi sắp xếp lại.")
    for file in files.values():  # first none is main: “one main file” is a constraint
        file.role = LetterFileRole.ATTACHMENT
    session.flush()
    for position, intake_id in enumerate(intake_ids):
        files[intake_id].position = position
    main = files[intake_ids[0]]
    main.role, letter.main_file_id = LetterFileRole.MAIN, main.file_id
    session.flush()


def must_be_draft(letter: IncomingDocument) -> None:
    if letter.registered or letter.status is not IncomingStatus.RECEIVED:
        raise RuleViolated("Văn bản đã vào sổ, không ghép hay tách tệp được nữa.")
