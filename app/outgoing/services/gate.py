"""The form check as a gate: what goes on has a page, that page was checked, its errors are dealt
with (decree 30/2020, art. 10: the head of the office answers for the form)."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit
from app.errors import RuleViolated
from app.outgoing.models import (
    Decision,
    Desk,
    DraftFormat,
    DraftVersion,
    Medium,
    OutgoingDocument,
    OutgoingJob,
    ReviewStep,
    WorkKind,
    WorkState,
)
from app.outgoing.services import jobs
from app.outgoing.services.authority import SigningBlock
from app.security import Actor

BUSY = (
    "Hệ thống đang dựng bản PDF và kiểm tra thể thức của phiên bản mới nhất. Hãy chờ ít giây rồi "
    "làm lại; dự thảo vẫn giữ nguyên."
)
HELD = (
    "Phiên bản mới nhất bị giữ lại vì trang 1 có dấu chỉ độ mật. Tài liệu mật không soạn trên hệ "
    "thống này; nếu không phải, văn thư mở lại."
)
ERRORS_STAY = "Thể thức còn lỗi. Hãy trả lại, hoặc ghi lý do vẫn chuyển tiếp."


def newest_version(session: Session, document_id: int) -> DraftVersion | None:
    """The newest version; None before the first."""
    rows = sa.select(DraftVersion).filter_by(document_id=document_id)
    return session.scalar(rows.order_by(DraftVersion.no.desc()).limit(1))


def must_be_checked(session: Session, document: OutgoingDocument) -> DraftVersion | None:
    """The newest version, with its page made and its form checked. Only a paper document may have
    no version: its sheets are written elsewhere.

    Raises RuleViolated when there is none, while a worker is at it, and when the work failed.
    """
    version = newest_version(session, document.id)
    if version is None:
        if document.medium is Medium.ELECTRONIC:
            raise RuleViolated("Chưa có phiên bản nào của dự thảo.")
        return None
    if version.is_held:
        raise RuleViolated(HELD)
    if version.pdf_file_id is None or version.findings is None:
        raise RuleViolated(_why_not_ready(session, version))
    return version


def _why_not_ready(session: Session, version: DraftVersion) -> str:
    rows = sa.select(OutgoingJob).where(
        OutgoingJob.document_id == version.document_id,
        OutgoingJob.version_no == version.no,
        OutgoingJob.kind.in_((WorkKind.CONVERT, WorkKind.CHECK)),
    )
    last = session.scalar(rows.order_by(OutgoingJob.id.desc()).limit(1))
    if last is None or last.state in (WorkState.FAILED, WorkState.DEAD):
        why = (last.error if last is not None else None) or "chưa có kết quả."
        return (
            f"Chưa dựng được bản PDF hoặc chưa kiểm tra được thể thức: {why} Hãy bấm “Làm lại”, "
            "hoặc nộp phiên bản khác."
        )
    return BUSY


def errors_of(version: DraftVersion | None) -> list[str]:
    """The rules of the decree that the page breaks; warnings and hints stop nobody."""
    found = version.findings if version is not None else None
    return [str(one.get("rule", "")) for one in found or [] if one.get("severity") == "error"]


def pass_errors(
    session: Session,
    actor: Actor,
    document: OutgoingDocument,
    version: DraftVersion | None,
    desk: Desk,
    reason: str,
) -> None:
    """Let a page with errors of form through: at the office with a reason, which is written down;
    on the urgent path, which leaves the office out, the signer gives it.

    Raises RuleViolated without one.
    """
    errors = errors_of(version)
    if not errors or version is None or desk is Desk.UNIT:
        return
    if desk is Desk.LEADER and _overruled(session, document.id, version.no):
        return
    if not reason.strip():
        raise RuleViolated(ERRORS_STAY)
    audit.record(
        session, actor, "outgoing.form_overruled", document.id, no=version.no, rules=errors[:40],
        reason=reason.strip()[:500],
    )  # fmt: skip


def _overruled(session: Session, document_id: int, no: int) -> bool:
    """Whether the office has let this very version through."""
    rows = sa.select(ReviewStep.id).filter_by(
        document_id=document_id, desk=Desk.OFFICE, decision=Decision.APPROVED, version_no=no
    )
    return session.scalar(rows.limit(1)) is not None


def check_again(session: Session, actor: Actor, document: OutgoingDocument) -> None:
    """What the page must say has changed (another signer, other recipients): the newest version is
    laid out again if the system lays it out, and its form is checked again."""
    version = newest_version(session, document.id)
    if version is None:
        return
    kind = WorkKind.CHECK
    if version.format is DraftFormat.HTML or version.pdf_file_id is None:
        kind, version.pdf_file_id = WorkKind.CONVERT, None
    version.findings = version.checked_at = None
    jobs.cancel(session, document.id, WorkKind.CONVERT, WorkKind.CHECK)
    jobs.enqueue(session, actor, document.id, kind, version.no)


def block_lines(block: SigningBlock | None) -> list[str]:
    """The block as it is compared: authority lines, position, name."""
    return [*block.lines, block.position, block.name] if block is not None else []


def must_bear(session: Session, document: OutgoingDocument, no: int, block: SigningBlock) -> None:
    """The page must bear the block of who really signs: somebody who acts for another signs below
    other words and another name.

    Raises RuleViolated when the page was made for another signer.
    """
    rows = sa.select(OutgoingJob.detail).filter_by(
        document_id=document.id, kind=WorkKind.CHECK, version_no=no, state=WorkState.DONE
    )
    detail: Sequence[str] = (
        session.scalar(rows.order_by(OutgoingJob.id.desc()).limit(1)) or {}
    ).get("block", [])  # fmt: skip
    if detail and list(detail) != block_lines(block):
        raise RuleViolated(
            f"Trang văn bản ghi người ký “{' / '.join(detail)}”, còn thẩm quyền của người đang ký "
            f"là “{' / '.join(block_lines(block))}”. Hãy trả lại người soạn để chọn đúng người ký."
        )
