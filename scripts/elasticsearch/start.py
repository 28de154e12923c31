"""Start a real Elasticsearch node from its published jars: no archive, no container.

    python scripts/elasticsearch/start.py --port 9200 --data var/elasticsearch

It prints one line of JSON when the node answers and runs until it is told to stop. The jars come
from Maven Central at the first start and are kept in `.build/elasticsearch/`. Needs a JDK 17 or
newer and Maven: `apt-get install openjdk-17-jdk-headless maven`. For tests and a developer's
machine only: no security, loopback only.
"""

import argparse
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILD = HERE.parents[1] / ".build" / "elasticsearch"
VERSION = "8.19.5"
READY_WITHIN = 90.0  # seconds
DESCRIPTOR = f"""description=HTTP and node-to-node transport
version={VERSION}
elasticsearch.version={VERSION}
name=transport-netty4
classname=org.elasticsearch.transport.netty4.Netty4Plugin
java.version=17
extended.plugins=
has.native.controller=false
"""


class CannotStart(Exception):
    """The server cannot run here; the message says why."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running node."""

    url: str
    process: subprocess.Popen[bytes]


def missing_tools() -> list[str]:
    """Programs that are needed and not installed."""
    return [name for name in ("java", "javac", "mvn") if shutil.which(name) is None]


def install() -> Path:
    """Fetch the jars and compile the starter, once; returns the folder they are in.

    Raises:
        CannotStart: a tool is missing, or Maven cannot fetch the jars.
    """
    if missing := missing_tools():
        packages = "openjdk-17-jdk-headless maven"
        raise CannotStart(f"{', '.join(missing)} not found: apt-get install {packages}")
    BUILD.mkdir(parents=True, exist_ok=True)
    with (BUILD / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several test processes may come here at once
        ready = BUILD / VERSION
        if not ready.exists():
            with tempfile.TemporaryDirectory(dir=BUILD) as work:
                _build(Path(work))
                Path(work, "ready").rename(ready)
    return ready


def _build(work: Path) -> None:
    jars, ready = work / "jars", work / "ready"
    _run("mvn", "-B", "-q", "-f", str(HERE / "pom.xml"), "dependency:copy-dependencies",
         f"-DoutputDirectory={jars}")  # fmt: skip
    module, library = ready / "modules" / "transport-netty4", ready / "lib"
    module.mkdir(parents=True)
    library.mkdir()
    for jar in jars.iterdir():
        netty = jar.name.startswith(("netty-", "transport-netty4"))
        jar.rename((module if netty else library) / jar.name)
    (module / "plugin-descriptor.properties").write_text(DESCRIPTOR, encoding="ascii")
    _run("javac", "-cp", f"{library}/*", "-d", str(ready / "classes"), str(HERE / "Main.java"))


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode != 0:
        said = (done.stdout + done.stderr).strip()[-2000:]
        raise CannotStart(f"{command[0]} failed: {said}")


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _command(
    ready: Path, data: Path, port: int, heap_mb: int, settings: Mapping[str, str]
) -> list[str]:
    given = {
        "path.home": str(data),
        "cluster.name": "local",
        "node.name": "node-1",
        "network.host": "127.0.0.1",
        "http.port": str(port),
        "transport.port": str(free_port()),
        "cluster.routing.allocation.disk.threshold_enabled": "false",
        **settings,
    }
    return ["java", f"-Xms{heap_mb}m", f"-Xmx{heap_mb}m", "-XX:+UseSerialGC",
            "-cp", f"{ready / 'classes'}:{ready / 'lib'}/*", "Main",
            *(f"{name}={value}" for name, value in given.items())]  # fmt: skip


def start(
    data: Path, *, port: int = 0, heap_mb: int = 512, settings: Mapping[str, str] | None = None
) -> Server:
    """Start a node and wait until it answers.

    Args:
        data: folder of its home: data, logs, settings; made if missing.
        port: of HTTP on 127.0.0.1; 0 takes a free one.
        heap_mb: fixed size of the Java heap.
        settings: further settings, for example of a cluster of several nodes.

    Raises:
        CannotStart: it cannot be installed, ended at once, or did not answer in time.
    """
    ready = install()
    port = port or free_port()
    for name in ("config", "data", "logs"):
        (data / name).mkdir(parents=True, exist_ok=True)
    if not (data / "modules").exists():
        (data / "modules").symlink_to(ready / "modules")
    command = _command(ready, data, port, heap_mb, settings or {"discovery.type": "single-node"})
    with (data / "logs" / "node.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=data)
    server = Server(f"http://127.0.0.1:{port}", process)
    try:
        _wait_until_ready(server, data / "logs" / "node.log")
    except BaseException:
        stop(server)
        raise
    return server


def _wait_until_ready(server: Server, log: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{server.url}/_cluster/health", timeout=5) as answer:
                if json.load(answer)["status"] in ("green", "yellow"):
                    return
        except (urllib.error.URLError, OSError, KeyError, ValueError):
            pass
        time.sleep(0.2)
    said = log.read_text(encoding="utf-8", errors="replace")[-2000:]
    raise CannotStart(f"no answer from {server.url}: {said}")


def stop(server: Server) -> None:
    """End the node; by force if it takes longer than ten seconds."""
    server.process.terminate()
    try:
        server.process.wait(10)
    except subprocess.TimeoutExpired:
        server.process.kill()
        server.process.wait(10)


@contextmanager
def running(data: Path, *, port: int = 0, heap_mb: int = 512) -> Iterator[Server]:
    """A node for the length of a block."""
    server = start(data, port=port, heap_mb=heap_mb)
    try:
        yield server
    finally:
        stop(server)


def main() -> int:
    """Run a node until this process is told to stop."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--data", type=Path, default=BUILD / "home")
    parser.add_argument("--heap-mb", type=int, default=512)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the node must end with us
    try:
        with running(options.data.resolve(), port=options.port, heap_mb=options.heap_mb) as server:
            sys.stdout.write(json.dumps({"url": server.url, "pid": server.process.pid}) + "\n")
            sys.stdout.flush()
            return server.process.wait()
    except CannotStart as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main())
