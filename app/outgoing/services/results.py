"""What a worker needs to know of its job, and what it writes down when it has done it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import outbox
from app.clock import now
from app.errors import NotFound
from app.files.models import FileRole, StoredFile
from app.files.services import record_file
from app.files.store import StoredBlob
from app.organisation.models import Person
from app.outgoing.models import (
    DraftFormat,
    DraftVersion,
    OutgoingDocument,
    Stage,
    WorkKind,
)
from app.outgoing.papers.facts import DraftFacts
from app.outgoing.queries.documents import KIND
from app.outgoing.services import authority, gate, jobs, moving
from app.outgoing.services.authority import get_body
from app.outgoing.services.drafts import newest_no
from app.outgoing.services.facts import block_of, facts_of
from app.outgoing.services.issuing import PDF, note_sealed, note_signed, record_stage
from app.outgoing.services.jobs import WorkClaim
from app.security import SYSTEM


@dataclass(frozen=True, slots=True)
class Work:
    """A job's document as plain values. `source` is what the author handed in, `pdf` the newest
    bytes of the document: the last stage, else the version's PDF; both as hashes."""

    format: DraftFormat
    source: str | None
    pdf: str | None
    facts: DraftFacts
    stage: Stage | None
    before_seal: Stage  # what the newest stage must be when the seal comes
    signer_login: str
    signer_name: str
    body: str  # short name of the issuing body: whose seal
    issued_on: date | None
    label: str | None
    cleared: bool  # no look for a mark of secrecy: written here, or released by a clerk


def load_work(session: Session, claim: WorkClaim) -> Work:
    """Raises NotFound when the version is gone."""
    document = session.get_one(OutgoingDocument, claim.document_id)
    version = _version(session, claim)
    stage = moving.newest_stage(session, document.id)
    newest = stage.file_id if stage is not None else version.pdf_file_id
    agreed = document.signer_person_id
    signer = session.get(Person, agreed) if agreed is not None else None
    facts = facts_of(session, document, body_html=version.body_html)
    return Work(
        format=version.format,
        source=_hash(session, version.file_id),
        pdf=_hash(session, newest),
        facts=facts,
        stage=stage.stage if stage is not None else None,
        before_seal=Stage.SIGNED if document.number_first else Stage.NUMBERED,
        signer_login=signer.login if signer is not None else "",
        signer_name=document.signer_name,
        body=get_body(session, document.issuing_body_id).short_name,
        issued_on=document.issued_date,
        label=document.code_label,
        cleared=version.format is DraftFormat.HTML or version.held is not None,
    )


def must_still_sign(session: Session, claim: WorkClaim) -> None:
    """See `authority.must_still_sign`; asked right before the key is used."""
    authority.must_still_sign(session, session.get_one(OutgoingDocument, claim.document_id))


def _version(session: Session, claim: WorkClaim) -> DraftVersion:
    rows = sa.select(DraftVersion).filter_by(document_id=claim.document_id, no=claim.version_no)
    version = session.scalar(rows)
    if version is None:
        raise NotFound(f"version {claim.version_no} of outgoing {claim.document_id}")
    return version


def _hash(session: Session, file_id: int | None) -> str | None:
    file = session.get(StoredFile, file_id) if file_id is not None else None
    return file.sha256 if file is not None else None


def finish_convert(session: Session, claim: WorkClaim, blob: StoredBlob, pages: int) -> None:
    """The PDF of a version is made; its form is checked next. Raises LeaseLost."""
    job, version = jobs.held_job(session, claim), _version(session, claim)
    file = record_file(
        session, SYSTEM, blob, name=f"phien-ban-{version.no}.pdf", media_type=PDF,
        role=FileRole.MAIN, kind=KIND, thing_id=claim.document_id, page_count=pages,
    )  # fmt: skip
    version.pdf_file_id = file.id
    jobs.end(job)
    jobs.enqueue(session, SYSTEM, claim.document_id, WorkKind.CHECK, version.no)
    outbox.changed(session, KIND, claim.document_id)


def finish_check(
    session: Session, claim: WorkClaim, findings: Sequence[dict[str, Any]], text: str, pages: int
) -> None:
    """The form check has run; a PDF that was handed in gets its text. Raises LeaseLost."""
    job, version = jobs.held_job(session, claim), _version(session, claim)
    version.findings, version.checked_at = list(findings), now()
    version.text = version.text or text
    document = session.get_one(OutgoingDocument, claim.document_id)
    if version.no == newest_no(session, claim.document_id):
        document.page_count = pages
    job.detail = {**(job.detail or {}), "block": gate.block_lines(block_of(session, document))}
    jobs.end(job)
    outbox.changed(session, KIND, claim.document_id)


def finish_stages(
    session: Session, claim: WorkClaim, made: Sequence[tuple[Stage, StoredBlob]]
) -> None:
    """Signature, number or seal are in the file: keep every stage, go on. Raises LeaseLost."""
    job = jobs.held_job(session, claim)
    document = session.get_one(OutgoingDocument, claim.document_id)
    for stage, blob in made:
        record_stage(session, SYSTEM, document, stage, blob)
    jobs.end(job)
    if claim.kind is WorkKind.SIGN:
        note_signed(session, SYSTEM, document)
    elif claim.kind is WorkKind.SEAL:
        note_sealed(session, SYSTEM, document)
    if document.numbered and claim.kind is not WorkKind.SEAL:
        following = WorkKind.SEAL if document.signed_at is not None else WorkKind.SIGN
        jobs.enqueue(session, SYSTEM, document.id, following, claim.version_no)
    outbox.changed(session, KIND, document.id)


def keep_prepared(session: Session, claim: WorkClaim, blob: StoredBlob) -> None:
    """The empty fields are in the file, ready to be signed here or elsewhere. Raises LeaseLost."""
    jobs.held_job(session, claim)
    document = session.get_one(OutgoingDocument, claim.document_id)
    record_stage(session, SYSTEM, document, Stage.PREPARED, blob)
