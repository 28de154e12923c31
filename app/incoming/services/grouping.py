"""Files of a letter: put together, taken apart, cut by pages, replaced, attached later."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit, outbox
from app.clock import now
from app.errors import InvalidInput, RuleViolated
from app.files.models import FileRole, StoredFile
from app.incoming import permissions
from app.incoming.models import (
    OPEN_INTAKE,
    IncomingDocument,
    IntakeItem,
    IntakeState,
    LetterFile,
    LetterFileRole,
)
from app.incoming.queries import ledger
from app.incoming.queries.letters import KIND, get_letter
from app.incoming.services import drafts, jobs
from app.security import Actor, authorize


def group_letters(session: Session, actor: Actor, *, letter_ids: Sequence[int]) -> IncomingDocument:
    """“Gộp thành một văn bản”: the first draft's main file stays main, all others are attached.

    Raises RuleViolated when one of them is registered already, or for fewer than two.
    """
    actor = authorize(actor, permissions.REGISTER)
    ids = list(dict.fromkeys(letter_ids))
    if len(ids) < 2:
        raise RuleViolated("Hãy chọn ít nhất hai văn bản để gộp.")
    target, *others = [get_letter(session, actor, letter_id) for letter_id in ids]
    drafts.must_be_draft(target)
    for letter in others:
        drafts.must_be_draft(letter)
        for file in drafts.files_of_letter(session, letter.id):
            _move(session, file, target)
        drafts.drop(session, letter)
        outbox.changed(session, KIND, letter.id)
    _renumber(session, target)
    audit.record(session, actor, "incoming.grouped", target.id, others=ids[1:])
    outbox.changed(session, KIND, target.id)
    return target


def _move(session: Session, file: LetterFile, target: IncomingDocument) -> None:
    file.letter_id, file.role = target.id, LetterFileRole.ATTACHMENT
    file.position = len(drafts.files_of_letter(session, target.id))
    session.get_one(IntakeItem, file.intake_id).letter_id = target.id
    if file.file_id is not None:
        stored = session.get_one(StoredFile, file.file_id)
        stored.thing_id, stored.role = target.id, FileRole.ATTACHMENT
    session.flush()


def _renumber(session: Session, letter: IncomingDocument) -> None:
    kept = [
        file
        for file in drafts.files_of_letter(session, letter.id)
        if file.role is not LetterFileRole.REPLACED
    ]
    kept.sort(key=lambda file: file.role is not LetterFileRole.MAIN)
    if kept:
        drafts.order_files(session, letter, [file.intake_id for file in kept])
        _mark_roles(session, letter)


def _mark_roles(session: Session, letter: IncomingDocument) -> None:
    """Let the stored files say what the letter says of them."""
    roles = {LetterFileRole.MAIN: FileRole.MAIN, LetterFileRole.ATTACHMENT: FileRole.ATTACHMENT}
    for file in drafts.files_of_letter(session, letter.id):
        if file.file_id is not None:
            stored = session.get_one(StoredFile, file.file_id)
            stored.thing_id, stored.role = letter.id, roles.get(file.role, FileRole.REPLACED)


def separate_file(session: Session, actor: Actor, *, intake_id: int) -> IncomingDocument:
    """Make a draft of its own of one file of a draft.

    Raises RuleViolated for the only file, or when the letter is registered.
    """
    actor = authorize(actor, permissions.REGISTER)
    item = ledger.get_intake(session, intake_id)
    file = drafts.file_of_intake(session, intake_id)
    letter = get_letter(session, actor, file.letter_id)
    drafts.must_be_draft(letter)
    if len(drafts.files_of_letter(session, letter.id)) < 2:
        raise RuleViolated("Văn bản chỉ có một tệp, không có gì để tách.")
    drafts.take_out(session, item)
    _mark_roles(session, letter)
    alone = drafts.new_draft(session)
    drafts.add_file(session, alone, item, LetterFileRole.MAIN)
    _mark_roles(session, alone)
    alone.page_count = item.pages
    audit.record(session, actor, "incoming.separated", letter.id, into=alone.id)
    for changed in (letter, alone):
        outbox.changed(session, KIND, changed.id)
    return alone


def order_files(
    session: Session, actor: Actor, *, letter_id: int, intake_ids: Sequence[int]
) -> IncomingDocument:
    """Give the files of a draft an order; the first becomes the main file."""
    actor = authorize(actor, permissions.REGISTER)
    letter = get_letter(session, actor, letter_id)
    drafts.must_be_draft(letter)
    drafts.order_files(session, letter, intake_ids)
    _mark_roles(session, letter)
    audit.record(session, actor, "incoming.ordered", letter.id)
    outbox.changed(session, KIND, letter.id)
    return letter


@dataclass(frozen=True, slots=True)
class Scan:
    """A stored scan that may be cut."""

    sha256: str
    stem: str


def scan_to_split(
    session: Session, actor: Actor, *, intake_id: int, groups: Sequence[Sequence[int]]
) -> Scan:
    """The scan of a draft, when it may be cut into these groups of pages.

    Raises InvalidInput and RuleViolated as `entry.split_by_pages` says.
    """
    authorize(actor, permissions.REGISTER)
    item = ledger.get_intake(session, intake_id)
    if item.settled or item.file_id is None or item.letter_id is None:
        raise RuleViolated("Tệp này chưa được lưu xong hoặc đã được xử lý.")
    drafts.must_be_draft(session.get_one(IncomingDocument, item.letter_id))
    file = session.get_one(StoredFile, item.file_id)
    pages = [page for group in groups for page in group]
    if not pages or not all(groups) or len(set(pages)) != len(pages):
        raise InvalidInput("Mỗi trang chỉ thuộc một phần, mỗi phần có ít nhất một trang.", "groups")
    if min(pages) < 1 or max(pages) > (file.page_count or 0):
        raise InvalidInput(f"Tệp có {file.page_count or 0} trang.", "groups")
    return Scan(file.sha256, file.name.rpartition(".")[0] or file.name)


def open_parts(session: Session, intake_id: int) -> list[int]:
    """Parts of a scan that was not cut to the end: the process died in between."""
    rows = sa.select(IntakeItem.id).where(
        IntakeItem.split_from_id == intake_id, IntakeItem.state.in_(OPEN_INTAKE)
    )
    return list(session.scalars(rows.order_by(IntakeItem.id)))


def settle_split(session: Session, actor: Actor, *, intake_id: int, parts: int) -> IntakeItem:
    """A scan has been cut by pages; its parts came in as files of their own.

    The scan itself stays in the store and in the ledger, but is no letter any more.
    """
    actor = authorize(actor, permissions.REGISTER)
    item = ledger.get_intake(session, intake_id)
    letter_id = item.letter_id
    if letter_id is not None:
        drafts.must_be_draft(session.get_one(IncomingDocument, letter_id))
    drafts.take_out(session, item)
    item.reject("split", f"Đã tách theo trang thành {parts} tệp.")
    jobs.cancel(session, item.id)
    audit.record(session, actor, "intake.split", item.id, parts=parts)
    if letter_id is not None:
        outbox.changed(session, KIND, letter_id)
    return item


def replace_scan(
    session: Session, actor: Actor, *, letter_id: int, intake_id: int, reason: str
) -> IncomingDocument:
    """Put a better scan in the place of the main file of a registered letter; the old one stays.

    Raises RuleViolated without a reason, or when the new file has not been stored yet.
    """
    actor = authorize(actor, permissions.REGISTER)
    letter = get_letter(session, actor, letter_id)
    letter.must_be_registered()
    if not reason.strip():
        raise RuleViolated("Phải ghi lý do thay bản quét.")
    for file in drafts.files_of_letter(session, letter.id):
        if file.role is LetterFileRole.MAIN:
            file.role, file.reason = LetterFileRole.REPLACED, reason.strip()
    session.flush()
    _attach(session, letter, _free_file(session, intake_id), LetterFileRole.MAIN)
    audit.record(session, actor, "incoming.scan_replaced", letter.id, intake=intake_id)
    outbox.changed(session, KIND, letter.id)
    return letter


def attach_scan(
    session: Session, actor: Actor, *, letter_id: int, intake_id: int
) -> IncomingDocument:
    """Attach a scan to a registered letter without a new number; the first one is its main file."""
    actor = authorize(actor, permissions.REGISTER)
    letter = get_letter(session, actor, letter_id)
    letter.must_be_registered()
    has_main = letter.main_file_id is not None
    role = LetterFileRole.ATTACHMENT if has_main else LetterFileRole.MAIN
    _attach(session, letter, _free_file(session, intake_id), role)
    audit.record(session, actor, "incoming.scan_attached", letter.id, intake=intake_id)
    outbox.changed(session, KIND, letter.id)
    return letter


def attach_draft(
    session: Session, actor: Actor, *, draft_id: int, letter_id: int
) -> IncomingDocument:
    """“Đính vào văn bản đã vào sổ”: all files of a draft go to a registered letter."""
    actor = authorize(actor, permissions.REGISTER)
    draft = get_letter(session, actor, draft_id)
    drafts.must_be_draft(draft)
    letter = get_letter(session, actor, letter_id)
    for file in drafts.files_of_letter(session, draft.id):
        attach_scan(session, actor, letter_id=letter.id, intake_id=file.intake_id)
    return letter


def _free_file(session: Session, intake_id: int) -> IntakeItem:
    """A stored file that is not part of a registered letter, taken out of its draft."""
    item = session.get(IntakeItem, intake_id, with_for_update=True)
    if item is None or item.file_id is None or item.settled:
        raise RuleViolated("Tệp này chưa được lưu xong hoặc đã thuộc văn bản khác.")
    draft_id = item.letter_id
    drafts.take_out(session, item)
    if draft_id is not None:
        outbox.changed(session, KIND, draft_id)
    return item


def _attach(
    session: Session, letter: IncomingDocument, item: IntakeItem, role: LetterFileRole
) -> None:
    drafts.add_file(session, letter, item, role)
    _mark_roles(session, letter)
    settle_registered(session, letter)
    if role is LetterFileRole.MAIN:
        letter.page_count = item.pages or letter.page_count


def settle_registered(session: Session, letter: IncomingDocument) -> None:
    """Let the ledger say that all files of a letter are registered."""
    files = sa.select(LetterFile.intake_id).where(LetterFile.letter_id == letter.id)
    settle(session.scalars(sa.select(IntakeItem).where(IntakeItem.id.in_(files))))


def settle(items: Iterable[IntakeItem]) -> None:
    """The end of a file's way: it belongs to a registered letter."""
    for item in items:
        if item.state is not IntakeState.REGISTERED:
            item.state, item.settled_at = IntakeState.REGISTERED, now()


def new_paper_letter(session: Session, actor: Actor) -> IncomingDocument:
    """“Vào sổ không tệp”: a draft without a scan, as for an envelope addressed by name."""
    actor = authorize(actor, permissions.REGISTER)
    letter = drafts.new_draft(session)
    audit.record(session, actor, "incoming.paper", letter.id)
    return letter
