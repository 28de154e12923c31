"""What happens by itself: faults are worked on, raw bytes that are too old go."""

from __future__ import annotations

import logging
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import now
from app.db import reading, transaction
from app.feeds.entry import is_away
from app.feeds.models import FeedBatch, FeedFault, FeedSource
from app.feeds.preparing import Arrived, Prepared, prepare, unpack
from app.feeds.processors import target_named
from app.feeds.queries import UNSOLVED, info_of
from app.feeds.services import replaying
from app.feeds.words import FaultState

log = logging.getLogger(__name__)

MOST_DELETED = 200  # batches in one transaction: their bytes are overwritten


def work_on_faults() -> int:
    """Replay what somebody asked for, and retry what broke down and is due. Returns how many."""
    with reading() as session:
        asked = _ids(session, FeedFault.state == FaultState.REPLAYING)
        due = _ids(session, FeedFault.state == FaultState.OPEN, FeedFault.due_at <= now())
    for fault_id in due:
        with transaction("feeds.begin_retry") as session:
            if replaying.begin_retry(session, fault_id):
                asked.append(fault_id)
    for fault_id in asked:
        replay(fault_id)
    return len(asked)


def replay(fault_id: int) -> None:
    """Take the batches of a fault again, each in its own transaction; safe to be cut off."""
    after = 0
    try:
        while True:
            found = _load(fault_id, after)
            if found is None:
                break
            step, prepared = found
            with transaction("feeds.retake") as session:
                target = target_named(prepared.source.target)
                replaying.retake(session, target, prepared, step)
            after = step.batch_id or after
        with transaction("feeds.finish") as session:
            replaying.finish(session, fault_id)
    except Exception as error:
        if is_away(error):
            raise
        log.exception("the replay of fault %s broke down", fault_id)
        with transaction("feeds.put_off") as session:
            replaying.put_off(session, fault_id)


def _load(fault_id: int, after: int) -> tuple[replaying.Step, Prepared] | None:
    """The next batch, read and translated outside of any transaction."""
    with reading() as session:
        fault = session.get(FeedFault, fault_id)
        if fault is None or fault.state is not FaultState.REPLAYING:
            return None
        step = replaying.next_step(session, fault, after)
        batch = session.get(FeedBatch, step.batch_id) if step.batch_id else None
        if batch is None:
            return None
        source = info_of(fault.source)
        arrived = Arrived(
            unpack(batch.content), batch.received_at, batch.device_id, format=batch.format
        )
    return step, prepare(source, target_named(source.target), arrived)


def _ids(session: Session, *where: sa.ColumnElement[bool]) -> list[int]:
    return list(session.scalars(sa.select(FeedFault.id).where(*where).order_by(FeedFault.id)))


def forget_batches() -> int:
    """Delete raw bytes that are older than their source keeps them, unless a fault needs them."""
    with reading() as session:
        sources = [(s.id, s.keep_days) for s in session.scalars(sa.select(FeedSource))]
    deleted = 0
    for source_id, days in sources:
        while True:
            with transaction("feeds.forget_batches") as session:
                gone = _forget_some(session, source_id, days)
            deleted += gone
            if gone < MOST_DELETED:
                break
    return deleted


def _forget_some(session: Session, source_id: int, days: int) -> int:
    needed = sa.select(FeedFault.id).where(
        FeedFault.source_id == source_id,
        FeedFault.state.in_(UNSOLVED),
        FeedBatch.id.between(FeedFault.first_batch_id, FeedFault.last_batch_id),
    )
    ids = session.scalars(
        sa.select(FeedBatch.id)
        .where(
            FeedBatch.source_id == source_id,
            FeedBatch.received_at < now() - timedelta(days=days),
            ~sa.and_(FeedBatch.refused > 0, needed.exists()),
        )
        .order_by(FeedBatch.received_at)
        .limit(MOST_DELETED)
    ).all()
    session.execute(sa.delete(FeedBatch).where(FeedBatch.id.in_(ids)))
    return len(ids)
