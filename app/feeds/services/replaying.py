"""What could not be taken is taken again, or given up with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import audit
from app.clock import now
from app.errors import InvalidInput, NotFound, RuleViolated
from app.feeds.mapping import Translator
from app.feeds.models import FeedBatch, FeedFault, FeedSignal
from app.feeds.permissions import REPLAY
from app.feeds.preparing import Prepared
from app.feeds.processors import Item, Target, target_named
from app.feeds.queries import covered_by, info_of
from app.feeds.services import taking
from app.feeds.words import FaultKind, FaultState, SignalState
from app.security import SYSTEM, Actor, authorize

MOST_ATTEMPTS = 8
FIRST_DELAY = timedelta(seconds=30)


def ask_replay(session: Session, actor: Actor, fault_id: int) -> FeedFault:
    """Let the batches of a fault be taken again; `carry_on` does it, a batch at a time."""
    acting = authorize(actor, REPLAY)
    fault = _locked(session, fault_id)
    if fault.state is not FaultState.OPEN:
        raise RuleViolated("Lỗi này đã được xử lý.")
    fault.state, fault.done_batches = FaultState.REPLAYING, 0
    fault.acted_by_post_id, fault.acted_at = acting.post_id, now()
    audit.record(session, actor, "feed_fault.replayed", fault.id, source=fault.source_id)
    return fault


def discard(session: Session, actor: Actor, fault_id: int, reason: str) -> None:
    """Give up what a fault covers; the raw bytes stay as long as the source keeps them."""
    acting = authorize(actor, REPLAY)
    fault = _locked(session, fault_id)
    if fault.state is not FaultState.OPEN:
        raise RuleViolated("Lỗi này đã được xử lý.")
    fault.note = _reason(reason)
    fault.state = FaultState.DISCARDED
    fault.acted_by_post_id, fault.acted_at = acting.post_id, now()
    audit.record(session, actor, "feed_fault.discarded", fault.id, source=fault.source_id)


@dataclass(frozen=True, slots=True)
class Step:
    """The next batch of a fault that is replayed; None when there is no further one."""

    fault_id: int
    batch_id: int | None


def next_step(session: Session, fault: FeedFault, after: int) -> Step:
    """Where the replay of a fault goes on behind batch `after` (0: at its beginning)."""
    batch_id = session.scalar(
        sa.select(FeedBatch.id)
        .where(*covered_by(fault), FeedBatch.id > after)
        .order_by(FeedBatch.id)
        .limit(1)
    )
    return Step(fault.id, batch_id)


def retake(session: Session, target: Target, prepared: Prepared, step: Step) -> None:
    """Take a kept batch again; what is known is a duplicate, what is still refused is kept anew."""
    batch = session.get(FeedBatch, step.batch_id, with_for_update=True)
    fault = _locked(session, step.fault_id)
    if batch is None:
        return
    if prepared.unreadable:
        taken = taking.keep_whole(session, batch.id, prepared, FaultKind.UNREADABLE)
    else:
        taken = taking.process(session, target, prepared, batch.id, again=True)
    batch.accepted += taken.accepted
    batch.refused = taken.refused
    fault.done_batches += 1


def finish(session: Session, fault_id: int) -> None:
    """All batches were taken again. What was refused once more has a new row by now."""
    fault = _locked(session, fault_id)
    fault.state = FaultState.SOLVED
    audit.record(session, SYSTEM, "feed_fault.solved", fault.id, source=fault.source_id)


def put_off(session: Session, fault_id: int) -> None:
    """It broke down again: later, and after `MOST_ATTEMPTS` only when somebody asks."""
    fault = _locked(session, fault_id)
    fault.attempts += 1
    fault.state = FaultState.OPEN
    given_up = fault.attempts >= MOST_ATTEMPTS
    fault.due_at = None if given_up else now() + FIRST_DELAY * 2**fault.attempts


def begin_retry(session: Session, fault_id: int) -> bool:
    """Let a fault of ours be tried by itself. False when somebody else was faster."""
    fault = _locked(session, fault_id)
    if fault.state is not FaultState.OPEN or fault.due_at is None:
        return False
    fault.state, fault.done_batches = FaultState.REPLAYING, 0
    return True


def replay_signal(session: Session, actor: Actor, signal_id: int) -> FeedSignal:
    """Translate a dead signal with today's mapping and hand it to its target once more."""
    acting = authorize(actor, REPLAY)
    signal = _dead(session, signal_id)
    source = info_of(signal.source)
    target = target_named(source.target)
    signal.acted_by_post_id, signal.acted_at = acting.post_id, now()
    audit.record(session, actor, "feed_signal.replayed", signal.id, source=source.id)
    mapped = Translator(source.mapping, target.fields).apply(signal.raw)
    if mapped.faults:
        signal.reason = " ".join(mapped.faults)[:500]
        return signal
    signal.at, signal.fields, signal.state = mapped.at, mapped.fields, SignalState.RECEIVED
    session.flush()
    item = Item(
        signal.external_id, mapped.fields, mapped.at, signal.received_at, signal_id=signal.id
    )
    [outcome] = target.processor.process(session, source.ref, [item])
    taking.settle_signals(session, [(item, outcome)])
    session.refresh(signal)
    return signal


def discard_signal(session: Session, actor: Actor, signal_id: int, reason: str) -> None:
    """Give a dead signal up."""
    acting = authorize(actor, REPLAY)
    signal = _dead(session, signal_id)
    signal.reason = f"{signal.reason} – {_reason(reason)}"[:500]
    signal.state = SignalState.DISCARDED
    signal.acted_by_post_id, signal.acted_at = acting.post_id, now()
    audit.record(session, actor, "feed_signal.discarded", signal.id, source=signal.source_id)


def _dead(session: Session, signal_id: int) -> FeedSignal:
    signal = session.get(FeedSignal, signal_id, with_for_update={"of": FeedSignal})
    if signal is None:
        raise NotFound(f"feed signal {signal_id}")
    if signal.state is not SignalState.DEAD:
        raise RuleViolated("Tin này đã được xử lý.")
    return signal


def _locked(session: Session, fault_id: int) -> FeedFault:
    fault = session.get(FeedFault, fault_id, with_for_update={"of": FeedFault})
    if fault is None:
        raise NotFound(f"feed fault {fault_id}")
    return fault


def _reason(text: str) -> str:
    reason = text.strip()
    if not reason:
        raise InvalidInput("Hãy nhập lý do bỏ qua.", "reason")
    return reason[:300]
