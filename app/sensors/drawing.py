"""Charts of streams as options of the chart library: gaps stay gaps, limits are dashed lines.

Moments go out as Vietnamese clock time without a zone, so every browser shows that time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from app.clock import local

Drawn = Sequence[tuple[datetime, float | None]]
Span = tuple[datetime, datetime]
ALARM_COLOUR = "#c03535"
LEVEL_COLOURS = ("#dfa01f", "#e07b1f", "#c03535")


def clock(moment: datetime) -> str:
    """As the time axis reads it."""
    return local(moment).replace(tzinfo=None).isoformat(timespec="seconds")


def stream_option(
    name: str,
    drawn: Drawn,
    whole: Span,
    levels: Sequence[tuple[str, float]],
    alarms: Iterable[Span],
) -> dict[str, Any]:
    """The line of a stream over a span, its limits, and in red where an alarm was open."""
    series = [_line(name, [[clock(at), value] for at, value in drawn])]
    for no, (label, value) in enumerate(levels):
        line = _line(label, [[clock(moment), value] for moment in whole])
        line["lineStyle"] = {"type": "dashed", "width": 1}
        line["itemStyle"] = {"color": LEVEL_COLOURS[min(no, len(LEVEL_COLOURS) - 1)]}
        series.append(line)
    red = red_parts(drawn, alarms)
    if red:
        line = _line(_("Cảnh báo"), [[clock(at), value] for at, value in red])
        line["lineStyle"] = {"width": 4}
        line["itemStyle"] = {"color": ALARM_COLOUR}
        series.append(line)
    return {
        "legend": {"type": "scroll", "top": 0, "right": 8},
        "xAxis": {"type": "time", "min": clock(whole[0]), "max": clock(whole[1])},
        "yAxis": {"type": "value", "scale": True},
        "series": series,
    }


def red_parts(drawn: Drawn, alarms: Iterable[Span]) -> list[tuple[datetime, float | None]]:
    """The points within an alarm (both ends included); None parts one alarm from the next."""
    red: list[tuple[datetime, float | None]] = []
    for start, end in sorted(alarms):
        part = [(at, value) for at, value in drawn if start <= at <= end]
        if part:
            red += [*part, (part[-1][0], None)]
    return red


def _line(name: str, data: list[list[Any]]) -> dict[str, Any]:
    return {
        "type": "line", "name": name, "data": data, "showSymbol": False, "connectNulls": False,
    }  # fmt: skip
