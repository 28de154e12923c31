"""The scanner's folder: every finished file comes in once; the source moves only after commit."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.db import reading, transaction
from app.incoming import entry
from app.incoming.models import IntakeSource, IntakeState
from app.incoming.queries import ledger
from app.incoming.services import intake
from app.security import SYSTEM
from workflows.runtime import Runtime

log = logging.getLogger(__name__)

TAKEN, REFUSED = "da-nhan", "khong-nhan"
QUIET_SECONDS = 4.0
PARTIAL = (".part", ".tmp", ".crdownload", ".filepart")


@dataclass(frozen=True, slots=True)
class Scanned:
    """What one look at the folder brought."""

    taken: int
    refused: int
    growing: int


def scan(runtime: Runtime, *, quiet: float = QUIET_SECONDS) -> Scanned:
    """Take in all files of the watched folder that have stopped growing.

    Raises FileNotFoundError when the folder is not there: a share that is not mounted must show.
    """
    folder = runtime.settings.watch_dir
    if folder is None:
        return Scanned(0, 0, 0)
    if not folder.is_dir():
        raise FileNotFoundError(folder)
    taken = refused = growing = 0
    for path in list(_candidates(folder)):
        if not is_stable(path, quiet):
            growing += 1
            continue
        if take(path, limit=runtime.settings.limits.upload_bytes):
            taken += 1
        else:
            refused += 1
    return Scanned(taken, refused, growing)


def _candidates(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        passed_by = path.name.startswith((".", "~")) or path.name.lower().endswith(PARTIAL)
        if path.is_file() and not path.is_symlink() and not passed_by:
            yield path


def is_stable(path: Path, quiet: float = QUIET_SECONDS) -> bool:
    """Whether nothing has been written to a file for a while and its size stays the same."""
    try:
        first = path.stat()
        if time.time() - first.st_mtime < quiet:
            return False
        time.sleep(min(quiet, 0.2))
        second = path.stat()
    except FileNotFoundError:
        return False
    return (first.st_size, first.st_mtime_ns) == (second.st_size, second.st_mtime_ns)


def take(path: Path, *, limit: int) -> bool:
    """Take in one finished file and move it aside. Returns whether it was accepted.

    A process may die anywhere in here: before the commit the file is still in its place and its
    row is gone on with; after it the row names the file, and only the move is made up for.
    """
    with reading() as session:
        known = ledger.of_source(session, str(path))
    if known is not None and known.state is IntakeState.RECEIVED:
        with path.open("rb") as source:
            result = entry.take_bytes(SYSTEM, known.id, source, limit=limit)
    elif known is not None and known.sha256 == _hash_of(path):
        sentence = known.reject_reason
        result = entry.Taken(known.id, known.token, known.letter_id, known.state, sentence)
    else:
        arrival = intake.Arrival(
            path.name, IntakeSource.WATCH, source_name=path.parent.name, source_path=str(path)
        )
        with path.open("rb") as source:
            result = entry.take_in(SYSTEM, source, arrival, limit=limit)
    refused = result.state is IntakeState.REJECTED
    moved = _move_aside(path, REFUSED if refused else TAKEN, result.intake_id)
    if refused and moved is not None:
        moved.with_name(moved.name + ".txt").write_text(f"{result.sentence}\n", encoding="utf-8")
    if moved is not None:
        with transaction("watch.moved") as session:
            intake.note_source_moved(session, intake_id=result.intake_id, path=str(moved))
    return not refused


def _hash_of(path: Path) -> str:
    """Tells whether this is the file a row names, or a newer one under the same name."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _move_aside(path: Path, where: str, intake_id: int) -> Path | None:
    target = path.parent / where / f"{intake_id}-{path.name}"
    try:
        target.parent.mkdir(exist_ok=True)
        try:
            os.rename(path, target)
        except OSError:  # another file system
            shutil.move(path, target)
    except OSError:
        log.exception("could not move %s aside", path.name)
        return None
    return target
