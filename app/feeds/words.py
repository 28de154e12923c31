"""Closed lists of the door for what comes in, with their Vietnamese words."""

from __future__ import annotations

import enum
from collections.abc import Mapping


class SourceKind(enum.Enum):
    """How a source's news arrives."""

    PUSH = "push"
    MQTT = "mqtt"
    POLL = "poll"
    SYSLOG = "syslog"
    PEOPLE = "people"


KIND_LABELS: Mapping[SourceKind, str] = {
    SourceKind.PUSH: "Thiết bị gửi đến (HTTP)",
    SourceKind.MQTT: "Thiết bị gửi đến (MQTT)",
    SourceKind.POLL: "Hệ thống lấy về theo chu kỳ",
    SourceKind.SYSLOG: "Nhật ký hệ thống (syslog)",
    SourceKind.PEOPLE: "Người báo tin",
}


class Format(enum.Enum):
    """How the bytes are to be read."""

    JSON = "json"
    NDJSON = "ndjson"
    GEOJSON = "geojson"
    CSV = "csv"
    FEED = "feed"
    CAP = "cap"
    SYSLOG = "syslog"
    CEF = "cef"


FORMAT_LABELS: Mapping[Format, str] = {
    Format.JSON: "JSON",
    Format.NDJSON: "JSON từng dòng",
    Format.GEOJSON: "GeoJSON",
    Format.CSV: "CSV",
    Format.FEED: "RSS, Atom",
    Format.CAP: "CAP 1.2 (bản tin cảnh báo)",
    Format.SYSLOG: "syslog",
    Format.CEF: "CEF (cảnh báo an ninh mạng)",
}


class SignalState(enum.Enum):
    """What became of a signal."""

    RECEIVED = "received"
    PROCESSED = "processed"
    DEAD = "dead"
    DISCARDED = "discarded"


SIGNAL_LABELS: Mapping[SignalState, str] = {
    SignalState.RECEIVED: "Đã nhận",
    SignalState.PROCESSED: "Đã xử lý",
    SignalState.DEAD: "Không xử lý được",
    SignalState.DISCARDED: "Đã bỏ qua",
}


class FaultKind(enum.Enum):
    """Why what a source sent could not be taken."""

    REFUSED = "refused"
    UNREADABLE = "unreadable"
    HELD = "held"
    FAILED = "failed"


FAULT_LABELS: Mapping[FaultKind, str] = {
    FaultKind.REFUSED: "Nội dung bị từ chối",
    FaultKind.UNREADABLE: "Không đọc được",
    FaultKind.HELD: "Tạm giữ: đồng hồ thiết bị sai",
    FaultKind.FAILED: "Lỗi khi xử lý, sẽ tự thử lại",
}


class FaultState(enum.Enum):
    """What is being done about a fault."""

    OPEN = "open"
    REPLAYING = "replaying"
    SOLVED = "solved"
    DISCARDED = "discarded"


FAULT_STATE_LABELS: Mapping[FaultState, str] = {
    FaultState.OPEN: "Chờ xử lý",
    FaultState.REPLAYING: "Đang xử lý lại",
    FaultState.SOLVED: "Đã xử lý lại",
    FaultState.DISCARDED: "Đã bỏ qua",
}
