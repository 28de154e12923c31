"""Drafts that bear a mark of secrecy: held, shown to nobody, then purged or released."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit, outbox
from app.errors import InvalidInput, NotFound, RuleViolated
from app.files.models import StoredFile
from app.files.services import purge_own_files
from app.outgoing import permissions
from app.outgoing.models import DraftVersion, OutgoingDocument, WorkKind
from app.outgoing.queries.documents import KIND, get_document
from app.outgoing.services import jobs, moving
from app.outgoing.services.drafts import as_author
from app.outgoing.services.jobs import WorkClaim
from app.security import SYSTEM, Actor, authorize

NEWS = "Dự thảo bị giữ lại vì có dấu chỉ độ mật"


def hold_version(session: Session, claim: WorkClaim, word: str) -> None:
    """Page 1 of a version that was handed in bears the word: its files leave the document, its
    text goes, its author and the clerks are told. Raises LeaseLost."""
    job = jobs.held_job(session, claim)
    version = _version(session, claim.document_id, claim.version_no)
    document = session.get_one(OutgoingDocument, claim.document_id)
    version.held = {"word": word, "file_id": version.file_id, "pdf_file_id": version.pdf_file_id}
    _let_go(session, version, None)
    version.file_id = version.pdf_file_id = None
    version.text, version.note, version.findings = "", "", None
    jobs.end(job)
    posts = {post.id for post in moving.office_posts(session)} | {document.drafter_post_id}
    moving.tell(session, document, "outgoing.version_held", NEWS, post_ids=posts)
    audit.record(session, SYSTEM, "outgoing.version_held", document.id, no=version.no)
    outbox.changed(session, KIND, document.id)


def purge_held(session: Session, actor: Actor, *, document_id: int, no: int) -> OutgoingDocument:
    """“Đúng, tài liệu mật”, by its author or a clerk: the files go, the row of the version stays.

    Raises RuleViolated for a version that is not held, PermissionDenied.
    """
    document = get_document(session, actor, document_id)
    clerk = actor.may(permissions.ISSUE)
    actor = authorize(actor, permissions.ISSUE) if clerk else as_author(actor, document)
    version = _held(session, document.id, no)
    held = version.held or {}
    ids = [held[name] for name in ("file_id", "pdf_file_id") if held.get(name) is not None]
    shared = [one for one in purge_own_files(session, ids) if one not in ids]
    version.held = {"word": held["word"], "purged": True}
    audit.record(session, actor, "outgoing.version_purged", document.id, no=no, shared_files=shared)
    outbox.changed(session, KIND, document.id)
    return document


def release_held(
    session: Session, actor: Actor, *, document_id: int, no: int, reason: str
) -> OutgoingDocument:
    """“Không phải dấu mật”, by a clerk: the version is there again and its form is checked.

    Raises InvalidInput without a reason, RuleViolated for a version that is not held.
    """
    actor = authorize(actor, permissions.ISSUE)
    document = get_document(session, actor, document_id)
    if not reason.strip():
        raise InvalidInput("Phải ghi vì sao không phải dấu mật.", "reason")
    version = _held(session, document.id, no)
    held = version.held or {}
    _let_go(session, version, document.id)
    version.file_id, version.pdf_file_id = held["file_id"], held["pdf_file_id"]
    version.held = {"word": held["word"], "released": reason.strip()[:300]}
    jobs.enqueue(session, actor, document.id, WorkKind.CHECK, no)
    audit.record(session, actor, "outgoing.version_released", document.id, no=no)
    outbox.changed(session, KIND, document.id)
    return document


def _let_go(session: Session, version: DraftVersion, thing_id: int | None) -> None:
    """Files of a held version belong to no document: their addresses lead nowhere meanwhile."""
    held = version.held or {}
    ids = [held.get("file_id"), held.get("pdf_file_id")]
    rows = sa.update(StoredFile).where(StoredFile.id.in_([one for one in ids if one is not None]))
    session.execute(rows.values(thing_id=thing_id))


def _held(session: Session, document_id: int, no: int) -> DraftVersion:
    version = _version(session, document_id, no)
    if not version.is_held or (version.held or {}).get("purged"):
        raise RuleViolated("Phiên bản này không bị giữ lại.")
    return version


def _version(session: Session, document_id: int, no: int) -> DraftVersion:
    rows = sa.select(DraftVersion).filter_by(document_id=document_id, no=no)
    version = session.scalar(rows.with_for_update())
    if version is None:
        raise NotFound(f"version {no} of outgoing {document_id}")
    return version
