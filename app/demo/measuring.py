"""The stations of the demo ward: three days of water, rain, air, noise and traffic, and rules.

The river rises in the last hours past báo động II, one dust sensor fell silent two hours ago, one
gauge paused for a night. All values are computed, none is drawn by chance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, pi, sin

from sqlalchemy.orm import Session

from app.clock import frozen, local, now
from app.db import transaction
from app.demo import feeding
from app.demo.office import DemoOffice, actor_of
from app.feeds.processors import LARGEST_BATCH, Item, SourceRef
from app.sensors import services
from app.sensors.ingesting import TARGET, Observations
from app.sensors.models import Measured, RuleKind, Severity
from app.sensors.services import PlaceFields, StreamFields

STEP = timedelta(minutes=15)
STEPS = 3 * 96
SILENT_STEPS = 8
PUSHED = timedelta(hours=2)
"""What is older was stored before there was a door: a batch for each quarter of an hour is slow."""
PAUSE = range(100, 130)  # steps, counted from the oldest
SOURCE = SourceRef(0, "Số liệu mẫu", TARGET)
Shape = Callable[[int, float], float]
"""From the step and the hour of the day (Vietnamese clock) to a value."""


@dataclass(frozen=True, slots=True)
class Station:
    """A station and what it measures."""

    name: str
    place: str
    area: str
    latitude: float
    longitude: float
    streams: tuple[tuple[StreamFields, Shape], ...]


def ripple(step: int, seed: int) -> float:
    """Something irregular between -1 and 1, the same at every loading."""
    return (sin(step * 1.7 + seed) + sin(step * 0.61 + 2 * seed) + sin(step * 3.3 + 5 * seed)) / 3


def river(base: float, flood: float, seed: int) -> Shape:
    """A small tide, and in the last hours a rise of `flood` metres that no tide hides."""

    def level(step: int, hour: float) -> float:
        risen = flood / (1 + exp((STEPS - 20 - step) / 6))
        return base + 0.1 * sin(hour * pi / 6) + 0.02 * ripple(step, seed) + risen

    return level


def rain(strength: float, seed: int) -> Shape:
    """Dry, but for one shower on the second day and the long one at the end."""

    def fallen(step: int, _hour: float) -> float:
        wet = 90 <= step < 98 or step >= STEPS - 36
        return strength * (1 + ripple(step, seed)) if wet else 0.0

    return fallen


def rush(base: float, peak: float, seed: int) -> Shape:
    """High at the two rush hours of a day."""

    def busy(step: int, hour: float) -> float:
        hours = exp(-(((hour - 7.5) / 1.6) ** 2)) + exp(-(((hour - 17.5) / 2) ** 2))
        return base + peak * hours + 0.12 * base * ripple(step, seed)

    return busy


def water(
    key: str, name: str, levels: tuple[float, float, float], flood: float
) -> tuple[StreamFields, Shape]:
    """A water level with its báo động I, II, III."""
    fields = StreamFields(
        key, name, Measured.WATER_LEVEL, "m", 900, lowest=-2, highest=15, stuck_after=48,
        alarm_level_1=levels[0], alarm_level_2=levels[1], alarm_level_3=levels[2],
    )  # fmt: skip
    return fields, river(levels[0] - 0.8, flood, len(key))


def other(
    key: str, measured: Measured, unit: str, name: str, shape: Shape, highest: float
) -> tuple[StreamFields, Shape]:
    """Any other quantity; none of them can be below zero."""
    return StreamFields(key, name, measured, unit, 900, lowest=0, highest=highest), shape


def dust(key: str, base: float, seed: int) -> tuple[tuple[StreamFields, Shape], ...]:
    """What a small air station measures."""
    unit = "µg/m³"
    return (
        other(f"{key}/pm25", Measured.PM25, unit, "Bụi PM2.5", rush(base, base, seed), 1000),
        other(f"{key}/pm10", Measured.PM10, unit, "Bụi PM10", rush(base * 1.6, base, seed), 2000),
        other(f"{key}/no2", Measured.NO2, unit, "NO₂", rush(25, 60, seed + 1), 1000),
    )


def noise(key: str, base: float, seed: int) -> tuple[StreamFields, Shape]:
    """Noise of a place."""
    return other(key, Measured.NOISE, "dBA", "Tiếng ồn", rush(base, 14, seed), 140)


def traffic(key: str, peak: float, seed: int) -> tuple[StreamFields, Shape]:
    """Vehicles in an hour."""
    shape = rush(180, peak, seed)
    return other(key, Measured.TRAFFIC, "xe/giờ", "Lưu lượng xe", shape, 20_000)


def fall(key: str, strength: float, seed: int) -> tuple[StreamFields, Shape]:
    """Rain of a quarter of an hour."""
    shape = rain(strength, seed)
    return other(key, Measured.RAIN, "mm", "Mưa 15 phút", shape, 200)


STATIONS = (
    Station("Trạm thủy văn Bến Mẫu", "Bến Mẫu, khu dân cư số 1", "Ven sông", 20.251, 105.971,
            (water("ben-mau/muc-nuoc", "Mực nước sông Mẫu", (2.5, 3.0, 3.5), 1.6),
             fall("ben-mau/mua", 4, 1))),
    Station("Trạm thủy văn Cầu Họa", "Cầu Họa, khu dân cư số 4", "Ven sông", 20.262, 105.983,
            (water("cau-hoa/muc-nuoc", "Mực nước sông Mẫu", (2.2, 2.7, 3.2), 0.9),)),
    Station("Điểm đo ngập Ngã tư Chợ", "Ngã tư Chợ Minh Họa", "Trung tâm", 20.256, 105.975,
            (water("cho/ngap", "Mực nước cống", (0.9, 1.1, 1.4), 0.5),)),
    Station("Điểm đo ngập Đường 30 Mẫu", "Hầm chui đường 30 Mẫu", "Trung tâm", 20.258, 105.979,
            (water("ham-chui/ngap", "Mực nước hầm chui", (0.9, 1.2, 1.5), 0.2),)),
    Station("Trạm đo mưa Đồi Sim", "Đồi Sim, khu dân cư số 7", "Phía bắc", 20.271, 105.968,
            (fall("doi-sim/mua", 5, 3),)),
    Station("Trạm đo mưa UBND phường", "Sân trụ sở UBND phường", "Trung tâm", 20.255, 105.974,
            (fall("ubnd/mua", 4, 6),)),
    Station("Trạm không khí Trường Mẫu", "Trường tiểu học Mẫu", "Trung tâm", 20.254, 105.977,
            dust("truong", 38, 2)),
    Station("Trạm không khí Cụm công nghiệp", "Cổng cụm công nghiệp Minh Họa", "Phía bắc", 20.273,
            105.985, dust("cum-cn", 72, 4)),
    Station("Trạm không khí Bến xe", "Bến xe Minh Họa", "Trung tâm", 20.249, 105.981,
            dust("ben-xe", 55, 7)),
    Station("Điểm đo tiếng ồn Phố ẩm thực", "Phố ẩm thực Minh Họa", "Trung tâm", 20.257, 105.972,
            (noise("am-thuc/on", 56, 5),)),
    Station("Điểm đếm xe Cầu Họa", "Đầu cầu Họa, phía bắc", "Ven sông", 20.263, 105.984,
            (traffic("cau-hoa/xe", 1400, 8),)),
    Station("Điểm đếm xe Ngã tư Chợ", "Ngã tư Chợ Minh Họa", "Trung tâm", 20.256, 105.976,
            (traffic("cho/xe", 1100, 9), noise("cho/on", 60, 9))),
)  # fmt: skip
SILENT, PAUSED = "ben-xe/no2", "cau-hoa/muc-nuoc"


def load(office: DemoOffice) -> int:
    """Put up the stations, put rules in force, let the readings come. Returns their number."""
    end = now().replace(second=0, microsecond=0)
    start = end - STEPS * STEP
    with frozen(start - timedelta(hours=1)):
        with transaction("demo.stations") as session:
            ids = _stations(session, office)
        with transaction("demo.rules") as session:
            _rules(session, office, ids)
        with transaction("demo.sources") as session:
            expected = int(STEP.total_seconds())
            source = feeding.declare(session, office, expected_seconds=expected)
    items = _items(start)
    old = [item for item in items if item.received_at <= end - PUSHED]
    for first in range(0, len(old), LARGEST_BATCH):
        batch = old[first : first + LARGEST_BATCH]
        with transaction("demo.readings") as session, frozen(batch[-1].received_at):
            Observations().process(session, SOURCE, batch)
    feeding.push(source, items[len(old) :])
    with transaction("demo.silence") as session:
        services.raise_gaps(session, now())
    return len(items)


def _stations(session: Session, office: DemoOffice) -> dict[str, int]:
    actor = actor_of(session, office, "quantri")
    ids: dict[str, int] = {}
    for station in STATIONS:
        place = PlaceFields(
            station.name, place=station.place, area=station.area, latitude=station.latitude,
            longitude=station.longitude, owner_unit_id=office.units["dieu_hanh"],
        )  # fmt: skip
        thing = services.add_thing(session, actor, place)
        for fields, _shape in station.streams:
            ids[fields.key] = services.add_stream(session, actor, thing.id, fields).id
    return ids


def _rules(session: Session, office: DemoOffice, ids: dict[str, int]) -> None:
    """Six rules in force, and one that waits for somebody who approves it."""
    author, chief = (actor_of(session, office, who) for who in ("quantri", "chanhvp"))

    def draft(name: str, kind: RuleKind, severity: Severity, stored: dict[str, object]) -> int:
        return services.draft_rule(
            session, author, name=name, kind=kind, severity=severity, stored=stored
        ).id

    def of(*endings: str) -> Sequence[int]:
        return [id_ for key, id_ in ids.items() if key.endswith(endings)]

    threshold = RuleKind.THRESHOLD
    river_high = {"streams": [ids["ben-mau/muc-nuoc"]], "raise_at": 3.0, "clear_at": 2.95}
    sewer_high = {"streams": of("/ngap"), "raise_at": 1.1, "clear_at": 1.05, "hold_seconds": 1800}
    dusty = {"streams": of("/pm25"), "raise_at": 130, "clear_at": 110, "hold_seconds": 1800}
    both = [
        {"stream": ids["ben-mau/mua"], "raise_at": 4, "clear_at": 1},
        {"stream": ids["doi-sim/mua"], "raise_at": 5, "clear_at": 1},
        {"stream": ids["ben-mau/muc-nuoc"], "raise_at": 2.5, "clear_at": 2.45},
    ]
    silence: dict[str, object] = {"streams": list(ids.values())}
    drafted = [
        draft("Nước sông Mẫu trên báo động II", threshold, Severity.CRITICAL, river_high),
        draft("Ngập điểm trũng kéo dài 30 phút", threshold, Severity.HIGH, sewer_high),
        draft("Hầm chui ngập sâu", threshold, Severity.HIGH,
              {"streams": [ids["ham-chui/ngap"]], "raise_at": 1.3, "clear_at": 1.2}),
        draft("Bụi PM2.5 cao kéo dài", threshold, Severity.MEDIUM, dusty),
        draft("Mất dữ liệu quan trắc", RuleKind.NO_DATA, Severity.LOW, silence),
        draft("Mưa to và nước sông đang lên", RuleKind.COMBINATION, Severity.HIGH,
              {"members": both, "needed": 2}),
    ]  # fmt: skip
    for rule_id in drafted:
        services.approve_rule(session, chief, rule_id, 1)
    rising = {"streams": of("/muc-nuoc"), "raise_at": 0.4, "clear_at": 0.2, "within_seconds": 3600}
    draft("Nước lên nhanh trong một giờ", RuleKind.RATE, Severity.HIGH, rising)


def _items(start: datetime) -> list[Item]:
    """All readings in the order of time, as they would have come."""
    shapes = [pair for station in STATIONS for pair in station.streams]
    made: list[Item] = []
    for step in range(STEPS + 1):
        at = start + step * STEP
        clock = local(at)
        hour = clock.hour + clock.minute / 60
        for fields, shape in shapes:
            if fields.key == SILENT and step > STEPS - SILENT_STEPS:
                continue
            if fields.key == PAUSED and step in PAUSE:
                continue
            value = round(max(shape(step, hour), fields.lowest or 0.0), 2)
            made.append(Item("", {"stream": fields.key, "value": value}, at, at, len(made)))
    return made
