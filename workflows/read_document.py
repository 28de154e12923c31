"""The Prefect task that reads. Its parameter is a wake-up: which job to do, our own queue says."""

from __future__ import annotations

from prefect import task

from workflows import reading
from workflows.runtime import Runtime

_runtime: Runtime | None = None


def configure(runtime: Runtime) -> None:
    """Bind the task to a started process."""
    global _runtime
    _runtime = runtime


@task(name="read-document", persist_result=False, log_prints=False)
def read_document(job_id: int) -> None:
    """Read the most urgent file that waits. Attempts and leases are rows of ours, not Prefect's."""
    if _runtime is None:
        raise RuntimeError("the worker is not configured")
    reading.run_next(_runtime)
