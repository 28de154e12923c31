"""Closed lists of sensors, with their Vietnamese words."""

from __future__ import annotations

import enum
from collections.abc import Mapping


class ThingKind(enum.Enum):
    """What stands at a place."""

    STATION = "station"
    CAMERA = "camera"
    GATEWAY = "gateway"


class Measured(enum.Enum):
    """What a stream measures. Gases and dust in µg/m³, levels in m, rain in mm, noise in dBA."""

    PM25 = "pm25"
    PM10 = "pm10"
    TSP = "tsp"
    O3 = "o3"
    CO = "co"
    SO2 = "so2"
    NO2 = "no2"
    WATER_LEVEL = "water_level"
    RAIN = "rain"
    NOISE = "noise"
    TEMPERATURE = "temperature"
    TRAFFIC = "traffic"
    OTHER = "other"


class Quality(enum.IntFlag):
    """Technical marks of a reading; they add up. GOOD is no mark at all."""

    GOOD = 0
    LATE = 1  # came long after its moment
    OUT_OF_ORDER = 2  # a newer one was there already
    STUCK = 4  # the same value too often in a row
    IMPOSSIBLE = 8  # outside of what the instrument can measure: kept, but no rule sees it


class RuleKind(enum.Enum):
    """How a rule looks at its streams."""

    THRESHOLD = "threshold"
    RATE = "rate"
    REPETITION = "repetition"
    NO_DATA = "no_data"
    COMBINATION = "combination"


class Severity(enum.Enum):
    """The four steps of the house, lowest first."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


THING_LABELS: Mapping[ThingKind, str] = {
    ThingKind.STATION: "Trạm đo",
    ThingKind.CAMERA: "Camera",
    ThingKind.GATEWAY: "Bộ thu",
}
MEASURED_LABELS: Mapping[Measured, str] = {
    Measured.PM25: "Bụi PM2.5",
    Measured.PM10: "Bụi PM10",
    Measured.TSP: "Bụi lơ lửng (TSP)",
    Measured.O3: "Ozon (O₃)",
    Measured.CO: "CO",
    Measured.SO2: "SO₂",
    Measured.NO2: "NO₂",
    Measured.WATER_LEVEL: "Mực nước",
    Measured.RAIN: "Lượng mưa",
    Measured.NOISE: "Tiếng ồn",
    Measured.TEMPERATURE: "Nhiệt độ",
    Measured.TRAFFIC: "Lưu lượng giao thông",
    Measured.OTHER: "Khác",
}
QUALITY_LABELS: Mapping[Quality, str] = {
    Quality.LATE: "Đến muộn",
    Quality.OUT_OF_ORDER: "Sai thứ tự",
    Quality.STUCK: "Giá trị đứng yên",
    Quality.IMPOSSIBLE: "Ngoài dải đo",
}
RULE_LABELS: Mapping[RuleKind, str] = {
    RuleKind.THRESHOLD: "Vượt ngưỡng",
    RuleKind.RATE: "Thay đổi nhanh",
    RuleKind.REPETITION: "Vượt ngưỡng nhiều lần",
    RuleKind.NO_DATA: "Mất dữ liệu",
    RuleKind.COMBINATION: "Kết hợp nhiều luồng",
}
SEVERITY_LABELS: Mapping[Severity, str] = {
    Severity.LOW: "Thấp",
    Severity.MEDIUM: "Trung bình",
    Severity.HIGH: "Cao",
    Severity.CRITICAL: "Nghiêm trọng",
}
