"""What happens by itself: the report of the morning."""

from __future__ import annotations

import io

from app.clock import local, now
from app.db import reading, transaction
from app.duty import queries
from app.duty.printing import report_pdf
from app.duty.queries.reporting import AT
from app.duty.services import keep_report
from app.files.store import FileStore
from app.security import SYSTEM


def report_is_due() -> bool:
    """Whether it is 07:00 or later and today's report is not there."""
    here = local(now())
    with reading() as session:
        newest = next(iter(queries.reports(session, limit=1)), None)
    return here.time() >= AT and (newest is None or newest.day < here.date())


def make_report(store: FileStore, organ: str) -> bool:
    """Print and keep today's report, once however many ask. Needs an application context."""
    if not report_is_due():
        return False
    day = local(now()).date()
    with reading() as session:
        report = queries.report_of(session, SYSTEM, day)
    blob = store.put(io.BytesIO(report_pdf(organ, report)))
    with transaction("duty.keep_report") as session:
        return keep_report(session, day, blob)
