"""Services that a benchmark needs, started for it and thrown away after it."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parent.parent / "scripts"


@contextmanager
def postgresql() -> Iterator[str]:
    """A PostgreSQL server of our own, with fsync as in production; gives the URL of a database.

    Raises:
        subprocess.CalledProcessError: PostgreSQL is not installed or did not start.
    """
    folder = Path(tempfile.mkdtemp(prefix="congvu-bench."))
    folder.chmod(0o711)  # the server runs as another user when we are root
    script, place = SCRIPTS / "postgresql.sh", folder / "postgresql"
    try:
        started = subprocess.run(
            [script, "start", place, "safe"], check=True, stdout=subprocess.PIPE, text=True
        )
        yield started.stdout.strip()
    finally:
        subprocess.run([script, "stop", place], check=False)
        shutil.rmtree(folder, ignore_errors=True)
