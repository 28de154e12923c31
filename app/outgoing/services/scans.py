"""Scans of paper documents that have their number: attached to them, without another number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit, outbox
from app.clock import now
from app.errors import NotFound, RuleViolated
from app.files.models import FileRole
from app.files.services import record_file
from app.files.store import StoredBlob
from app.incoming.models import IntakeItem
from app.outgoing import permissions
from app.outgoing.events import ScanAttached
from app.outgoing.models import (
    GONE_OUT,
    Medium,
    OutgoingDocument,
    OutgoingStatus,
    PaperStage,
    Stage,
)
from app.outgoing.queries.documents import KIND, get_document, visible_outgoing
from app.outgoing.services import moving
from app.outgoing.services.drafts import PDF
from app.security import Actor, authorize

ATTACHED = "number_sheet"
"""Code in the ledger of a scan that has gone to its documents."""
NUMBERED = frozenset({OutgoingStatus.NUMBERED, OutgoingStatus.SEALED}) | GONE_OUT


HANDED_IN = "Bản quét văn bản đi"
"""The way in of a scan that was handed in here; behind it the id of its document, if one was named.
The ledger shows it."""
SHOWN_FOR = timedelta(days=1)


def way_in(document: OutgoingDocument | None) -> str:
    """What the ledger says of a scan that is handed in, for a document or for those of its sheets.

    >>> way_in(None)
    'Bản quét văn bản đi'
    """
    return HANDED_IN if document is None else f"{HANDED_IN} {document.id}"


def handed_in(session: Session, intake_id: int) -> tuple[bool, str | None]:
    """Whether a file in the ledger is a scan that was handed in here, and for which document: its
    token, None when its sheets have to say so."""
    item = session.get(IntakeItem, intake_id)
    if item is None or not item.source_name.startswith(HANDED_IN):
        return False, None
    named = item.source_name.removeprefix(HANDED_IN).strip()
    document = session.get(OutgoingDocument, int(named)) if named.isdecimal() else None
    return True, document.token if document is not None else None


def uploads(session: Session, document: OutgoingDocument | None = None) -> list[IntakeItem]:
    """What was handed in during the last day and is on its way or was refused, the newest first;
    at most 20. Of one document: its newest only."""
    rows = sa.select(IntakeItem).where(IntakeItem.received_at > now() - SHOWN_FOR)
    if document is None:
        rows = rows.where(IntakeItem.source_name.startswith(HANDED_IN)).limit(20)
    else:
        rows = rows.where(IntakeItem.source_name == way_in(document)).limit(1)
    found = session.scalars(rows.order_by(IntakeItem.id.desc()))
    return [item for item in found if item.reject_code != ATTACHED]


def attach_scan(
    session: Session,
    actor: Actor,
    *,
    document_id: int,
    blob: StoredBlob,
    pages: int,
    texts: Sequence[str] = (),
) -> OutgoingDocument:
    """Keep the scan of a numbered paper document, a PDF; it is what the page shows from then on.

    `texts` are the words of its pages, for the search. An earlier scan is kept but shown no more.
    Raises RuleViolated for an electronic document or one without a number.
    """
    actor = authorize(actor, permissions.ISSUE)
    document = get_document(session, actor, document_id)
    if document.medium is not Medium.PAPER:
        raise RuleViolated("Văn bản điện tử có bản ký số, không đính bản quét.")
    if not document.numbered:
        raise RuleViolated("Văn bản giấy phải có số trước khi đính bản quét.")
    document.must_be(*NUMBERED)
    moving.drop_stages(session, document.id, Stage.SCANNED)
    name = f"{document.full_code.replace('/', '-')}.pdf"
    file = record_file(
        session, actor, blob, name=name, media_type=PDF, role=FileRole.MAIN, kind=KIND,
        thing_id=document.id, page_count=pages,
    )  # fmt: skip
    session.add(
        PaperStage(
            document_id=document.id, stage=Stage.SCANNED, file_id=file.id, made_at=now(),
            detail={"pages": list(texts)},
        )
    )  # fmt: skip
    document.page_count = pages
    session.flush()
    audit.record(session, actor, "outgoing.scan_attached", document.id, file=file.id)
    outbox.publish(session, ScanAttached(document_id=document.id))
    outbox.changed(session, KIND, document.id)
    return document


def waits_for_scan(session: Session, actor: Actor) -> list[OutgoingDocument]:
    """Numbered paper documents without a scan, the oldest number first; at most 100."""
    return list(session.scalars(_waiting(actor).order_by(OutgoingDocument.numbered_at).limit(100)))


def any_waits_for_scan(session: Session, actor: Actor) -> bool:
    """Whether a scan that comes in may be one of ours at all."""
    return session.scalar(_waiting(actor).limit(1)) is not None


def _waiting(actor: Actor) -> sa.Select[tuple[OutgoingDocument]]:
    scanned = sa.select(PaperStage.id).where(
        PaperStage.document_id == OutgoingDocument.id,
        PaperStage.stage == Stage.SCANNED,
        PaperStage.dropped_at.is_(None),
    )
    return visible_outgoing(actor).where(
        OutgoingDocument.medium == Medium.PAPER,
        OutgoingDocument.status.in_(NUMBERED),
        OutgoingDocument.code_number.is_not(None),
        ~scanned.exists(),
    )


def document_of_sheet(session: Session, actor: Actor, token: str) -> OutgoingDocument:
    """The numbered paper document that a number sheet names. Raises NotFound."""
    document = session.scalar(visible_outgoing(actor).where(OutgoingDocument.token == token))
    if document is None or document.medium is not Medium.PAPER or not document.numbered:
        raise NotFound(
            f"number sheet of {token}", "Phiếu số này không phải của văn bản giấy nào đã có số."
        )
    return document
