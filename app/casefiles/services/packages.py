"""Hand-over to the archive: asking for a package, making it as a job, confirming it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit, outbox
from app.casefiles import queries
from app.casefiles.models import (
    ArchivePackage,
    CaseFile,
    CaseState,
    PackagedFile,
    PackageState,
)
from app.casefiles.permissions import ARCHIVE
from app.casefiles.queries import KIND
from app.clock import now, today
from app.errors import InvalidInput, RuleViolated
from app.files.models import FileRole
from app.files.services import record_file
from app.files.store import StoredBlob
from app.notifications.services import notify
from app.security import SYSTEM, Actor, authorize

LEASE = timedelta(minutes=30)
MOST_ATTEMPTS = 3
MOST_FILES = 200
PACKAGE = "archive_package"
S = PackageState


@dataclass(frozen=True, slots=True)
class PackageClaim:
    """A leased package; only the holder of the token may finish it."""

    package_id: int
    token: str


def request_package(
    session: Session, actor: Actor, *, case_file_ids: Sequence[int]
) -> ArchivePackage:
    """Have closed files packed for the archive. The ZIP is made by a job soon after.

    Raises RuleViolated when a file is not closed, not to be handed over, or packed already.
    """
    actor = authorize(actor, ARCHIVE)
    wanted = sorted(set(case_file_ids))
    if not wanted or len(wanted) > MOST_FILES:
        raise InvalidInput(f"Hãy chọn từ 1 đến {MOST_FILES} hồ sơ.", "case_file_ids")
    locked = sa.select(CaseFile.id).where(CaseFile.id.in_(wanted)).order_by(CaseFile.id)
    session.execute(locked.with_for_update())
    ready = {case_file.id for case_file in queries.ready_to_pack(session)}
    if not ready.issuperset(wanted):
        raise RuleViolated("Có hồ sơ chưa kết thúc, không phải nộp lưu hoặc đã đóng gói rồi.")
    package = ArchivePackage(
        state=S.QUEUED, requested_at=now(), requested_by=actor.person_id, attempts=0
    )
    session.add(package)
    session.flush()
    session.add_all(PackagedFile(package_id=package.id, case_file_id=one) for one in wanted)
    audit.record(session, actor, "archive_package.requested", package.id, files=len(wanted))
    return package


def claim_package(session: Session) -> PackageClaim | None:
    """Lease the oldest package that waits, or whose maker died. None when there is none."""
    lapsed = sa.and_(ArchivePackage.state == S.RUNNING, ArchivePackage.leased_until <= now())
    rows = (
        sa.select(ArchivePackage)
        .where(sa.or_(ArchivePackage.state == S.QUEUED, lapsed))
        .order_by(ArchivePackage.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    package = session.scalar(rows)
    if package is None:
        return None
    package.state, package.attempts = S.RUNNING, package.attempts + 1
    package.lease_token, package.leased_until = secrets.token_urlsafe(12), now() + LEASE
    return PackageClaim(package.id, package.lease_token)


def finish_package(
    session: Session, claim: PackageClaim, blob: StoredBlob, name: str
) -> ArchivePackage | None:
    """Keep the ZIP; None when the lease went to another maker."""
    package = _held(session, claim)
    if package is None:
        return None
    file = record_file(
        session, SYSTEM, blob, name=name, media_type="application/zip",
        role=FileRole.MAIN, kind=PACKAGE, thing_id=package.id,
    )  # fmt: skip
    package.state, package.file_id, package.finished_at = S.READY, file.id, now()
    package.lease_token = package.leased_until = None
    package.error = ""
    audit.record(session, SYSTEM, "archive_package.made", package.id, sha256=blob.sha256)
    return package


def fail_package(session: Session, claim: PackageClaim, reason: str) -> None:
    """Let it be tried again; after the last attempt its files can be packed anew."""
    package = _held(session, claim)
    if package is None:
        return
    package.state = S.FAILED if package.attempts >= MOST_ATTEMPTS else S.QUEUED
    package.error = reason[:500]
    package.lease_token = package.leased_until = None


def accept_package(session: Session, actor: Actor, *, token: str) -> ArchivePackage:
    """The archive has taken over the package: its files belong to the archive now."""
    actor = authorize(actor, ARCHIVE)
    package = queries.get_package(session, token)
    if package.state is not S.READY:
        raise RuleViolated("Gói chưa đóng xong hoặc đã được xác nhận.")
    package.state, package.accepted_at = S.ACCEPTED, now()
    package.accepted_by = actor.person_id
    for case_file in queries.files_in(session, [package.id])[package.id]:
        case_file.become(CaseState.ARCHIVED)
        case_file.archived_on = today()
        audit.record(session, actor, "case_file.archived", case_file.id, package=package.id)
        outbox.changed(session, KIND, case_file.id)
        notify(
            session,
            event="case_file.archived",
            kind=KIND,
            thing_id=case_file.id,
            title=f"Lưu trữ đã nhận hồ sơ {case_file.notation}: {case_file.title}",
            post_ids=[case_file.keeper_post_id],
        )
    audit.record(session, actor, "archive_package.accepted", package.id)
    return package


def _held(session: Session, claim: PackageClaim) -> ArchivePackage | None:
    package = session.get(
        ArchivePackage, claim.package_id, with_for_update=True, populate_existing=True
    )
    return package if package is not None and package.lease_token == claim.token else None
