"""The queue of slow work on documents: rows with leases. The token's holder writes the result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit, outbox
from app.clock import now
from app.outgoing.events import WorkWanted
from app.outgoing.models import OutgoingJob, WorkKind, WorkState
from app.outgoing.queries.documents import KIND
from app.outgoing.services import leases
from app.outgoing.services.leases import MOST_ATTEMPTS, LeaseLost
from app.security import SYSTEM, Actor

_OPEN = (WorkState.QUEUED, WorkState.RUNNING)


@dataclass(frozen=True, slots=True)
class WorkClaim:
    """A leased job as plain values."""

    job_id: int
    token: str
    kind: WorkKind
    document_id: int
    version_no: int
    asked_by: int | None
    detail: dict[str, Any] = field(default_factory=dict)


def enqueue(
    session: Session,
    actor: Actor,
    document_id: int,
    kind: WorkKind,
    version_no: int,
    **detail: Any,
) -> OutgoingJob:
    """Let a worker do it. An open job of the kind for an older version is cancelled; one for a
    newer version stays, and nothing is added."""
    session.flush()
    known = session.scalar(
        sa.select(OutgoingJob).where(
            OutgoingJob.document_id == document_id,
            OutgoingJob.kind == kind,
            OutgoingJob.state.in_(_OPEN),
        )
    )
    if known is not None and known.version_no >= version_no:
        return known
    if known is not None:
        end(known, WorkState.FAILED, "Đã có phiên bản mới hơn.")
        session.flush()
    job = OutgoingJob(
        document_id=document_id,
        kind=kind,
        version_no=version_no,
        state=WorkState.QUEUED,
        asked_by=actor.person_id,
        detail=detail,
        created_at=now(),
    )
    session.add(job)
    session.flush()
    outbox.publish(session, WorkWanted(job_id=job.id))
    return job


def cancel(session: Session, document_id: int, *kinds: WorkKind) -> None:
    """End the open jobs of a document; whoever works on one finds the lease gone."""
    session.flush()
    rows = sa.update(OutgoingJob).where(
        OutgoingJob.document_id == document_id, OutgoingJob.state.in_(_OPEN)
    )
    if kinds:
        rows = rows.where(OutgoingJob.kind.in_(kinds))
    session.execute(
        rows.values(state=WorkState.FAILED, lease_token=None, leased_until=None, finished_at=now())
    )


def claim_job(session: Session, *, job_id: int | None = None) -> WorkClaim | None:
    """Lease a queued job: the one named, or the oldest. None when there is none."""
    rows = sa.select(OutgoingJob).where(OutgoingJob.state == WorkState.QUEUED)
    if job_id is not None:
        rows = rows.where(OutgoingJob.id == job_id)
    job = session.scalar(rows.order_by(OutgoingJob.id).limit(1).with_for_update(skip_locked=True))
    if job is None:
        return None
    job.state, job.started_at = WorkState.RUNNING, now()
    return WorkClaim(
        job.id, leases.take(job), job.kind, job.document_id, job.version_no, job.asked_by,
        dict(job.detail or {}),
    )  # fmt: skip


def waiting_jobs(session: Session) -> Sequence[int]:
    """Ids of queued jobs, the oldest first."""
    rows = sa.select(OutgoingJob.id).where(OutgoingJob.state == WorkState.QUEUED)
    return session.scalars(rows.order_by(OutgoingJob.id).limit(50)).all()


def held_job(session: Session, claim: WorkClaim) -> OutgoingJob:
    """The row of a claim, locked. Raises LeaseLost when the lease went to another."""
    job = session.get(OutgoingJob, claim.job_id, with_for_update=True, populate_existing=True)
    if job is None or job.lease_token != claim.token or job.state is not WorkState.RUNNING:
        raise LeaseLost(f"outgoing job {claim.job_id}")
    return job


def end(job: OutgoingJob, state: WorkState = WorkState.DONE, error: str | None = None) -> None:
    """Give the lease back for good."""
    job.state, job.error, job.finished_at = state, error[:500] if error else None, now()
    leases.give_back(job)


def fail(session: Session, claim: WorkClaim, sentence: str) -> None:
    """The work cannot be done; the page of the document shows the sentence. Raises LeaseLost."""
    end(held_job(session, claim), WorkState.FAILED, sentence)
    audit.record(session, SYSTEM, "outgoing.work_failed", claim.document_id, job=claim.kind.value)
    outbox.changed(session, KIND, claim.document_id)


def release_expired(session: Session) -> int:
    """Queue again what a dead worker held; a job that killed two workers is dead."""
    gone = leases.expired(
        session, OutgoingJob, OutgoingJob.leased_until, OutgoingJob.state == WorkState.RUNNING
    )
    for job in gone:
        if job.attempts >= MOST_ATTEMPTS:
            end(job, WorkState.DEAD, "Chương trình xử lý tệp đã dừng hai lần với văn bản này.")
        else:
            job.state = WorkState.QUEUED
            leases.give_back(job)
            outbox.publish(session, WorkWanted(job_id=job.id))
        outbox.changed(session, KIND, job.document_id)
    return len(gone)
