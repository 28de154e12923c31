"""Secret papers do not stay here: confirm and purge, or release; in quarantine and afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit, outbox
from app.clock import now
from app.errors import RuleViolated
from app.files.services import purge_files
from app.incoming import permissions
from app.incoming.models import (
    HeldReason,
    IncomingDocument,
    IntakeItem,
    IntakeSource,
    IntakeState,
    JobKind,
    LetterFile,
    PageText,
    Proposal,
    ReadingResult,
    ReadingReview,
    WordCorrection,
)
from app.incoming.queries import ledger
from app.incoming.queries.letters import KIND
from app.incoming.services import drafts, intake, jobs
from app.notifications import mail
from app.security import Actor, authorize
from app.tasks.services import PURGED, forget_thing


@dataclass(frozen=True, slots=True)
class Purge:
    """What the entry point removes after the commit; see `app.incoming.purging.carry_out`."""

    intake_ids: tuple[int, ...]
    hashes: tuple[str, ...]
    source_paths: Mapping[int, str]
    by_hand: tuple[str, ...]  # sentences: what a person must wipe


BY_HAND = {
    IntakeSource.UPLOAD: "Tệp gốc trên máy tính đã gửi và bộ nhớ của máy quét.",
    IntakeSource.WATCH: "Bộ nhớ của máy quét.",
    IntakeSource.API: "Bản còn ở hệ thống gửi và trong hộp thư.",
    IntakeSource.IMPORT: "Tệp gốc trong thư mục đã nhập và bộ nhớ của máy quét.",
    IntakeSource.EXCHANGE: "Gói tin gốc ở phần mềm chuyển tiếp của trục liên thông.",
    IntakeSource.MAIL: "Thư gốc trong hộp thư của cơ quan và ở nơi gửi.",
    IntakeSource.MANUAL: "Tệp quét gốc và bộ nhớ của máy quét.",
}
MAILED = "Thư điện tử báo về văn bản này trong hộp thư người nhận."
BACKUPS = "Các bản sao lưu đã làm trước thời điểm này, nếu có."


def confirm_secret(session: Session, actor: Actor, *, intake_id: int) -> Purge:
    """“Đúng, tài liệu mật”: nothing stays but a ledger row with source and times.

    Works for held files and for those already stored, registered or not: then text, derivatives
    and index entries go as well. The scan it was cut out of goes too.
    """
    actor = authorize(actor, permissions.REGISTER)
    return _purge(session, actor, ledger.get_intake(session, intake_id), "confirmed")


def declare_secret(session: Session, actor: Actor, *, intake_id: int) -> IntakeItem:
    """The clerk says a file still in quarantine is secret; it is held until they confirm.

    Raises RuleViolated for a file that has been stored: that is `confirm_secret`'s.
    """
    actor = authorize(actor, permissions.REGISTER)
    item = ledger.get_intake(session, intake_id)
    if item.state not in (IntakeState.RECEIVED, IntakeState.QUARANTINED):
        raise RuleViolated("Tệp đã qua kiểm tra. Hãy chọn “Xóa vì là tài liệu mật”.")
    jobs.cancel(session, item.id)
    item.hold(HeldReason.DECLARED, None, None)
    audit.record(session, actor, "intake.held", item.id, how="declared")
    outbox.changed(session, intake.INTAKE, item.id)
    return item


def release(session: Session, actor: Actor, *, intake_id: int, reason: str) -> IntakeItem:
    """“Không phải dấu mật”: the file goes on to be stored and read.

    Raises RuleViolated without a reason, or for a file that is not held.
    """
    actor = authorize(actor, permissions.REGISTER)
    item = ledger.get_intake(session, intake_id)
    item.release(reason)
    audit.record(session, actor, "intake.released", item.id)
    jobs.enqueue(session, item, JobKind.READ)
    outbox.changed(session, intake.INTAKE, item.id)
    return item


def expired_holds(session: Session, *, limit: int = 20) -> list[int]:
    """Files with a certain mark that nobody answered in time."""
    rows = sa.select(IntakeItem.id).where(
        IntakeItem.state == IntakeState.QUARANTINED,
        IntakeItem.held_reason == HeldReason.CERTAIN,
        IntakeItem.held_until <= now(),
    )
    return list(session.scalars(rows.order_by(IntakeItem.id).limit(limit)))


def purge_expired(session: Session, actor: Actor, *, intake_id: int) -> Purge | None:
    """Purge a certain hold that ran out; None when somebody answered meanwhile."""
    item = session.get(IntakeItem, intake_id, with_for_update=True, populate_existing=True)
    if item is None or not item.held or item.held_until is None or item.held_until > now():
        return None
    return _purge(session, actor, item, "unanswered")


def _purge(session: Session, actor: Actor, item: IntakeItem, how: str) -> Purge:
    family = _family(session, item)
    file_ids = [member.file_id for member in family if member.file_id is not None]
    paths = {member.id: member.source_path for member in family if member.source_path}
    hashes = tuple(_purge_files(session, file_ids))
    by_hand = list(dict.fromkeys(BY_HAND[member.source] for member in family))
    if mail.configured() and any(one.state is IntakeState.REGISTERED for one in family):
        by_hand.append(MAILED)
    for member in family:
        jobs.cancel(session, member.id)
        _purge_member(session, actor, member, how)
    return Purge(
        intake_ids=tuple(member.id for member in family),
        hashes=hashes,
        source_paths=paths,
        by_hand=(*by_hand, BACKUPS),
    )


def note_sources_gone(session: Session, intake_ids: list[int]) -> None:
    """The watched files of purged rows have been removed; forget where they lay."""
    session.execute(
        sa.update(IntakeItem)
        .where(IntakeItem.id.in_(intake_ids), IntakeItem.purged_at.is_not(None))
        .values(source_path=None)
    )


def _family(session: Session, item: IntakeItem) -> list[IntakeItem]:
    """The file, the scans it was cut out of, and every other arrival of the same bytes."""
    family = [item]
    while family[-1].split_from_id is not None:
        family.append(session.get_one(IntakeItem, family[-1].split_from_id))
    hashes = [member.sha256 for member in family if member.sha256]
    rows = sa.select(IntakeItem).where(
        IntakeItem.sha256.in_(hashes), IntakeItem.id.not_in([member.id for member in family])
    )
    return [*family, *session.scalars(rows.order_by(IntakeItem.id))]


def _purge_files(session: Session, file_ids: list[int]) -> list[str]:
    if not file_ids:
        return []
    for table in (PageText, ReadingResult, ReadingReview, WordCorrection):
        session.execute(sa.delete(table).where(table.file_id.in_(file_ids)))
    return purge_files(session, file_ids)


def _purge_member(session: Session, actor: Actor, item: IntakeItem, how: str) -> None:
    registered = item.state is IntakeState.REGISTERED
    letter_id = item.letter_id
    if registered and letter_id is not None:
        _forget_letter(session, actor, item, letter_id)
    else:
        drafts.take_out(session, item)
    if not registered:
        item.state, item.settled_at = IntakeState.REJECTED, now()
    item.reject_code, item.duplicate_of_id = "secret", None
    item.reject_reason = "Tài liệu mật: đã xóa khỏi hệ thống, chuyển sổ mật giấy."
    item.forget_content()
    session.flush()
    audit.record(session, actor, "intake.purged", item.id, how=how)
    for kind, thing_id in ((intake.INTAKE, item.id), (KIND, letter_id)):
        if thing_id is not None:
            outbox.publish(session, outbox.ThingPurged(kind=kind, thing_id=thing_id))
            outbox.changed(session, kind, thing_id)


def _forget_letter(session: Session, actor: Actor, item: IntakeItem, letter_id: int) -> None:
    """A registered letter keeps its number; what was read of it goes, from its tasks too."""
    letter = session.get_one(IncomingDocument, letter_id)
    placed = session.scalar(sa.select(LetterFile).where(LetterFile.intake_id == item.id))
    if placed is not None and letter.main_file_id == placed.file_id:
        letter.main_file_id = None
        letter.subject_summary = PURGED
        letter.signer_name = letter.signer_authority = letter.signer_position = letter.note = ""
        letter.closed_reason = None
        letter.purged_at = now()
        proposals = sa.update(Proposal).where(Proposal.letter_id == letter_id)
        session.execute(proposals.values(text=""))
        forget_thing(session, actor, KIND, letter_id)
    if placed is not None:
        session.delete(placed)
    item.letter_id = None
    session.flush()
