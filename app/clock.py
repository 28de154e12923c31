"""The one source of the present moment. Tests set it; nothing else asks the system clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def _system() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system


def now() -> datetime:
    """This moment, aware, in UTC."""
    return _source()


def today() -> date:
    """The calendar day in Vietnam, the day that registers and deadlines mean."""
    return now().astimezone(VIETNAM).date()


def local(moment: datetime) -> datetime:
    """The same moment on Vietnamese clocks (UTC+7, no daylight saving)."""
    return moment.astimezone(VIETNAM)


@contextmanager
def frozen(at: datetime | Callable[[], datetime]) -> Iterator[None]:
    """Let `now()` answer `at` (or what it returns) until the block ends. For tests and drills."""
    global _source
    before = _source
    _source = at if callable(at) else lambda: at.astimezone(UTC)
    try:
        yield
    finally:
        _source = before
