"""Removes bytes that no row names: what a crash between storing and committing leaves behind."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from app.db import reading, transaction
from app.files import queries
from app.files.store import FileStore

DAY_SECONDS = 24 * 3600.0
BATCH = 500


@dataclass(frozen=True, slots=True)
class Collected:
    """What one run removed: files without a row, bytes of purged rows, half-written files."""

    orphans: int
    purged: int
    temporary: int


def collect(store: FileStore, *, older_than: float = DAY_SECONDS) -> Collected:
    """Remove files without a row, last put more than `older_than` seconds ago.

    The first look is a reading; a second one under the write lock sees rows committed meanwhile.
    Bytes of purged rows go at once, unless they were put again after the purge.
    """
    before = time.time() - older_than
    removed = 0
    hashes = store.all()
    while batch := list(islice(hashes, BATCH)):
        with reading() as session:
            known = queries.known_hashes(session, batch)
        old = [sha for sha in batch if sha not in known and _older(store, sha, before)]
        if old:
            removed += _remove(store, old, before)
    return Collected(removed, remove_purged(store), store.clean_temporary(older_than))


def remove_purged(store: FileStore) -> int:
    """Remove the bytes of purged rows; what was put again after the purge stays."""
    with reading() as session:
        purged = [(blob.sha256, blob.purged_at) for blob in queries.purged_blobs(session)]
    return sum(
        store.remove_older(sha256, moment.timestamp()) for sha256, moment in purged if moment
    )


def damaged(store: FileStore, hashes: Iterator[str]) -> Iterator[str]:
    """Those whose bytes no longer have the hash they are named by."""
    for sha256 in hashes:
        digest = hashlib.sha256()
        with store.open(sha256) as source:
            while chunk := source.read(1024 * 1024):
                digest.update(chunk)
        if digest.hexdigest() != sha256:
            yield sha256


def _older(store: FileStore, sha256: str, before: float) -> bool:
    written = store.written_at(sha256)
    return written is not None and written < before


def _remove(store: FileStore, hashes: list[str], before: float) -> int:
    # The one place where files are touched under the write lock: the look and the removal must
    # not be parted. Each removal is one rename and one unlink.
    with transaction("files.collect") as session:
        known = queries.known_hashes(session, hashes)
        return sum(store.remove_older(sha, before) for sha in hashes if sha not in known)
