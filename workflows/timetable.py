"""The timetable as served Prefect flows. A run is a process of its own, so each starts afresh."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import cast

from prefect import flow, serve
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment

from app.errors import ProgrammingFault
from workflows import runtime, upkeep
from workflows.runtime import Runtime

MARGIN = 2.0  # seconds in which the next run starts


def _run(step: Callable[[Runtime], object]) -> None:
    step(runtime.start())


@flow(name="watch-folder", retries=0)
def watch_folder() -> None:
    """The scanner's folder."""
    _run(upkeep.watch)


def _run_for_a_minute(step: Callable[[Runtime], bool], pause: float) -> None:
    """Repeat a step while it has something to wait for: a process for each look would cost more."""
    running, until = runtime.start(), time.monotonic() + upkeep.SPAN - MARGIN
    while step(running) and time.monotonic() < until:
        time.sleep(pause)


@flow(name="poll-feeds", retries=0)
def poll_feeds() -> None:
    """Polled sources."""
    _run_for_a_minute(upkeep.poll_feeds, upkeep.POLL_SECONDS)


@flow(name="run-playbooks", retries=0)
def run_playbooks() -> None:
    """Waits of playbooks that are over."""
    _run_for_a_minute(upkeep.run_playbooks, upkeep.PLAYBOOK_SECONDS)


@flow(name="escalate", retries=0)
def escalate() -> None:
    """Levels of escalation that are due."""
    _run_for_a_minute(upkeep.escalate, upkeep.ESCALATION_SECONDS)


@flow(name="intake-upkeep", retries=0)
def intake_upkeep() -> None:
    """Readings whose worker died, unanswered secrecy marks, leftovers of crashes."""
    _run(upkeep.intake)


@flow(name="tasks-upkeep", retries=0)
def tasks_upkeep() -> None:
    """Recurring tasks, letters for information."""
    _run(upkeep.tasks)


@flow(name="digests", retries=0)
def digests() -> None:
    """Reminders, and each person's digest of the day."""
    _run(upkeep.digests)


@flow(name="daily-duty-report", retries=0)
def daily_duty_report() -> None:
    """The report of the duty desk, from 07:00 on."""
    _run(upkeep.daily_duty_report)


@flow(name="files-upkeep", retries=0)
def files_upkeep() -> None:
    """Bytes without a row."""
    _run(upkeep.files)


FLOWS = {
    "watch-folder": watch_folder,
    "poll-feeds": poll_feeds,
    "run-playbooks": run_playbooks,
    "escalate": escalate,
    "intake-upkeep": intake_upkeep,
    "tasks-upkeep": tasks_upkeep,
    "digests": digests,
    "daily-duty-report": daily_duty_report,
    "files-upkeep": files_upkeep,
}
ONE_AT_A_TIME = ConcurrencyLimitConfig(
    limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW
)


def serve_all(lines: dict[str, float]) -> None:
    """Serve each flow at its interval in seconds, one run of each at a time.

    Raises ProgrammingFault for a line without a flow or a flow without a line, which would never
    run and be missed by nobody.
    """
    if odd := lines.keys() ^ FLOWS.keys():
        raise ProgrammingFault(f"timetable and flows differ in {sorted(odd)}")
    deployments = [
        cast(
            RunnerDeployment,  # the call is synchronous outside an event loop
            one.to_deployment(
                name=name,
                interval=timedelta(seconds=lines[name]),
                concurrency_limit=ONE_AT_A_TIME,
            ),
        )
        for name, one in FLOWS.items()
    ]
    serve(*deployments, limit=5)  # polling, playbooks and calls have places of their own
