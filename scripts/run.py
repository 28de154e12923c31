"""Start all processes of the demo office, say when and where it is ready, stop it on Ctrl-C.

Each line of the Procfile runs under `keep_running.sh`, so that a process that dies comes back.
Honcho sends TERM to all of them at the end and KILL five seconds later, which Prefect needs.
"""

from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from honcho.environ import parse_procfile
from honcho.manager import Manager

ROOT = Path(__file__).resolve().parent.parent
DEMO_MAP = ROOT / "app/demo/data/ban-do-minh-hoa.geojson"
READY_WITHIN_SECONDS = 120
AFTER_THE_PAGES = (
    "for try in {1..200}; do (: </dev/tcp/$HOST/$PORT) 2>/dev/null && break; sleep 0.1; done"
)
"""All processes load much at once: those that a person waits for go first, at most 20 seconds."""

ONLY_WITH = {"public": "PUBLIC_BIND", "gateway": "MQTT_URL", "simulator": "SIMULATOR"}
"""Processes that run only where asked for: the citizens' pages are part of `web` otherwise."""
SWITCHED_OFF = ("", "off")


def main() -> int:
    """Run until stopped; the exit status is that of a clean stop unless something failed."""
    started = time.monotonic()
    env = dict(os.environ, PYTHONUNBUFFERED="1", PYTHONPATH=str(ROOT))
    env["PATH"] = f"{ROOT / '.venv/bin'}{os.pathsep}{env['PATH']}"
    with (Path(env["VAR_DIR"]) / "run.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit("This office is already running (var/run.lock is held).")
        choose_ports(env)
        env.setdefault("MAP_GEOJSON", str(DEMO_MAP))
        env.setdefault("SIMULATOR", "on")
        manager = Manager()
        for name, command in parse_procfile((ROOT / "Procfile").read_text()).processes.items():
            if name in ONLY_WITH and env.get(ONLY_WITH[name], "") in SWITCHED_OFF:
                continue
            keep = f"exec scripts/keep_running.sh {quoted(command)}"
            if name != "web":
                keep = f"bash -c {quoted(AFTER_THE_PAGES)}; {keep}"
            manager.add_process(name, keep, env=env, cwd=str(ROOT))
        threading.Thread(target=announce, args=(env, started), daemon=True).start()
        manager.loop()
    stopped_by_hand = 130
    return 0 if manager.returncode in (None, stopped_by_hand) else int(manager.returncode)


def quoted(command: str) -> str:
    """The command as one word of a shell, expanded only by the inner shell."""
    return "'" + command.replace("'", "'\\''") + "'"


def choose_ports(env: dict[str, str]) -> None:
    """Keep the ports that were asked for if they are free, else take free ones."""
    for name, host in (("PORT", env["HOST"]), ("PREFECT_PORT", "127.0.0.1")):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, int(env[name])))
            except OSError:
                probe.bind((host, 0))
                print(f"{name} {env[name]} is in use, taking {probe.getsockname()[1]}", flush=True)
                env[name] = str(probe.getsockname()[1])
    env["PREFECT_API_URL"] = f"http://127.0.0.1:{env['PREFECT_PORT']}/api"


def announce(env: dict[str, str], started: float) -> None:
    """Wait until the pages answer, then print the address and the demo accounts."""
    address = f"http://{env['HOST']}:{env['PORT']}"
    answer = "no answer"
    while time.monotonic() - started < READY_WITHIN_SECONDS:
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=5):
                break
        except urllib.error.HTTPError as error:
            answer = f"{error.code} {error.read(500).decode(errors='replace')}"
        except OSError as error:
            answer = str(error)
        time.sleep(0.1)
    else:
        print(f"\nNot ready after {READY_WITHIN_SECONDS} s; {address}/readyz: {answer}", flush=True)
        return
    took = time.monotonic() - started
    accounts = subprocess.run(
        ["flask", "--app", "app", "demo", "accounts"],
        env=env, cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    lines = ["", "=" * 72, f"  Công Vụ: {address}   (ready in {took:.1f} s, Ctrl-C stops it)", ""]
    lines += [f"  {line}" for line in accounts.stdout.strip().splitlines()]
    print("\n".join([*lines, "=" * 72, ""]), flush=True)


if __name__ == "__main__":
    sys.exit(main())
