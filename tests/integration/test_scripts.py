"""The shell scripts that hold an installation together, run for real."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


def wait_for(condition: Callable[[], bool], seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


@contextmanager
def kept_running(command: str) -> Iterator[subprocess.Popen[bytes]]:
    keeper = subprocess.Popen([SCRIPTS / "keep_running.sh", command], start_new_session=True)
    try:
        yield keeper
    finally:
        if keeper.poll() is None:
            os.killpg(keeper.pid, signal.SIGKILL)
        keeper.wait()


def test_a_process_that_is_killed_comes_back(tmp_path: Path) -> None:
    pids = tmp_path / "pids"

    with kept_running(f"echo $$ >>{pids}; exec sleep 60"):
        assert wait_for(pids.exists)
        assert wait_for(lambda: len(pids.read_text().split()) == 1)
        os.kill(int(pids.read_text()), signal.SIGKILL)

        assert wait_for(lambda: len(pids.read_text().split()) == 2)


def test_a_process_that_is_asked_to_stop_stays_stopped(tmp_path: Path) -> None:
    starts = tmp_path / "starts"

    with kept_running(f"echo started >>{starts}; exec sleep 60") as keeper:
        assert wait_for(starts.exists)
        os.killpg(keeper.pid, signal.SIGTERM)

        assert keeper.wait(timeout=10) == 0
        assert starts.read_text().split() == ["started"]


def test_secrets_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    file = tmp_path / "var" / "secrets.env"

    subprocess.run([SCRIPTS / "make_secrets.sh", file], check=True)
    first = file.read_text()
    subprocess.run([SCRIPTS / "make_secrets.sh", file], check=True)

    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text() == first
    values = dict(line.split("=", 1) for line in first.splitlines())
    assert values.keys() == {"SECRET_KEY", "AUDIT_KEY", "PREFECT_SERVER_API_AUTH_STRING"}
    assert len(set(values.values())) == 3
    assert all(len(value) >= 64 for value in values.values())


def test_a_step_of_the_setup_runs_again_only_when_its_files_changed(tmp_path: Path) -> None:
    source, log = tmp_path / "source", tmp_path / "log"
    step = f'. {SCRIPTS}/lib.sh; once "$1/stamp" "$(hash_of "$1/source")" bash -c "echo x >>$1/log"'

    source.write_text("one")
    for _ in range(2):
        subprocess.run(["bash", "-ec", step, "bash", tmp_path], check=True)
    assert log.read_text().split() == ["x"]

    source.write_text("two")
    subprocess.run(["bash", "-ec", step, "bash", tmp_path], check=True)
    assert log.read_text().split() == ["x", "x"]


def test_a_step_of_the_setup_that_failed_is_not_taken_as_done(tmp_path: Path) -> None:
    step = f'. {SCRIPTS}/lib.sh; once "$1/stamp" hash false'

    failed = subprocess.run(["bash", "-ec", step, "bash", tmp_path], check=False)

    assert failed.returncode != 0
    assert not (tmp_path / "stamp").exists()
