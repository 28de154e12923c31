"""A batch is taken in one transaction: raw bytes, items and what became of them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import now
from app.db import insert
from app.errors import ProgrammingFault
from app.feeds.models import OPEN_FAULT, FeedBatch, FeedFault, FeedSignal
from app.feeds.preparing import Prepared
from app.feeds.processors import Fate, Item, Outcome, Target
from app.feeds.words import FaultKind, SignalState
from app.files.models import new_token

MOST_REASONS = 20
OTHER_REASONS = "Nhiều lý do khác nhau trong một lần gửi."
FIRST_RETRY = timedelta(seconds=15)
NO_SAMPLES: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Refused:
    """An item that was refused, for the answer to the sender."""

    position: int
    reason: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a batch. `problem` is a sentence when it was kept without being taken."""

    batch_id: int
    accepted: int = 0
    duplicate: int = 0
    refused: int = 0
    reasons: tuple[Refused, ...] = ()
    repeated: bool = False
    fault: FaultKind | None = None
    problem: str = ""


def take(session: Session, target: Target, prepared: Prepared) -> Taken:
    """Keep the batch and hand its items to the target; the caller's commit makes it true.

    The same request a second time changes nothing and is answered as the first one was.
    """
    batch_id = keep_batch(session, prepared)
    if batch_id is None:
        return _as_before(session, prepared)
    if prepared.arrived.held_because:
        return keep_whole(session, batch_id, prepared, FaultKind.HELD)
    if prepared.unreadable:
        return keep_whole(session, batch_id, prepared, FaultKind.UNREADABLE)
    taken = process(session, target, prepared, batch_id)
    session.execute(
        sa.update(FeedBatch)
        .where(FeedBatch.id == batch_id)
        .values(accepted=taken.accepted, duplicate=taken.duplicate, refused=taken.refused)
    )
    return taken


def keep_failed(session: Session, prepared: Prepared, reason: str) -> Taken:
    """Keep a batch whose processing broke down; it is tried again by itself."""
    batch_id = keep_batch(session, prepared)
    if batch_id is None:
        return _as_before(session, prepared)
    return keep_whole(session, batch_id, prepared, FaultKind.FAILED, reason)


def process(
    session: Session, target: Target, prepared: Prepared, batch_id: int, *, again: bool = False
) -> Taken:
    """Hand a kept batch's items to the target. What is refused is kept with its reason.

    `again`: the batch was processed before, and what an open fault covers is counted already.
    """
    if target.keeps_each:
        outcomes = _process_signals(session, target, prepared, batch_id)
    else:
        outcomes = _outcomes(session, target, prepared, prepared.items)
    refused = {one.position: (one.reason, one.raw) for one in prepared.refusals}
    for item, outcome in outcomes:
        if outcome.fate is Fate.REFUSED:
            refused[item.position] = (outcome.reason, item.fields)
    if refused and not target.keeps_each:
        _keep_reasons(session, prepared, batch_id, list(refused.values()), again=again)
    fates = Counter(outcome.fate for _item, outcome in outcomes)
    return Taken(
        batch_id, fates[Fate.ACCEPTED], fates[Fate.DUPLICATE], len(refused),
        tuple(Refused(at, refused[at][0]) for at in sorted(refused)),
    )  # fmt: skip


def keep_batch(session: Session, prepared: Prepared) -> int | None:
    """The raw bytes; None when this request was kept before."""
    arrived = prepared.arrived
    statement = (
        insert(FeedBatch)
        .values(
            source_id=prepared.source.id, device_id=arrived.device_id,
            request_key=arrived.request_key, received_at=arrived.received_at,
            content=prepared.packed, size=len(arrived.content), format=arrived.format,
            accepted=0, duplicate=0, refused=0,
        )
        .on_conflict_do_nothing(index_elements=["source_id", "request_key"])
        .returning(FeedBatch.id)
    )  # fmt: skip
    return session.scalar(statement)


def keep_whole(
    session: Session, batch_id: int, prepared: Prepared, kind: FaultKind, reason: str = ""
) -> Taken:
    """A batch of which nothing was taken, with the sentence that says why."""
    reason = reason or prepared.arrived.held_because or prepared.unreadable
    session.execute(sa.update(FeedBatch).where(FeedBatch.id == batch_id).values(refused=1))
    _keep_faults(session, prepared, batch_id, kind, {reason: 1})
    return Taken(batch_id, refused=1, fault=kind, problem=reason)


def _as_before(session: Session, prepared: Prepared) -> Taken:
    kept = session.execute(
        sa.select(FeedBatch.id, FeedBatch.accepted, FeedBatch.duplicate, FeedBatch.refused).where(
            FeedBatch.source_id == prepared.source.id,
            FeedBatch.request_key == prepared.arrived.request_key,
        )
    ).one()
    return Taken(kept.id, kept.accepted, kept.duplicate, kept.refused, repeated=True)


def _outcomes(
    session: Session, target: Target, prepared: Prepared, items: Sequence[Item]
) -> list[tuple[Item, Outcome]]:
    if not items:
        return []
    outcomes = target.processor.process(session, prepared.source.ref, items)
    if len(outcomes) != len(items):
        raise ProgrammingFault(f"{target.name} gave {len(outcomes)} outcomes for {len(items)}")
    return list(zip(items, outcomes, strict=True))


def _process_signals(
    session: Session, target: Target, prepared: Prepared, batch_id: int
) -> list[tuple[Item, Outcome]]:
    """Each item has a row of its own, and is handed on only when the row is new."""
    ids = _insert_signals(session, prepared, batch_id)
    fresh, known = list[Item](), list[tuple[Item, Outcome]]()
    for item in prepared.items:
        signal_id = ids.pop(item.external_id, None)
        if signal_id is None:
            known.append((item, Outcome(Fate.DUPLICATE)))
        else:
            fresh.append(replace(item, signal_id=signal_id))
    outcomes = _outcomes(session, target, prepared, fresh)
    settle_signals(session, outcomes)
    return outcomes + known


def _insert_signals(session: Session, prepared: Prepared, batch_id: int) -> dict[str, int]:
    """Ids of the rows that are new, by the sender's id. Sorted, so that no two batches wait for
    each other crosswise."""
    rows = [
        _signal_row(prepared, batch_id, item.position, item.external_id)
        | {"at": item.at, "fields": dict(item.fields)}
        for item in prepared.items
    ]
    rows += [
        _signal_row(
            prepared, batch_id, one.position, one.external_id or f"?{batch_id}.{one.position}"
        )
        | {"at": None, "fields": {}, "state": SignalState.DEAD, "reason": one.reason}
        for one in prepared.refusals
    ]
    if not rows:
        return {}
    statement = (
        insert(FeedSignal)
        .values(sorted(rows, key=lambda row: str(row["external_id"])))
        .on_conflict_do_nothing(index_elements=["source_id", "external_id"])
        .returning(FeedSignal.external_id, FeedSignal.id)
    )
    return dict(session.execute(statement).tuples().all())


def _signal_row(
    prepared: Prepared, batch_id: int, position: int, external_id: str
) -> dict[str, Any]:
    return {
        "token": new_token(),
        "source_id": prepared.source.id,
        "batch_id": batch_id,
        "external_id": external_id[:200],
        "received_at": prepared.arrived.received_at,
        "state": SignalState.RECEIVED,
        "raw": dict(prepared.raws.get(position, {})),
        "reason": "",
        "kind": "",
    }


def settle_signals(session: Session, outcomes: Iterable[tuple[Item, Outcome]]) -> None:
    """Write down what became of signals."""
    rows = [
        {
            "id": item.signal_id,
            "state": SignalState.DEAD if one.fate is Fate.REFUSED else SignalState.PROCESSED,
            "reason": one.reason[:500],
            "kind": one.kind,
            "thing_id": one.thing_id,
        }
        for item, one in outcomes
    ]
    if rows:
        session.execute(sa.update(FeedSignal), rows)


def _keep_reasons(
    session: Session,
    prepared: Prepared,
    batch_id: int,
    refused: Sequence[tuple[str, Mapping[str, Any]]],
    *,
    again: bool,
) -> None:
    """Each reason with one of the records it met; very many different ones of a batch are one."""
    counted = Counter(reason[:500] for reason, _record in refused)
    kept = dict(counted.most_common(MOST_REASONS))
    samples = {reason[:500]: _shown(record) for reason, record in reversed(refused) if record}
    others = sum(counted.values()) - sum(kept.values())
    if others:
        kept[OTHER_REASONS] = others
    _keep_faults(session, prepared, batch_id, FaultKind.REFUSED, kept, samples=samples, again=again)


def _shown(record: Mapping[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, indent=2, default=str)[:2000]


def _keep_faults(
    session: Session,
    prepared: Prepared,
    batch_id: int,
    kind: FaultKind,
    reasons: Mapping[str, int],
    *,
    samples: Mapping[str, str] = NO_SAMPLES,
    again: bool = False,
) -> None:
    """One open row for each reason, however often and from however many senders at once."""
    received = prepared.arrived.received_at
    rows = [
        {
            "token": new_token(), "source_id": prepared.source.id, "kind": kind, "reason": reason,
            "count": reasons[reason], "first_batch_id": batch_id, "last_batch_id": batch_id,
            "first_at": received, "last_at": received,
            "sample": samples.get(reason, prepared.sample),
            "attempts": 0, "done_batches": 0, "note": "",
            "due_at": now() + FIRST_RETRY if kind is FaultKind.FAILED else None,
        }
        for reason in sorted(reasons)
    ]  # fmt: skip
    statement = insert(FeedFault).values(rows)
    new = statement.excluded
    covered = new["first_batch_id"].between(FeedFault.first_batch_id, FeedFault.last_batch_id)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["source_id", "reason"],
            index_where=OPEN_FAULT,
            set_={
                "count": FeedFault.count + new["count"],
                "first_batch_id": _smaller(FeedFault.first_batch_id, new["first_batch_id"]),
                "last_batch_id": _larger(FeedFault.last_batch_id, new["last_batch_id"]),
                "last_at": _larger(FeedFault.last_at, new["last_at"]),
            },
            where=sa.not_(covered) if again else None,
        )
    )


def _smaller(one: Any, other: Any) -> sa.Case[Any]:
    return sa.case((one < other, one), else_=other)


def _larger(one: Any, other: Any) -> sa.Case[Any]:
    return sa.case((one > other, one), else_=other)
