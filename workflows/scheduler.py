"""The scheduler process: `python -m workflows.scheduler`. Order and pace only, no rules.

With a Prefect server each line of the timetable is a served flow; without one this process keeps
the pace itself, so that a small office needs no server.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass

from workflows import runtime, upkeep
from workflows.runtime import Runtime

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the timetable."""

    name: str
    step: Callable[[Runtime], object]
    seconds: float
    flow_seconds: float | None = None
    """How long a served flow repeats the step, where a process for each turn would cost more."""


TIMETABLE = (
    Line("watch-folder", upkeep.watch, 15),
    Line("poll-feeds", upkeep.poll_feeds, upkeep.POLL_SECONDS, upkeep.SPAN),
    Line("run-playbooks", upkeep.run_playbooks, upkeep.PLAYBOOK_SECONDS, upkeep.SPAN),
    Line("escalate", upkeep.escalate, upkeep.ESCALATION_SECONDS, upkeep.SPAN),
    Line("intake-upkeep", upkeep.intake, 60),
    Line("tasks-upkeep", upkeep.tasks, 300),
    Line("digests", upkeep.digests, 300),
    Line("daily-duty-report", upkeep.daily_duty_report, 300),
    Line("files-upkeep", upkeep.files, 6 * 3600),
)


def keep_pace(running: Runtime, stop: threading.Event) -> None:
    """Run the timetable in threads until told to stop."""
    threads = [
        threading.Thread(target=_repeat, args=(line, running, stop), name=line.name)
        for line in TIMETABLE
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _repeat(line: Line, running: Runtime, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            line.step(running)
        except Exception:  # say so and try again at the next turn
            log.exception("%s failed", line.name)
        stop.wait(line.seconds)


def main() -> None:
    running = runtime.start()
    if running.settings.prefect_api_url:
        from workflows import timetable

        lines = {line.name: line.flow_seconds or line.seconds for line in TIMETABLE}
        runtime.keep_serving(lambda: timetable.serve_all(lines))
        return
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    keep_pace(running, stop)


if __name__ == "__main__":
    main()
