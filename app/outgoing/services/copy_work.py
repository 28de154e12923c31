"""The queue of copies to be made: their rows, with leases. The token's holder writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit, outbox
from app.clock import now
from app.errors import AppError, NotFound, RuleViolated
from app.files.store import StoredBlob
from app.organisation.queries.actors import actor_for
from app.outgoing.models import CertifiedCopy, CopyWanted, WorkState
from app.outgoing.papers.copies import CopyFacts, pages_named
from app.outgoing.services import copies, leases
from app.outgoing.services.copies import CopyOrder
from app.outgoing.services.leases import LOOKED_AT, MOST_ATTEMPTS, LeaseLost
from app.security import SYSTEM, Actor

SHOWN_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class CopyClaim:
    """A leased order as plain values. `sha256` and `media_type` are those of the file to copy;
    `numbered`: a worker that died has given the number already."""

    wanted_id: int
    token: str
    sha256: str
    media_type: str
    electronic: bool
    numbered: bool


def want_copy(
    session: Session, actor: Actor, order: CopyOrder, *, electronic: bool, pages: str
) -> CopyWanted:
    """Let a worker make a copy of a thing that has a file. Raises as `copies.planned_copy`,
    InvalidInput for pages that are no numbers, RuleViolated without a file or a signer."""
    copies.planned_copy(session, actor, order)
    pages_named(pages)
    if order.signer_post_id is None or actor.post_id is None or actor.person_id is None:
        raise RuleViolated("Phải chọn người ký bản sao.")
    if copies.source_of(session, actor, order.kind, order.thing_id) is None:
        raise RuleViolated("Văn bản chưa có tệp để sao.")
    row = CopyWanted(
        kind=order.kind, thing_id=order.thing_id, copy_kind=order.copy_kind,
        issuing_body_id=order.issuing_body_id, signer_post_id=order.signer_post_id,
        electronic=electronic, pages=pages.strip()[:100], copies=order.copies,
        for_whom=order.for_whom.strip()[:300], part=order.part.strip()[:500],
        asked_post_id=actor.post_id, asked_by=actor.person_id, asked_at=now(),
    )  # fmt: skip
    session.add(row)
    session.flush()
    outbox.changed(session, order.kind, order.thing_id)
    return row


def wanted_of(session: Session, kind: str, thing_id: int) -> list[CopyWanted]:
    """Orders of the last days that wait or failed, the newest first. The caller has shown that the
    thing may be seen."""
    rows = sa.select(CopyWanted).where(
        CopyWanted.kind == kind,
        CopyWanted.thing_id == thing_id,
        CopyWanted.state != WorkState.DONE,
        CopyWanted.asked_at > now() - SHOWN_FOR,
    )
    return list(session.scalars(rows.order_by(CopyWanted.id.desc()).limit(20)))


def waiting_copies(session: Session) -> Sequence[int]:
    """Ids of orders that wait for a worker, the oldest first."""
    rows = sa.select(CopyWanted.id).where(CopyWanted.state == WorkState.QUEUED)
    return session.scalars(rows.order_by(CopyWanted.id).limit(LOOKED_AT)).all()


def claim_copy(session: Session) -> CopyClaim | None:
    """Lease the order that waits longest. None when there is none."""
    rows = sa.select(CopyWanted).where(CopyWanted.state == WorkState.QUEUED)
    row = session.scalar(rows.order_by(CopyWanted.id).limit(1).with_for_update(skip_locked=True))
    if row is None:
        return None
    try:  # rights may have ended, the thing may be purged
        source = copies.source_of(session, _actor(session, row), row.kind, row.thing_id)
    except AppError:
        source = None
    if source is None:
        _end(session, row, WorkState.FAILED, "Văn bản không còn tệp để sao.")
        return None
    row.state = WorkState.RUNNING
    return CopyClaim(
        row.id, leases.take(row), source.sha256, source.media_type, row.electronic,
        row.copy_id is not None,
    )  # fmt: skip


def facts_of_copy(session: Session, claim: CopyClaim) -> CopyFacts:
    """What will stand on the copy: without a number as long as none was given. Raises what
    `copies.planned_copy` raises: rights may have ended meanwhile."""
    row = session.get_one(CopyWanted, claim.wanted_id)
    if row.copy_id is not None:
        copy = session.get_one(CertifiedCopy, row.copy_id)
    else:
        copy = copies.planned_copy(session, _actor(session, row), _order(row))
    return copies.facts_for_copy(session, copy, row.signer_post_id, pages_named(row.pages))


def number_copy(session: Session, claim: CopyClaim) -> CertifiedCopy:
    """It can be made: it gets its number, the last thing in the transaction. Raises LeaseLost."""
    row = _held(session, claim)
    if row.copy_id is not None:
        return session.get_one(CertifiedCopy, row.copy_id)
    copy = copies.make_copy(session, _actor(session, row), _order(row))
    row.copy_id = copy.id
    session.flush()
    return copy


def finish_copy(session: Session, claim: CopyClaim, blob: StoredBlob) -> None:
    """The marked file is kept beside its original. Raises LeaseLost."""
    row = _held(session, claim)
    actor = _actor(session, row)
    source = copies.source_of(session, actor, row.kind, row.thing_id)
    if row.copy_id is None or source is None:
        raise NotFound(f"copy of {row.kind} {row.thing_id}")
    copies.keep_copy_file(session, actor, copy_id=row.copy_id, blob=blob, source_id=source.id)
    _end(session, row, WorkState.DONE, "")


def refuse_copy(session: Session, claim: CopyClaim, sentence: str) -> None:
    """It cannot be made; the page shows the sentence. Raises LeaseLost."""
    row = _held(session, claim)
    _end(session, row, WorkState.FAILED, sentence)
    audit.record(session, SYSTEM, "certified_copy.refused", row.copy_id, of=row.thing_id)


def release_copies(session: Session) -> int:
    """Let others make what dead workers held; a file that killed two workers is given up."""
    gone = leases.expired(
        session, CopyWanted, CopyWanted.leased_until, CopyWanted.state == WorkState.RUNNING
    )
    for row in gone:
        if row.attempts >= MOST_ATTEMPTS:
            _end(session, row, WorkState.DEAD, "Chương trình sao đã dừng hai lần với tệp này.")
        else:
            row.state = WorkState.QUEUED
            leases.give_back(row)
    return len(gone)


def _held(session: Session, claim: CopyClaim) -> CopyWanted:
    row = session.get(CopyWanted, claim.wanted_id, with_for_update=True, populate_existing=True)
    if row is None or row.lease_token != claim.token or row.state is not WorkState.RUNNING:
        raise LeaseLost(f"wanted copy {claim.wanted_id}")
    return row


def _end(session: Session, row: CopyWanted, state: WorkState, error: str) -> None:
    row.state, row.error = state, error[:500]
    leases.give_back(row)
    outbox.changed(session, row.kind, row.thing_id)


def _actor(session: Session, row: CopyWanted) -> Actor:
    return actor_for(session, row.asked_by, row.asked_post_id)


def _order(row: CopyWanted) -> CopyOrder:
    return CopyOrder(
        kind=row.kind, thing_id=row.thing_id, copy_kind=row.copy_kind,
        issuing_body_id=row.issuing_body_id, copies=row.copies, for_whom=row.for_whom,
        part=row.part, signer_post_id=row.signer_post_id,
    )  # fmt: skip
