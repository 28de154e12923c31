"""The queue of readings: rows with leases. Who holds the lease token may write the result."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit, outbox
from app.clock import now
from app.errors import InvalidInput, RuleViolated
from app.incoming import permissions
from app.incoming.events import ReadingWanted
from app.incoming.models import (
    HeldReason,
    IntakeItem,
    IntakeState,
    JobKind,
    JobState,
    ReadingJob,
)
from app.incoming.queries import ledger
from app.incoming.queries.letters import KIND
from app.security import Actor, authorize

LEASE = timedelta(seconds=30)
LONGEST = timedelta(minutes=30)
MOST_ATTEMPTS = 2
LANGUAGES = {"vie": "Tiếng Việt", "vie+eng": "Tiếng Việt có lẫn tiếng Anh"}
"""What a page can be read again as: models of the reader with what people call them."""
PRIORITY = {JobKind.READ: 10, JobKind.DERIVE: 50}


class LeaseLost(Exception):
    """Another worker has the job now, or it was cancelled: stop and write nothing."""


@dataclass(frozen=True, slots=True)
class JobClaim:
    """A leased job as plain values. `sha256` is None while the file lies in quarantine."""

    job_id: int
    token: str
    kind: JobKind
    intake_id: int
    file_id: int | None
    sha256: str | None
    released: bool  # a person has said that page 1 bears no secrecy mark
    language: str | None = None  # asked for by a person; None: that of the installation


def enqueue(session: Session, item: IntakeItem, kind: JobKind) -> ReadingJob:
    """Let a worker read the file, or derive from it; an open job of the kind is returned."""
    session.flush()
    known = session.scalar(
        sa.select(ReadingJob).where(
            ReadingJob.intake_id == item.id,
            ReadingJob.kind == kind,
            ReadingJob.state.in_([JobState.QUEUED, JobState.RUNNING]),
        )
    )
    if known is not None:
        return known
    job = ReadingJob(
        intake_id=item.id,
        kind=kind,
        state=JobState.QUEUED,
        priority=PRIORITY[kind],
        created_at=now(),
    )
    session.add(job)
    session.flush()
    if kind is JobKind.READ and item.state is IntakeState.STORED:
        item.state = IntakeState.WAITING
    outbox.publish(session, ReadingWanted(job_id=job.id))
    return job


def cancel(session: Session, intake_id: int) -> None:
    """End the open jobs of a file; whoever works on one finds the lease gone."""
    session.execute(
        sa.update(ReadingJob)
        .where(
            ReadingJob.intake_id == intake_id,
            ReadingJob.state.in_([JobState.QUEUED, JobState.RUNNING]),
        )
        .values(state=JobState.FAILED, lease_token=None, leased_until=None, finished_at=now())
    )


def claim_job(session: Session, *, job_id: int | None = None) -> JobClaim | None:
    """Lease a queued job: the one named, or the most urgent. None when there is none."""
    rows = sa.select(ReadingJob).where(ReadingJob.state == JobState.QUEUED)
    if job_id is not None:
        rows = rows.where(ReadingJob.id == job_id)
    rows = rows.order_by(ReadingJob.priority, ReadingJob.id).limit(1)
    job = session.scalar(rows.with_for_update(skip_locked=True))
    if job is None:
        return None
    item = session.get_one(IntakeItem, job.intake_id)
    job.state, job.attempts = JobState.RUNNING, job.attempts + 1
    job.lease_token = secrets.token_urlsafe(12)
    job.started_at, job.leased_until = now(), now() + LEASE
    job.deadline_at, job.page_done = now() + LONGEST, 0
    if job.kind is JobKind.READ and item.file_id is not None and not item.settled:
        item.state = IntakeState.READING
    outbox.changed(session, "intake", item.id)
    return JobClaim(
        job_id=job.id,
        token=job.lease_token,
        kind=job.kind,
        intake_id=item.id,
        file_id=item.file_id,
        sha256=item.sha256 if item.file_id is not None else None,
        released=item.released_reason is not None,
        language=job.language,
    )


def waiting_jobs(session: Session) -> Sequence[int]:
    """Ids of queued jobs, the most urgent first, for a worker without a Prefect server."""
    rows = sa.select(ReadingJob.id).where(ReadingJob.state == JobState.QUEUED)
    return session.scalars(rows.order_by(ReadingJob.priority, ReadingJob.id).limit(50)).all()


def held_job(session: Session, claim: JobClaim) -> ReadingJob:
    """The row of a claim, locked. Raises LeaseLost when the lease went to another."""
    job = session.get(ReadingJob, claim.job_id, with_for_update=True, populate_existing=True)
    if job is None or job.lease_token != claim.token or job.state is not JobState.RUNNING:
        raise LeaseLost(f"job {claim.job_id}")
    return job


def report_progress(session: Session, claim: JobClaim, done: int, total: int) -> None:
    """Write down how many pages are read, and keep the lease. Raises LeaseLost."""
    job = held_job(session, claim)
    job.page_done, job.page_total = done, total
    extend(job)
    outbox.publish(
        session,
        outbox.ThingProgressed(kind="intake", thing_id=job.intake_id, done=done, total=total),
    )


def keep_lease(session: Session, claim: JobClaim) -> None:
    """Say that the worker is alive. Raises LeaseLost."""
    extend(held_job(session, claim))


def extend(job: ReadingJob) -> None:
    """Prolong the lease, never beyond the deadline of the attempt."""
    until = now() + LEASE
    job.leased_until = min(until, job.deadline_at) if job.deadline_at else until


def finish(job: ReadingJob, state: JobState = JobState.DONE, error: str | None = None) -> None:
    """Give the lease back for good."""
    job.state, job.error, job.finished_at = state, error, now()
    job.lease_token, job.leased_until = None, None


def release_expired_leases(
    session: Session, actor: Actor, *, limit: int = 500, at: datetime | None = None
) -> int:
    """Queue again what a dead worker held; a job that killed two workers is dead.

    Returns how many leases had ended. A dead reading leaves its file to a person: one that lies
    in quarantine is held, one in the store waits for review.
    """
    rows = (
        sa.select(ReadingJob)
        .where(ReadingJob.state == JobState.RUNNING, ReadingJob.leased_until <= (at or now()))
        .order_by(ReadingJob.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    expired = session.scalars(rows).all()
    for job in expired:
        if job.attempts >= MOST_ATTEMPTS:
            bury(session, actor, job)
        else:
            job.state, job.lease_token, job.leased_until = JobState.QUEUED, None, None
            item = session.get_one(IntakeItem, job.intake_id)
            if item.state is IntakeState.READING:
                item.state = IntakeState.WAITING
            outbox.publish(session, ReadingWanted(job_id=job.id))
        audit.record(session, actor, "reading_job.lease_ended", job.id, attempts=job.attempts)
    return len(expired)


def count_expired(session: Session) -> int:
    """How many leases have ended."""
    rows = sa.select(sa.func.count()).select_from(ReadingJob)
    rows = rows.where(ReadingJob.state == JobState.RUNNING, ReadingJob.leased_until <= now())
    return session.scalar(rows) or 0


def bury(session: Session, actor: Actor, job: ReadingJob) -> None:
    """Two workers died of this file: a person must look."""
    finish(job, JobState.DEAD, "Chương trình đọc tệp đã dừng hai lần với tệp này.")
    item = session.get_one(IntakeItem, job.intake_id)
    if job.kind is JobKind.READ:
        leave_to_person(item)
    outbox.changed(session, "intake", item.id)
    if item.letter_id is not None:
        outbox.changed(session, KIND, item.letter_id)


def leave_to_person(item: IntakeItem) -> None:
    """Without a reading: what is in quarantine is held, what is stored waits for review."""
    if item.settled:
        return
    if item.file_id is None:
        item.hold(HeldReason.POSSIBLE, None, None)
    else:
        item.state = IntakeState.REVIEW


def republish_waiting(
    session: Session,
    *,
    unoffered: timedelta = timedelta(seconds=60),
    untaken: timedelta = timedelta(minutes=10),
) -> int:
    """Offer queued jobs again: those an outage kept from the workers, those nobody took."""
    job = ReadingJob
    rows = sa.select(job).where(
        job.state == JobState.QUEUED,
        sa.or_(
            sa.and_(job.offered_at.is_(None), job.created_at < now() - unoffered),
            job.offered_at < now() - untaken,
        ),
    )
    found = session.scalars(rows.order_by(job.priority, job.id).limit(200)).all()
    for row in found:
        row.offered_at = None
        outbox.publish(session, ReadingWanted(job_id=row.id))
    return len(found)


def note_offered(session: Session, job_id: int) -> None:
    """Remember that the workers' queue has the job."""
    session.execute(sa.update(ReadingJob).where(ReadingJob.id == job_id).values(offered_at=now()))


def retry_reading(
    session: Session, actor: Actor, *, intake_id: int, language: str | None = None
) -> ReadingJob:
    """Read a stored file once more, because a person asked for it.

    `language`: one of `LANGUAGES`, None for that of the installation. Raises InvalidInput for
    another, RuleViolated for a file that has nothing to be read.
    """
    if language is not None and language not in LANGUAGES:
        raise InvalidInput("Hãy chọn ngôn ngữ của văn bản.", field="language")
    actor = authorize(actor, permissions.REGISTER)
    item = ledger.get_intake(session, intake_id)
    if item.file_id is None or item.state in (IntakeState.REJECTED, IntakeState.DUPLICATE):
        raise RuleViolated("Tệp này không có gì để đọc lại.")
    if item.state is IntakeState.REVIEW:
        item.state = IntakeState.STORED
    audit.record(session, actor, "intake.read_again", item.id)
    job = enqueue(session, item, JobKind.READ)
    job.language = language
    return job
