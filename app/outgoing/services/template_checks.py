"""The queue of templates to be checked: their rows, with leases. The token's holder writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit, outbox
from app.clock import today
from app.files.models import FileRole, StoredFile
from app.files.services import record_file
from app.files.store import StoredBlob
from app.outgoing.models import DraftTemplate, TemplateState
from app.outgoing.papers.facts import DraftFacts
from app.outgoing.services import leases
from app.outgoing.services.drafts import PDF
from app.outgoing.services.leases import LEASE, LOOKED_AT, MOST_ATTEMPTS, LeaseLost
from app.outgoing.services.templates import KIND, sample_facts
from app.security import SYSTEM


@dataclass(frozen=True, slots=True)
class TemplateClaim:
    """A leased template as plain values. `sha256` is its DOCX, `sample` what it is filled with."""

    template_id: int
    token: str
    sha256: str
    sample: DraftFacts


def waiting_templates(session: Session) -> Sequence[int]:
    """Ids of templates that wait for a worker, the oldest first."""
    rows = sa.select(DraftTemplate.id).where(
        DraftTemplate.state == TemplateState.CHECKING, DraftTemplate.lease_token.is_(None)
    )
    return session.scalars(rows.order_by(DraftTemplate.id).limit(LOOKED_AT)).all()


def claim_template(session: Session, *, lease: timedelta = LEASE) -> TemplateClaim | None:
    """Lease the template that waits longest. None when there is none."""
    rows = sa.select(DraftTemplate).where(
        DraftTemplate.state == TemplateState.CHECKING, DraftTemplate.lease_token.is_(None)
    )
    row = session.scalar(rows.order_by(DraftTemplate.id).limit(1).with_for_update(skip_locked=True))
    if row is None:
        return None
    token = leases.take(row, lease)
    file = session.get_one(StoredFile, row.file_id)
    sample = sample_facts(session, row.document_type, row.issuing_body_id)
    return TemplateClaim(row.id, token, file.sha256, sample)


def _held(session: Session, claim: TemplateClaim) -> DraftTemplate:
    row = session.get(
        DraftTemplate, claim.template_id, with_for_update=True, populate_existing=True
    )
    if row is None or row.lease_token != claim.token or row.state is not TemplateState.CHECKING:
        raise LeaseLost(f"draft template {claim.template_id}")
    return row


def finish_template(session: Session, claim: TemplateClaim, pdf: StoredBlob) -> None:
    """It fills and looks as its PDF: drafts begin with it from now on. Raises LeaseLost."""
    row = _held(session, claim)
    file = record_file(
        session, SYSTEM, pdf, name=f"mau-{row.document_type}-{row.no}.pdf", media_type=PDF,
        role=FileRole.MAIN, kind=KIND, thing_id=None,
    )  # fmt: skip
    row.pdf_file_id, row.valid_from = file.id, today()
    _end(session, row, TemplateState.USABLE, "")


def refuse_template(session: Session, claim: TemplateClaim, sentence: str) -> None:
    """It cannot be used; the page shows the sentence and keeps the file. Raises LeaseLost."""
    _end(session, _held(session, claim), TemplateState.UNUSABLE, sentence)


def _end(session: Session, row: DraftTemplate, state: TemplateState, fault: str) -> None:
    row.state, row.fault = state, fault[:500]
    leases.give_back(row)
    audit.record(session, SYSTEM, "draft_template.checked", row.id, state=state.value, no=row.no)
    outbox.changed(session, KIND, row.id)


def release_templates(session: Session) -> int:
    """Let others check what dead workers held; a file that killed two workers is unusable."""
    gone = leases.expired(
        session, DraftTemplate, DraftTemplate.leased_until,
        DraftTemplate.state == TemplateState.CHECKING,
    )  # fmt: skip
    for row in gone:
        if row.attempts >= MOST_ATTEMPTS:
            sentence = "Chương trình kiểm tra đã dừng hai lần với mẫu này."
            _end(session, row, TemplateState.UNUSABLE, sentence)
        else:
            leases.give_back(row)
    return len(gone)
