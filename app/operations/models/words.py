"""Closed lists of operations, with their Vietnamese words. Types of incidents are data."""

from __future__ import annotations

import enum
from collections.abc import Mapping


class Domain(enum.Enum):
    """The eight fields in which something may happen."""

    TRAFFIC = "traffic"
    SECURITY = "security"
    FIRE_RESCUE = "fire_rescue"
    MEDICAL = "medical"
    DISASTER = "disaster"
    INFRASTRUCTURE = "infrastructure"
    ENVIRONMENT = "environment"
    CYBER = "cyber"


class IncidentState(enum.Enum):
    """How far the answer to an incident is. The last four are the end of it."""

    REPORTED = "reported"
    VERIFIED = "verified"
    DISPATCHED = "dispatched"
    ON_SCENE = "on_scene"
    CONTROLLED = "controlled"
    RESOLVED = "resolved"
    REVIEWED = "reviewed"
    FALSE_ALARM = "false_alarm"
    DUPLICATE = "duplicate"


S = IncidentState
CLOSED = frozenset({S.RESOLVED, S.REVIEWED, S.FALSE_ALARM, S.DUPLICATE})
OPEN = frozenset(IncidentState) - CLOSED
MOVES: Mapping[IncidentState, frozenset[IncidentState]] = {
    S.REPORTED: frozenset({S.VERIFIED, S.DISPATCHED, S.RESOLVED, S.FALSE_ALARM}),
    S.VERIFIED: frozenset({S.DISPATCHED, S.RESOLVED, S.FALSE_ALARM}),
    S.DISPATCHED: frozenset({S.ON_SCENE, S.CONTROLLED, S.RESOLVED, S.FALSE_ALARM}),
    S.ON_SCENE: frozenset({S.CONTROLLED, S.RESOLVED, S.FALSE_ALARM}),
    S.CONTROLLED: frozenset({S.ON_SCENE, S.RESOLVED}),
    S.RESOLVED: frozenset({S.REVIEWED, S.ON_SCENE}),
    S.REVIEWED: frozenset(),
    S.FALSE_ALARM: frozenset({S.REPORTED}),
    S.DUPLICATE: frozenset(),  # only by undoing the merge
}
"""Where an incident may go from a state; merging and undoing it have rules of their own."""


class Origin(enum.Enum):
    """Who or what told us first."""

    CALL = "call"
    PUBLIC = "public"
    SENSOR = "sensor"
    CAMERA = "camera"
    FEED = "feed"
    FEEDBACK = "feedback"
    PATROL = "patrol"


class Happening(enum.Enum):
    """What an entry of the timeline tells."""

    RAISED = "raised"
    SIGNAL = "signal"
    SIGNAL_OVER = "signal_over"
    SEVERITY = "severity"
    STATE = "state"
    EDITED = "edited"
    NOTE = "note"
    PHOTO = "photo"
    TASK = "task"
    TASK_DONE = "task_done"
    MERGED = "merged"
    TAKEN_IN = "taken_in"
    PARTED = "parted"
    PLAYBOOK = "playbook"
    TOLD = "told"
    LINKED = "linked"


DOMAIN_LABELS: Mapping[Domain, str] = {
    Domain.TRAFFIC: "Giao thông",
    Domain.SECURITY: "An ninh trật tự",
    Domain.FIRE_RESCUE: "Cháy, cứu nạn",
    Domain.MEDICAL: "Cấp cứu y tế",
    Domain.DISASTER: "Thiên tai",
    Domain.INFRASTRUCTURE: "Hạ tầng",
    Domain.ENVIRONMENT: "Môi trường",
    Domain.CYBER: "An ninh mạng",
}
DOMAIN_ICONS: Mapping[Domain, str] = {
    Domain.TRAFFIC: "car",
    Domain.SECURITY: "shield",
    Domain.FIRE_RESCUE: "flame",
    Domain.MEDICAL: "ambulance",
    Domain.DISASTER: "ripple",
    Domain.INFRASTRUCTURE: "bulb",
    Domain.ENVIRONMENT: "leaf",
    Domain.CYBER: "bug",
}
STATE_LABELS: Mapping[IncidentState, str] = {
    S.REPORTED: "Mới báo",
    S.VERIFIED: "Đã xác minh",
    S.DISPATCHED: "Đã điều động",
    S.ON_SCENE: "Đang ở hiện trường",
    S.CONTROLLED: "Đã khống chế",
    S.RESOLVED: "Đã giải quyết",
    S.REVIEWED: "Đã rút kinh nghiệm",
    S.FALSE_ALARM: "Báo nhầm",
    S.DUPLICATE: "Trùng, đã gộp",
}
ORIGIN_LABELS: Mapping[Origin, str] = {
    Origin.CALL: "Điện thoại",
    Origin.PUBLIC: "Người dân báo qua trang công khai",
    Origin.SENSOR: "Cảm biến",
    Origin.CAMERA: "Camera",
    Origin.FEED: "Hệ thống khác",
    Origin.FEEDBACK: "Phản ánh kiến nghị",
    Origin.PATROL: "Tuần tra",
}
HAPPENING_LABELS: Mapping[Happening, str] = {
    Happening.RAISED: "Ghi nhận sự cố",
    Happening.SIGNAL: "Thêm tín hiệu",
    Happening.SIGNAL_OVER: "Hết cảnh báo",
    Happening.SEVERITY: "Đổi mức độ",
    Happening.STATE: "Chuyển trạng thái",
    Happening.EDITED: "Sửa thông tin",
    Happening.NOTE: "Ghi chú",
    Happening.PHOTO: "Ảnh hiện trường",
    Happening.TASK: "Giao việc",
    Happening.TASK_DONE: "Việc đã xong",
    Happening.MERGED: "Gộp vào sự cố khác",
    Happening.TAKEN_IN: "Nhận gộp sự cố trùng",
    Happening.PARTED: "Bỏ gộp",
    Happening.PLAYBOOK: "Kịch bản",
    Happening.TOLD: "Báo tin",
    Happening.LINKED: "Liên kết văn bản",
}
