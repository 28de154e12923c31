"""Scans of papers: attached at the counter or by the citizen, read by the worker, compared."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import outbox
from app.clock import now
from app.errors import NotFound, RuleViolated
from app.files.models import FileRole, StoredFile
from app.files.services import record_file
from app.files.store import StoredBlob
from app.procedures import permissions, queries, standing
from app.procedures.models import DossierPaper, DossierScan, PaperState, ReadState, Supplement
from app.security import SYSTEM, Actor, authorize

MOST_ATTEMPTS = 3
MOST_SUPPLEMENT_FILES = 20


@dataclass(frozen=True, slots=True)
class ClaimedScan:
    """A leased scan as plain values, to be read outside any transaction."""

    scan_id: int
    token: str
    sha256: str
    name: str
    shape: str


def attach_scan(
    session: Session,
    actor: Actor,
    *,
    dossier_id: int,
    paper_id: int,
    blob: StoredBlob,
    name: str,
    media_type: str,
    page_count: int | None = None,
    supplement_id: int | None = None,
) -> DossierScan:
    """Give a paper its scan, whose bytes are stored already. A citizen's supplement comes through
    the system and names its request.

    Raises:
        NotFound: the paper is not of this dossier.
        PermissionDenied: neither the counter nor whoever has the dossier.
        RuleViolated: the citizen has sent as many files as one request takes.
    """
    if supplement_id is not None:
        _one_more_file(session, supplement_id)
    dossier = standing.fetch(session, actor, dossier_id)
    actor = (
        authorize(actor, permissions.RECEIVE)
        if actor.may(permissions.RECEIVE)
        else standing.as_holder(actor, dossier)
    )
    standing.must_be_open(dossier)
    paper = next((one for one in dossier.papers if one.id == paper_id), None)
    if paper is None:
        raise NotFound(f"paper {paper_id} of dossier {dossier_id}")
    file = record_file(
        session, actor, blob, name=name, media_type=media_type, role=FileRole.ATTACHMENT,
        kind=queries.KIND, thing_id=dossier.id, page_count=page_count,
    )  # fmt: skip
    scan = DossierScan(paper_id=paper.id, file_id=file.id, supplement_id=supplement_id)
    if paper.state is not PaperState.RECEIVED and supplement_id is None:
        paper.state, paper.copies = PaperState.RECEIVED, max(1, paper.copies)
    session.add(scan)
    session.flush()
    standing.write_down(session, actor, dossier, "paper_added", paper.name, scan=scan.id)
    return scan


def _one_more_file(session: Session, supplement_id: int) -> None:
    """Counted under the request's lock, so that files sent at once count each other."""
    session.get_one(Supplement, supplement_id, with_for_update=True)
    rows = sa.select(sa.func.count(DossierScan.id)).filter_by(supplement_id=supplement_id)
    if (session.scalar(rows) or 0) >= MOST_SUPPLEMENT_FILES:
        raise RuleViolated(f"Đã gửi {MOST_SUPPLEMENT_FILES} tệp, không thêm được nữa.")


def claim_scans(
    session: Session, *, limit: int = 4, lease: timedelta = timedelta(minutes=5)
) -> list[ClaimedScan]:
    """Lease scans that nobody has read; another worker sees them again when the lease ends."""
    moment, scan = now(), DossierScan
    rows = (
        sa.select(scan, StoredFile, DossierPaper.shape)
        .join(StoredFile, StoredFile.id == scan.file_id)
        .join(DossierPaper, DossierPaper.id == scan.paper_id)
        .where(
            scan.state == ReadState.WAITING,
            sa.or_(scan.leased_until.is_(None), scan.leased_until <= moment),
        )
        .order_by(scan.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=scan)
    )
    claimed = []
    for row, file, shape in session.execute(rows).tuples():
        row.lease_token, row.leased_until = secrets.token_urlsafe(12), moment + lease
        row.attempts += 1
        claimed.append(ClaimedScan(row.id, row.lease_token, file.sha256, file.name, shape))
    return claimed


def keep_reading(
    session: Session,
    *,
    scan_id: int,
    lease_token: str,
    found_shape: str,
    found_label: str,
    confidence: float | None,
) -> bool:
    """Keep what was read. `differs` when another type was found than the paper asks for. False
    for a late answer whose lease went to another."""
    scan = _held(session, scan_id, lease_token)
    if scan is None:
        return False
    paper = session.get_one(DossierPaper, scan.paper_id)
    scan.state, scan.read_at = ReadState.READ, now()
    scan.found_shape, scan.found_label, scan.confidence = found_shape, found_label, confidence
    scan.differs = bool(paper.shape and found_shape and found_shape != paper.shape)
    scan.lease_token, scan.leased_until = None, None
    if scan.differs:
        dossier = standing.fetch(session, SYSTEM, paper.dossier_id)
        text = f"“{paper.name}”: tệp nộp giống “{found_label or found_shape}”"
        standing.write_down(session, SYSTEM, dossier, "paper_read", text, scan=scan.id)
    outbox.changed(session, queries.KIND, paper.dossier_id)
    return True


def reading_failed(session: Session, *, scan_id: int, lease_token: str) -> bool:
    """The file could not be read: another try later, at most three. False: the lease is gone."""
    scan = _held(session, scan_id, lease_token)
    if scan is None:
        return False
    scan.lease_token, scan.leased_until = None, None
    if scan.attempts >= MOST_ATTEMPTS:
        scan.state, scan.read_at = ReadState.FAILED, now()
        paper = session.get_one(DossierPaper, scan.paper_id)
        outbox.changed(session, queries.KIND, paper.dossier_id)
    return True


def _held(session: Session, scan_id: int, lease_token: str) -> DossierScan | None:
    scan = session.get(DossierScan, scan_id, with_for_update=True, populate_existing=True)
    return scan if scan is not None and scan.lease_token == lease_token else None
