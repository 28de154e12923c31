"""`make run` in a fresh clone, from nothing to the pages, and once more.

The first start makes `.venv`, fetches the packages (from the machine's package caches as far as
they hold them), builds the assets, migrates and loads the demo office, whose letters are really
read. System packages are there already: `make bench` has installed them.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from bench.figures import Figure, group
from bench.processes import ROOT, free_port, is_ready, plain_environment, process

FIRST_WITHIN = 900.0
LOOK_EVERY = 0.1


@group("documents")
def start() -> Iterator[Figure]:
    """From `make run` until the pages answer, in a clone of what is committed."""
    folder = Path(tempfile.mkdtemp(prefix="congvu-bench-clone."))
    clone = folder / "congvu"
    try:
        subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
        yield Figure("first_start_s", until_ready(clone, folder / "first.log"), "s")
        again = until_ready(clone, folder / "second.log")
        yield Figure("second_start_s", again, "s", "<= 15")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def until_ready(clone: Path, log: Path) -> float:
    """Seconds from `make run` until /readyz answers; then it is stopped as by Ctrl-C.

    Raises:
        RuntimeError: it ended by itself.
        TimeoutError: it was not ready in time.
    """
    env = start_environment(os.environ)
    began = time.monotonic()
    command = ["make", "--silent", "run"]
    with process(command, env, log, cwd=clone, ends_by=signal.SIGINT) as made:
        while not is_ready(f"http://127.0.0.1:{env['PORT']}"):
            if made.poll() is not None:
                raise RuntimeError(f"`make run` ended with status {made.returncode}")
            if time.monotonic() - began > FIRST_WITHIN:
                raise TimeoutError(f"`make run` was not ready in {FIRST_WITHIN:.0f} s")
            time.sleep(LOOK_EVERY)
        return time.monotonic() - began


def start_environment(env: Mapping[str, str]) -> dict[str, str]:
    """The machine's environment with free ports and nothing of an installation on it."""
    own_python = str(ROOT / ".venv" / "bin")
    path = [one for one in env["PATH"].split(os.pathsep) if one != own_python]
    return plain_environment(env) | {
        "PATH": os.pathsep.join(path),
        "PORT": str(free_port()),
        "PREFECT_PORT": str(free_port()),
    }
