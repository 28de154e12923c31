"""Days as people type them."""

from __future__ import annotations

from datetime import date, datetime


def parse_date(text: str) -> date:
    """A day typed as 18/11/2026, 18-11-26 or 18112026. Raises ValueError."""
    tidy = text.strip().replace("-", "/").replace(".", "/").replace(" ", "")
    for pattern in ("%d/%m/%Y", "%d/%m/%y", "%d%m%Y", "%Y/%m/%d"):
        try:
            day = datetime.strptime(tidy, pattern).date()  # noqa: DTZ007 (a day has no zone)
        except ValueError:
            continue
        if 1900 <= day.year <= 2200:
            return day
    raise ValueError(text)
