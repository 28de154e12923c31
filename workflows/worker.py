"""The worker process: `python -m workflows.worker`.

With a Prefect server it serves the task that reads; without one it looks into the queue itself.
"""

from __future__ import annotations

import logging
import signal
import threading

from app.db import reading as reading_block
from app.db import transaction
from app.incoming.services import jobs
from app.outgoing.services import jobs as work_jobs
from app.outgoing.services.copy_work import waiting_copies
from app.outgoing.services.template_checks import waiting_templates
from workflows import copying, issuing, paper_scans, reading, runtime, templating
from workflows.runtime import Runtime

log = logging.getLogger(__name__)

LOOK_EVERY = 0.3


def poll(running: Runtime, stop: threading.Event) -> None:
    """Take jobs until told to stop, several at once, each in a thread."""
    threads = [
        threading.Thread(target=_work, args=(running, stop), name=f"reader-{number}")
        for number in range(running.settings.reading_processes)
    ]
    threads.append(threading.Thread(target=issue, args=(running, stop), name="issuing"))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def issue(running: Runtime, stop: threading.Event) -> None:
    """Take the slow work on documents going out, then copies, templates, citizens' papers, one at a
    time, until told to stop."""
    while not stop.is_set():
        try:
            with reading_block() as session:
                waits = bool(work_jobs.waiting_jobs(session))
                uploaded = bool(waiting_templates(session))
                wanted = bool(waiting_copies(session))
            busy = waits and issuing.run_next(running)
            busy = busy or (wanted and copying.run_next(running))
            busy = busy or (uploaded and templating.run_next(running))
            busy = busy or paper_scans.run_next(running)
        except Exception:  # the database may be away: the lease ends, others go on
            log.exception("work on a document failed")
            busy = False
            stop.wait(2)
        if not busy:
            stop.wait(LOOK_EVERY)


def _work(running: Runtime, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            with reading_block() as session:
                waiting = jobs.waiting_jobs(session)
            busy = bool(waiting) and reading.run_next(running)
        except Exception:  # the database may be away, or a bug: the lease ends, others go on
            log.exception("a reading failed")
            busy = False
            stop.wait(2)
        if not busy:
            stop.wait(LOOK_EVERY)


def serve(running: Runtime) -> None:
    """Serve the Prefect task, first offering again what waited while no worker was there."""
    from datetime import timedelta

    from prefect.task_worker import serve as serve_tasks

    from workflows import read_document

    read_document.configure(running)
    with transaction("reading.republish") as session:
        jobs.republish_waiting(session, unoffered=timedelta(0), untaken=timedelta(0))
    stop = threading.Event()
    threading.Thread(target=issue, args=(running, stop), name="issuing", daemon=True).start()
    try:
        serve_tasks(read_document.read_document, limit=running.settings.reading_processes)
    finally:
        stop.set()


def main() -> None:
    running = runtime.start()
    if running.settings.prefect_api_url:
        runtime.keep_serving(lambda: serve(running))
        return
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    poll(running, stop)


if __name__ == "__main__":
    main()
