"""Services that a benchmark needs, started for it and thrown away after it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.processes import STARTED_WITHIN, free_port, process, wait_for

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


@contextmanager
def mosquitto(folder: Path) -> Iterator[str]:
    """An MQTT broker of our own; gives its URL.

    Raises:
        FileNotFoundError: Mosquitto is not installed.
    """
    port = free_port()
    settings = folder / "mosquitto.conf"
    settings.write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n"
        "max_inflight_messages 500\nmax_queued_messages 100000\nset_tcp_nodelay true\n"
    )
    program = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        raise FileNotFoundError("mosquitto")
    with process([program, "-c", str(settings)], os.environ, folder / "mosquitto.log"):
        wait_for(lambda: answers(port), STARTED_WITHIN, "the broker")
        yield f"mqtt://127.0.0.1:{port}"


def answers(port: int) -> bool:
    """Whether somebody listens on a port of the loopback."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
