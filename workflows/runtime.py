"""What worker and scheduler share: settings, stores, reader options, private scratch space."""

from __future__ import annotations

import logging
import multiprocessing.util
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app import create_app
from app.clock import today
from app.db import reading
from app.files.store import FileStore, current_store
from app.incoming.quarantine import Quarantine, current_quarantine
from app.incoming.queries.secret_heads import secret_heads_on
from app.incoming.queries.text import known_organs
from config.settings import Settings
from ocr import ReadOptions

log = logging.getLogger(__name__)

OLD_SCRATCH_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Runtime:
    """A started process."""

    settings: Settings
    store: FileStore
    quarantine: Quarantine


def start(settings: Settings | None = None) -> Runtime:
    """Bind database, store and quarantine, and keep temporary files inside the installation.

    What a reader writes meanwhile may be secret: it lies in a folder only we may open, and what a
    killed process left there is removed.
    """
    settings = settings or Settings.from_env(os.environ)
    create_app(settings)
    # The fork server's sockets stay in the system's short folder: under a deep installation their
    # address would be longer than a socket's may be (108 bytes).
    multiprocessing.util.get_temp_dir()
    scratch = settings.var_dir / "scratch"
    scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.environ["TMPDIR"] = tempfile.tempdir = str(scratch)
    clean_scratch(scratch)
    return Runtime(settings, current_store(), current_quarantine())


def keep_serving(serve: Callable[[], object], *, pause: float = 3.0) -> None:
    """Call what serves until it ends by itself: Prefect may start later than we, or go away.

    A signal ends it: `serve` returns then, or raises KeyboardInterrupt or SystemExit.
    """
    while True:
        try:
            serve()
        except Exception:
            log.exception("no Prefect server; trying again in %s s", pause)
            time.sleep(pause)
        else:
            return


def clean_scratch(scratch: Path, *, older_than: float = OLD_SCRATCH_SECONDS) -> None:
    """Remove what killed readers left behind."""
    limit = time.time() - older_than
    for left in scratch.iterdir():
        if left.lstat().st_mtime < limit:
            shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink()


def read_options(settings: Settings, *, cleared: bool = False) -> ReadOptions:
    """How to read today: limits of the installation, known organs, secret heads."""
    limits = settings.limits
    with reading() as session:
        organs = tuple(known_organs(session))
        heads = secret_heads_on(session, today())
    return ReadOptions(
        processes=settings.reading_processes,
        max_pages=limits.pages,
        max_pixels=limits.pixels,
        max_bytes=limits.upload_bytes,
        secrecy_heads=heads,
        organs=organs,
        cleared=cleared,
    )
