"""What the simulated ward measures and sees while the demo office runs: pure functions of time.

A round takes half an hour. In its first minute the underpass floods; later come a jam before it, a
malware alert, a fallen tree and a brawl; then the water falls. Everything is computed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import exp
from typing import Any

from app.clock import local
from app.demo.measuring import ripple, rush
from app.sensors.models import Measured

ROUND_SECONDS = 1800.0
EVERY_SECONDS = 5.0
UNDERPASS, MARKET = "ham-chui/ngap", "cho/ngap"
RAIN_ENDS = 700.0


@dataclass(frozen=True, slots=True)
class Happening:
    """An event of a round: after so many seconds, with the fields of the target `events`."""

    after: float
    key: str
    fields: Mapping[str, Any]


HAPPENINGS = (
    Happening(60, "jam", {
        "type": "congestion", "title": "Xe dồn lại trước hầm chui ngập", "area": "Trung tâm",
        "place": "Đường 30 Mẫu", "latitude": 20.2583, "longitude": 105.9786}),
    Happening(150, "malware", {
        "type": "malware", "title": "Phần mềm diệt virus báo mã độc trên máy PC-17",
        "severity": "high", "place": "Trụ sở UBND phường", "area": "Trung tâm",
        "latitude": 20.2551, "longitude": 105.9741}),
    Happening(300, "tree", {
        "type": "fallen_tree", "title": "Cây gãy đè dây điện", "place": "Đường bến xe",
        "area": "Trung tâm", "latitude": 20.2497, "longitude": 105.9822}),
    Happening(480, "brawl", {
        "type": "brawl", "title": "Xô xát trước quán ăn", "place": "Phố ẩm thực Minh Họa",
        "area": "Trung tâm", "latitude": 20.2569, "longitude": 105.9724}),
)  # fmt: skip


def water(key: str, second: float) -> float:
    """Level in metres at a second of the round: the underpass rises within a minute, the market
    slowly, other gauges hardly; all have fallen long before the round ends."""
    height, since, span = {UNDERPASS: (1.4, 15.0, 6.0), MARKET: (0.35, 40.0, 30.0)}.get(
        key, (0.1, 60.0, 60.0)
    )
    up = 1 / (1 + exp((since + 2 * span - second) / span))
    down = 1 / (1 + exp((second - 900) / 60))
    return round(0.3 + height * min(up, down), 3)


def values(
    streams: Sequence[tuple[str, Measured]], at: datetime, second: float
) -> list[dict[str, Any]]:
    """Readings of all streams at a moment, `second` seconds into the round."""
    clock = local(at)
    hour = clock.hour + clock.minute / 60
    return [
        {"stream": key, "value": _value(key, measured, hour, second), "at": at.isoformat()}
        for key, measured in streams
    ]


def _value(key: str, measured: Measured, hour: float, second: float) -> float:
    seed, step = sum(key.encode()) % 17, int(second / EVERY_SECONDS)
    if measured is Measured.WATER_LEVEL:
        return water(key, second) + round(0.01 * ripple(step, seed), 3)
    if measured is Measured.RAIN:
        return round(2 * (1 + ripple(step, seed)), 2) if second < RAIN_ENDS else 0.0
    base, peak = {
        Measured.TRAFFIC: (180.0, 900.0), Measured.NOISE: (55.0, 14.0),
        Measured.NO2: (25.0, 60.0), Measured.PM10: (60.0, 40.0),
    }.get(measured, (40.0, 30.0))  # fmt: skip
    return round(max(0.0, rush(base, peak, seed)(step, hour)), 2)


def happenings(after: float, until: float, round_no: int) -> list[dict[str, Any]]:
    """Events between two seconds of a round, as records of the source."""
    return [
        dict(one.fields) | {"id": f"mo-phong-{round_no}-{one.key}", "key": f"{one.key}-{round_no}"}
        for one in HAPPENINGS
        if after <= one.after < until
    ]
