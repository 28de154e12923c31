"""Processes of the system as the Procfile starts them, and their end whatever happens."""

from __future__ import annotations

import base64
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from honcho.environ import parse_procfile

ROOT = Path(__file__).resolve().parent.parent
OWN = frozenset(
    "VAR_DIR DATABASE_URL SECRET_KEY AUDIT_KEY WATCH_DIR HOST PORT WEB_WORKERS WEB_THREADS "
    "ELASTICSEARCH_URL PUBLIC_URL ORGAN_NAME PRODUCT_NAME READING_PROCESSES DATABASE_POOL "
    "TRUSTED_PROXIES SECURE_COOKIES PYTHONPATH VIRTUAL_ENV MAKEFLAGS MFLAGS MAKELEVEL "
    "TMPDIR NAME ARGS".split()
)  # fmt: skip
PREFIXES = ("PREFECT_", "FLASK_", "SMTP_", "MAIL_")
STARTED_WITHIN = 120.0
PATIENCE = 20.0  # seconds between asking a process to end and killing it
KILLED_WITHIN = 30.0


def plain_environment(env: Mapping[str, str]) -> dict[str, str]:
    """The machine's environment without any setting of an installation on it."""
    return {k: v for k, v in env.items() if k not in OWN and not k.startswith(PREFIXES)}


def office_environment(var_dir: Path, database_url: str, *, prefect: bool) -> dict[str, str]:
    """What `scripts/env.sh` gives to the processes of an installation, on free ports."""
    env = plain_environment(os.environ) | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "OMP_THREAD_LIMIT": "1",
        "VAR_DIR": str(var_dir),
        "DATABASE_URL": database_url,
        "SECRET_KEY": uuid.uuid4().hex,
        "AUDIT_KEY": uuid.uuid4().hex,
        "HOST": "127.0.0.1",
        "PORT": str(free_port()),
    }
    if not prefect:
        return env
    port, word = free_port(), f"office:{uuid.uuid4().hex}"
    return env | {
        "DO_NOT_TRACK": "1",
        "PREFECT_PORT": str(port),
        "PREFECT_HOME": str(var_dir / "prefect"),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_API_AUTH_STRING": word,
        "PREFECT_SERVER_API_AUTH_STRING": word,
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_LOGGING_LEVEL": "WARNING",
    }


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def procfile() -> dict[str, str]:
    """The commands of the Procfile by the names of their processes."""
    found: dict[str, str] = parse_procfile((ROOT / "Procfile").read_text()).processes
    return found


@contextmanager
def process(
    command: Sequence[str],
    env: Mapping[str, str],
    log: Path,
    *,
    cwd: Path = ROOT,
    ends_by: signal.Signals = signal.SIGTERM,
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that has ended, with all that it started, when the block ends.

    What it says goes to the end of `log`, the last lines of which are shown when the block fails.
    """
    with log.open("ab") as out:
        child = subprocess.Popen(
            command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            start_new_session=True,
        )  # fmt: skip
    try:
        yield child
    except Exception:
        said = log.read_text(encoding="utf-8", errors="replace").splitlines()
        print(f"--- {log.name}", *said[-20:], sep="\n", file=sys.stderr, flush=True)
        raise
    finally:
        end(child, ends_by)


@contextmanager
def procfile_process(name: str, env: Mapping[str, str], folder: Path) -> Iterator[None]:
    """A process of the Procfile by its name, run by a shell as honcho does."""
    with process(["bash", "-c", procfile()[name]], env, folder / f"{name}.log"):
        yield


def end(
    child: subprocess.Popen[bytes],
    ends_by: signal.Signals = signal.SIGTERM,
    patience: float = PATIENCE,
) -> None:
    """Ask a process to end; after `patience` seconds kill what is left of it.

    Its descendants are remembered beforehand: some lead groups of their own, which a signal to
    the group of the first does not reach.
    """
    family = descendants(child.pid)
    with suppress(ProcessLookupError):
        os.killpg(child.pid, ends_by)
    until = time.monotonic() + patience
    with suppress(subprocess.TimeoutExpired):
        child.wait(patience)
    while any(map(_lives, family)) and time.monotonic() < until:
        time.sleep(0.05)
    for one in filter(_lives, family):
        with suppress(ProcessLookupError):
            os.kill(one[0], signal.SIGKILL)
    if child.poll() is None:
        child.kill()
        child.wait()
    wait_for(lambda: not any(map(_lives, family)), KILLED_WITHIN, "the end of killed processes")


def _lives(one: tuple[int, str]) -> bool:
    """Whether it is still there, and not another process that got its number meanwhile."""
    return started_at(one[0]) == one[1]


def descendants(pid: int) -> list[tuple[int, str]]:
    """The processes below one, each with the moment of its start, which tells it from others."""
    below: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            found = _stat(int(entry.name))
            if found:
                below.setdefault(int(found[1]), []).append(int(entry.name))
    family, waiting = [], [pid]
    while waiting:
        for child in below.get(waiting.pop(), ()):
            family.append((child, started_at(child) or ""))
            waiting.append(child)
    return family


def started_at(pid: int) -> str | None:
    """When a process was started, in ticks since boot; None when it is gone or a zombie."""
    found = _stat(pid)
    return None if not found or found[0] == "Z" else found[19]


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat behind the name: state, parent, …; empty when it is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()


def wait_for(happened: Callable[[], bool], seconds: float, what: str, pause: float = 0.05) -> float:
    """Seconds until something happened. Raises TimeoutError, naming `what`, after `seconds`."""
    started = time.monotonic()
    while not happened():
        if time.monotonic() - started > seconds:
            raise TimeoutError(f"{what}: not within {seconds:.0f} s")
        time.sleep(pause)
    return time.monotonic() - started


def is_ready(address: str) -> bool:
    """Whether the pages of an office answer."""
    return answers(f"{address}/readyz")


def answers(url: str, password: str | None = None) -> bool:
    """Whether an address answers with 200; `password` is `user:word`."""
    place, _, path = url.removeprefix("http://").partition("/")
    headers = {}
    if password is not None:
        headers["Authorization"] = f"Basic {base64.b64encode(password.encode()).decode()}"
    connection = http.client.HTTPConnection(place, timeout=5)
    try:
        connection.request("GET", f"/{path}", headers=headers)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
