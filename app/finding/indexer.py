"""The consumer that keeps the index in step with the database. Only the relay runs it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from app import kinds, outbox
from app.db import reading
from app.finding import engine, watching
from app.finding.events import RebuildAsked
from app.finding.names import Thing, record_id, thing_of
from app.outbox import Claimed, Outcome, ThingChanged, ThingPurged
from search import IndexCorrupt, IndexMissing, IndexOutdated, SearchBackend, SearchRecord

log = logging.getLogger(__name__)

BATCH = 500
NOT_USABLE = (IndexMissing, IndexOutdated, IndexCorrupt)

_writing = threading.Lock()  # the consumer and the regular look share one writer


class IndexConsumer:
    """Writes changed things, removes gone ones, purges, rebuilds; one commit a batch."""

    name = "index"
    lease = timedelta(minutes=30)  # a rebuild of 100,000 things fits

    def __init__(self) -> None:
        outbox.subscribe(self.name, ThingChanged.name, ThingPurged.name, RebuildAsked.name)

    def handle(self, deliveries: Sequence[Claimed]) -> Outcome:
        """Bring the batch's things up to date; all or nothing, as they share one commit."""
        names = {delivery.name for delivery in deliveries}
        things = _things(deliveries, ThingChanged.name)
        purged = _things(deliveries, ThingPurged.name)
        build_if_missing()
        with _writing:
            if RebuildAsked.name in names:
                rebuild()
            _update(engine.backend(), things, purged)
        watching.look(things)
        return Outcome(done=list(deliveries))


def build_if_missing() -> None:
    """Build the index when there is none, as after a restore, or none that can be used.

    Writing would silently begin an empty one, in which nothing older is found.
    """
    with _writing:
        try:
            engine.backend().stats()
        except NOT_USABLE as error:
            log.warning("index not usable (%s): building it anew", type(error).__name__)
            rebuild()


def _things(deliveries: Iterable[Claimed], name: str) -> list[Thing]:
    found = ((d.payload["kind"], int(d.payload["thing_id"])) for d in deliveries if d.name == name)
    return list(dict.fromkeys(found))


def _update(backend: SearchBackend, things: Sequence[Thing], purged: Sequence[Thing]) -> None:
    if things:
        records = load(things)
        backend.put_many(records.values())
        backend.delete_many(record_id(thing) for thing in things if thing not in records)
        backend.commit()
    if purged:
        backend.purge(record_id(thing) for thing in purged)
        remaining = load(purged)  # the row may stay, without content
        if remaining:
            backend.put_many(remaining.values())
            backend.commit()


def load(things: Iterable[Thing]) -> dict[Thing, SearchRecord]:
    """Records of things as they are now; the gone and the kinds that are not found are left out."""
    by_kind: dict[str, list[int]] = {}
    for name, thing_id in things:
        by_kind.setdefault(name, []).append(thing_id)
    found: dict[Thing, SearchRecord] = {}
    with reading() as session:
        for kind in kinds.all_kinds():
            if kind.records is None or kind.name not in by_kind:
                continue
            for record in kind.records(session, by_kind[kind.name]):
                found[thing_of(record.id)] = record
    return found


def all_records(batch: int = BATCH) -> Iterator[list[SearchRecord]]:
    """Everything that can be found, in batches, each read in a block of its own."""
    for kind in kinds.all_kinds():
        if kind.records is None or kind.all_ids is None:
            continue
        last = 0
        while True:
            with reading() as session:
                ids = kind.all_ids(session, last, batch)
                records = kind.records(session, ids) if ids else []
            if not ids:
                break
            last = ids[-1]
            yield records


def rebuild() -> int:
    """Fill a new index in batches, then put it in place of the old one. Returns the count.

    Changes that arrive meanwhile wait in the outbox and are written after the swap. An
    interrupted rebuild goes on with the same unfinished index.
    """
    backend = engine.backend()
    token = backend.begin_rebuild()
    written = sum(backend.put_many(records, rebuild=token) for records in all_records())
    backend.finish_rebuild(token)
    log.info("index rebuilt with %d records", written)
    return written
