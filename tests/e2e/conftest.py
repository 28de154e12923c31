"""A running office for the browser: web, relay and worker as real processes on a fresh database.

The demo office is loaded once for each kind of database, and each process runs a copy of it; each
test signs in through the screen. Console errors, page errors, breaches of the content security
policy, answers of 500 and requests to another host fail the test that caused them.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, expect

ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
OF_THE_SIZE = ("target-size", "scrollable-region-focusable", "link-in-text-block", "meta-viewport")
"""Rules of axe whose answer may change when the window is turned."""
STARTED_WITHIN = 90
FIRST_TEST_WITHIN = 600
expect.set_options(timeout=20_000)  # milliseconds; a busy machine is no failure


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The first test of a kind of database waits for its office: migrated, filled, started."""
    for item in items:
        if Path(item.path).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.timeout(FIRST_TEST_WITHIN))


@dataclass(slots=True)
class RunningOffice:
    """Where the office answers, and what belongs to it on the disk."""

    url: str
    var_dir: Path
    env: dict[str, str]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, name: str, *command: str) -> subprocess.Popen[bytes]:
        """Start one process; its output is kept beside the data."""
        with (self.var_dir.parent / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True
            )
        self.processes.append(process)
        return process

    def run(self, *arguments: str) -> None:
        """Run a Python command to its end."""
        command = [sys.executable, *arguments]
        subprocess.run(command, cwd=ROOT, env=self.env, check=True, timeout=300)

    def stop(self) -> None:
        for process in self.processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        deadline = time.monotonic() + 10
        for process in self.processes:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, deadline - time.monotonic()))
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def office_env(var_dir: Path, database_url: str) -> dict[str, str]:
    """The environment of all processes: nothing of the machine's own settings."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT", "FLASK"))}
    return kept | {
        "VAR_DIR": str(var_dir),
        "DATABASE_URL": database_url,
        "SECRET_KEY": "s" * 32,
        "AUDIT_KEY": "a" * 32,  # the same in each copy of an office: the audit trail is signed
        "PYTHONPATH": str(ROOT),
        "OMP_THREAD_LIMIT": "1",
        "READING_PROCESSES": "2",
        "MAP_GEOJSON": str(ROOT / "app/demo/data/ban-do-minh-hoa.geojson"),
    }


def wait_until_ready(url: str) -> None:
    deadline = time.monotonic() + STARTED_WITHIN
    while True:
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=2):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def load_office(folder: Path, database_url: str, *options: str) -> None:
    """Migrate, and let the demo office happen: its letters are really read."""
    var_dir = folder / "var"
    var_dir.mkdir()
    loading = RunningOffice("", var_dir, office_env(var_dir, database_url))
    loading.run("-m", "flask", "--app", "app", "db", "upgrade")
    loading.run("-m", "workflows.load_demo", *options)


def start_office(folder: Path, database_url: str) -> RunningOffice:
    """Start web, relay and worker of a loaded office."""
    var_dir = folder / "var"
    port = free_port()
    running = RunningOffice(f"http://127.0.0.1:{port}", var_dir, office_env(var_dir, database_url))
    python = sys.executable
    running.start(
        "web",
        *(python, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread"),
        *("--workers", "1", "--threads", "64", "--no-control-socket", "app:create_app()"),
    )
    running.start("relay", python, "-m", "workflows.relay")
    running.start("worker", python, "-m", "workflows.worker")
    try:
        wait_until_ready(running.url)
    except OSError:
        running.stop()
        raise
    return running


@pytest.fixture(scope="session")
def loaded_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The office on SQLite, loaded by whichever process needs it first; the others wait for it."""
    beside = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        beside = beside.parent  # the folder that all processes of this run share
    folder = beside / "loaded-office"
    with (beside / "loaded-office.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            made = tmp_path_factory.mktemp("loading")
            load_office(made, f"sqlite:///{made}/var/congvu.sqlite3")
            made.rename(folder)
    return folder


@pytest.fixture(scope="session")
def office_sqlite(
    loaded_sqlite: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningOffice]:
    folder = tmp_path_factory.mktemp("office-sqlite")
    shutil.copytree(loaded_sqlite, folder, dirs_exist_ok=True)
    running = start_office(folder, f"sqlite:///{folder}/var/congvu.sqlite3")
    yield running
    running.stop()


@pytest.fixture(scope="session")
def office_postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOffice]:
    server = os.environ.get("TEST_POSTGRESQL_URL")
    if not server:
        if os.environ.get("CI") == "true":
            pytest.fail("TEST_POSTGRESQL_URL is missing: CI runs on both databases")
        pytest.skip("no TEST_POSTGRESQL_URL; `make test` starts a server")
    name = f"e2e_{uuid.uuid4().hex[:8]}"
    url = sa.make_url(server)
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    folder = tmp_path_factory.mktemp("office-postgresql")
    own = url.set(database=name).render_as_string(hide_password=False)
    load_office(folder, own, "--bare")  # its one walk brings its own letter
    running = start_office(folder, own)
    yield running
    running.stop()
    with engine.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    engine.dispose()


@pytest.fixture
def running_office(request: pytest.FixtureRequest) -> RunningOffice:
    """The office on SQLite; a test of the main flow asks for both with indirect parameters."""
    kind = getattr(request, "param", "sqlite")
    found: RunningOffice = request.getfixturevalue(f"office_{kind}")
    return found


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    path = os.environ.get("CHROMIUM_PATH") or shutil.which("chromium")
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is missing")
        pytest.skip("no Chromium; `make test` installs it")
    arguments = (
        "--no-sandbox --disable-gpu --disable-quic --no-first-run "
        "--disable-background-networking --disable-component-update --disable-sync"
    )
    return {**browser_type_launch_args, "executable_path": path, "args": arguments.split()}


class Watch:
    """What a page must not do, collected while it does it."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.faults: list[str] = []
        self.allowed: set[int] = set()  # statuses whose console line a test expects

    def attach(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"page error: {error}"))
        page.on("response", self._response)
        page.on("request", lambda request: self._request(request.url))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        if any(f"status of {status}" in message.text for status in self.allowed):
            return
        if message.text.startswith("htmx:sendAbort"):
            # Who leaves a page while a part of it loads does nothing wrong; htmx says two lines.
            if self.faults and self.faults[-1].startswith("console: htmx:afterRequest"):
                self.faults.pop()
            return
        self.faults.append(f"console: {message.text}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.faults.append(f"{response.status} {response.url}")

    def _request(self, url: str) -> None:
        if not url.startswith((self.base_url, "data:", "blob:")):
            self.faults.append(f"foreign request: {url}")


class Visitor:
    """One person with a browser of their own, at one size of screen."""

    def __init__(self, office: RunningOffice, context: BrowserContext, watch: Watch) -> None:
        self.office, self.context, self.watch = office, context, watch
        self.page = context.new_page()
        watch.attach(self.page)

    def go(self, path: str) -> Page:
        """Open an address of the office and wait until its controllers run, the late ones too."""
        self.page.goto(self.office.url + path)
        return self.ready()

    def resize(self, size: dict[str, int]) -> None:
        """Turn the window to another size of screen."""
        self.page.set_viewport_size(size)  # type: ignore[arg-type]
        self.ready()

    def faults_of(self, path: str) -> dict[str, object]:
        """What is wrong with a page at the size of a desk, and of a phone what its size may break:
        it is loaded once, and words and colours are the same at both."""
        found: dict[str, object] = {}
        self.resize(DESKTOP)
        self.go(path)
        for size, rules in ((DESKTOP, ()), (PHONE, OF_THE_SIZE)):
            self.resize(size)
            if breaches := self.axe(rules):
                found[f"{path} at {size['width']}"] = breaches
            if self.scrolls_sideways():
                found[f"{path} at {size['width']} scrolls"] = True
        return found

    def ready(self) -> Page:
        expect(self.page.locator("html[data-ready]")).to_be_attached()
        # A click on what a late controller is about to hide or replace would never arrive.
        expect(self.page.locator("[data-mounting]")).to_have_count(0)
        return self.page

    def sign_in(self, login: str, password: str) -> Page:
        page = self.go("/dang-nhap")
        page.get_by_label("Tên đăng nhập").fill(login)
        page.get_by_label("Mật khẩu").fill(password)
        page.get_by_role("button", name="Đăng nhập").click()
        expect(page.get_by_role("main")).to_be_visible()
        expect(page).not_to_have_url(self.office.url + "/dang-nhap")
        return self.ready()

    def axe(self, rules: Sequence[str] = ()) -> list[str]:
        """Breaches of WCAG 2.2 AA on the page as it stands, as `rule: target` lines; of these
        rules alone, where some are named."""
        # Evaluated by the debugger, which the page's content security policy does not bind.
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        only = {"type": "rule" if rules else "tag", "values": list(rules) or AXE_TAGS}
        found = self.page.evaluate("only => axe.run({runOnly: only})", only)
        return [
            f"{violation['id']}: {node['target']}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]

    def scrolls_sideways(self) -> bool:
        found: bool = self.page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )
        return found


@pytest.fixture
def visit(
    running_office: RunningOffice, browser: Browser, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Any]:
    """`visit(login, phone=False)` gives a signed-in `Visitor`; their faults fail the test."""
    from app.demo.people import PASSWORD

    watch = Watch(running_office.url)
    contexts: list[BrowserContext] = []

    def arrive(login: str | None = None, *, phone: bool = False) -> Visitor:
        context = browser.new_context(
            base_url=running_office.url,
            viewport=PHONE if phone else DESKTOP,  # type: ignore[arg-type]
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            has_touch=phone,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        visitor = Visitor(running_office, context, watch)
        if login is not None:
            visitor.sign_in(login, PASSWORD)
        return visitor

    arrive.watch = watch  # type: ignore[attr-defined]
    arrive.office = running_office  # type: ignore[attr-defined]
    yield arrive
    for context in contexts:
        context.close()
    assert watch.faults == []
