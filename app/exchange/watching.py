"""The exchange's in-folder: every finished file comes in once; refused ones move aside."""

from __future__ import annotations

import logging
import os
import time
from pathlib import Path

import sqlalchemy as sa

from app.errors import AppError
from app.exchange import entry
from app.exchange.folders import REFUSED, current_folders
from app.exchange.services.holding import UNFORESEEN
from app.security import SYSTEM

log = logging.getLogger(__name__)

QUIET_SECONDS = 4.0
PARTIAL = (".part", ".tmp", ".crdownload", ".filepart")


def scan(*, limit: int, quiet: float = QUIET_SECONDS) -> int:
    """Take in all files that have stopped growing. Returns how many.

    A process that dies in between leaves the file in its place: it is the same packet again.
    """
    inbox = current_folders().inbox
    if not inbox.is_dir():
        return 0
    taken = 0
    for path in sorted(inbox.iterdir()):
        if _is_finished(path, quiet):
            _take(path, limit)
            taken += 1
    return taken


def _is_finished(path: Path, quiet: float) -> bool:
    if path.name.startswith((".", "~")) or path.name.lower().endswith(PARTIAL):
        return False
    if path.is_symlink() or not path.is_file():
        return False
    return time.time() - path.stat().st_mtime >= quiet


def _take(path: Path, limit: int) -> None:
    try:
        with path.open("rb") as source:
            received = entry.take_in(SYSTEM, source, path.name, limit=limit)
        ok, sentence, kept = received.ok, received.sentence, received.packet_token is not None
    except AppError as error:
        ok, sentence, kept = False, error.user_message, False
    except sa.exc.OperationalError:
        raise  # the database is away: all files wait
    except Exception:
        log.exception("a packet of the folder")
        ok, sentence, kept = False, UNFORESEEN, False
    if ok:
        path.unlink()  # its bytes are held, later stored: a copy here would outlive a purge
        return
    folder = path.parent / REFUSED
    folder.mkdir(exist_ok=True)
    target = folder / f"{time.time_ns()}-{path.name}"
    if kept:
        path.unlink()  # it is held, where a clerk can let it in or throw it away
    else:
        os.replace(path, target)
    target.with_name(target.name + ".txt").write_text(f"{sentence}\n", encoding="utf-8")
