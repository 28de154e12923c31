"""The page of a week in an office with ten years of entries."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from datetime import date, time, timedelta
from pathlib import Path

from app.clock import now, today
from app.db import reading
from app.organisation.names import fold_name
from app.schedules.models import (
    EntryKind,
    EntryState,
    ScheduleEntry,
    ScheduleParticipant,
    Visibility,
)
from app.schedules.times import moment, monday_of
from app.security import PUBLIC, Access, post_term
from bench.documents import FEW, databases, fill_new, measure, signed_in
from bench.documents_bulk import Bulk, loading
from bench.documents_letters import Places
from bench.figures import Figure, group, percentile
from bench.fill import places_of
from bench.sizes import SIZES

WEEKS = 10 * 52
DAYS = 6
A_DAY = 8  # entries; one of these is private
CHAIRS = ("ct", "pct", "cvp", "tp1", "tp2")
SUBJECTS = ("Họp giao ban", "Tiếp công dân", "Kiểm tra hiện trường", "Làm việc với đoàn kiểm tra",
            "Hội nghị sơ kết", "Tập huấn", "Duyệt văn bản", "Họp thẩm định")  # fmt: skip
READERS = ("chutich", "cvkinhte")  # sees all; sees what is not private


@group("schedules")
def weeks() -> Iterator[Figure]:
    """The official table of different weeks, for a leader and for a specialist in turn."""
    var_dir = Path(tempfile.mkdtemp(prefix="congvu-bench-var."))
    try:
        for kind in SIZES.databases:
            with databases(kind, (WEEKS,)) as (url,):
                bench = fill_new(url, var_dir / kind, FEW)
                with reading() as session:
                    places = places_of(session)
                filled = fill_weeks(url, places)
                taken: list[float] = []
                for login in READERS:
                    client = signed_in(bench.app, login)
                    taken += measure(client, addresses(), SIZES.rounds // len(READERS))
                yield Figure(f"week_page_p95_ms_{kind}", percentile(taken, 95), "ms", "<= 100")
                yield Figure(f"week_page_entries_{kind}", filled, "entries")
    finally:
        shutil.rmtree(var_dir, ignore_errors=True)


def addresses() -> list[str]:
    """Weeks of all ten years, each another time ago."""
    this = monday_of(today())
    found = [this - timedelta(weeks=number * 7 % WEEKS) for number in range(WEEKS)]
    return [f"/lich/tuan/{monday.isoformat()}" for monday in found]


def fill_weeks(url: str, places: Places) -> int:
    """Published weeks, the newest one this week; returns how many entries there are."""
    number = 0
    with loading(url) as bulk:
        for week in range(WEEKS):
            monday = monday_of(today()) - timedelta(weeks=week)
            for nth in range(DAYS * A_DAY):
                number += 1
                _entry(bulk, places, number, monday + timedelta(days=nth // A_DAY), nth)
    return number


def _entry(bulk: Bulk, places: Places, number: int, day: date, nth: int) -> None:
    starts_at = moment(day, time(7 + nth % A_DAY + (nth % A_DAY > 3)))
    posts = [places.posts[key] for key in CHAIRS]
    chair, private = posts[nth % len(posts)], nth % A_DAY == 5
    title = f"{SUBJECTS[number % len(SUBJECTS)]} số {number}"
    bulk.add(
        ScheduleEntry,
        id=number,
        version=1,
        kind=EntryKind.WORK,
        state=EntryState.DONE if day < today() else EntryState.PUBLISHED,
        visibility=Visibility.PRIVATE if private else Visibility.ORGAN,
        title=title,
        day=day,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=90),
        place="Phòng họp số 1",
        folded=fold_name(title),
        chair_post_id=chair,
        unit_id=places.units["van_phong"],
        made_by_post_id=places.posts["vt1"],
        published_at=now(),
    )
    for position, post_id in enumerate(post for post in posts[:3] if post != chair):
        bulk.add(
            ScheduleParticipant,
            id=number * 3 + position,
            entry_id=number,
            position=position,
            post_id=post_id,
        )
    for term in [post_term(chair)] + ([] if private else [PUBLIC]):
        bulk.add(
            Access,
            id=10_000_000 + number * 2 + (term == PUBLIC),
            kind="schedule_entry",
            thing_id=number,
            term=term,
            reason="schedule",
        )
