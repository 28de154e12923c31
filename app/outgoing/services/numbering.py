"""Number and date: given together in one locked transaction, by issuing body, never at a draft."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit, outbox
from app.clock import now, today
from app.errors import InvalidInput, NotFound, RuleViolated
from app.outgoing import permissions
from app.outgoing.models import (
    Medium,
    OutgoingDocument,
    OutgoingStatus,
    SeriesUse,
    Stage,
    WorkKind,
)
from app.outgoing.queries.documents import KIND, get_document
from app.outgoing.services import jobs, moving
from app.outgoing.services.issuing import must_have_recipients
from app.registers import queries as register_queries
from app.registers import services as registers
from app.registers.hooks import EntryVoided
from app.registers.models import Direction, NumberSeries, RegisterEntry
from app.security import Actor, authorize

S = OutgoingStatus


def number_document(
    session: Session,
    actor: Actor,
    *,
    document_id: int,
    late_after: int | None = None,
    late_reason: str = "",
) -> OutgoingDocument:
    """Give the next number of the document's book, and today's date, in one commit.

    The number is taken by the last statements: from there to the commit other documents of the
    book wait. `late_after` inserts it after a number already given (15a), with `late_reason`.

    Raises:
        RuleViolated: it is not approved, has a number or no recipient, or waits for a signature.
    """
    actor = authorize(actor, permissions.ISSUE)
    document = get_document(session, actor, document_id)
    if document.numbered:
        raise RuleViolated(f"Văn bản đã có số {document.full_code}.")
    if document.status is S.APPROVED and not document.number_first:
        raise RuleViolated("Văn bản chờ người có thẩm quyền ký số trước khi cấp số.")
    document.must_be(S.APPROVED, S.SIGNED)
    must_have_recipients(session, document)
    series = series_of(session, document.issuing_body_id, document.document_type)
    document.become(S.NUMBERED)
    document.numbered_at = now()
    if document.medium is Medium.ELECTRONIC:
        jobs.enqueue(session, actor, document.id, WorkKind.STAMP, document.approved_no or 0)
    audit.record(session, actor, "outgoing.numbered", document.id, series=series.id)
    outbox.changed(session, KIND, document.id)
    session.flush()
    if late_after is None:
        entry = registers.allocate(
            session, actor, series_id=series.id, kind=KIND, thing_id=document.id
        )
    else:
        entry = registers.insert_late(
            session, actor, series_id=series.id, year=series.year_of(today()),
            after_number=late_after, kind=KIND, thing_id=document.id, reason=late_reason,
        )  # fmt: skip
    _take(document, entry)
    session.flush()
    return document


def _take(document: OutgoingDocument, entry: RegisterEntry) -> None:
    document.register_entry_id, document.code_number = entry.id, entry.number
    document.code_label, document.code_year = entry.label, entry.year
    document.issued_date = entry.entered_on


def series_of(session: Session, issuing_body_id: int, purpose: str) -> NumberSeries:
    """The series of a document type or copy kind of a body; without an own one the common one.

    Raises NotFound, with a sentence that says what to set up.
    """
    used = sa.select(SeriesUse.series_id).filter_by(
        issuing_body_id=issuing_body_id, purpose=purpose
    )
    series_id = session.scalar(used)
    if series_id is not None:
        return register_queries.get_series(session, series_id)
    rows = (
        sa.select(NumberSeries)
        .where(
            NumberSeries.direction == Direction.OUTGOING,
            NumberSeries.is_active,
            NumberSeries.id.not_in(sa.select(SeriesUse.series_id)),
            sa.or_(
                NumberSeries.issuing_body_id == issuing_body_id,
                NumberSeries.issuing_body_id.is_(None),
            ),
        )
        .order_by(NumberSeries.issuing_body_id.is_(None), NumberSeries.id)
        .limit(1)
    )
    series = session.scalar(rows)
    if series is None:
        raise NotFound(
            f"no outgoing series for issuing body {issuing_body_id}",
            "Chưa có sổ đăng ký văn bản đi nào cho cơ quan ban hành này. Hãy mở sổ ở mục Sổ "
            "đăng ký.",
        )
    return series


def use_series(
    session: Session, actor: Actor, *, issuing_body_id: int, purpose: str, series_id: int
) -> SeriesUse:
    """Let a document type (or kind of copy) of a body take its numbers from a series of its own.

    Raises RuleViolated for a series of another body or direction.
    """
    actor = authorize(actor, permissions.CONFIGURE)
    series = register_queries.get_series(session, series_id)
    if series.direction is not Direction.OUTGOING or series.issuing_body_id not in (
        None, issuing_body_id,
    ):  # fmt: skip
        raise RuleViolated("Dãy số này không phải của văn bản đi của cơ quan ban hành đã chọn.")
    use = session.scalar(
        sa.select(SeriesUse).filter_by(issuing_body_id=issuing_body_id, purpose=purpose)
    ) or SeriesUse(issuing_body_id=issuing_body_id, purpose=purpose)
    use.series_id = series_id
    session.add(use)
    session.flush()
    audit.record(session, actor, "outgoing_series.set", use.id, series=series_id)
    return use


def unnumbered(session: Session) -> Sequence[OutgoingDocument]:
    """Documents that wait for a number, the most urgent first."""
    waits = sa.or_(
        OutgoingDocument.status == S.SIGNED,
        sa.and_(OutgoingDocument.status == S.APPROVED, OutgoingDocument.number_first),
    )
    rows = sa.select(OutgoingDocument).where(waits, OutgoingDocument.code_number.is_(None))
    return session.scalars(
        rows.order_by(OutgoingDocument.urgency.desc(), OutgoingDocument.approved_at)
    ).all()


def give_number_back(
    session: Session, actor: Actor, *, document_id: int, reason: str
) -> OutgoingDocument:
    """Cross out the number of a document that has not gone out: the signature failed, the leader
    withdrew, the seal is on the wrong page. The book keeps it with the reason; nobody gets it
    again. The document waits for another one, or goes back to its drafter.

    Raises InvalidInput without a reason, RuleViolated without a number or once it has gone out.
    """
    actor = authorize(actor, permissions.ISSUE)
    document = get_document(session, actor, document_id)
    if not reason.strip():
        raise InvalidInput("Phải ghi lý do bỏ số.", "reason")
    document.must_be(S.NUMBERED, S.SEALED)
    if document.register_entry_id is None:
        raise RuleViolated("Văn bản chưa có số.")
    registers.void_entry(session, actor, entry_id=document.register_entry_id, reason=reason)
    return document


def on_entry_voided(session: Session, happened: EntryVoided) -> None:
    """The number was crossed out: the document waits for another one. Its bytes with the number
    count no more: a sealed one is signed again and loses its seal. Raises RuleViolated once it has
    gone out."""
    if happened.kind != KIND:
        return
    document = session.get(OutgoingDocument, happened.thing_id)
    if document is None or document.register_entry_id != happened.entry_id:
        return
    if document.status not in (S.NUMBERED, S.SIGNED, S.SEALED):
        raise RuleViolated("Văn bản đã phát hành, không hủy số được.")
    work = [WorkKind.STAMP, WorkKind.SEAL, *([WorkKind.SIGN] if document.number_first else [])]
    jobs.cancel(session, document.id, *work)
    electronic = document.medium is Medium.ELECTRONIC
    if document.number_first and electronic:  # the signature covers the number
        moving.drop_stages(session, document.id)
        document.signed_at = None
    else:
        moving.drop_stages(session, document.id, Stage.NUMBERED, Stage.SEALED, Stage.SCANNED)
    document.status = S.SIGNED if document.signed_at is not None else S.APPROVED
    document.register_entry_id = document.code_number = document.code_label = None
    document.code_year = document.issued_date = document.numbered_at = None
    document.sealed_at = None
    audit.record(
        session, happened.actor, "outgoing.number_taken_back", document.id,
        reason=happened.reason[:500],
    )  # fmt: skip
    session.flush()
    outbox.changed(session, KIND, document.id)
