"""A real Prefect server with relay, worker and scheduler as processes of their own."""

from __future__ import annotations

import dataclasses
import io
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
import sqlalchemy as sa

import app.demo
from app.db import reading, transaction
from app.incoming import entry
from app.incoming.models import IntakeItem, IntakeSource, IntakeState, JobState, ReadingJob
from app.incoming.services import Arrival
from app.registers import catalogue, services
from app.security import SYSTEM
from config.settings import Settings
from tests.factories import make_office
from workflows import runtime

ROOT = Path(__file__).parents[3]
SAMPLE = Path(app.demo.__file__).parent / "samples" / "11-thong-bao-dien-tu.pdf"
BUSY = 240.0  # seconds; it takes 10 to 20 on an idle machine, and browsers may run beside it
pytestmark = [
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
    pytest.mark.timeout(1200),
]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@pytest.fixture
def environment(settings: Settings, tmp_path: Path) -> dict[str, str]:
    """What `scripts/env.sh` would say, for an installation in the test's folder."""
    port = free_port()
    watched = tmp_path / "may-quet"
    watched.mkdir()
    return {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "PYTHONPATH": str(ROOT),
        "OMP_THREAD_LIMIT": "1",
        "DO_NOT_TRACK": "1",
        "VAR_DIR": str(settings.var_dir),
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": settings.secret_key,
        "AUDIT_KEY": settings.audit_key,
        "WATCH_DIR": str(watched),
        "PREFECT_PORT": str(port),
        "PREFECT_HOME": str(tmp_path / "prefect"),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_API_AUTH_STRING": "congvu:thu",
        "PREFECT_SERVER_API_AUTH_STRING": "congvu:thu",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
        "PREFECT_LOGGING_LEVEL": "WARNING",
    }


@contextmanager
def process(command: list[str], environment: dict[str, str], log: Path) -> Iterator[None]:
    """A process group that is gone when the block ends: asked first, then killed."""
    with log.open("ab") as out:
        child = subprocess.Popen(
            command, env=environment, cwd=ROOT, stdout=out, stderr=out, start_new_session=True
        )
    try:
        yield
    finally:
        os.killpg(child.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            child.wait(timeout=5)
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def server(environment: dict[str, str], tmp_path: Path) -> ExitStack:
    """A Prefect server that answers; close it to have an outage."""
    stack = ExitStack()
    command = [str(ROOT / "scripts" / "prefect_server.sh")]
    stack.enter_context(process(command, environment, tmp_path / "prefect.log"))
    wait_for(lambda: answers(int(environment["PREFECT_PORT"])), 120, "the Prefect server")
    return stack


def answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def module(name: str) -> list[str]:
    return [sys.executable, "-m", name]


def wait_for(happened: Callable[[], bool], seconds: float, what: str) -> None:
    ends = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < ends, f"{what}: not within {seconds} s"
        time.sleep(0.2)


def upload(content: bytes) -> int:
    arrival = Arrival("a.pdf", IntakeSource.UPLOAD)
    return entry.take_in(SYSTEM, io.BytesIO(content), arrival, limit=10**8).intake_id


def is_read(intake_id: int) -> bool:
    with reading() as session:
        return session.get_one(IntakeItem, intake_id).state is IntakeState.READ


def test_files_are_read_and_schedules_fire_and_an_outage_only_delays(
    settings: Settings, environment: dict[str, str], tmp_path: Path
) -> None:
    runtime.start(dataclasses.replace(settings, prefect_api_url=environment["PREFECT_API_URL"]))
    with transaction() as session:
        services.load_document_types(session, catalogue.read_document_types())
        make_office(session)
    content = SAMPLE.read_bytes()
    with ExitStack() as stack:
        for name in ("workflows.relay", "workflows.worker", "workflows.scheduler"):
            log = tmp_path / f"{name}.log"
            stack.enter_context(process(module(name), environment, log))
        up = server(environment, tmp_path)  # the last to be there, as after a reboot
        stack.callback(up.close)

        first = upload(content)
        wait_for(lambda: is_read(first), BUSY, "the reading by the Prefect worker")

        scan_into(tmp_path / "may-quet" / "one.pdf", content)
        wait_for(lambda: from_scanner() == 1, BUSY, "the schedule of the watched folder")

        up.close()
        waiting = upload(content + b"\n% while Prefect is away\n")
        time.sleep(5)
        with reading() as session:
            job = session.scalars(sa.select(ReadingJob).filter_by(intake_id=waiting)).one()
        assert job.state is JobState.QUEUED  # it waits, and says so

        again = server(environment, tmp_path)
        stack.callback(again.close)
        wait_for(lambda: is_read(waiting), BUSY, "the reading after the outage")
        scan_into(tmp_path / "may-quet" / "two.pdf", content)
        wait_for(lambda: from_scanner() == 2, BUSY, "the schedule after the outage")


def scan_into(path: Path, content: bytes) -> None:
    path.write_bytes(content + path.name.encode())
    os.utime(path, (time.time() - 60, time.time() - 60))


def from_scanner() -> int:
    with reading() as session:
        rows = sa.select(sa.func.count()).select_from(IntakeItem)
        return session.scalar(rows.where(IntakeItem.source == IntakeSource.WATCH)) or 0
