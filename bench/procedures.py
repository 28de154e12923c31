"""The one-stop counter with 200,000 dossiers: its search, the report of a year, and the recount
of 20,000 open clocks after a correction of the calendar."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa

from app.clock import today
from app.db import reading, transaction
from app.procedures.queries.report import BY, report
from app.security import SYSTEM
from app.worktime import services as worktime
from app.worktime.models import CalendarCorrection, DayKind
from app.worktime.queries import load_calendar
from bench.documents import FEW, Bench, databases, fill_new, measure, signed_in
from bench.figures import Figure, group, percentile
from bench.procedures_fill import Counter, fill_dossiers
from bench.sizes import SIZES


@group("schedules")
def dossiers() -> Iterator[Figure]:
    """Search, report and recount, on both databases."""
    var_dir = Path(tempfile.mkdtemp(prefix="congvu-bench-var."))
    try:
        for kind in SIZES.databases:
            with databases(kind, (SIZES.dossiers,)) as (url,):
                bench = fill_new(url, var_dir / kind, FEW)
                filled = fill_dossiers(url, SIZES.dossiers, SIZES.clocks)
                yield from _search(bench, filled, kind)
                yield from _report(kind)
                yield from _recount(filled, kind)
    finally:
        shutil.rmtree(var_dir, ignore_errors=True)


def _search(bench: Bench, filled: Counter, kind: str) -> Iterator[Figure]:
    """The counter's page with what its one box found: codes, names, numbers, words."""
    addresses = [f"/mot-cua/quay?q={quote(text)}" for text in filled.asked]
    taken = measure(signed_in(bench.app, "motcua"), addresses)
    yield Figure(f"counter_search_p95_ms_{kind}", percentile(taken, 95), "ms", "<= 100")


def _report(kind: str) -> Iterator[Figure]:
    """Last year by field, unit and officer; the slowest counts."""
    year = today().year - 1
    taken = []
    for by in BY:
        started = time.perf_counter()
        with reading() as session:
            rows = report(session, SYSTEM, date(year, 1, 1), date(year, 12, 31), by=by)
        taken.append(time.perf_counter() - started)
        if not sum(row.settled for row in rows):
            raise RuntimeError("the report is empty: the figure says nothing")
    yield Figure(f"year_report_s_{kind}", max(taken), "s", "<= 1")


def _recount(filled: Counter, kind: str) -> Iterator[Figure]:
    """The next working day becomes a day off: every open clock is counted anew, with a trace."""
    with reading() as session:
        soon = load_calendar(session, filled.calendar_id).next_working_day(today())
    with transaction("bench.day_off") as session:
        worktime.set_day(session, SYSTEM, day=soon, kind=DayKind.HOLIDAY, label="Ngày nghỉ bù")
    started = time.perf_counter()
    moved = worktime.recount_waiting()
    taken = time.perf_counter() - started
    with reading() as session:
        looked = session.scalar(sa.select(sa.func.max(CalendarCorrection.looked_at))) or 0
    if looked < filled.clocks or not moved:
        raise RuntimeError(f"{looked} of {filled.clocks} clocks were counted, {moved} moved")
    yield Figure(f"recompute_{filled.clocks}_clocks_s_{kind}", taken, "s", "<= 30")
    yield Figure(f"recompute_moved_{kind}", moved, "clocks")
